"""``environment.json``: on what, and how, a run was measured."""

import json
from pathlib import Path
from typing import Any

from rasterbout.errors import BadInput

Facts = dict[str, Any]


def read_environment(file: Path) -> Facts:
    """Return what ``file`` holds, nothing where it does not exist.

    Raises
    ------
    BadInput
        It is no JSON.
    """
    try:
        found: Facts = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadInput(f"{file}: is no JSON ({error}); remove it") from error
    return found

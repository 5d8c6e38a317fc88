"""``environment.json``: machine, software and settings of a run."""

import json
from pathlib import Path
from typing import Any

from rasterbout.errors import BadInput

Facts = dict[str, Any]


def read_environment(file: Path) -> Facts:
    """Return the contents of ``file``, empty if it does not exist.

    Raises
    ------
    BadInput
        The file is not valid JSON.
    """
    try:
        found: Facts = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadInput(f"{file}: is not valid JSON ({error}); remove it") from error
    return found

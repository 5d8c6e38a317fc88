"""Render scripts that do an operation with a plain library from the templates beside an adapter.

A template is called as its operation: ``ndvi.py.jinja`` or ``ndvi.sh.jinja``. It gets the operation's fields
by their names, and ``operation``, ``resources``, ``out`` and whatever else the adapter gives.
"""

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rasterbout.contract import Output, Script
from rasterbout.operations.fields import fields_of
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

SHARED = Path(__file__).parent / "scripts"
BLANK_LINES = {"python": 2, "bash": 1}  # at most; templates leave more where a part is empty
LANGUAGES: dict[Literal["python", "bash"], str] = {"python": "py", "bash": "sh"}


def rendered(
    folders: Sequence[Path], operation: Operation, resources: Resources, out: Output, **names: Any
) -> Script | None:
    """Return the script of ``operation``, or None if it has no template.

    Parameters
    ----------
    folders
        Where to look for templates, one after the other; last comes what all backends share.
    names
        More variables and functions for the template.
    """
    environment = _environment([*folders, SHARED])
    fields = {one.name: getattr(operation, one.name) for one in fields_of(type(operation))}
    for language, suffix in LANGUAGES.items():
        name = f"{operation.name}.{suffix}.jinja"
        if name in environment.list_templates():
            given = {**names, **fields, "operation": operation, "resources": resources, "out": out}
            text = environment.get_template(name, globals=given).render().strip()
            blank = BLANK_LINES[language]
            return Script(language=language, text=re.sub(rf"\n{{{blank + 1},}}", "\n" * (blank + 1), text) + "\n")
    return None


def python(value: object) -> str:
    """Return ``value`` as Python source."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str) and value.isprintable() and not {'"', "\\"} & set(value):
        return f'"{value}"'
    return repr(str(value) if isinstance(value, Path) else value)


def multiline(value: object) -> str:
    """Return text of several lines as Python source that shows them."""
    text = str(value).replace("\\", "\\\\").replace('"""', '\\"""')
    return f'"""{text}\n"""'


def shell(value: object) -> str:
    """Return ``value`` as one word of a shell."""
    return shlex.quote(str(value))


def xml(value: object) -> str:
    """Return ``value`` as text of an XML element."""
    return escape(str(value))


def keywords(values: Mapping[str, object]) -> str:
    """Return ``values`` as keyword arguments of Python."""
    return ", ".join(f"{name}={python(value)}" for name, value in values.items())


def lengths(sizes: tuple[int, ...]) -> str:
    """Return the sizes of chunks as Python source; what repeats is written once."""
    for period in range(1, len(sizes) // 2 + 1):
        times = next((n for n in range(len(sizes) // period, 1, -1) if sizes[: n * period] == sizes[:period] * n), 1)
        if times > 1 and len(sizes) - times * period <= period:
            rest = sizes[times * period :]
            return f"{sizes[:period]} * {times}" + (f" + {rest}" if rest else "")
    return repr(sizes)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(  # noqa: S701  filters quote for Python, the shell and XML; nothing is HTML
        loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    for quoted in (python, multiline, keywords, lengths, shell, xml):
        environment.filters[quoted.__name__] = quoted
    environment.globals["zip"] = zip
    return environment

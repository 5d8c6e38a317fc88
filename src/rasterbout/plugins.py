"""Find classes by name, in modules of this distribution and entry points of others.

Modules are imported on demand, so that libraries not in use cost no time.
"""

import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TypeVar

from rasterbout.errors import BadInput

Base = TypeVar("Base")


def modules_of(package: ModuleType) -> dict[str, str]:
    """Return the dotted names of a package's public modules, by their short names."""
    return {
        module.name: f"{package.__name__}.{module.name}"
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    }


def announced(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group that installed distributions announce, by name."""
    return {point.name: point for point in entry_points(group=group)}


def announcers(group: str, name: str) -> list[str]:
    """Return the distributions that announce different objects by the same name; empty if it is unique."""
    points = entry_points(group=group, name=name)
    if len({point.value for point in points}) < 2:
        return []
    return sorted(point.dist.name if point.dist else point.value for point in points)


def load(found: str | EntryPoint) -> object:
    """Import a module, or the object that an entry point names.

    Raises
    ------
    ImportError, AttributeError
        It cannot be imported, or the module has no such attribute.
    """
    return import_module(found) if isinstance(found, str) else found.load()


def classes_in(found: object, base: type[Base]) -> list[type[Base]]:
    """Return the concrete subclasses of ``base`` that ``found`` is (a class) or defines (a module)."""
    candidates = list(_defined_in(found)) if isinstance(found, ModuleType) else [found]
    return [one for one in candidates if inspect.isclass(one) and issubclass(one, base) and not inspect.isabstract(one)]


def only_class(found: object, base: type[Base]) -> type[Base]:
    """Return the one concrete subclass of ``base`` that ``found`` is or defines.

    Raises
    ------
    BadInput
        There is none, or more than one.
    """
    classes = classes_in(found, base)
    if len(classes) != 1:
        kind = base.__name__.lower()
        raise BadInput(
            f"{found}: does not define exactly one {kind}; name a subclass of {base.__name__}, or a module with one"
        )
    return classes[0]


def unknown(kind: str, name: str, known: Iterable[str]) -> BadInput:
    """Return the error for an unknown name, with the closest known one."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return BadInput(f"unknown {kind} '{name}': {hint}")


def _defined_in(module: ModuleType) -> Iterator[type]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if member.__module__ == module.__name__:
            yield member

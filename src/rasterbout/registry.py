"""Find backends by name: one module each in `rasterbout.backends`, or an entry point of another distribution.

Modules are imported only when asked for, so that a backend's libraries cost nothing to the others.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import rasterbout.backends
from rasterbout.contract import Backend
from rasterbout.errors import BackendUnavailable, BadInput
from rasterbout.yardsticks import YARDSTICKS

GROUP = "rasterbout.backends"


def backend_names() -> list[str]:
    """Return the names of all backends, whether they can run here or not, sorted."""
    return sorted({*_built_in(), *_plugged_in()})


def load_backend(name: str) -> Backend:
    """Import the backend, or the yardstick, called ``name``.

    Raises
    ------
    BadInput
        There is no backend of that name.
    BackendUnavailable
        Its module cannot be imported.
    """
    if name in YARDSTICKS:
        return YARDSTICKS[name]()
    built_in, plugged_in = _built_in(), _plugged_in()
    try:
        if name in built_in:
            return _backend(importlib.import_module(built_in[name]))
        if name in plugged_in:
            return _backend(plugged_in[name].load())
    except (ImportError, AttributeError) as error:
        raise BackendUnavailable(f"backend {name} cannot be imported ({error}); install what it needs") from error
    near = get_close_matches(name, backend_names(), n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(backend_names())}"
    raise BadInput(f"unknown backend '{name}': {hint}")


def _built_in() -> dict[str, str]:
    package = rasterbout.backends
    return {
        module.name.replace("_", "-"): f"{package.__name__}.{module.name}"
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    }


def _plugged_in() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _backend(found: object) -> Backend:
    """Return the backend that ``found`` is: a class, or a module that defines one."""
    classes = list(_backends_of(found)) if isinstance(found, ModuleType) else [found]
    if len(classes) != 1 or not (inspect.isclass(classes[0]) and issubclass(classes[0], Backend)):
        raise BadInput(f"{found}: is no backend; name a subclass of Backend, or a module that defines exactly one")
    backend: Backend = classes[0]()
    return backend


def _backends_of(module: ModuleType) -> Iterator[type[Backend]]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if issubclass(member, Backend) and member is not Backend and member.__module__ == module.__name__:
            yield member

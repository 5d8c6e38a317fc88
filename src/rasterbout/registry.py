"""Find backends by name: one module each in `rasterbout.backends`, or an entry point of another distribution."""

import rasterbout.backends
from rasterbout.contract import Availability, Backend
from rasterbout.errors import BackendUnavailable, BadInput
from rasterbout.plugins import announced, announcers, load, modules_of, only_class, unknown
from rasterbout.safe_text import said
from rasterbout.yardsticks import YARDSTICKS

GROUP = "rasterbout.backends"


def backend_names() -> list[str]:
    """Return the names of all backends, available or not, sorted."""
    return sorted({*_built_in(), *announced(GROUP)})


def load_backend(name: str) -> Backend:
    """Import the backend, or the yardstick, called ``name``.

    Raises
    ------
    BadInput
        The name is unknown, or does not refer to a backend.
    BackendUnavailable
        Its module cannot be imported, whatever it raises, or several distributions announce the name.
    """
    if name in YARDSTICKS:
        return YARDSTICKS[name]()
    source = _built_in().get(name) or announced(GROUP).get(name)
    if source is None:
        raise unknown("backend", name, backend_names())
    if name not in _built_in() and (rivals := announcers(GROUP, name)):
        raise BackendUnavailable(f"backend {name} is announced by {' and '.join(rivals)}; uninstall all but one")
    try:
        return only_class(load(source), Backend)()  # type: ignore[type-abstract]
    except BadInput:
        raise
    except (Exception, SystemExit) as error:
        raise BackendUnavailable(f"backend {name} cannot be imported ({said(error)}); install what it needs") from error


def availability(name: str) -> Availability:
    """Return whether the backend called ``name`` can run here; not if it cannot be imported, or its probe raises.

    Raises
    ------
    BadInput
        The name is unknown, or does not refer to a backend.
    """
    try:
        return load_backend(name).probe()
    except BackendUnavailable as error:
        return Availability(available=False, reason=str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001  of a plug-in
        return Availability(available=False, reason=f"its probe failed ({said(error)})", remedy="ask who wrote it")


def _built_in() -> dict[str, str]:
    return {name.replace("_", "-"): module for name, module in modules_of(rasterbout.backends).items()}

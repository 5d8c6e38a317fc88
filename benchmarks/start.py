"""Time to import the package and each backend, and to open a session."""

from rasterbout.registry import backend_names

from . import common


class Import:
    """Import time of each backend in a fresh interpreter, in seconds."""

    params = backend_names()
    param_names = ("backend",)
    timeout = 60
    number = 1
    repeat = 5

    def timeraw_import(self, backend: str) -> tuple[str, str]:
        """Import a backend and its libraries."""
        # Commits before `session_class` existed imported the libraries with the backend itself.
        statement = f"getattr(load_backend({backend!r}), 'session_class', bool)()"
        return statement, "from rasterbout.registry import load_backend"


class Package:
    """Import time of the package itself, in seconds."""

    number = 1
    repeat = 5

    def timeraw_import(self) -> str:
        """Import the contract, as plug-ins do."""
        return "import rasterbout.contract"

    def timeraw_command_line(self) -> str:
        """Import the command line, as ``rasterbout --help`` does."""
        return "import rasterbout.cli"


class Open:
    """Time from the start of a process to an open session, with its cluster or helper process."""

    params = backend_names()
    param_names = ("backend",)
    timeout = common.PRESET.timeout_s
    unit = "seconds"

    def setup(self, backend: str) -> None:
        """Skip backends that are not available."""
        self._operation = common.operation_of("downscale", common.SIZE)
        common.require_able(backend, self._operation)

    def track_startup(self, backend: str) -> float:
        """Return the seconds until a session is open."""
        resources = common.resources_of("auto", max(common.PRESET.workers))
        return float(common.measure_once(backend, self._operation, resources)["startup_s"])

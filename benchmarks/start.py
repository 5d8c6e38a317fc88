"""What it costs to begin: importing the package and each backend, and opening a session."""

from rasterbout.registry import backend_names

from . import common


class Import:
    """Imports in a fresh interpreter, in seconds."""

    params = backend_names()
    param_names = ("backend",)
    timeout = 60
    number = 1
    repeat = 5

    def timeraw_import(self, backend: str) -> tuple[str, str]:
        """Load a backend, its libraries included."""
        return f"load_backend({backend!r})", "from rasterbout.registry import load_backend"


class Package:
    """The package itself, in seconds."""

    number = 1
    repeat = 5

    def timeraw_import(self) -> str:
        """Import what a plug-in imports."""
        return "import rasterbout.contract"

    def timeraw_command_line(self) -> str:
        """Import what ``rasterbout --help`` does."""
        return "import rasterbout.cli"


class Open:
    """From the start of a process to an open session: cluster or helper process included."""

    params = backend_names()
    param_names = ("backend",)
    timeout = common.PRESET.timeout_s
    unit = "seconds"

    def setup(self, backend: str) -> None:
        """Look whether the backend can run here."""
        self._operation = common.operation_of("downscale", common.SIZE)
        common.require_able(backend, self._operation)

    def track_startup(self, backend: str) -> float:
        """Return the seconds until a session is open."""
        resources = common.resources_of("auto", max(common.PRESET.workers))
        return float(common.measure_once(backend, self._operation, resources)["startup_s"])

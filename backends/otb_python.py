"""OTB in Python: a helper process runs all applications of a session."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._otb import install, limits
from rasterbout.backends._shared.versions import importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._otb.python_process import PythonSession


class OtbPython(Backend):
    """``otbApplication`` in a helper process; workers are ITK's threads."""

    def probe(self) -> Availability:
        """Look for an interpreter that can import ``otbApplication``."""
        found = install.python()
        if found is None:
            return Availability(available=False, reason=install.NO_MODULE, remedy=install.REMEDY)
        return Availability(available=True, versions=install.versions() | {"interpreter": found.executable})

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse pixels that float32 cannot represent, and rotated grids."""
        return limits.unsupported(operation)

    def session_class(self) -> "type[PythonSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._otb.python_process import PythonSession
        return PythonSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start the helper process, which imports OTB; leaving the context ends it."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of ``otbApplication``."""
        from rasterbout.backends._otb.script import script

        return None if self.unsupported(operation) else script("python", operation, resources, out)

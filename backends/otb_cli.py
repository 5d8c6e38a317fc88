"""OTB on the command line: one ``otbcli_`` process for each application of a chain."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._otb import install, limits
from rasterbout.backends._shared.versions import importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._otb.command_line import CommandLineSession


class OtbCli(Backend):
    """The commands that a user types, with all parameters set; workers are ITK's threads."""

    def probe(self) -> Availability:
        """Look for the ``otbcli_`` scripts."""
        if install.command_line() is None:
            return Availability(available=False, reason="no otbcli_BandMath on PATH", remedy=install.REMEDY)
        return Availability(available=True, versions=install.versions())

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse pixels that float32 cannot represent, and rotated grids."""
        return limits.unsupported(operation)

    def session_class(self) -> "type[CommandLineSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._otb.command_line import CommandLineSession
        return CommandLineSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Create a session; nothing is kept alive between commands."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of ``otbcli_`` commands."""
        from rasterbout.backends._otb.script import script

        return None if self.unsupported(operation) else script("command_line", operation, resources, out)

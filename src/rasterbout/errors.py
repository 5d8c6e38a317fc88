"""What can go wrong, told in one line that names the value, the file and the next step."""


class RasterboutError(Exception):
    """A failure with a one-line message for the user; the command line exits with ``exit_status``."""

    exit_status = 1


class BadInput(RasterboutError):
    """The user asked for something that cannot be done: a missing file, two grids that differ, ..."""

    exit_status = 2


class BackendUnavailable(BadInput):
    """The backend cannot run on this machine; the message says why and how to get it."""


class Unsupported(BadInput):
    """The backend cannot do this operation; the message is the reason it declared."""


class BackendFailed(RasterboutError):
    """The backend started and did not finish, or left no usable file."""

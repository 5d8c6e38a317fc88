"""Exceptions with one-line messages that name the value, the file and the next step."""


class RasterboutError(Exception):
    """A failure with a one-line message for the user; the command line exits with ``exit_status``."""

    exit_status = 1


class BadInput(RasterboutError):
    """The request cannot be fulfilled: a file is missing, two grids differ, ..."""

    exit_status = 2


class BackendUnavailable(BadInput):
    """The backend cannot run on this machine; the message says why and how to get it."""


class Unsupported(BadInput):
    """The backend cannot do this operation; the message is the reason it declared."""


class BackendFailed(RasterboutError):
    """The backend started but did not finish, or left no usable file."""

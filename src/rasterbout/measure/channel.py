"""The worker's side of its conversation with the supervisor."""

import resource
from typing import IO, Any

from rasterbout.measure.codec import decode, encode


class Channel:
    """The channel to the supervisor: one message per line, sent at once.

    Each line begins with ``key``, so that nothing that a library prints on the same pipe is taken for a message.
    """

    def __init__(self, answers: IO[bytes], replies: IO[bytes], key: str) -> None:
        self._answers = answers
        self._replies = replies
        self._key = key.encode()

    def answer(self, message: object) -> None:
        """Send a message."""
        self._answers.write(self._key + encode(message))
        self._answers.flush()

    def ask(self, message: object) -> Any:
        """Send a message, wait until the supervisor has acted on it, and return its reply."""
        self.answer(message)
        return decode(self._replies.readline())


def reaped_cpu_s() -> float:
    """Return the CPU time of this process's reaped children in seconds."""
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    return reaped.ru_utime + reaped.ru_stime

"""Hold back what libraries print on standard error, so that a failure prints a single line."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noise_kept_back() -> Iterator[None]:
    """Hold back the standard error of this process and its children; print it on success.

    On failure it is dropped in favour of the error message, unless RASTERBOUT_DEBUG is set.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as noise:
        os.dup2(noise.fileno(), 2)
        show = True
        try:
            yield
        except BaseException:
            show = "RASTERBOUT_DEBUG" in os.environ
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            noise.seek(0)
            if show:
                sys.stderr.write(noise.read().decode(errors="replace"))

"""What libraries print on standard error, kept back so that a failure is told in one line."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def noise_kept_back() -> Iterator[None]:
    """Keep back what this process and its children print on standard error; print it if all goes well.

    A failure has a line of its own; with RASTERBOUT_DEBUG the rest is printed then, too.
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

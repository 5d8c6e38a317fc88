"""Send rasterbout to the processes of a scheduler, which need not have it installed."""

import atexit
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import cloudpickle
import distributed

import rasterbout

LEFT_OUT = {"cli", "gate", "history", "reports", "testing", "__pycache__"}
"""Folders of rasterbout that no worker needs."""


def send_code(client: distributed.Client, workers: list[str]) -> None:
    """Let ``workers`` and the scheduler, which reads their tasks, import the rasterbout of this process.

    It comes before the one that is installed there, if any. `distributed.Client.upload_file` would keep submodules of
    an older version, reach workers that belong to others or are lost, and stay for those to come.
    """
    archive, digest = _archive()
    client.run(_install, archive, digest, workers=workers)
    client.run_on_scheduler(_install, archive, digest)


@cache
def _archive() -> tuple[bytes, str]:
    """Return the Python files of rasterbout as a zip file, and its digest."""
    top = Path(rasterbout.__file__).parent
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, below, files in os.walk(top, followlinks=True):
            below[:] = sorted(set(below) - LEFT_OUT)
            for name in sorted(files):
                if name.endswith(".py"):
                    path = Path(folder, name)
                    archive.writestr(zipfile.ZipInfo(str(path.relative_to(top.parent))), path.read_bytes())
    return held.getvalue(), hashlib.sha256(held.getvalue()).hexdigest()[:16]


def _install(archive: bytes, digest: str) -> None:
    """Put the archive first on the path of a process, and forget modules of another version."""
    name = f"rasterbout-{digest}.zip"
    if any(Path(one).name == name for one in sys.path) or "rasterbout.cli" in sys.modules:
        return  # it is there, or this is the command itself, with the scheduler of a cluster that it has started
    folder = tempfile.mkdtemp(prefix="rasterbout-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, name)
    path.write_bytes(archive)
    sys.path[:] = [str(path), *(one for one in sys.path if not re.fullmatch(r"rasterbout-\w+\.zip", Path(one).name))]
    for module in [one for one in sys.modules if one.partition(".")[0] == "rasterbout"]:
        del sys.modules[module]


# Workers cannot import this module before they have it.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

"""Ctrl-C in the middle: one line, exit status 130, nothing half-written, no process left."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from rasterbout.datasets import load
from rasterbout.registry import backend_names
from rasterbout.testing.availability import available

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scene():
    """A tile that takes every backend longer than it takes us to interrupt it."""
    return load("s2-tile", size=4000)


@pytest.mark.parametrize("backend", backend_names())
def test_ctrl_c_in_the_middle_leaves_nothing(backend, scene, tmp_path):
    available(backend)
    operation = scene.operation("superimpose")
    red = scene.operation("ndvi").red.raster.path
    inputs = ("--moving", operation.moving.path, "--reference", red)
    command = [sys.executable, "-m", "rasterbout", "apply", "superimpose", "--backend", backend, *map(str, inputs)]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out.tif")], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not list(tmp_path.glob("*.tif*")) and not list(tmp_path.glob(".*.tif*")) and process.poll() is None:
        time.sleep(0.005)  # until it writes
    helpers = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all at once
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert stderr.strip() == "rasterbout: interrupted; what was finished is kept"
    assert list(tmp_path.iterdir()) == []
    assert psutil.wait_procs(helpers, timeout=30)[1] == []

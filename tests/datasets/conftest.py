"""A cache folder for each test, and the images of Toulouse where they are to be had."""

import os
import shutil
from pathlib import Path

import pytest

from rasterbout.cache_folder import cache_root
from rasterbout.datasets import toulouse


@pytest.fixture(scope="session")
def real_samples() -> Path:
    """Where the user's own cache has the original images."""
    return toulouse.samples_folder()


@pytest.fixture
def cache(tmp_path: Path, real_samples: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "cache"))
    return cache_root()


@pytest.fixture
def samples(cache: Path, real_samples: Path) -> Path:
    """The original images, copied into the cache of this test."""
    if not all((real_samples / name).is_file() for name in toulouse.ORIGINALS):
        reason = f"{real_samples} has no images of Toulouse; run tools/install_otb.sh"
        if "otb" in os.environ.get("RASTERBOUT_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    copies = cache / "otb" / "samples"
    copies.mkdir(parents=True)
    for name in toulouse.ORIGINALS:
        shutil.copy(real_samples / name, copies)
    return copies

"""All parts find the cache folder in the same place."""

import subprocess
from pathlib import Path

import pytest

from rasterbout.backends._otb import install, remembered
from rasterbout.cache_folder import cache_root
from rasterbout.datasets import toulouse
from rasterbout.datasets._files import store
from rasterbout.gate import revision

INSTALLER = Path(__file__).parents[1] / "tools/install_otb.sh"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, in which the cache folder is given with ~."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RASTERBOUT_CACHE", "~/mine")
    return tmp_path


def test_home_is_expanded_for_datasets(home: Path) -> None:
    assert cache_root() == home / "mine"
    assert toulouse.samples_folder() == home / "mine/otb/samples"
    folder = store.made_once("key", lambda folder: folder.joinpath("file").touch())
    assert folder == home / "mine/datasets/key"


def test_home_is_expanded_for_the_module_of_otb(home: Path) -> None:
    built = home / "mine/otb/python"
    built.mkdir(parents=True)
    (built / "otbApplication.py").touch()
    assert built in install._module_folders({})
    remembered.remembered("one", lambda: 1, files=[], environment={})
    assert (home / "mine/otb/probes.json").exists()


def test_home_is_expanded_by_the_installer_of_otb(home: Path) -> None:
    words = ["/usr/bin/bash", str(INSTALLER), "--where"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(home / "mine/otb/python")


def test_home_is_expanded_for_revisions(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def stop(_commit: str, folder: Path) -> None:
        made.append(folder)
        raise revision.Broken

    monkeypatch.setattr(revision, "_git", lambda *_: b"0123456789")
    monkeypatch.setattr(revision, "_install", stop)
    with pytest.raises(revision.Broken):
        revision.build("HEAD")
    assert made[0].parent == home / "mine/revisions"

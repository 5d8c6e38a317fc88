"""Finding an OTB that is already there, and what the installer says where it cannot install."""

import os
import subprocess
from pathlib import Path

import pytest

from rasterbout.backends import _otb_install

INSTALLER = Path(__file__).parents[1] / "tools/install_otb.sh"
MODULE = """
class Registry:
    @staticmethod
    def GetAvailableApplications():
        return ["BandMath"]
"""


@pytest.fixture(autouse=True)
def a_machine_without_otb(tmp_path, monkeypatch):
    """Nothing on PATH but the system's own Python and bash, an empty home, and nothing remembered."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OTB_APPLICATION_PATH", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    found = (_otb_install.environment, _otb_install.command_line, _otb_install.version, _otb_install.python)
    for function in found:
        function.cache_clear()
    yield
    for function in found:
        function.cache_clear()


def make_otb(root):
    """Make what an unpacked OTB looks like to us."""
    for folder in ("bin", "lib/otb/applications", "lib/otb/python"):
        (root / folder).mkdir(parents=True)
    script = root / "bin/otbcli_BandMath"
    script.write_text("#!/usr/bin/bash\necho 'This is the BandMath application, version 9.9.9'\n")
    script.chmod(0o755)
    (root / "lib/otb/python/otbApplication.py").write_text(MODULE)
    return root


def test_nothing_is_found_where_nothing_is():
    assert _otb_install.command_line() is None
    assert _otb_install.python() is None


def test_the_command_line_is_found_on_path(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "OTB")
    monkeypatch.setenv("PATH", str(otb / "bin"))
    assert _otb_install.command_line() == otb / "bin"
    assert _otb_install.version() == "9.9.9"


def test_both_are_found_by_the_path_of_the_applications(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "OTB")
    monkeypatch.setenv("OTB_APPLICATION_PATH", str(otb / "lib/otb/applications"))
    assert _otb_install.command_line() == otb / "bin"
    assert _otb_install.python().environment["PYTHONPATH"].startswith(str(otb / "lib/otb/python"))


def test_an_official_package_is_found_by_its_profile(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "home/OTB-9.9.9-Linux")
    profile = f"export OTB_APPLICATION_PATH={otb}/lib/otb/applications\nexport GDAL_DATA=its-own\n"
    (otb / "otbenv.profile").write_text(profile)
    assert _otb_install.command_line() == otb / "bin"
    assert _otb_install.environment()["GDAL_DATA"] == "its-own"
    assert _otb_install.python() is not None


def test_an_interpreter_that_imports_it_already_is_used_first(tmp_path, monkeypatch):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "otbApplication.py").write_text(MODULE)
    built = tmp_path / "cache/otb/python"
    built.mkdir(parents=True)
    (built / "otbApplication.py").write_text("raise ImportError('built for another numpy')")
    monkeypatch.setenv("PYTHONPATH", str(mine))
    assert _otb_install.python().environment["PYTHONPATH"] == str(mine)


def test_a_module_that_does_not_import_is_not_used(tmp_path):
    built = tmp_path / "cache/otb/python"
    built.mkdir(parents=True)
    (built / "otbApplication.py").write_text("raise ImportError('built for another numpy')")
    assert _otb_install.python() is None


def install(*arguments, path):
    return subprocess.run(
        ["/usr/bin/bash", str(INSTALLER), *arguments],
        capture_output=True, text=True, check=False, env=os.environ | {"PATH": path},
    )  # fmt: skip


def test_elsewhere_the_installer_says_one_line_and_goes_on(tmp_path):
    done = install(path=str(tmp_path))
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert "otbenv.profile" in line


@pytest.mark.skipif(not Path("/usr/bin/dpkg-query").exists(), reason="no Debian")
def test_without_root_the_installer_says_one_line_and_goes_on(tmp_path):
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    done = install(path=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert "sudo" in line


def test_the_installer_refuses_what_it_does_not_know(tmp_path):
    done = install("--purge", path=str(tmp_path))
    assert done.returncode == 2
    assert "--purge" in done.stderr

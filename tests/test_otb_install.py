"""Find an installed OTB, keep what its programs answer, and what the installer prints if it cannot install."""

import os
import subprocess
from pathlib import Path

import pytest

from rasterbout.backends._otb import install as found

INSTALLER = Path(__file__).parents[1] / "tools/install_otb.sh"
MODULE = """
class Registry:
    @staticmethod
    def GetAvailableApplications():
        return ["BandMath"]
"""


@pytest.fixture(autouse=True)
def a_machine_without_otb(tmp_path, monkeypatch):
    """Only bash and env on PATH, an empty home folder and an empty cache folder."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("OTB_APPLICATION_PATH", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    forget()
    yield
    forget()


def forget():
    """Forget what this process has found, as a new process would; the file in the cache folder stays."""
    for function in (found.environment, found.command_line, found.version, found.versions, found.python):
        function.cache_clear()


def make_otb(root):
    """Make the files of an unpacked OTB that are looked for."""
    for folder in ("bin", "lib/otb/applications", "lib/otb/python"):
        (root / folder).mkdir(parents=True)
    script = root / "bin/otbcli_BandMath"
    script.write_text("#!/usr/bin/bash\necho 'This is the BandMath application, version 9.9.9'\n")
    script.chmod(0o755)
    (root / "lib/otb/python/otbApplication.py").write_text(MODULE)
    return root


def test_nothing_is_found_where_nothing_is():
    assert found.command_line() is None
    assert found.python() is None


def test_the_command_line_is_found_on_path(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "OTB")
    monkeypatch.setenv("PATH", str(otb / "bin"))
    assert found.command_line() == otb / "bin"
    assert found.version() == "9.9.9"


def test_both_are_found_by_the_path_of_the_applications(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "OTB")
    monkeypatch.setenv("OTB_APPLICATION_PATH", str(otb / "lib/otb/applications"))
    assert found.command_line() == otb / "bin"
    assert found.python().environment["PYTHONPATH"].startswith(str(otb / "lib/otb/python"))


def test_an_official_package_is_found_by_its_profile(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "home/OTB-9.9.9-Linux")
    profile = f"export OTB_APPLICATION_PATH={otb}/lib/otb/applications\nexport GDAL_DATA=its-own\n"
    (otb / "otbenv.profile").write_text(profile)
    assert found.command_line() == otb / "bin"
    assert found.environment()["GDAL_DATA"] == "its-own"
    assert found.python() is not None


def test_an_interpreter_that_imports_it_already_is_used_first(tmp_path, monkeypatch):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "otbApplication.py").write_text(MODULE)
    built = tmp_path / "cache/otb/python"
    built.mkdir(parents=True)
    (built / "otbApplication.py").write_text("raise ImportError('built for another numpy')")
    monkeypatch.setenv("PYTHONPATH", str(mine))
    assert found.python().environment["PYTHONPATH"] == str(mine)


def test_a_module_that_does_not_import_is_not_used(tmp_path):
    built = tmp_path / "cache/otb/python"
    built.mkdir(parents=True)
    (built / "otbApplication.py").write_text("raise ImportError('built for another numpy')")
    assert found.python() is None


@pytest.fixture
def otb(tmp_path, monkeypatch):
    """An OTB named by the path of its applications, and two files that list the runs of its programs."""
    root = make_otb(tmp_path / "OTB")
    script, module = root / "bin/otbcli_BandMath", root / "lib/otb/python/otbApplication.py"
    script.write_text(script.read_text() + f"echo run >> {tmp_path}/otbcli.runs\n")
    module.write_text(MODULE + f"open('{tmp_path}/python.runs', 'a').write('run\\n')\n")
    monkeypatch.setenv("OTB_APPLICATION_PATH", str(root / "lib/otb/applications"))
    return root


def runs(folder):
    """Ask as a new process would; return how often OTB's command line and Python module have run."""
    forget()
    assert found.version() == "9.9.9"
    assert found.python().environment["PYTHONPATH"].endswith("lib/otb/python")
    return tuple(len((folder / f"{name}.runs").read_text().splitlines()) for name in ("otbcli", "python"))


def test_asking_again_starts_no_program(otb, tmp_path):
    assert runs(tmp_path) == (1, 1)
    assert runs(tmp_path) == (1, 1)


def test_that_no_interpreter_imports_the_module_is_kept_too(otb, tmp_path, monkeypatch):
    module = otb / "lib/otb/python/otbApplication.py"
    module.write_text(f"open('{tmp_path}/python.runs', 'a').write('run\\n')\nraise ImportError\n")
    assert found.python() is None
    tried = (tmp_path / "python.runs").read_text()
    forget()
    assert found.python() is None
    assert (tmp_path / "python.runs").read_text() == tried


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("bin/otbcli_BandMath", (2, 1)),
        ("lib/otb/python/otbApplication.py", (1, 2)),
        ("lib/otb/python/_otbApplication.so", (1, 2)),
        ("lib/otb/applications/otbapp_BandMath.so", (2, 2)),
    ],
)
def test_a_changed_file_asks_again(otb, tmp_path, changed, expected):
    assert runs(tmp_path) == (1, 1)
    with (otb / changed).open("a") as file:
        file.write("\n# changed\n")
    assert runs(tmp_path) == expected
    assert runs(tmp_path) == expected


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "GDAL_DRIVER_PATH", "PYTHONNOUSERSITE"])
def test_a_changed_variable_asks_again(otb, tmp_path, monkeypatch, name):
    assert runs(tmp_path) == (1, 1)
    monkeypatch.setenv(name, str(tmp_path))
    assert runs(tmp_path) == (2, 2)
    monkeypatch.delenv(name)
    assert runs(tmp_path) == (2, 2)


@pytest.mark.parametrize("content", ["", "[1]", '{"a"', "\0"])
def test_an_unreadable_file_of_answers_is_ignored(otb, tmp_path, content):
    assert runs(tmp_path) == (1, 1)
    (tmp_path / "cache/otb/probes.json").write_text(content)
    assert runs(tmp_path) == (2, 2)
    assert runs(tmp_path) == (2, 2)


def test_an_unwritable_cache_folder_is_ignored(otb, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "file/below"))
    assert runs(tmp_path) == (1, 1)
    assert runs(tmp_path) == (2, 2)


def test_a_profile_runs_again_if_it_or_a_variable_that_it_reads_changes(tmp_path, monkeypatch):
    otb = make_otb(tmp_path / "home/OTB-9.9.9-Linux")
    profile = otb / "otbenv.profile"
    profile.write_text(
        f"echo run >> {tmp_path}/profile.runs\nexport OTB_APPLICATION_PATH={otb}/lib/otb/applications\n"
        "export JOINED=before:${MINE}\nunset GONE\n"
    )
    monkeypatch.setenv("MINE", "1")
    monkeypatch.setenv("GONE", "there")
    monkeypatch.setenv("SECRET", "private")

    def sourced():
        forget()
        environment = found.environment()
        assert "GONE" not in environment
        assert environment["SECRET"] == "private"
        return environment["JOINED"], len((tmp_path / "profile.runs").read_text().splitlines())

    assert sourced() == ("before:1", 1)
    assert sourced() == ("before:1", 1)
    monkeypatch.setenv("MINE", "2")
    assert sourced() == ("before:2", 2)
    profile.write_text(profile.read_text().replace("before", "after"))
    assert sourced() == ("after:2", 3)
    assert "private" not in (tmp_path / "cache/otb/probes.json").read_text()


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

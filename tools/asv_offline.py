"""A plug-in of asv: the pages made by ``asv publish`` load their scripts from a local folder, and work offline.

The scripts come from npm packages, in the versions that asv uses. ``npm pack`` downloads them once into
the cache, and their hashes are verified. If that fails, the pages stay as asv makes them.
"""

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from asv.console import log
from asv.publishing import OutputPublisher

from rasterbout.cache_folder import cache_root

FILES = {
    "js/jquery-3.3.1.min.js": (
        "jquery@3.3.1", "dist/jquery.min.js",
        "160a426ff2894252cd7cebbdd6d6b7da8fcd319c65b70468f10b6690c45d02ef",
    ),
    "js/jquery.flot.min.js": (
        "flot@0.8.3", "jquery.flot.js",
        "b7b931f273c38b1277b9c6c1f4e05c4ec09885a487bddaf3279e2d7e49a38e12",
    ),
    "js/jquery.flot.time.min.js": (
        "flot@0.8.3", "jquery.flot.time.js",
        "a582c832adc7138a6b05aaf61f16ebac274701f1be4afea77e739a1c34b9c41a",
    ),
    "js/jquery.flot.selection.min.js": (
        "flot@0.8.3", "jquery.flot.selection.js",
        "e6c85f6c1ebe4b4da29d8ae238c7c5060283f05f7ef054f6b91817d02c092918",
    ),
    "js/jquery.flot.categories.min.js": (
        "flot@0.8.3", "jquery.flot.categories.js",
        "6e81664b28ea795c734906f4aa15614640a75ac7fbd399a7fb9084040698351a",
    ),
    "js/jquery.flot.orderBars.js": (
        "flot-orderbars@1.0.0", "js/jquery.flot.orderBars.js",
        "39735b4f46f96ff4e082572401f47c55a2767b366fd1d1e821e44a8d830a12bf",
    ),
    "js/stupidtable.min.js": (  # asv uses 1.0.1, which was never published as a package
        "stupid-table-plugin@1.1.3", "stupidtable.min.js",
        "4642380f28ebe9ed7cac251793b281ef8620c4386205d92788f9b12f5cceb4e0",
    ),
    "js/md5.min.js": (
        "blueimp-md5@2.19.0", "js/md5.min.js",
        "64d7ded388c562e4bde9e58ce205e5fa01b9734fcd434d496eb7b4fbfe9b927d",
    ),
    "js/bootstrap.min.js": (
        "bootstrap@3.1.1", "dist/js/bootstrap.min.js",
        "898d05a17f2cfc5120ddcdba47a885c378c0b466f30f0700e502757e24b403a1",
    ),
    "css/bootstrap.min.css": (
        "bootstrap@3.1.1", "dist/css/bootstrap.min.css",
        "e9503448692b738dd260fbd7f7cabf2e11f09b600fa97e6eb3a56eba5b1a7e9b",
    ),
    "fonts/glyphicons-halflings-regular.woff": (
        "bootstrap@3.1.1", "dist/fonts/glyphicons-halflings-regular.woff",
        "fc969dc1c6ff531abcf368089dcbaf5775133b0626ff56b52301a059fc0f9e1e",
    ),
    "fonts/glyphicons-halflings-regular.ttf": (
        "bootstrap@3.1.1", "dist/fonts/glyphicons-halflings-regular.ttf",
        "bd18efd3efd70fec8ad09611a20cdbf99440b2c1d40085c29be036f891d65358",
    ),
}  # fmt: skip
"""Path of each file beside the pages, and its package, its path in the package and its SHA-256."""

REMOTE = re.compile(r'(src|href)="https?://[^"]*/([^"/]+)"((?: (?:integrity|crossorigin|referrerpolicy)="[^"]*")+)')


class Offline(OutputPublisher):
    """Copies the scripts beside the finished pages."""

    name = "offline"
    description = "Scripts beside the pages"

    @classmethod
    def publish(cls, conf, *_):  # type: ignore[no-untyped-def]
        """Make the pages in asv's ``html_dir`` work without a network."""
        try:
            make_offline(Path(conf.html_dir))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            log.warning(f"the pages need a network to be looked at: {error}")


def make_offline(pages: Path) -> None:
    """Make ``index.html`` in the folder ``pages`` load its scripts from there.

    Raises
    ------
    OSError, subprocess.SubprocessError
        ``npm`` is missing, or cannot fetch a package.
    ValueError
        A file has another hash, or the page loads a script that is not in `FILES`.
    """
    index = pages / "index.html"
    by_name = {Path(place).name: place for place in FILES}
    page = index.read_text(encoding="utf-8")
    if unknown := {found[2] for found in REMOTE.finditer(page)} - by_name.keys():
        raise ValueError(f"this asv loads {', '.join(sorted(unknown))}, which is not known here")
    shutil.copytree(_fetched(), pages / "offline", dirs_exist_ok=True)
    local = REMOTE.sub(lambda found: f'{found[1]}="offline/{by_name[found[2]]}"', page)
    index.write_text(local, encoding="utf-8")


def _fetched() -> Path:
    """Return the folder in the cache that holds all files; missing files are downloaded."""
    cache = cache_root() / "asv-scripts"
    missing = [place for place, (_, _, digest) in FILES.items() if _digest(cache / place) != digest]
    with tempfile.TemporaryDirectory() as folder:
        for package in {FILES[place][0] for place in missing}:
            _fetch(package, Path(folder))
        for place in missing:
            package, inside, digest = FILES[place]
            found = Path(folder) / package / "package" / inside
            if _digest(found) != digest:
                raise ValueError(f"{inside} of {package} is not the file that it should be")
            (cache / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found, cache / place)
    return cache


def _fetch(package: str, folder: Path) -> None:
    target = folder / package
    target.mkdir()
    command = ["npm", "pack", "--silent", "--pack-destination", str(target), package]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120)
    (archive,) = target.glob("*.tgz")
    with tarfile.open(archive) as content:
        content.extractall(target, filter="data")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""

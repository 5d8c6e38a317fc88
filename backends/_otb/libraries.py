"""The versions of GDAL and PROJ that OTB links, which differ from those of rasterio and of programs on PATH."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LINKED = re.compile(r"lib(gdal|proj)\.so\S* => (\S+)")

ASK = """
import ctypes, json, sys

class Info(ctypes.Structure):  # PJ_INFO of proj.h
    _fields_ = [*((name, ctypes.c_int) for name in ("major", "minor", "patch")), ("release", ctypes.c_char_p),
                ("version", ctypes.c_char_p), ("searchpath", ctypes.c_char_p), ("paths", ctypes.c_void_p),
                ("path_count", ctypes.c_size_t)]

def gdal(library):
    library.GDALVersionInfo.restype = ctypes.c_char_p
    return library.GDALVersionInfo(b"RELEASE_NAME")

def proj(library):
    library.proj_info.restype = Info
    return library.proj_info().version

ask = {"gdal": gdal, "proj": proj}
print(json.dumps({name: ask[name](ctypes.CDLL(path)).decode() for name, path in json.loads(sys.argv[1]).items()}))
"""


def versions(binary: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of GDAL and PROJ that ``binary`` links in ``environment``, as the libraries report them."""
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True, env=environment, check=False).stdout
    libraries = json.dumps(dict(LINKED.findall(linked)))
    answer = subprocess.run(
        [sys.executable, "-c", ASK, libraries], capture_output=True, text=True, env=environment, check=False
    )
    found: dict[str, str] = json.loads(answer.stdout) if answer.returncode == 0 else {}
    return found

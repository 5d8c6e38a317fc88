"""The QuickBird images of Toulouse that come with Orfeo ToolBox: a city, panchromatic and in four bands."""

from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.cache_folder import cache_root
from rasterbout.contract import Layout
from rasterbout.dataset import Dataset
from rasterbout.datasets._files import geotiff, manifest, store
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operations.build import Inputs
from rasterbout.raster import Band
from rasterbout.scene import Scene

AS_IS = "toulouse"
COARSE_XS = "toulouse-2m4"
COARSENING = 4  # QuickBird records its colour bands at 2.4 m, four times coarser than the panchromatic 0.6 m
FACTOR = 5
RED, NIR = 3, 4  # bands of the XS image: blue, green, red, near infrared
VERSION = 1  # changes with the bytes, so that files made by older versions are not used

PAN_SHA256 = "8193304b47d1c350c653f621e221113aa85e46b0650dc5b68447a71df2493b68"
XS_SHA256 = "835272de20e29f77e81e88889b2a05f13a580f9252a634c3aa3853e7ddc4a9f8"
ORIGINALS = {"QB_Toulouse_Ortho_PAN.tif": PAN_SHA256, "QB_Toulouse_Ortho_XS.tif": XS_SHA256}
PAN, XS = ORIGINALS

Pixels = NDArray[np.int16]


class Toulouse(Dataset):
    """The original images."""

    name = AS_IS
    summary = "QuickBird, a city: panchromatic and four bands, 500 x 500 pixels of 0.6 m"
    coarsening = 1

    def load(self, *, size: int | None, layout: Layout) -> Scene:  # noqa: ARG002  there is only one size
        """Return the images.

        Raises
        ------
        BadInput
            The original images are missing or damaged.
        """
        key = f"{self.name}-v{VERSION}-{layout.blocks}-{layout.compression}"
        folder = store.made_once(key, partial(_write, layout=layout, coarsening=self.coarsening))
        pan, xs = read_header(folder / PAN), read_header(folder / XS)
        red, nir = Band(raster=xs, index=RED), Band(raster=xs, index=NIR)
        inputs: Inputs = {"red": red, "nir": nir, "source": xs, "moving": xs, "reference": pan}
        return Scene(name=self.name, inputs=inputs, defaults={"factor": FACTOR}, size=pan.grid.shape)


class ToulouseCoarse(Toulouse):
    """The images, with the one of four bands reduced to its true resolution of 2.4 m."""

    name = COARSE_XS
    summary = "the same with its four bands at 2.4 m, 125 x 125 pixels, superimposed onto 0.6 m"
    coarsening = COARSENING


def samples_folder() -> Path:
    """Return the folder into which ``tools/install_otb.sh`` extracts the original images."""
    return cache_root() / "otb" / "samples"


def _write(folder: Path, *, layout: Layout, coarsening: int) -> None:
    for name in ORIGINALS:
        _require_original(samples_folder() / name)
    _copy(samples_folder() / PAN, folder / PAN, layout)
    _copy(samples_folder() / XS, folder / XS, layout, coarsening)


def _require_original(file: Path) -> None:
    if not file.is_file():
        raise BadInput(
            f"{file}: no such file; run tools/install_otb.sh (on Debian), or put {PAN} and {XS} "
            "of Orfeo ToolBox's source, folder Data/Input, there"
        )
    try:
        found = manifest.sha256(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); check with ls -l") from error
    if found != ORIGINALS[file.name]:
        raise BadInput(
            f"{file}: damaged, its SHA-256 is {found} instead of {ORIGINALS[file.name]}; "
            "delete it and run tools/install_otb.sh"
        )


def _copy(source: Path, target: Path, layout: Layout, coarsening: int = 1) -> None:
    with rasterio.open(source) as image:
        pixels, tags = image.read(), image.tags()
    header = read_header(source)
    grid = header.grid.coarsen(coarsening)
    with geotiff.created(target, grid, layout, count=header.count) as copy:
        copy.update_tags(**tags)  # including the copyright
        copy.write(_means(pixels, coarsening))


def _means(pixels: Pixels, factor: int) -> Pixels:
    """Return the mean of each ``factor`` x ``factor`` window of (band, row, column), rounded half to even."""
    count, height, width = pixels.shape
    windows = pixels.reshape(count, height // factor, factor, width // factor, factor)
    means: Pixels = np.rint(windows.mean(axis=(2, 4), dtype=np.float64)).astype(np.int16)
    return means

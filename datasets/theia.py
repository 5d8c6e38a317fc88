"""A Sentinel-2 Level-2A product of Theia (made by MAJA), in the folder where the user unzipped it."""

from pathlib import Path

from rasterbout.dataset import Product
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operations.build import Inputs
from rasterbout.raster import Band
from rasterbout.scene import Scene

BANDS = ("B4", "B8", "B11")
REFLECTANCES = ("FRE", "SRE")  # with and without correction for slopes; the first one found is used
FACTOR = 10


class Theia(Product):
    """Reads its red, near-infrared and 20 m shortwave-infrared bands."""

    summary = "the folder of a Sentinel-2 Level-2A product of Theia"

    def recognises(self, path: Path) -> bool:
        """Return whether a folder contains a reflectance band."""
        return any(any(path.glob(f"*_{reflectance}_B*.tif")) for reflectance in REFLECTANCES)

    def load(self, path: Path) -> Scene:
        """Return the bands of the product in the folder ``path``.

        Raises
        ------
        BadInput
            The folder does not contain the required bands of exactly one product, or a file cannot be read.
        """
        product, files = _find(path)
        red, nir, swir = (read_header(files[band]) for band in BANDS)
        inputs: Inputs = {
            "red": Band(raster=red),
            "nir": Band(raster=nir),
            "source": nir,
            "moving": swir,
            "reference": red,
        }
        return Scene(name=product, inputs=inputs, defaults={"factor": FACTOR}, size=red.grid.shape)


def _find(folder: Path) -> tuple[str, dict[str, Path]]:
    """Return the name of the product, and the file of each band."""
    for reflectance in REFLECTANCES:
        found = {band: sorted(folder.glob(f"*_{reflectance}_{band}.tif")) for band in BANDS}
        if any(found.values()):
            break
    return _only_product(folder, reflectance, found)


def _only_product(folder: Path, reflectance: str, found: dict[str, list[Path]]) -> tuple[str, dict[str, Path]]:
    products = sorted(
        {file.name.removesuffix(f"_{reflectance}_{band}.tif") for band, files in found.items() for file in files}
    )
    if len(products) > 1:
        raise BadInput(f"{folder}: holds more than one product ({', '.join(products)}); give each a folder of its own")
    missing = [f"*_{reflectance}_{band}.tif" for band, files in found.items() if not files]
    if missing:
        raise BadInput(f"{folder}: holds no {' or '.join(missing)}; unzip the product completely")
    return products[0], {band: files[0] for band, files in found.items()}

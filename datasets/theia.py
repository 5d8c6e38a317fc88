"""A Sentinel-2 Level-2A product of Theia (made by MAJA), in the folder where the user unzipped it."""

from pathlib import Path

from rasterbout.contract import Layout
from rasterbout.datasets.scene import Inputs, Scene
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operation import Resampling
from rasterbout.raster import Band

BANDS = ("B4", "B8", "B11")
REFLECTANCES = ("FRE", "SRE")  # corrected for slopes, and not; the first that is there
FACTOR = 10


def load(folder: Path, *, layout: Layout, factor: int | None, resampling: Resampling) -> Scene:
    """Return the scene of the product in ``folder``, whose files are used as they are.

    Raises
    ------
    BadInput
        ``folder`` does not hold the needed bands of exactly one product, a file cannot be read, a
        ``layout`` other than the default is asked for, or ``factor`` is impossible.
    """
    if layout != Layout():
        raise BadInput(
            f"{folder}: its files are used as they are, not in {layout.blocks} with compression "
            f"{layout.compression}; leave out the layout, or choose s2-tile"
        )
    product, files = _find(folder)
    red, nir, swir = (read_header(files[band]) for band in BANDS)
    inputs = Inputs(red=Band(raster=red), nir=Band(raster=nir), moving=swir, onto=red.grid)
    return inputs.scene(product, FACTOR if factor is None else factor, resampling)


def _find(folder: Path) -> tuple[str, dict[str, Path]]:
    """Return the name of the product, and the file of each band."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; name the folder of an unzipped Theia product")
    for reflectance in REFLECTANCES:
        found = {band: sorted(folder.glob(f"*_{reflectance}_{band}.tif")) for band in BANDS}
        if any(found.values()):
            break
    else:
        raise BadInput(
            f"{folder}: holds no *_FRE_B4.tif nor *_SRE_B4.tif; name the folder of an unzipped Theia product"
        )
    return _only_product(folder, reflectance, found)


def _only_product(folder: Path, reflectance: str, found: dict[str, list[Path]]) -> tuple[str, dict[str, Path]]:
    products = sorted(
        {file.name.removesuffix(f"_{reflectance}_{band}.tif") for band, files in found.items() for file in files}
    )
    if len(products) > 1:
        raise BadInput(f"{folder}: holds more than one product ({', '.join(products)}); give each a folder of its own")
    missing = [f"*_{reflectance}_{band}.tif" for band, files in found.items() if not files]
    if missing:
        raise BadInput(f"{folder}: holds no {' nor '.join(missing)}; unzip product {products[0]} completely")
    return products[0], {band: files[0] for band, files in found.items()}

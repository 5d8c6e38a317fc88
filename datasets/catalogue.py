"""The datasets by name, and Theia products by the path of their folder."""

import difflib
import os
from pathlib import Path

from rasterbout.contract import Layout
from rasterbout.datasets import s2_mosaic, s2_tile, theia, toulouse
from rasterbout.datasets.scene import Scene
from rasterbout.errors import BadInput
from rasterbout.operation import Resampling

DEFAULT_LAYOUT = Layout()

SUMMARIES = {
    s2_tile.NAME: "generated like Sentinel-2 Level-2A: 10 m and 20 m, 10980 x 10980 pixels or any other size",
    s2_mosaic.NAME: "that tile again and again, virtual, of any size: it takes no more disk",
    toulouse.AS_IS: "QuickBird, a city: panchromatic and four bands, 500 x 500 pixels of 0.6 m",
    toulouse.COARSE_XS: "the same with its four bands at 2.4 m, 125 x 125 pixels, superimposed onto 0.6 m",
}
OF_ANY_SIZE = {s2_tile.NAME: s2_tile.load, s2_mosaic.NAME: s2_mosaic.load}
PRODUCT_SUMMARY = "a path instead of a name: the folder of a Sentinel-2 Level-2A product of Theia"


def names() -> list[str]:
    """Return the names that `load` knows; it takes the path of a product's folder as well."""
    return list(SUMMARIES)


def load(
    name: str,
    *,
    size: int | None = None,
    layout: Layout = DEFAULT_LAYOUT,
    factor: int | None = None,
    resampling: Resampling = Resampling.CUBIC,
) -> Scene:
    """Return a dataset as a scene, its files made where they are missing and verified where they are not.

    Parameters
    ----------
    name
        One of `names`, or the path of the folder of a Theia product.
    size
        Edge in pixels of 10 m, 16 or more; for `OF_ANY_SIZE` only.
    layout
        How the files store their pixels; those of a product stay as they are.
    factor
        Of ``downscale`` and ``mean_ndvi``; default 10, for Toulouse 5.
    resampling
        Of ``superimpose``.

    Raises
    ------
    BadInput
        There is no such dataset, it is incomplete or damaged, it cannot be had like this, or the
        cache folder cannot be written.
    """
    is_product = name not in SUMMARIES and (os.sep in name or Path(name).is_dir())
    if not is_product:
        _require_known(name)
    if name in OF_ANY_SIZE:
        return OF_ANY_SIZE[name](size=size, layout=layout, factor=factor, resampling=resampling)
    if size is not None:
        raise BadInput(f"{name}: its size cannot be chosen, got {size}; only {' and '.join(OF_ANY_SIZE)} have any size")
    if is_product:
        return theia.load(Path(name).expanduser(), layout=layout, factor=factor, resampling=resampling)
    return toulouse.load(name, layout=layout, factor=factor, resampling=resampling)


def _require_known(name: str) -> None:
    if name in SUMMARIES:
        return
    near = difflib.get_close_matches(name, SUMMARIES, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise BadInput(f"{name}: no such dataset; {hint}choose {', '.join(SUMMARIES)}, or the path of a product's folder")

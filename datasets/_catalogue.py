"""Datasets by name and products by path, from this package and from other distributions."""

import logging
import os
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

import rasterbout.datasets
from rasterbout.contract import Layout
from rasterbout.dataset import Dataset, Product
from rasterbout.errors import BadInput
from rasterbout.plugins import announced, classes_in, modules_of, unknown
from rasterbout.plugins import load as imported
from rasterbout.scene import Scene

GROUP = "rasterbout.datasets"
DEFAULT_LAYOUT = Layout()

log = logging.getLogger("rasterbout")


def datasets() -> dict[str, Dataset]:
    """Return the named datasets, by name."""
    return {one.name: one for source in _sources() for one in (kind() for kind in classes_in(source, Dataset))}  # type: ignore[type-abstract]


def products() -> list[Product]:
    """Return the product readers."""
    return [kind() for source in _sources() for kind in classes_in(source, Product)]  # type: ignore[type-abstract]


def of_any_size() -> list[str]:
    """Return the names of the datasets whose size can be chosen."""
    return [name for name, one in datasets().items() if one.of_any_size]


def load(name: str, *, size: int | None = None, layout: Layout = DEFAULT_LAYOUT) -> Scene:
    """Return the named inputs of a dataset; missing files are made, and existing ones verified.

    Parameters
    ----------
    name
        One of `datasets`, or the path of a product.
    size
        Edge in pixels, only for datasets that are `of_any_size`.
    layout
        How the files store their pixels; the files of a product are never converted.

    Raises
    ------
    BadInput
        The dataset does not exist, is incomplete or damaged, or is not available in this size or
        layout; or the cache folder cannot be written.
    """
    known = datasets()
    path = Path(name).expanduser()
    is_product = name not in known and (os.sep in name or path.exists())
    if not is_product and name not in known:
        raise BadInput(f"{unknown('dataset', name, known)}; or name the path of a product")
    if size is not None and (is_product or not known[name].of_any_size):
        raise BadInput(
            f"{name}: its size cannot be chosen, got {size}; only {' and '.join(of_any_size())} have any size"
        )
    return _product(path, layout) if is_product else known[name].load(size=size, layout=layout)


def _product(path: Path, layout: Layout) -> Scene:
    readers = products()
    what = "; ".join(reader.summary for reader in readers)
    if not path.exists():
        raise BadInput(f"{path}: no such file or folder; name a product: {what}")
    if layout != DEFAULT_LAYOUT:
        raise BadInput(
            f"{path}: its files are used as they are, not in {layout.blocks} with compression "
            f"{layout.compression}; leave out the layout, or choose {' or '.join(of_any_size())}"
        )
    reader = next((one for one in readers if one.recognises(path)), None)
    if reader is None:
        raise BadInput(f"{path}: is not a readable product; there are readers of: {what}")
    return reader.load(path)


@cache
def _sources() -> list[object]:
    """Return the objects that define datasets and readers: modules of this package, and targets of entry points."""
    found = [imported(module) for module in modules_of(rasterbout.datasets).values()]
    for name, point in sorted(announced(GROUP).items()):
        if (plugged_in := _plugged_in(name, point)) is not None:
            found.append(plugged_in)
    return found


def _plugged_in(name: str, point: EntryPoint) -> object:
    try:
        return imported(point)
    except (ImportError, AttributeError) as error:
        log.warning("datasets of %s (%s) are left out: %s; repair or uninstall it", name, point.value, error)
        return None

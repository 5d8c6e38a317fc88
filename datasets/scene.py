"""A scene: the operations that can be done on a dataset, ready to be run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rasterbout.grid import Grid
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling, Superimpose
from rasterbout.raster import Band, Raster


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What can be done on a dataset.

    Attributes
    ----------
    name
        Name of the dataset, or of the product.
    size
        Rows and columns of its finest grid, in pixels.
    operations
        By name: ``ndvi``, ``downscale``, ``mean_ndvi`` and ``superimpose``.
    """

    name: str
    size: tuple[int, int]
    operations: Mapping[str, Operation]

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """The files that the operations read, each once."""
        every = (raster for operation in self.operations.values() for raster in operation.inputs)
        return tuple({raster.path: raster for raster in every}.values())

    def describe(self) -> Iterator[str]:
        """Yield a line for each file that is read, and one for each operation."""
        for raster in self.rasters:
            yield _describe_file(raster)
        for name, operation in self.operations.items():
            files = " and ".join(raster.path.name for raster in operation.inputs)
            yield f"{name}: {files} to {operation.grid.describe()}"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a dataset gives to the operations.

    Attributes
    ----------
    red, nir
        For the NDVI; the raster of ``nir`` is the one that is downscaled.
    moving
        What is superimposed.
    onto
        The grid on which it is superimposed.
    """

    red: Band
    nir: Band
    moving: Raster
    onto: Grid

    def scene(self, name: str, factor: int, resampling: Resampling) -> Scene:
        """Return the operations on these inputs; ``factor`` is that of both downscale and mean_ndvi.

        Raises
        ------
        BadInput
            ``factor`` is impossible, or the rasters do not fit together.
        """
        operations: tuple[Operation, ...] = (
            Ndvi(red=self.red, nir=self.nir),
            Downscale(source=self.nir.raster, factor=factor),
            MeanNdvi(red=self.red, nir=self.nir, factor=factor),
            Superimpose(moving=self.moving, onto=self.onto, resampling=resampling),
        )
        by_name = {operation.name: operation for operation in operations}
        return Scene(name=name, size=self.onto.shape, operations=by_name)


def _describe_file(raster: Raster) -> str:
    rows, columns = raster.block_shape
    bands = "1 band" if raster.count == 1 else f"{raster.count} bands"
    nodata = "no nodata value" if raster.nodata is None else f"nodata {raster.nodata:g}"
    blocks = f"blocks of {rows} x {columns}, compression {raster.compression}"
    size_mb = raster.path.stat().st_size / 1e6
    pixels = f"{raster.grid.describe()}; {bands} of {raster.dtype}, {nodata}"
    return f"{raster.path}: {pixels}; {blocks}; {size_mb:.1f} MB"

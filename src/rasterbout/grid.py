"""Grids: position, size and number of the pixels of a raster."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from affine import Affine

ALIGNMENT_PX = 1e-3  # corners closer than this fraction of a pixel coincide


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A regular grid of pixels in a coordinate reference system.

    Attributes
    ----------
    crs
        Authority code (``EPSG:32631``) or WKT; None where the file declares none.
    transform
        Maps (column, row) of a pixel's upper left corner to CRS units.
    width, height
        Number of columns and rows, in pixels.
    """

    crs: str | None
    transform: Affine
    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width

    @property
    def is_axis_aligned(self) -> bool:
        """Whether rows and columns run along the axes of the CRS (no rotation, no shear)."""
        return bool(self.transform.b == 0 and self.transform.d == 0)

    def coarsen(self, factor: int) -> "Grid":
        """Return the grid of the whole ``factor`` x ``factor`` windows, with the same origin."""
        return Grid(
            crs=self.crs,
            transform=self.transform @ Affine.scale(factor),
            width=self.width // factor,
            height=self.height // factor,
        )

    def aligned_with(self, other: "Grid", tolerance_px: float = ALIGNMENT_PX) -> bool:
        """Whether both grids have the same CRS and shape, and pixels in the same places."""
        return self.shape == other.shape and self.same_crs(other) and self._corners_match(other, tolerance_px)

    def same_crs(self, other: "Grid") -> bool:
        """Whether both grids use the same CRS, in whatever notation."""
        if self.crs is None or other.crs is None:
            return self.crs is other.crs
        return _same_crs(self.crs, other.crs)

    def _corners_match(self, other: "Grid", tolerance_px: float) -> bool:
        to_pixels = ~self.transform @ other.transform
        corners = ((0, 0), (self.width, 0), (0, self.height), (self.width, self.height))
        return all(
            abs(moved - kept) <= tolerance_px
            for corner in corners
            for moved, kept in zip(to_pixels @ corner, corner, strict=True)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the grid as a JSON object; ``transform`` as its first six coefficients."""
        return {"crs": self.crs, "transform": list(self.transform)[:6], "width": self.width, "height": self.height}

    @classmethod
    def from_json(cls, message: dict[str, Any]) -> "Grid":
        """Return the grid that `as_json` described."""
        return cls(**{**message, "transform": Affine(*message["transform"])})

    def describe(self) -> str:
        """Return size, pixel size, origin and CRS in one line, for messages."""
        crs = "no CRS" if self.crs is None else self.crs.split("\n")[0][:40]
        t = self.transform
        turned = f" rotated by {t.b:g}, {t.d:g}" if not self.is_axis_aligned else " south up" if t.e > 0 else ""
        pixel = f"{abs(t.a):g} x {abs(t.e):g}{turned}"
        return f"{self.width} x {self.height} pixels of {pixel} at ({t.c:.10g}, {t.f:.10g}), {crs}"


@lru_cache(maxsize=64)
def _same_crs(one: str, other: str) -> bool:
    if one == other:
        return True
    import pyproj  # noqa: PLC0415  slow to import, needed only if the notations differ

    return pyproj.CRS.from_user_input(one).equals(pyproj.CRS.from_user_input(other), ignore_axis_order=True)

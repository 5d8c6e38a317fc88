"""Awkward reference grids for superimpose, derived from the grid of the moving raster."""

from collections.abc import Callable

from affine import Affine

from rasterbout.grid import Grid

MakeOnto = Callable[[Grid], Grid]


def finer(
    grid: Grid,
    ratio: tuple[float, float] = (1, 1),
    start: tuple[float, float] = (0, 0),
    size: tuple[float, float] | None = None,
) -> Grid:
    """Return a grid with ``ratio`` times the columns and rows, over a part of ``grid``.

    ``start`` and ``size`` count columns and rows of ``grid``; the default is the whole grid.
    """
    t = grid.transform
    columns, rows = size or (grid.width, grid.height)
    transform = Affine(t.a / ratio[0], 0, t.c + t.a * start[0], 0, t.e / ratio[1], t.f + t.e * start[1])
    width, height = (max(1, round(count * times)) for count, times in ((columns, ratio[0]), (rows, ratio[1])))
    return Grid(crs=grid.crs, transform=transform, width=width, height=height)


def flipped(grid: Grid) -> Grid:
    """Return the same pixels with the rows counted from the other end."""
    t = grid.transform
    transform = Affine(t.a, 0, t.c, 0, -t.e, t.f + t.e * grid.height)
    return Grid(crs=grid.crs, transform=transform, width=grid.width, height=grid.height)


def beyond(grid: Grid) -> Grid:
    """Return a grid of non-integer ratios, with margins on every side."""
    return finer(grid, (1.7, 2.3), (-7.35, -4.6), (grid.width + 12, grid.height + 11))


GRIDS: dict[str, MakeOnto] = {
    "same": lambda grid: grid,
    "finer-by-2": lambda grid: finer(grid, (2, 2)),
    "finer-by-3": lambda grid: finer(grid, (3, 3)),
    "finer-by-4": lambda grid: finer(grid, (4, 4)),
    "wider-than-high": lambda grid: finer(grid, (1, 5)),
    "shifted": lambda grid: finer(grid, start=(0.3, 0.7)),
    "shifted-back": lambda grid: finer(grid, start=(-0.4, -0.15)),
    "shifted-whole-pixels": lambda grid: finer(grid, (2, 2), start=(3, -2)),
    "shifted-quarter": lambda grid: finer(grid, (2, 2), start=(0.25, 0.25)),
    "non-integer-ratio": lambda grid: finer(grid, (1.7, 2.3)),
    "slightly-finer": lambda grid: finer(grid, (1.01, 1.02), start=(0.1, 0.2)),
    "beyond-every-side": beyond,
    "inside": lambda grid: finer(grid, (2.5, 2.5), (11.2, 9.9), (24, 18)),
    "partly-disjoint": lambda grid: finer(grid, (3, 3), (31.4, 22.2), (40, 40)),
    "disjoint": lambda grid: finer(grid, (2, 2), (200, 300), (20, 20)),
    "one-row": lambda grid: finer(grid, (2, 3), (-4.2, 20.3), (60, 1 / 3)),
    "one-column": lambda grid: finer(grid, (3, 2), (20.3, -4.2), (1 / 3, 50)),
    "one-pixel": lambda grid: finer(grid, (3, 3), (20.3, 12.1), (1 / 3, 1 / 3)),
    "other-way-up": lambda grid: flipped(finer(grid, (2, 2))),
    "larger-than-a-tile": lambda grid: finer(grid, (9, 9), (1.3, 20.2), (59, 7)),
}

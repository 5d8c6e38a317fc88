"""Windows: rectangles of pixels, and how a raster is cut into them."""

from collections.abc import Iterator
from dataclasses import dataclass

AUTO_PIXELS = 1 << 20  # an automatic piece holds about 1024 x 1024 pixels


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels: first row and column, height and width."""

    row: int
    column: int
    height: int
    width: int

    def refine(self, factor: int) -> "Window":
        """Return the window that this one covers on a grid ``factor`` times finer."""
        return Window(self.row * factor, self.column * factor, self.height * factor, self.width * factor)

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.row + self.height

    @property
    def right(self) -> int:
        """One past the last column."""
        return self.column + self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns as slices of an array."""
        return slice(self.row, self.bottom), slice(self.column, self.right)


def cut(shape: tuple[int, int], piece: tuple[int, int]) -> Iterator[Window]:
    """Cut ``shape`` (rows, columns) into windows of at most ``piece``, row by row."""
    height, width = shape
    rows, columns = piece
    for row in range(0, height, rows):
        for column in range(0, width, columns):
            yield Window(row, column, min(rows, height - row), min(columns, width - column))


def split(window: Window, block: tuple[int, int]) -> Iterator[Window]:
    """Split a window along the boundaries of its raster's blocks (rows, columns), row by row."""
    rows, columns = block
    for row in range(window.row // rows * rows, window.bottom, rows):
        top, bottom = max(window.row, row), min(window.bottom, row + rows)
        for column in range(window.column // columns * columns, window.right, columns):
            left, right = max(window.column, column), min(window.right, column + columns)
            yield Window(top, left, bottom - top, right - left)


def piece_shape(chunk: int | None, shape: tuple[int, int], block_shape: tuple[int, int]) -> tuple[int, int]:
    """Return the shape (rows, columns) of the pieces in which a raster is processed.

    With ``chunk``, pieces are squares of that edge in pixels. Without, they are made of whole blocks and
    hold about `AUTO_PIXELS` pixels, in full rows if the file stores strips.
    """
    height, width = shape
    if chunk is not None:
        return min(chunk, height), min(chunk, width)
    block_rows, block_columns = block_shape
    columns = width if block_columns >= width else _multiple_near(block_columns, 1024)
    return min(height, _multiple_near(block_rows, max(1, AUTO_PIXELS // columns))), min(width, columns)


def cuts_blocks(chunk: int, shape: tuple[int, int], blocks: tuple[int, int]) -> bool:
    """Whether square pieces of a raster of ``shape`` cut through its blocks (rows, columns)."""
    return any(chunk < edge and chunk % block != 0 for edge, block in zip(shape, blocks, strict=True))


def aligned_piece(piece: tuple[int, int], factor: int) -> tuple[int, int]:
    """Return the largest piece of whole ``factor`` x ``factor`` windows in ``piece``, at least one window."""
    rows, columns = (max(1, edge // factor) * factor for edge in piece)
    return rows, columns


def _multiple_near(block: int, wanted: int) -> int:
    return max(1, round(wanted / block)) * block

"""Windows: pieces cover a raster once, whatever the chunk."""

import numpy as np
import pytest

from rasterbout.testing.rasters import rng
from rasterbout.window import AUTO_PIXELS, Window, aligned_piece, cut, piece_shape, split


def random_case(seed: int) -> tuple[tuple[int, int], tuple[int, int], int | None]:
    """A shape, a block shape and a chunk."""
    numbers = rng(f"window {seed}")
    height, width, block_rows, block_columns, chunk = (int(2**exponent) for exponent in numbers.uniform(0, 12, 5))
    blocks = (min(block_rows, height), width) if seed % 3 == 0 else (block_rows, block_columns)
    return (height, width), blocks, None if seed % 2 else chunk


@pytest.mark.parametrize("seed", range(40))
def test_pieces_cover_every_pixel_once(seed: int) -> None:
    shape, blocks, chunk = random_case(seed)
    piece = piece_shape(chunk, shape, blocks)
    count = np.zeros(shape, dtype=np.uint8)
    for window in cut(shape, piece):
        assert window.height >= 1
        assert window.width >= 1
        assert window.height <= piece[0]
        assert window.width <= piece[1]
        count[window.slices] += 1
        assert count[window.slices].shape == (window.height, window.width)
    assert (count == 1).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_window_is_split_where_blocks_begin(seed: int) -> None:
    random = rng(f"split {seed}")
    rows, columns = random.integers(1, 40, 2)
    window = Window(*(int(number) for number in random.integers(1, 100, 4)))
    covered = np.zeros((window.bottom, window.right), int)
    for part in split(window, (rows, columns)):
        assert part.row // rows == (part.bottom - 1) // rows
        assert part.column // columns == (part.right - 1) // columns
        covered[part.slices] += 1
    assert (covered[window.slices] == 1).all()
    assert covered.sum() == window.height * window.width


def test_cut_goes_row_by_row() -> None:
    assert list(cut((3, 5), (2, 3))) == [Window(0, 0, 2, 3), Window(0, 3, 2, 2), Window(2, 0, 1, 3), Window(2, 3, 1, 2)]


def test_cut_of_nothing_is_nothing() -> None:
    assert list(cut((0, 5), (2, 3))) == []


@pytest.mark.parametrize("chunk", [1, 7, 64, 512])
def test_a_chunk_is_a_square(chunk: int) -> None:
    assert piece_shape(chunk, (1000, 1000), (1, 1000)) == (chunk, chunk)


def test_a_chunk_is_no_larger_than_the_raster() -> None:
    assert piece_shape(5000, (30, 40), (30, 40)) == (30, 40)


@pytest.mark.parametrize("seed", range(1, 40, 2))
def test_automatic_pieces_are_whole_blocks_of_about_a_million_pixels(seed: int) -> None:
    (height, width), (block_rows, block_columns), _ = random_case(seed)
    rows, columns = piece_shape(None, (height, width), (block_rows, block_columns))
    assert rows in {height, rows // block_rows * block_rows}
    assert columns in {width, columns // block_columns * block_columns}
    assert rows <= height
    assert columns <= width
    assert rows * columns <= max(4 * AUTO_PIXELS, block_rows * block_columns)


@pytest.mark.parametrize(
    ("shape", "blocks", "piece"),
    [
        ((10980, 10980), (1, 10980), (95, 10980)),
        ((10980, 10980), (512, 512), (1024, 1024)),
        ((10980, 10980), (1024, 1024), (1024, 1024)),
        ((10980, 10980), (4096, 4096), (4096, 4096)),
        ((100, 10980), (16, 10980), (96, 10980)),
        ((77, 131), (77, 131), (77, 131)),
        ((20, 30), (512, 512), (20, 30)),
        ((1, 97), (1, 97), (1, 97)),
    ],
)
def test_automatic_pieces_literally(shape: tuple[int, int], blocks: tuple[int, int], piece: tuple[int, int]) -> None:
    assert piece_shape(None, shape, blocks) == piece


@pytest.mark.parametrize("seed", range(40))
def test_aligned_pieces_hold_whole_windows(seed: int) -> None:
    numbers = rng(f"aligned {seed}")
    piece = (int(numbers.integers(1, 300)), int(numbers.integers(1, 300)))
    factor = int(numbers.integers(1, 100))
    for edge, aligned in zip(piece, aligned_piece(piece, factor), strict=True):
        assert aligned % factor == 0
        assert aligned >= factor
        assert aligned <= edge or aligned == factor
        assert aligned + factor > edge


def test_refine_covers_the_same_ground() -> None:
    window = Window(2, 3, 4, 5).refine(10)
    assert window == Window(20, 30, 40, 50)
    assert Window(2, 3, 4, 5).refine(1) == Window(2, 3, 4, 5)


def test_slices_are_rows_and_columns() -> None:
    pixels = np.arange(20).reshape(4, 5)
    np.testing.assert_array_equal(pixels[Window(1, 2, 2, 3).slices], [[7, 8, 9], [12, 13, 14]])

"""The directory of a TIFF file: the length of the complete file, and the positions of its blocks.

GDAL is not used here because it skips unreadable tags and blocks with a warning at best, and then
returns a wrong georeference or wrong pixels.
Format: TIFF Revision 6.0, section 2; BigTIFF is the same with 8-byte numbers.
"""

import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

BYTES_OF_TYPE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
BLOCK_OFFSETS = (273, 324)  # of strips, of tiles
BLOCK_LENGTHS = (279, 325)
PLANAR, SEPARATE = 284, 2  # whether a block holds all bands of its pixels, or one


@dataclass(frozen=True)
class Tag:
    """Position of a tag's values in the file, their number, and the size of each in bytes."""

    place: int
    count: int
    bytes_each: int

    @property
    def end(self) -> int:
        """Position of the first byte after the values."""
        return self.place + self.count * self.bytes_each


class Directory:
    """The first directory of a TIFF file, which describes the image itself.

    Attributes
    ----------
    offsets
        Position of each block in the file, row by row; int64, 0 for a block that was never written.
    lengths
        Length of each block in bytes; int64, 0 for a block that was never written.
    separate
        Whether each block holds one band, all those of the first band before those of the second.
    native
        Whether numbers are stored in the byte order of this machine.

    Raises
    ------
    EOFError
        The file ends before the directory does.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._order = "<" if _read(file, 0, 2) == b"II" else ">"
            big = self._unpack(file, 2, "H") == 43
            start = self._unpack(file, 8, "Q") if big else self._unpack(file, 4, "I")
            self._tags, self._end = self._read_tags(file, start, big=big)
            self.native = (self._order == "<") == (sys.byteorder == "little")
            self.offsets = self._numbers(file, BLOCK_OFFSETS)
            self.lengths = self._numbers(file, BLOCK_LENGTHS)
            self.separate = PLANAR in self._tags and self._numbers(file, (PLANAR,)).tolist() == [SEPARATE]

    @property
    def end(self) -> int:
        """Minimum length of the complete file in bytes: directory, values of its tags, and blocks."""
        blocks = self.offsets + self.lengths
        return max(self._end, int(blocks.max(initial=0)))

    @property
    def unwritten(self) -> int:
        """Number of blocks that were never written."""
        return int(np.count_nonzero((self.offsets == 0) | (self.lengths == 0)))

    def extents(self, bands: list[int], count: int) -> list[tuple[int, int]]:
        """Return offset and length of the blocks of ``bands`` (from 1, of ``count``), joined where they touch."""
        offsets, lengths = self.offsets, self.lengths
        if self.separate:  # all blocks of the first band come first
            chosen = [band - 1 for band in bands]
            offsets, lengths = (numbers.reshape(count, -1)[chosen].ravel() for numbers in (offsets, lengths))
        written = np.flatnonzero(lengths)
        order = written[np.argsort(offsets[written], kind="stable")]
        starts, ends = offsets[order], offsets[order] + lengths[order]
        first = np.flatnonzero(np.r_[True, starts[1:] > ends[:-1]][: len(starts)])
        last = np.r_[first[1:], len(starts)][: len(first)] - 1
        return [(int(start), int(end - start)) for start, end in zip(starts[first], ends[last], strict=True)]

    def _read_tags(self, file: BinaryIO, start: int, *, big: bool) -> tuple[dict[int, Tag], int]:
        head, entry_bytes, word = ("Q", 20, "Q") if big else ("H", 12, "I")
        word_bytes = struct.calcsize(word)
        first = start + struct.calcsize(head)
        count = self._unpack(file, start, head)
        tags = {}
        for entry in range(first, first + count * entry_bytes, entry_bytes):
            number, kind = self._unpack(file, entry, "H"), self._unpack(file, entry + 2, "H")
            values, bytes_each = self._unpack(file, entry + 4, word), BYTES_OF_TYPE.get(kind, 1)
            inside = entry + 4 + word_bytes
            place = inside if values * bytes_each <= word_bytes else self._unpack(file, inside, word)
            tags[number] = Tag(place, values, bytes_each)
        end = first + count * entry_bytes + word_bytes
        return tags, max([end, *(tag.end for tag in tags.values())])

    def _numbers(self, file: BinaryIO, numbers: tuple[int, ...]) -> NDArray[np.int64]:
        tag = next((self._tags[number] for number in numbers if number in self._tags), Tag(0, 0, 4))
        values = _read(file, tag.place, tag.end - tag.place)
        return np.frombuffer(values, dtype=f"{self._order}u{tag.bytes_each}").astype(np.int64)

    def _unpack(self, file: BinaryIO, place: int, form: str) -> int:
        (number,) = struct.unpack(self._order + form, _read(file, place, struct.calcsize(form)))
        return int(number)


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    found = file.read(length)
    if len(found) < length:
        raise EOFError(f"byte {place + length} is missing")
    return found

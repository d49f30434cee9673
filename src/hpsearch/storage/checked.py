"""Reading arrays from files that may be damaged, or made to do harm.

What a file claims about itself is checked against what the file can hold before memory is asked for, and
nothing in it is ever run.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import BadZipFile

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The most one array may take, in bytes, as it is stored and as the float32 it becomes: 4 GiB, twenty MNISTs.
LARGEST = 4 * 2**30
FLOAT32 = 4
#: An array larger than this, in bytes, must not be packed much tighter than real data ever is: a few MB of
#: deflated zeros expand a thousandfold.
UNSUSPICIOUS = 256 * 2**20
TIGHTEST = 300
#: No deflated stream expands more than this (zlib's documentation says 1032).
MOST_DEFLATED = 1040
CHUNK = 2**20
#: What the readers of the standard library raise on damaged files, besides OSError.
DAMAGE = (EOFError, zlib.error, BadZipFile, struct.error, RuntimeError, ValueError)


class Readable(Protocol):
    """What `fill` and the header parsers need of an open file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what can go wrong while `path`, a file or folder, is read into a DataError that names it."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise DataError(f"{path}: is a device or pipe; give the path of a data file")
        yield
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; check the path") from None
    except OSError as error:
        if error.strerror is None:  # gzip's own complaint
            raise _damaged(path, error) from None
        raise DataError(
            f"{path}: cannot be read: {error.strerror}; give the path of a readable file"
        ) from None
    except DAMAGE as error:
        raise _damaged(path, error) from None
    except MemoryError:
        raise DataError(f"{path}: does not fit in memory; use fewer rows or a smaller number type") from None


def _damaged(path: Path, error: Exception) -> DataError:
    kind = path.suffix.lower() or ".zip"
    what = (
        f"it is no whole {kind} file" if isinstance(error, BadZipFile) else str(error) or type(error).__name__
    )
    return DataError(f"{path}: is damaged ({what}); get the file again")


def check_size(what: str, shape: Sequence[int], itemsize: int, packed: int, most: int = 1) -> int:
    """The bytes of an array that a header declares, if it can be true and is not too much.

    Args:
        what: the array, for the message.
        shape: the declared axes.
        itemsize: bytes of one value.
        packed: bytes the file has for it.
        most: how many bytes one packed byte can stand for at the very most.

    Raises:
        DataError: the file is too short for that, or the array too large to be taken.
    """
    size = math.prod(shape) * itemsize
    declared = f"{what}: its header declares {size:,} bytes, shape ({', '.join(map(str, shape))})"
    if math.prod(shape) * max(itemsize, FLOAT32) > LARGEST:
        raise DataError(
            f"{declared}; at most {LARGEST:,} are taken, {FLOAT32} or more for each value: use fewer rows"
        )
    if size > packed * most:
        raise DataError(f"{declared}, but the file has only {packed:,} for it: damaged; get the file again")
    if size > max(UNSUSPICIOUS, packed * TIGHTEST):
        raise DataError(
            f"{declared}, packed into {packed:,}: more than {TIGHTEST} times as much, as no real data is, "
            f"so it is not unpacked; if you trust it, save it uncompressed"
        )
    return size


def fill(what: str, stream: Readable, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
    """The next `count` values of `stream`, (count,). Memory is touched only as values arrive.

    Raises:
        DataError: the stream ends too early, or goes on after the last value.
    """
    array = np.empty(count, dtype)
    view = array.view(np.uint8).data
    done = 0
    while done < array.nbytes:
        piece = stream.read(min(CHUNK, array.nbytes - done))
        if not piece:
            raise DataError(f"{what}: ends after {done:,} of {array.nbytes:,} bytes; get the file again")
        view[done : done + len(piece)] = piece
        done += len(piece)
    if stream.read(1):
        raise DataError(f"{what}: goes on after its {done:,} bytes: damaged; get the file again")
    return array

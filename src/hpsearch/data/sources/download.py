"""Data sets that are downloaded once, checked, and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from hpsearch.core.errors import DataError
from hpsearch.storage.kept import cache_folder
from hpsearch.storage.temporary import temporary_folder

#: Another place to download from: a folder (http://..., file://...) with one folder per data set.
MIRROR = "HPSEARCH_MIRROR"
#: Where each data set is published.
PLACES = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist",
    "fashion_mnist": "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
}
#: The MD5 of each file, as published: what came over the line is what was sent.
CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
}
#: No file of these is nearly as large, in bytes.
LARGEST = 64 << 20
TIMEOUT = 30.0


def cached(name: str) -> Path:
    """The folder with the files of the data set `name`, downloaded where they are not there yet.

    Raises:
        DataError: they cannot be had; the message says what to do by hand.
    """
    folder = cache_folder() / name
    for file, checksum in CHECKSUMS[name].items():
        if not (folder / file).is_file():
            _download(name, file, checksum, folder)
    return folder


def _download(name: str, file: str, checksum: str, folder: Path) -> None:
    # What speaks to the network takes long to import, and nobody waits for it who only names the data.
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    mirror = os.environ.get(MIRROR)
    url = f"{mirror.rstrip('/')}/{name}/{file}" if mirror else f"{PLACES[name]}/{file}"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - ours, or the user's mirror
            content = answer.read(LARGEST)
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(
            f"dataset {name!r}: {url} cannot be downloaded ({reason}); {_by_hand(name)}"
        ) from None
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != checksum:
        raise DataError(
            f"dataset {name!r}: {url} is not the published file by its checksum; {_by_hand(name)}"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary_folder(f".{file}.", suffix=".tmp", parent=folder) as place:
            (place / file).write_bytes(content)
            (place / file).replace(folder / file)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written: {error.strerror}; set XDG_CACHE_HOME to a folder that can"
        ) from None


def _by_hand(name: str) -> str:
    files = ", ".join(CHECKSUMS[name])
    return f"get {files} some other way, and give {{source: {name}, dir: FOLDER}}"

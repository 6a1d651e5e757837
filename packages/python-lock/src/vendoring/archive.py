"""Packs sources deterministically, and reads the metadata of archives, without running any of their code.

Input (stdin), a JSON object with one of
  pack: {directory, files: [relative path], top, destination, add: {relative path: text}}
  inspect: path of a wheel or an sdist
Output (stdout), a JSON object:
  {sha256} of a packed archive; {metadata, pyproject, cargoLocks} of an inspected one: the texts, or null, of a wheel's
  METADATA or an sdist's PKG-INFO and of an sdist's pyproject.toml; and those of its Cargo.lock files by their paths.

An archive is the same on every machine: members are sorted, owners, times and modes are fixed, and nothing is
compressed, since the output of compression differs between versions of zlib.
"""

import hashlib
import io
import json
import os
import struct
import sys
import tarfile
import zipfile
import zlib

# 1980-01-01, the earliest time that every archive format can express.
TIME = 315532800
BLOCK = 65535


def gzip_stored(data):
    """A gzip member (RFC 1952) of stored blocks (RFC 1951, 3.2.4)."""
    out = io.BytesIO()
    out.write(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
    for start in range(0, max(len(data), 1), BLOCK):
        block = data[start : start + BLOCK]
        last = 1 if start + BLOCK >= len(data) else 0
        out.write(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF))
        out.write(block)
    out.write(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return out.getvalue()


def member(name, mode, **more):
    info = tarfile.TarInfo(name)
    info.mode, info.mtime = mode, TIME
    for key, value in more.items():
        setattr(info, key, value)
    return info


def pack(directory, files, top, destination, add):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
        for path in sorted({*files, *add}):
            source, name = os.path.join(directory, path), top + "/" + path
            if path in add:
                text = add[path].encode()
                archive.addfile(member(name, 0o644, size=len(text)), io.BytesIO(text))
            elif os.path.islink(source):
                archive.addfile(member(name, 0o777, type=tarfile.SYMTYPE, linkname=os.readlink(source)))
            elif os.path.isfile(source):
                mode = 0o755 if os.stat(source).st_mode & 0o100 else 0o644
                with open(source, "rb") as file:
                    archive.addfile(member(name, mode, size=os.stat(source).st_size), file)
    packed = gzip_stored(data.getvalue())
    with open(destination, "wb") as out:
        out.write(packed)
    return {"sha256": hashlib.sha256(packed).hexdigest()}


def inspect(path):
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as wheel:
            metadata = first(wheel.namelist(), ".dist-info/METADATA", wheel.read)
            return {"metadata": metadata, "pyproject": None, "cargoLocks": {}}
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as sdist:
            return texts_of(sdist.namelist(), sdist.read)
    with tarfile.open(path) as sdist:
        members = {info.name[2:] if info.name.startswith("./") else info.name: info for info in sdist if info.isfile()}
        return texts_of(members, lambda name: content_of(sdist, members[name]))


def content_of(sdist, member):
    file = sdist.extractfile(member)
    assert file is not None
    return file.read()


def texts_of(names, read):
    locks = [name for name in names if name.endswith("/Cargo.lock")]
    texts = {key: first(names, name, read) for key, name in SDIST.items()}
    return {**texts, "cargoLocks": {name.partition("/")[2]: read(name).decode("utf-8", "replace") for name in locks}}


SDIST = {"metadata": "/PKG-INFO", "pyproject": "/pyproject.toml"}


def first(names, suffix, read):
    """The text of the member one directory deep with that suffix; None if there is none."""
    for name in names:
        if name.count("/") == 1 and name.endswith(suffix):
            return read(name).decode("utf-8", "replace")
    return None


def main():
    job = json.load(sys.stdin)
    json.dump(pack(**job["pack"]) if "pack" in job else inspect(job["inspect"]), sys.stdout)


if __name__ == "__main__":
    main()

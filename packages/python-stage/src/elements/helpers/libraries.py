"""Check that the shared libraries required by distributions built for this machine exist.

usage: libraries.py SITE-PACKAGES...

Runs the interpreter's dynamic loader with `--list` on the ELF files of every distribution whose wheel has the platform
`linux`; other platform tags limit the libraries that a wheel may require. None of the files is executed. A library that
is not found, or lacks a version of a symbol, is an error, because the application would fail to start.
"""

import csv
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

# The messages of glibc's loader and of musl's. Symbols of the interpreter are bound only when it loads a file.
MISSING = re.compile("=> not found|version `.*' not found|No such file or directory")


def loader_of(executable):
    """The program in PT_INTERP of an ELF file (64 and 32 bits, either byte order), or None."""
    with open(executable, "rb") as file:
        head = file.read(64)
        if head[:4] != b"\x7fELF":
            return None
        order = "<" if head[5] == 1 else ">"
        wide = head[4] == 2
        offset, size, count = (
            (struct.unpack_from(order + "Q", head, 32)[0], *struct.unpack_from(order + "HH", head, 54))
            if wide
            else (struct.unpack_from(order + "I", head, 28)[0], *struct.unpack_from(order + "HH", head, 42))
        )
        for index in range(count):
            file.seek(offset + index * size)
            entry = file.read(size)
            if struct.unpack_from(order + "I", entry)[0] != 3:
                continue
            start, length = (
                (struct.unpack_from(order + "Q", entry, 8)[0], struct.unpack_from(order + "Q", entry, 32)[0])
                if wide
                else (struct.unpack_from(order + "I", entry, 4)[0], struct.unpack_from(order + "I", entry, 16)[0])
            )
            file.seek(start)
            return file.read(length).rstrip(b"\0").decode()
    return None


def elf_files(site):
    """The ELF files of distributions with the platform `linux`, from their RECORD (PEP 376)."""
    for wheel in sorted(site.glob("*.dist-info/WHEEL")):
        tags = [line.split(":")[1].strip() for line in wheel.read_text().splitlines() if line.startswith("Tag:")]
        if not any(tag.split("-")[-1].startswith("linux_") for tag in tags):
            continue
        with open(wheel.parent / "RECORD", newline="") as record:
            paths = [Path(os.path.normpath(site / row[0])) for row in csv.reader(record) if row]
        for path in sorted(paths):
            if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF":
                yield path


def missing_libraries(loader, path):
    """The loader's messages about missing libraries and symbol versions."""
    outcome = subprocess.run([loader, "--list", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = outcome.stdout.decode(errors="replace").splitlines()
    return [line.strip() for line in lines if MISSING.search(line)]


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    loader = loader_of(os.path.realpath(sys.executable))
    if loader is None:
        return
    failed = False
    for site in sys.argv[1:]:
        for path in elf_files(Path(site)):
            for line in missing_libraries(loader, path):
                print("%s: %s" % (os.path.relpath(path, site), line), file=sys.stderr)
                failed = True
    if failed:
        raise SystemExit("the base image lacks shared libraries that the wheelhouse requires")


if __name__ == "__main__":
    main()

"""Check that the shared libraries which distributions built for one machine need are there.

usage: libraries.py SITE-PACKAGES...

Asks the loader of the interpreter that runs this for the ELF files of every distribution whose wheel's platform is a plain
`linux`, which says nothing of libraries; the other platforms promise to need few of them, and old ones. Nothing of the
files is run. A library that is not found, or lacks a version of a symbol, is an error: an application would stop there.
"""

import csv
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

# The words of glibc's loader and of musl's. Symbols of the interpreter are bound only when it loads a file.
MISSING = re.compile("=> not found|version `.*' not found|No such file or directory")


def loader_of(executable):
    """The program that PT_INTERP of an ELF file names (64 and 32 bits, either byte order), or None."""
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
    """The ELF files of distributions that only this kind of machine is known for (RECORD: PEP 376)."""
    for wheel in sorted(site.glob("*.dist-info/WHEEL")):
        tags = [line.split(":")[1].strip() for line in wheel.read_text().splitlines() if line.startswith("Tag:")]
        if not any(tag.split("-")[-1].startswith("linux_") for tag in tags):
            continue
        with open(wheel.parent / "RECORD", newline="") as record:
            paths = [Path(os.path.normpath(site / row[0])) for row in csv.reader(record) if row]
        for path in sorted(paths):
            if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF":
                yield path


def complaints(loader, path):
    """What the loader misses."""
    ended = subprocess.run([loader, "--list", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    words = ended.stdout.decode(errors="replace").splitlines()
    return [line.strip() for line in words if MISSING.search(line)]


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    loader = loader_of(os.path.realpath(sys.executable))
    if loader is None:
        return
    failed = False
    for site in sys.argv[1:]:
        for path in elf_files(Path(site)):
            for line in complaints(loader, path):
                print("%s: %s" % (os.path.relpath(path, site), line), file=sys.stderr)
                failed = True
    if failed:
        raise SystemExit("the base image lacks shared libraries that the wheelhouse needs")


if __name__ == "__main__":
    main()

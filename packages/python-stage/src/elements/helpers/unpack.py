"""Unpack the only sdist of a directory into the working directory, without its top-level directory (PEP 625).

usage: unpack.py SDIST-DIR

Members and links that point outside the working directory are refused.
"""

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath


def inner_path(name):
    """`name` without its first part, or None for the top-level directory itself."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise SystemExit("the sdist contains the member %r, which is outside of it" % name)
    return PurePosixPath(*path.parts[1:]) if len(path.parts) > 1 else None


def inside(link, target):
    """Whether a link at the relative path `link` points inside the directory it is unpacked to."""
    depth = len(link.parts) - 1
    for part in PurePosixPath(target).parts:
        depth += -1 if part == ".." else 0 if part == "." else 1
        if depth < 0 or part == "/":
            return False
    return True


def unpack_tar(archive):
    with tarfile.open(archive) as tar:
        for member in tar:
            path = inner_path(member.name)
            if path is None:
                continue
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.isdir():
                target.mkdir(exist_ok=True)
            elif member.issym():
                if not inside(path, member.linkname):
                    raise SystemExit("the sdist's link %r points outside of it" % member.name)
                target.symlink_to(member.linkname)
            elif member.isreg() or member.islnk():
                source = tar.extractfile(member)
                assert source is not None
                with source, open(target, "wb") as out:
                    shutil.copyfileobj(source, out)
                target.chmod(0o755 if member.mode & 0o100 else 0o644)
            else:
                raise SystemExit("the sdist's member %r is not a file, directory or link" % member.name)


def unpack_zip(archive):
    with zipfile.ZipFile(archive) as bundle:
        for member in bundle.infolist():
            path = inner_path(member.filename)
            if path is None or member.is_dir():
                continue
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with bundle.open(member) as source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)
            target.chmod(0o755 if (member.external_attr >> 16) & 0o100 else 0o644)


def main():
    directory = Path(sys.argv[1])
    archives = sorted(
        path for path in directory.iterdir() if path.name.endswith((".tar.gz", ".tgz", ".tar.bz2", ".zip"))
    )
    if len(archives) != 1:
        raise SystemExit("%s contains %d sdists, expected one" % (directory, len(archives)))
    (unpack_zip if archives[0].suffix == ".zip" else unpack_tar)(archives[0])


if __name__ == "__main__":
    main()

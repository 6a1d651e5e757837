"""Unpack crates for cargo, and write the settings by which it takes them from there and from nowhere else.

usage: vendor.py CRATE-DIR INSTALL-ROOT DIRECTORY [REGISTRY...]

Every crate of CRATE-DIR is unpacked below DIRECTORY, an absolute path, inside of INSTALL-ROOT, as a directory source
(cargo reference, "Source replacement"). The settings are /.cargo/config.toml, which cargo finds from every directory.
The REGISTRYs are the addresses of registries other than cargo's own.
"""

import hashlib
import json
import shutil
import sys
import tarfile
from pathlib import Path, PurePosixPath

SOURCE = "wheelhouse"


def unpack(crate, directory):
    """A crate is a gzipped tar of regular files below one directory, `<name>-<version>`."""
    digest = hashlib.sha256(crate.read_bytes()).hexdigest()
    root = directory / crate.name[: -len(".crate")]
    with tarfile.open(crate) as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
                raise SystemExit("the crate %s holds %r, which is no file below it" % (crate.name, member.name))
            if member.isdir() or len(path.parts) < 2:
                continue
            target = root.joinpath(*path.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            source = archive.extractfile(member)
            assert source is not None
            with source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)
            target.chmod(0o755 if member.mode & 0o100 else 0o644)
    # The crate itself was checked before; single files are not checked again.
    (root / ".cargo-checksum.json").write_text(json.dumps({"files": {}, "package": digest}))


def settings(directory, registries):
    lines = ["[source.crates-io]", "replace-with = %s" % json.dumps(SOURCE)]
    for registry in registries:
        address = registry[len("registry+") :] if registry.startswith("registry+") else registry
        lines += ["[source.%s]" % json.dumps(address), "registry = %s" % json.dumps(address)]
        lines += ["replace-with = %s" % json.dumps(SOURCE)]
    lines += ["[source.%s]" % SOURCE, "directory = %s" % json.dumps(directory)]
    return "\n".join(lines) + "\n"


def main():
    crates, install_root, directory, *registries = sys.argv[1:]
    target = Path(install_root) / directory.lstrip("/")
    target.mkdir(parents=True)
    for crate in sorted(Path(crates).glob("*.crate")):
        unpack(crate, target)
    config = Path(install_root, ".cargo", "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text(settings(directory, registries))


if __name__ == "__main__":
    main()

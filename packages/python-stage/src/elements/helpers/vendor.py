"""Unpack crates for cargo, and write the settings that make it use only these.

usage: vendor.py CRATE-DIR INSTALL-ROOT DIRECTORY [REGISTRY...]

Every crate of CRATE-DIR is unpacked below DIRECTORY, an absolute path, inside of INSTALL-ROOT, as a directory source
(cargo reference, "Source replacement"). The settings are /.cargo/config.toml, which cargo finds from every directory.
The REGISTRYs are the URLs of registries other than crates.io.
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
                raise SystemExit("the crate %s contains %r, which is not a file inside it" % (crate.name, member.name))
            if member.isdir() or len(path.parts) < 2:
                continue
            target = root.joinpath(*path.parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            source = archive.extractfile(member)
            assert source is not None
            with source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)
            target.chmod(0o755 if member.mode & 0o100 else 0o644)
    # The crate was checked as a whole; its files are not checked again.
    (root / ".cargo-checksum.json").write_text(json.dumps({"files": {}, "package": digest}))


def settings(directory, registries):
    lines = ["[source.crates-io]", "replace-with = %s" % json.dumps(SOURCE)]
    for registry in registries:
        url = registry[len("registry+") :] if registry.startswith("registry+") else registry
        lines += ["[source.%s]" % json.dumps(url), "registry = %s" % json.dumps(url)]
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

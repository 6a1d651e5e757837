"""Call a PEP 517 hook of the project in the working directory.

usage: hook.py --tools DIR build-wheel OUT
       hook.py --tools DIR build-sdist OUT
       hook.py --tools DIR get-requires OUT
       hook.py --tools DIR get-all-requires OUT
       hook.py --tools DIR metadata OUT

`build-wheel` leaves the wheel, `build-sdist` the sdist in the directory OUT. `get-requires` writes the requirements that
the hook `get_requires_for_build_wheel` returns to the file OUT, as a JSON list; `get-all-requires` adds those of
`get_requires_for_build_sdist`. `metadata` writes the wheel's METADATA to the file OUT, from a built wheel if the
backend has no hook for it. Run by the interpreter of the build environment, in a process of its own, as PEP 517
requires; before Python 3.11 it needs `tomli` as a wheel in --tools.
"""

import importlib
import itertools
import json
import os
import sys
import tempfile
from pathlib import Path


def build_system(tools):
    """Backend and backend-path, with the defaults of PEP 517."""
    if not os.path.exists("pyproject.toml"):
        return "setuptools.build_meta:__legacy__", []
    try:
        tomllib = importlib.import_module("tomllib")
    except ImportError:
        sys.path[:0] = wheels = [str(path) for path in sorted(Path(tools).glob("tomli-*.whl"))]
        tomllib = importlib.import_module("tomli")
        del sys.path[: len(wheels)]
    with open("pyproject.toml", "rb") as file:
        table = tomllib.load(file).get("build-system", {})
    return table.get("build-backend", "setuptools.build_meta:__legacy__"), table.get("backend-path", [])


def load_backend(name, backend_path):
    """The object whose attributes are the hooks (PEP 517, "build-system table")."""
    root = Path.cwd().resolve()
    # Backends must not import from the directory of this script.
    sys.path[:1] = []
    inside = [(root / entry).resolve() for entry in backend_path]
    for directory in inside:
        if root not in (directory, *directory.parents):
            raise SystemExit("backend-path contains %s, which is outside of the project" % directory)
    sys.path[:0] = [str(directory) for directory in inside]
    module, _, attributes = name.partition(":")
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)
    found = getattr(sys.modules[module], "__file__", None)
    if inside and (found is None or not any(directory in Path(found).resolve().parents for directory in inside)):
        raise SystemExit("the backend %s was not found in backend-path, but at %s" % (name, found))
    return backend


def metadata_of(backend):
    """The bytes of METADATA, from the hook or a built wheel."""
    import zipfile

    with tempfile.TemporaryDirectory() as directory:
        hook = getattr(backend, "prepare_metadata_for_build_wheel", None)
        if hook is not None:
            return Path(directory, hook(directory), "METADATA").read_bytes()
        with zipfile.ZipFile(Path(directory, backend.build_wheel(directory))) as archive:
            [name] = [
                name for name in archive.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1
            ]
            return archive.read(name)


def use_fixed_temporary_names():
    """Use the same names for temporary files in every build: compilers record the paths that backends build in."""
    tempfile.__dict__["_name_sequence"] = map("%08d".__mod__, itertools.count(1))


def get_requires(backend, kinds):
    """The requirements that the hooks `get_requires_for_build_*` of these kinds return, each once."""
    hooks = [getattr(backend, "get_requires_for_build_" + kind, list) for kind in kinds]
    return list(dict.fromkeys(requirement for hook in hooks for requirement in hook()))


def check_sdist_requires(backend):
    """The build lock must satisfy the sdist's hook, too; a lock made before the hook required something does not."""
    import re
    from importlib.metadata import PackageNotFoundError, version

    for requirement in get_requires(backend, ["sdist"]):
        name, _, marker = requirement.partition(";")
        try:
            version(re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0])
        except PackageNotFoundError:
            if not marker:
                raise SystemExit(
                    "the backend needs `%s` to build an sdist, which is not in the build lock: lock the project again"
                    % requirement
                ) from None


def use_source_date_epoch():
    """Use SOURCE_DATE_EPOCH in archives that the standard library writes (docs/adr/0030).

    It replaces the current time in gzip headers, and the times of newer members of tar files, which the build has made.
    Backends that set these times themselves are not affected.
    """
    import gzip
    import tarfile
    import time
    import types

    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    gzip.__dict__["time"] = tarfile.__dict__["time"] = types.SimpleNamespace(**{**vars(time), "time": lambda: epoch})
    get_info = tarfile.TarFile.gettarinfo

    def gettarinfo(self, *args, **kwargs):
        info = get_info(self, *args, **kwargs)
        if info is not None:
            info.mtime = min(int(info.mtime), epoch)
        return info

    tarfile.TarFile.gettarinfo = gettarinfo


HOOKS = ("build-wheel", "build-sdist", "get-requires", "get-all-requires", "metadata")


def main():
    if len(sys.argv) != 5 or sys.argv[1] != "--tools" or sys.argv[3] not in HOOKS:
        raise SystemExit(__doc__)
    _, _, tools, hook, out = sys.argv
    out = Path(out)
    # Scripts of the build environment (cython, cmake, ...) are on PATH, as in an activated one.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    use_fixed_temporary_names()
    backend = load_backend(*build_system(tools))
    # Backends such as setuptools read the command line, and must not see this one.
    sys.argv[1:] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    if hook == "build-wheel":
        out.mkdir(exist_ok=True)
        print("built", backend.build_wheel(str(out)), flush=True)
    elif hook == "build-sdist":
        out.mkdir(exist_ok=True)
        check_sdist_requires(backend)
        use_source_date_epoch()
        print("built", backend.build_sdist(str(out)), flush=True)
    elif hook == "get-requires":
        out.write_text(json.dumps(get_requires(backend, ["wheel"])))
    elif hook == "get-all-requires":
        out.write_text(json.dumps(get_requires(backend, ["wheel", "sdist"])))
    else:
        out.write_bytes(metadata_of(backend))


if __name__ == "__main__":
    main()

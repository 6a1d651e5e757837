"""Install wheels into a virtual environment below a staging directory.

usage: install.py --venv /venv --destdir DIR --tools DIR [--base] WHEEL-DIR...

Every wheel of the WHEEL-DIRs is installed for an environment at --venv, but written below --destdir. With --base
the environment already exists (staged, read-only), and only the files of the wheels are written. Byte code is
compiled with unchecked hashes (PEP 552), since staged files have no meaningful times. Run by the interpreter that the
environment is for; needs `installer` as a wheel in --tools.
"""

import argparse
import compileall
import os
import py_compile
import sys
import sysconfig
from pathlib import Path


def make_environment(venv, destdir):
    """Create a virtual environment (PEP 405) without pip and activation scripts."""
    root = destdir / venv.relative_to("/")
    executable = Path(vars(sys)["_base_executable"]).resolve()
    (root / "bin").mkdir(parents=True)
    version = "%d.%d" % sys.version_info[:2]
    for name in ("python", "python3", "python" + version):
        (root / "bin" / name).symlink_to(executable if name == "python" else "python")
    (root / "pyvenv.cfg").write_text(
        "home = %s\ninclude-system-site-packages = false\nversion = %s\nexecutable = %s\n"
        % (executable.parent, sys.version.split()[0], executable)
    )
    if sys.maxsize > 2**32 and os.name == "posix":
        (root / "lib").mkdir()
        (root / "lib64").symlink_to("lib")


def scheme_of(venv):
    """The directory for each kind of file of a wheel, from sysconfig's scheme for virtual environments."""
    scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"
    base = str(venv)
    paths = sysconfig.get_paths(scheme, vars={"base": base, "platbase": base, "installed_base": base})
    # sysconfig has no directory for headers in a virtual environment; this is pip's.
    headers = os.path.join(base, "include", "site", "python%d.%d" % sys.version_info[:2])
    return {
        "purelib": paths["purelib"],
        "platlib": paths["platlib"],
        "scripts": paths["scripts"],
        "data": paths["data"],
        "headers": headers,
    }


def install(wheel, venv, destdir):
    from installer import install as install_wheel
    from installer.destinations import SchemeDictionaryDestination
    from installer.sources import WheelFile

    scheme = scheme_of(venv)
    with WheelFile.open(wheel) as source:
        destination = SchemeDictionaryDestination(
            {**scheme, "headers": os.path.join(scheme["headers"], source.distribution)},
            interpreter=str(venv / "bin" / "python"),
            script_kind="posix",
            destdir=str(destdir),
        )
        install_wheel(source, destination, additional_metadata={"INSTALLER": b"wheelhouse\n"})


def compile_all(site, destdir):
    compileall.compile_dir(
        str(site),
        quiet=2,
        force=True,
        stripdir=str(destdir),
        prependdir="/",
        workers=0,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--destdir", type=Path, required=True)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--base", action="store_true")
    parser.add_argument("wheels", type=Path, nargs="*")
    options = parser.parse_args()
    sys.path[:0] = [str(path) for path in sorted(options.tools.glob("*.whl"))]
    if not options.base:
        make_environment(options.venv, options.destdir)
    wheels = [wheel for directory in options.wheels if directory.is_dir() for wheel in directory.glob("*.whl")]
    for wheel in sorted(wheels, key=lambda path: path.name):
        print("installing", wheel.name, flush=True)
        install(wheel, options.venv, options.destdir)
    for site in {scheme_of(options.venv)[kind] for kind in ("purelib", "platlib")}:
        directory = options.destdir / Path(site).relative_to("/")
        directory.mkdir(parents=True, exist_ok=True)
        compile_all(directory, options.destdir)


if __name__ == "__main__":
    main()

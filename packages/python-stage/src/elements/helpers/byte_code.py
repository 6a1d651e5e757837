"""Compiles the standard library of the interpreter that runs it: byte_code.py DESTDIR

Packages leave that to scripts that run when they are installed. The files are valid whatever times the sources have
(PEP 552, `unchecked-hash`).
"""

import importlib.util
import os
import py_compile
import sys
import sysconfig

# What is there to show something, or to be tested, and is not imported by programs.
UNUSED = {"__pycache__", "idlelib", "lib2to3", "site-packages", "dist-packages", "test", "tests", "turtledemo"}


def modules(directory):
    for path, directories, files in os.walk(directory):
        directories[:] = sorted(set(directories) - UNUSED)
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(path, name)


def main(destination):
    directories = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    for directory in sorted(directories):
        for source in modules(directory):
            compiled = destination + importlib.util.cache_from_source(source)
            # A file that does not compile is one that shows what does not.
            py_compile.compile(
                source,
                cfile=compiled,
                dfile=source,
                quiet=2,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


if __name__ == "__main__":
    main(sys.argv[1])

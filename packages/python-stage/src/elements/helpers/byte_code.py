"""Compiles the standard library of the interpreter that runs it: byte_code.py DESTDIR

Packages leave that to scripts that run when they are installed. The files are valid whatever times the sources have
(PEP 552, `unchecked-hash`).
"""

import importlib.util
import os
import py_compile
import sys
import sysconfig
import traceback

# What is there to show something, or to be tested, and is not imported by programs.
UNUSED = {"__pycache__", "idlelib", "lib2to3", "site-packages", "dist-packages", "test", "tests", "turtledemo"}


def modules(directory):
    for path, directories, files in os.walk(directory):
        directories[:] = sorted(set(directories) - UNUSED)
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(path, name)


def compile_all(sources, destination):
    for source in sources:
        compiled = destination + importlib.util.cache_from_source(source)
        # A file that does not compile is one that shows what does not.
        py_compile.compile(
            source,
            cfile=compiled,
            dfile=source,
            quiet=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


def main(destination):
    directories = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    sources = [source for directory in sorted(directories) for source in modules(directory)]
    # The interpreter has just started and has one thread. Modules of its own would take longer to import than they save.
    others = min(os.cpu_count() or 1, 4) - 1
    children = []
    for part in range(others):
        child = os.fork()
        if child == 0:
            try:
                compile_all(sources[part :: others + 1], destination)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
    compile_all(sources[others :: others + 1], destination)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])

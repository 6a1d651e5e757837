"""Put what a wheel installs around the tests that lie in its packages.

usage: link_packages.py DISTRIBUTION DIRECTORY...

Each DIRECTORY, relative to the working directory, holds the files of a package that its tests are made of, and nothing
else of it. It is given, as links, all that DISTRIBUTION installs of that package; a file of the tests that the wheel
ships has the bytes of the wheel. So tests are found where they lie in the project, and what they import is what is
shipped. A DIRECTORY that is not installed is left as it is.
"""

import os
import shutil
import sys
from importlib import metadata


def installed(distribution, directory):
    """Where DISTRIBUTION installs a package, by the longest end of the directory's path that it has files below."""
    found = metadata.distribution(distribution)
    files = [file.as_posix() for file in found.files or ()]
    parts = directory.split("/")
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        if any(file.startswith(end + "/") for file in files):
            return str(found.locate_file(end))
    return None


def link(source, target):
    """Give the directory `target` what only `source` has; files that both have are those of `source`."""
    for name in os.listdir(source):
        theirs, ours = os.path.join(source, name), os.path.join(target, name)
        if name == "__pycache__":
            continue
        if not os.path.lexists(ours):
            os.symlink(theirs, ours)
        elif os.path.isdir(theirs) and os.path.isdir(ours) and not os.path.islink(ours):
            link(theirs, ours)
        elif os.path.isfile(theirs) and not os.path.isdir(ours):
            os.remove(ours)
            shutil.copyfile(theirs, ours)


def main():
    distribution, *directories = sys.argv[1:]
    for directory in directories:
        source = installed(distribution, directory)
        if source is not None and os.path.isdir(directory):
            link(source, directory)


if __name__ == "__main__":
    main()

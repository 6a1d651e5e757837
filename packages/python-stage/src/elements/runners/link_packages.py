"""Link the installed files of a package beside tests that are inside the package.

usage: link_packages.py DISTRIBUTION DIRECTORY...

Each DIRECTORY, relative to the working directory, contains only the test files of a package. Everything else that
DISTRIBUTION installs of that package is linked into it, and test files that the wheel contains too are replaced with
those of the wheel. So tests are found at their paths in the project, and import what is shipped. A DIRECTORY that is not
installed is left unchanged.
"""

import os
import shutil
import sys
from importlib import metadata


def installed(distribution, directory):
    """The installed directory of a package: that of the longest suffix of the path that DISTRIBUTION has files below."""
    found = metadata.distribution(distribution)
    files = [file.as_posix() for file in found.files or ()]
    parts = directory.split("/")
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        if any(file.startswith(end + "/") for file in files):
            return str(found.locate_file(end))
    return None


def link(source, target):
    """Link what only `source` has into `target`; files that both have are copied from `source`."""
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

"""Run a command in a different environment than builds usually have (docs/adr/0030).

usage: run_varied.py --from DIR --to DIR --seed N [--umask MODE] -- COMMAND [ARGUMENT]...

The sources in --from are copied to --to, an empty in-memory file system, in a random order given by --seed: directories
there list the newest entry first. The command runs in the copy of the working directory, on one processor, which the
seed selects too, and with that umask.
"""

import argparse
import os
import shutil
from pathlib import Path
from random import Random


def copy_shuffled(source, target, random):
    """Copy the contents of a directory in a random order, with their times and modes; links are copied as links."""
    names = sorted(os.listdir(source))
    random.shuffle(names)
    for name in names:
        path, copy = source / name, target / name
        if path.is_dir() and not path.is_symlink():
            copy.mkdir()
            copy_shuffled(path, copy, random)
        else:
            shutil.copy2(path, copy, follow_symlinks=False)
    shutil.copystat(source, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--to", dest="target", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--umask", type=lambda text: int(text, 8))
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    random = Random(options.seed)
    copy_shuffled(options.source, options.target, random)
    os.sched_setaffinity(0, {random.choice(sorted(os.sched_getaffinity(0)))})
    if options.umask is not None:
        os.umask(options.umask)
    here = Path.cwd()
    inside = here.relative_to(options.source) if options.source in here.parents else ""
    os.chdir(options.target / inside)
    os.execv(options.command[0], options.command)


if __name__ == "__main__":
    main()

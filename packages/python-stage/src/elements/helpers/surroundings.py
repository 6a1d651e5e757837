"""Run a command in other surroundings than a build usually has (docs/adr/0030).

usage: surroundings.py --from DIR --to DIR --seed N [--umask MODE] -- COMMAND [ARGUMENT]...

The sources in --from are copied to --to, an empty file system in memory, in an order drawn by --seed: there directories
list what came last first. The command runs there, in the directory that stands for the one it is started in, on one
processor, which the seed draws too, and with that umask.
"""

import argparse
import os
import random
import shutil
from pathlib import Path


def copy_shuffled(source, target, draw):
    """Copies what a directory holds, in an order that is drawn; links stay links, times and modes stay."""
    names = sorted(os.listdir(source))
    draw.shuffle(names)
    for name in names:
        path, copy = source / name, target / name
        if path.is_dir() and not path.is_symlink():
            copy.mkdir()
            copy_shuffled(path, copy, draw)
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
    draw = random.Random(options.seed)
    copy_shuffled(options.source, options.target, draw)
    os.sched_setaffinity(0, {draw.choice(sorted(os.sched_getaffinity(0)))})
    if options.umask is not None:
        os.umask(options.umask)
    here = Path.cwd()
    inside = here.relative_to(options.source) if options.source in here.parents else ""
    os.chdir(options.target / inside)
    os.execv(options.command[0], options.command)


if __name__ == "__main__":
    main()

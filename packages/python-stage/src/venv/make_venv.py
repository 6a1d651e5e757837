"""Make a virtual environment of wheels that will be moved to its final path.

usage: make_venv.py < JSON

The JSON is {path, destdir, prompt, wheels, tools, helpers, stamp}: the absolute path the environment is for, the
directory it is written below, its prompt, the paths of wheels under their own names, those of the wheels that this
script imports, the directory of install.py, and the content of the environment's `wheelhouse.json`. Run by the interpreter that
the environment is for. The environment contains a .gitignore that ignores it.
"""

import copy
import json
import os
import sys
import venv
from pathlib import Path


class Builder(venv.EnvBuilder):
    """Writes an environment below `destdir` whose files contain its final path."""

    def __init__(self, path, destdir, prompt):
        super().__init__(symlinks=True, with_pip=False, prompt=prompt)
        self.path, self.staged = path, destdir + path

    def replace_variables(self, text, context):
        context = copy.copy(context)
        for name, value in vars(context).items():
            if isinstance(value, str):
                setattr(context, name, self.final(value))
        return super().replace_variables(text, context)

    def post_setup(self, context):
        configuration = Path(self.staged, "pyvenv.cfg")
        configuration.write_text(self.final(configuration.read_text("utf-8")), "utf-8")

    def final(self, text):
        return text.replace(self.staged, self.path)


def main():
    job = json.load(sys.stdin)
    sys.path[:0] = [job["helpers"], *job["tools"]]
    from install import install

    path, destdir = job["path"], job["destdir"]
    staged = Path(destdir + path)
    staged.mkdir(parents=True)
    (staged / ".gitignore").write_text("*\n")
    Builder(path, destdir, job["prompt"]).create(str(staged))
    for wheel in job["wheels"]:
        install(wheel, Path(path), destdir)
    # Written last: it marks a complete environment made by Wheelhouse.
    (staged / "wheelhouse.json").write_text(job["stamp"], "utf-8")
    os.chmod(staged, 0o755)


if __name__ == "__main__":
    main()

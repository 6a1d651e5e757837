"""The files of a project, as the code that is evaluated sees them. Nothing outside of the project is read."""

import io
import os
import posixpath

from values import Unknown

# Stands for the directory that the project is built in, whose path no value may hold.
ROOT = "/\ue000above/\ue001project"


class Absent(Exception):
    pass


class ProjectFiles:
    def __init__(self, directory):
        self.directory = directory
        self.cwd = ROOT
        # By path relative to the project: (line, column) of what opened it; None if it is not there.
        self.opened = {}
        self.missing = set()

    def absolute(self, path):
        """None where it depends on what is not known."""
        if posixpath.isabs(path):
            return posixpath.normpath(path)
        return None if self.cwd is None else posixpath.normpath(posixpath.join(self.cwd, path))

    def inside(self, path):
        """The path relative to the project, None outside of it."""
        path = self.absolute(path)
        if path is None or not path.startswith(ROOT + "/"):
            return None
        return path[len(ROOT) + 1 :]

    def read(self, path, node):
        """The bytes of a file, or an Unknown. Raises Absent."""
        name = self.inside(path)
        if name is None:
            return Unknown(node, "opens a file outside of the project")
        if name.split("/")[0] == ".git":
            return Unknown(node, "opens a file that a build does not have")
        real = os.path.join(self.directory, name)
        if not os.path.realpath(real).startswith(os.path.realpath(self.directory) + os.sep):
            return Unknown(node, "opens a file outside of the project")
        try:
            with open(real, "rb") as file:
                content = file.read()
        except OSError:
            self.missing.add(name)
            raise Absent(name) from None
        self.opened.setdefault(name, (node.lineno, node.col_offset) if not hasattr(node, "source_file") else None)
        return content

    def exists(self, path, node, want):
        """Whether `want` (such as os.path.isfile) holds of a path, or an Unknown."""
        name = self.inside(path)
        if name is None or name.split("/")[0] == ".git":
            return Unknown(node, "depends on files that a build may not have")
        found = want(os.path.join(self.directory, name))
        if found and os.path.isfile(os.path.join(self.directory, name)):
            self.opened.setdefault(name, (node.lineno, node.col_offset) if not hasattr(node, "source_file") else None)
            return True
        if not found and not os.path.exists(os.path.join(self.directory, name)):
            self.missing.add(name)
        return found


def decoded(content, encoding, translates):
    """Text as `open` gives it, or None if it is not text."""
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return io.StringIO(text, newline=None).read() if translates else text

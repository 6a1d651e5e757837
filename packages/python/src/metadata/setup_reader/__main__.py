"""Reads what `setup()` is called with in setup.py files, without running them (docs/adr/0068).

Input (stdin): a JSON list of absolute paths. Output (stdout): a JSON list in the same order, each
`{"error": {"line", "column", "message"}}` for a file that is not Python, or
`{"arguments": {name: {"line", "column", "value": <data>, "places": [[line, column] or null, ...]}
                     | {"line", "column", "source": <text>, "why": <text>, "hidden": <bool>}},
  "opened": [[path, line or null, column or null], ...], "missing": [path, ...]}`, or `{"arguments": null, ...}` where
`setup()` is not called. `opened` are the files of the project that were read, `missing` those that were looked for.
Lines count from 1, columns from 0. `places` are those of a list's items. A list's item under a condition is written as
a requirement with a marker. Python 3.8 or later.
"""

import ast
import json
import os
import signal
import sys

from leave import Leave
from machine import Machine, TooMuch
from project_files import ROOT, ProjectFiles
from values import SCALARS, Choice, Items, Mapping, Unknown

READ = (
    *("name", "version", "description", "python_requires", "install_requires", "extras_require", "entry_points"),
    *("long_description", "license_file", "license_files", "package_data", "use_scm_version", "pbr"),
)
# Settings of setuptools_scm that say where files are, and nothing of the version.
PLACES = ("fallback_root", "relative_to", "version_file", "version_file_template", "write_to_template")
SECONDS = 5


class NotKnown(Exception):
    def __init__(self, unknown):
        super().__init__(unknown.why)
        self.unknown = unknown


def text_of(value):
    if "\ue000" in value:
        raise NotKnown(Unknown(None, "contains the path of the build directory"))
    return value


def plain(value):
    """Data of JSON, and the places of a list's items. Raises NotKnown."""
    if isinstance(value, str):
        return text_of(value), []
    if isinstance(value, bytes):
        raise NotKnown(Unknown(None, "is not a string"))
    if isinstance(value, SCALARS):
        return value, []
    if isinstance(value, Unknown):
        raise NotKnown(value)
    if (
        isinstance(value, Choice)
        and isinstance(value.yes, (Items, type(None)))
        and isinstance(value.no, (Items, type(None)))
    ):
        lists = [(value.yes, value.condition), (value.no, value.condition.negated())]
        found, places = [], []
        for way, condition in lists:
            inner, inner_places = ([], []) if way is None else plain(way)
            found += [conditional(each, condition) for each in inner]
            places += inner_places
        return found, places
    if isinstance(value, Items):
        if value.unknown is not None:
            raise NotKnown(value.unknown)
        entries = sorted(value.entries, key=lambda e: str(e.value)) if value.kind == "set" else value.entries
        return [conditional(plain(entry.value)[0], entry.condition) for entry in entries], [
            entry.place for entry in entries
        ]
    if isinstance(value, Mapping):
        if value.unknown is not None:
            raise NotKnown(value.unknown)
        if not all(isinstance(key, str) for key in value.pairs):
            raise NotKnown(Unknown(None, "has a key that is not a string"))
        return {key: plain(each)[0] for key, each in value.pairs.items()}, []
    if isinstance(value, Choice):
        raise NotKnown(Unknown(None, "depends on the interpreter or the platform"))
    raise NotKnown(Unknown(None))


def conditional(value, condition):
    if condition is None:
        return value
    if isinstance(value, str):
        # As setuptools takes a comment away.
        value = value.partition(" #")[0].strip()
    if not isinstance(value, str) or "\n" in value or "@" in value or value.startswith("-"):
        raise NotKnown(Unknown(None, "depends on the interpreter or the platform"))
    if value == "" or value.startswith("#"):
        return ""
    head, semicolon, marker = value.partition(";")
    if not semicolon:
        return "%s ; %s" % (value, condition.text())
    return "%s ; (%s) and %s" % (head.strip(), marker.strip(), condition.text())


def described(node, value, source):
    """An argument as the output has it."""
    line, column = node if isinstance(node, tuple) else (node.lineno, node.col_offset)
    try:
        data, places = plain(value)
        return {"line": line, "column": column, "value": data, "places": places}
    except NotKnown as error:
        return unreadable(error.unknown, node, source)


def unreadable(unknown, node, source, hidden=False):
    culprit = unknown.node if unknown.node is not None else node
    if isinstance(culprit, tuple):
        line, column = culprit
        text = unknown.source
    elif hasattr(culprit, "source_file") or not hasattr(culprit, "lineno"):
        line, column = node if isinstance(node, tuple) else (node.lineno, node.col_offset)
        text = culprit.source_file if hasattr(culprit, "source_file") else None
    else:
        line, column = culprit.lineno, culprit.col_offset
        text = ast.get_source_segment(source, culprit)
    lines = " ".join((text or "").split())
    shown = lines if len(lines) <= 80 else lines[:77] + "..."
    return {"line": line, "column": column, "source": shown, "why": unknown.why, "hidden": hidden}


def arguments(setups, source, why="is not supported"):
    """What all the calls of `setup()` say of each argument."""
    calls = []
    for node, given in setups:
        unread = Unknown(node, why)
        described_call = {}
        for name in READ:
            if given is not None and name in given:
                place, value = given[name]
                described_call[name] = described(
                    place, of_version(value) if name == "use_scm_version" else value, source
                )
            elif given is None:
                described_call[name] = unreadable(unread, node, source, True)
            elif None in given:
                described_call[name] = unreadable(given[None][1], given[None][0], source, True)
        calls.append((node, described_call))
    found = dict(calls[0][1])
    for node, other in calls[1:]:
        for name in READ:
            if content(found.get(name)) != content(other.get(name)):
                found[name] = unreadable(Unknown(node, "is one of several calls with different values"), node, source)
    return found


def of_version(settings):
    """The settings of setuptools_scm without those that hold paths, which are those of the machine it is built on."""
    if not isinstance(settings, Mapping) or settings.unknown is not None:
        return settings
    return Mapping(
        (key, value)
        for key, value in settings.pairs.items()
        if key not in PLACES and not (key in ("root", "write_to") and isinstance(value, str) and "\ue000" in value)
    )


def content(argument):
    return None if argument is None else argument.get("value", argument.get("why"))


def has_setup(tree):
    """Whether a call of `setup` is there at all; the first one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if (function.id if isinstance(function, ast.Name) else getattr(function, "attr", None)) == "setup":
                return node
    return None


def read_setup(path):
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, path)
    except SyntaxError as error:
        return {"error": {"line": error.lineno or 1, "column": max((error.offset or 1) - 1, 0), "message": error.msg}}
    except ValueError as error:
        return {"error": {"line": 1, "column": 0, "message": str(error)}}
    except RecursionError:
        return {"error": {"line": 1, "column": 0, "message": "it is nested too deeply"}}
    files = ProjectFiles(os.path.dirname(path))
    machine = Machine(files)
    text = source.decode("utf-8", "replace")
    unfinished = "is not reached"
    names = {"__name__": "__main__", "__file__": ROOT + "/setup.py", "__doc__": ast.get_docstring(tree, clean=False)}
    signal.alarm(SECONDS)
    try:
        machine.run_module(tree, names)
    except Leave as leave:
        unfinished = "is not reached: the file ends with `%s` before it" % leave.value
    except (TooMuch, TimeoutError, RecursionError, MemoryError):
        unfinished = "takes too long to be evaluated"
        machine.setups = []
    finally:
        signal.alarm(0)
    opened = [[name, *(place or (None, None))] for name, place in files.opened.items()]
    answer = {"opened": opened, "missing": sorted(files.missing)}
    if machine.setups:
        return dict(answer, arguments=arguments(machine.setups, text))
    call = has_setup(tree)
    if call is None:
        return dict(answer, arguments=None)
    return dict(answer, arguments=arguments([(call, None)], text, unfinished))


def timed_out(number, frame):
    raise TimeoutError()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, timed_out)
    sys.setrecursionlimit(5000)
    sys.stdout.write(json.dumps([read_setup(path) for path in json.load(sys.stdin)]))

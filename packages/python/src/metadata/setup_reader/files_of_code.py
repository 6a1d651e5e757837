"""Python files of the project that a setup.py imports or executes."""

import ast

from project_files import Absent
from values import Unknown


def parse(content, name):
    """The tree of a file, its nodes marked as not setup.py's; None if it is not Python."""
    try:
        tree = ast.parse(content, name)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        vars(node).update(source_file=name)
    return tree


def module_of(machine, name, node):
    """A module of the project as a Module, an Unknown for one that cannot be followed, None for one of elsewhere."""
    if not name or machine.is_library(name):
        return None
    stem = name.replace(".", "/")
    found, path = None, ""
    for path in (stem + "/__init__.py", stem + ".py"):
        if machine.files.inside(path) is None:
            return None
        try:
            found = machine.files.read(path, node)
            break
        except Absent:
            continue
    if found is None:
        return None
    machine.doubts += 1
    if isinstance(found, Unknown) or machine.depth > 20:
        return Unknown(node)
    tree = parse(found, path)
    if tree is None:
        return Unknown(node)
    names = {
        "__name__": name,
        "__file__": machine.files.absolute(path),
        "__doc__": ast.get_docstring(tree, clean=False),
    }
    machine.depth += 1
    try:
        return machine.run_module(tree, names)
    finally:
        machine.depth -= 1


def execute(machine, content, names, node):
    """`exec(content, names)`: the names as they are afterwards, None if it cannot be followed."""
    tree = parse(content, "<exec>") if isinstance(content, (str, bytes)) else None
    if tree is None:
        return None
    return machine.run_module(tree, dict(names)).names

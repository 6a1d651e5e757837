"""Reads the literal arguments of `setup()` in setup.py files, without running them.

Input (stdin): a JSON list of absolute paths. Output (stdout): a JSON list in the same order, each
`{"error": {"line", "column", "message"}}` for a file that is no Python, or
`{"arguments": {name: {"line", "column", "value": <data>, "places": [[line, column], ...]}
                     | {"line", "column", "source": <text>, "why": <text>}},
  "line": <of the call>, "column": <of the call>}`, or `{"arguments": null}` where `setup()` is not called.
Lines count from 1, columns from 0. `places` are those of a list's items. Python 3.8 or later.
"""

import ast
import json
import sys

READ = ("name", "version", "description", "python_requires", "install_requires", "extras_require")


class NotLiteral(Exception):
    def __init__(self, node, why):
        super().__init__(why)
        self.node = node
        self.why = why


class Constants(ast.NodeVisitor):
    """Module-level names bound exactly once, by a plain assignment at the top of the module."""

    def __init__(self, module):
        self.values = {}
        self.setup_names = set()
        self.setup_modules = set()
        self.bound = {}
        self.visit(module)
        for statement in module.body:
            target = value = None
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, value = statement.targets[0], statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                target, value = statement.target, statement.value
            if isinstance(target, ast.Name) and self.bound.get(target.id) == 1:
                self.values[target.id] = value

    def bind(self, name):
        self.bound[name] = self.bound.get(name, 0) + 1

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.bind(node.id)

    def visit_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.bind(name)
            if alias.name in ("setuptools", "distutils.core"):
                self.setup_modules.add(alias.asname or alias.name)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.bind(alias.asname or alias.name)
            if node.module in ("setuptools", "distutils.core") and alias.name == "setup":
                self.setup_names.add(alias.asname or alias.name)

    def visit_FunctionDef(self, node):
        self.bind(node.name)
        # Names bound in a function are its own, but for those it calls global.
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                for name in inner.names:
                    self.bind(name)
                    self.bind(name)

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_Lambda = lambda self, node: None
    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda

    def visit_ClassDef(self, node):
        self.bind(node.name)

    def visit_Call(self, node):
        # `requires.append(...)` and its like change a list after it was written down.
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            if function.attr in ("append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "sort"):
                self.bind(function.value.id)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            self.bind(node.value.id)
        self.generic_visit(node)


class Reader:
    def __init__(self, constants):
        self.constants = constants
        self.open = set()

    def read(self, node):
        """The value of an expression and, for a list, the places of its items."""
        if isinstance(node, ast.Constant):
            if node.value is None or isinstance(node.value, (str, int, float, bool)):
                return node.value, []
            raise NotLiteral(node, "is neither text nor a number")
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self.items(node)
        if isinstance(node, ast.Dict):
            return self.mapping(node), []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, left_places = self.read(node.left)
            right, right_places = self.read(node.right)
            if isinstance(left, str) and isinstance(right, str):
                return left + right, []
            if isinstance(left, list) and isinstance(right, list):
                return left + right, left_places + right_places
            raise NotLiteral(node, "adds values that are neither two texts nor two lists")
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(part) for part in node.values), []
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Subscript):
            container = self.read(node.value)[0]
            index = node.slice.value if node.slice.__class__.__name__ == "Index" else node.slice
            try:
                return container[self.read(index)[0]], []
            except (LookupError, TypeError):
                raise NotLiteral(node, "looks up what is not there") from None
        raise NotLiteral(node, "is computed when setup.py runs")

    def name(self, node):
        if node.id not in self.constants.values:
            times = self.constants.bound.get(node.id, 0)
            why = "is assigned or changed in more than one place" if times > 1 else "is computed when setup.py runs"
            raise NotLiteral(node, why)
        if node.id in self.open:
            raise NotLiteral(node, "refers to itself")
        self.open.add(node.id)
        try:
            return self.read(self.constants.values[node.id])
        finally:
            self.open.discard(node.id)

    def items(self, node):
        values, places = [], []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                inner, inner_places = self.read(item.value)
                if not isinstance(inner, list):
                    raise NotLiteral(item, "unpacks what is no list")
                values += inner
                places += inner_places
            else:
                values.append(self.read(item)[0])
                places.append([item.lineno, item.col_offset])
        return values, places

    def mapping(self, node):
        result = {}
        for key, value in zip(node.keys, node.values):
            if key is None:
                inner = self.read(value)[0]
                if not isinstance(inner, dict):
                    raise NotLiteral(value, "unpacks what is no dict")
                result.update(inner)
                continue
            name = self.read(key)[0]
            if not isinstance(name, str):
                raise NotLiteral(key, "is a key that is no text")
            result[name] = self.read(value)[0]
        return result

    def call(self, node):
        function = node.func
        if isinstance(function, ast.Name) and function.id == "dict" and not node.args and "dict" not in self.constants.bound:
            result = {}
            for keyword in node.keywords:
                value = self.read(keyword.value)[0]
                result.update(value if keyword.arg is None else {keyword.arg: value})
            return result, []
        if isinstance(function, ast.Name) and function.id in ("list", "tuple") and function.id not in self.constants.bound:
            if not node.args:
                return [], []
            value = self.read(node.args[0])
            if isinstance(value[0], list):
                return value
        raise NotLiteral(node, "is computed when setup.py runs")

    def text(self, part):
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None or part.conversion != -1:
                raise NotLiteral(part, "is computed when setup.py runs")
            part = part.value
        value = self.read(part)[0]
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value)
        raise NotLiteral(part, "is no text")


def find_call(module, constants):
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in constants.setup_names:
            return node
        if isinstance(function, ast.Attribute) and function.attr == "setup":
            if dotted(function.value) in constants.setup_modules:
                return node
    return None


def dotted(node):
    if isinstance(node, ast.Attribute):
        return dotted(node.value) + "." + node.attr
    return node.id if isinstance(node, ast.Name) else ""


def arguments(call, reader, source):
    found = {}

    def add(name, node):
        place = {"line": node.lineno, "column": node.col_offset}
        try:
            value, places = reader.read(node)
            found[name] = dict(place, value=value, places=places)
        except NotLiteral as error:
            text = ast.get_source_segment(source, error.node) or ""
            found[name] = {
                "line": error.node.lineno,
                "column": error.node.col_offset,
                "source": " ".join(text.split()),
                "why": error.why,
            }

    for keyword in call.keywords:
        if keyword.arg is not None:
            if keyword.arg in READ:
                add(keyword.arg, keyword.value)
            continue
        node = keyword.value
        if isinstance(node, ast.Name) and isinstance(reader.constants.values.get(node.id), ast.expr):
            node = reader.constants.values[node.id]
        if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
            for key, value in zip(node.keys, node.values):
                if key.value in READ:
                    add(key.value, value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
            for inner in node.keywords:
                if inner.arg in READ:
                    add(inner.arg, inner.value)
        else:
            # Whatever is not said by name may hide in it.
            text = " ".join((ast.get_source_segment(source, node) or "").split())
            for name in READ:
                if name not in found:
                    found[name] = {
                        "line": node.lineno,
                        "column": node.col_offset,
                        "source": "**" + text,
                        "why": "is computed when setup.py runs",
                        "hidden": True,
                    }
    return found


def read_setup(path):
    with open(path, "rb") as file:
        source = file.read()
    try:
        module = ast.parse(source, path)
    except SyntaxError as error:
        return {"error": {"line": error.lineno or 1, "column": max((error.offset or 1) - 1, 0), "message": error.msg}}
    except ValueError as error:
        return {"error": {"line": 1, "column": 0, "message": str(error)}}
    constants = Constants(module)
    call = find_call(module, constants)
    if call is None:
        return {"arguments": None}
    text = source.decode("utf-8", "replace")
    return {"arguments": arguments(call, Reader(constants), text), "line": call.lineno, "column": call.col_offset}


if __name__ == "__main__":
    sys.stdout.write(json.dumps([read_setup(path) for path in json.load(sys.stdin)]))

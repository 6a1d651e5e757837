"""Conditions on the interpreter and the platform, as environment markers (PEP 508)."""

import operator
from typing import ClassVar

INVERSE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in"}
COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition:
    """A marker: a comparison, or two markers joined by `and` or `or`. Immutable."""

    def __init__(self, kind, *parts):
        self.kind = kind
        self.parts = parts

    def __deepcopy__(self, memo):
        return self

    def negated(self):
        if self.kind == "compare":
            left, op, right = self.parts
            return Condition("compare", left, INVERSE[op], right)
        return Condition("or" if self.kind == "and" else "and", *(part.negated() for part in self.parts))

    def text(self):
        if self.kind == "compare":
            return " ".join(self.parts)
        return "(" + (" %s " % self.kind).join(part.text() for part in self.parts) + ")"

    def __eq__(self, other):
        return isinstance(other, Condition) and self.text() == other.text()

    def __hash__(self):
        return hash(self.text())


def both(a, b):
    if a is None or b is None:
        return b if a is None else a
    return a if a == b else Condition("and", a, b)


def compare(variable, op, value):
    return Condition("compare", variable, op, '"%s"' % value)


class Variable:
    """A value of the environment that markers have a name for, such as `sys.platform`."""

    KNOWN: ClassVar = {
        "platform_system": ("Linux", "Windows", "Darwin", "Java", "FreeBSD"),
        "sys_platform": ("linux", "win32", "darwin", "cygwin"),
        "os_name": ("posix", "nt", "java"),
        "platform_python_implementation": ("CPython", "PyPy", "Jython", "IronPython"),
        "implementation_name": ("cpython", "pypy"),
        "platform_machine": (),
    }

    def __init__(self, name, lowered=False):
        self.name = name
        self.lowered = lowered

    def __deepcopy__(self, memo):
        return self

    def compared(self, op, value):
        """A condition, a boolean, or None if no marker says it."""
        if not isinstance(value, str) or '"' in value:
            return None
        if self.lowered:
            if value != value.lower():
                return op == "!="
            value = next((each for each in self.KNOWN[self.name] if each.lower() == value), None)
        return None if value is None or op not in ("==", "!=") else compare(self.name, op, value)

    def starting(self, prefix):
        # What else begins so has not been a platform of Python 3 for a long time.
        whole = {"win": "win32", "win32": "win32", "linux": "linux", "darwin": "darwin", "cygwin": "cygwin"}
        known = whole.get(prefix) if self.name == "sys_platform" else None
        return None if known is None else compare(self.name, "==", known)


class VersionInfo:
    """`sys.version_info` (length None), or the first numbers of it. Python 3 is taken for granted: no other is locked for."""

    def __init__(self, length=None):
        self.length = length

    def __deepcopy__(self, memo):
        return self

    def compared(self, op, other):
        if not other or not all(isinstance(part, int) for part in other):
            return None
        if other[0] != 3 or len(other) == 1 or self.length == 1:
            return self.major(op, other)
        size = self.length if self.length is not None else 5
        if len(other) > min(size, 3):
            return None
        variable = "python_version" if len(other) == 2 else "python_full_version"
        text = ".".join(str(part) for part in other)
        if size == len(other):
            return compare(variable, op, text)
        # A longer tuple that begins with a shorter one is greater than it.
        if op in ("==", "!="):
            return op == "!="
        return compare(variable, ">=" if op in (">", ">=") else "<", text)

    def major(self, op, other):
        size = self.length if self.length is not None else 5
        if other[0] == 3 and len(other) == 1:
            if size == 1:
                return COMPARE[op](3, 3)
            return op in (">", ">=", "!=")
        if other[0] == 3:
            return COMPARE[op]((3,), tuple(other))
        return COMPARE[op](3, other[0])


class Minor:
    """`sys.version_info[1]`."""

    def __deepcopy__(self, memo):
        return self

    def compared(self, op, value):
        return compare("python_version", op, "3.%d" % value) if type(value) is int and value >= 0 else None


class ToolVersion:
    """A version of setuptools: 40.8 at the least, since PEP 517 builds without a backend of their own need it."""

    LEAST = (40, 8)

    def __deepcopy__(self, memo):
        return self

    def compared(self, op, value):
        numbers = numbers_of(value)
        if numbers is None or numbers >= self.LEAST:
            return None
        return op in (">", ">=", "!=")


def numbers_of(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return tuple(int(part) for part in str(value).split("."))
    if isinstance(value, str):
        parts = value.split(".")
        return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else None
    return None

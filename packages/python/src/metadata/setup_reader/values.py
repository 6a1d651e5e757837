"""The values of an evaluated setup.py: Python's own texts and numbers, and these classes around what can change."""

from __future__ import annotations

import copy

from conditions import Condition, both


class Unknown:
    """What only running the file would tell, with what made it so. `place` is a node of setup.py, or None."""

    def __init__(self, node, why="is computed when setup.py runs", source=None):
        self.node = node
        self.why = why
        self.source = source

    def __deepcopy__(self, memo):
        return self


class Entry:
    """An item of a list: where it was written, and the condition it is there under."""

    def __init__(self, value, place=None, condition=None):
        self.value = value
        self.place = place
        self.condition = condition


class Items:
    """A list, tuple or set. `unknown` is set where something changed it that cannot be followed."""

    def __init__(self, kind, entries=()):
        self.kind = kind
        self.entries = list(entries)
        self.unknown: Unknown | None = None

    def certain(self):
        return self.unknown is None and all(
            entry.condition is None and not isinstance(entry.value, Unknown) for entry in self.entries
        )

    def placed(self):
        """Whether it is known how many items there are, whatever they are."""
        return self.unknown is None and all(entry.condition is None for entry in self.entries)

    def values(self):
        return [entry.value for entry in self.entries]


class Mapping:
    """A dict. `unknown` is set where there may be more keys than these, and other values."""

    def __init__(self, pairs=()):
        self.pairs = dict(pairs)
        self.places = {}
        self.unknown: Unknown | None = None

    def put(self, key, value, place=None):
        self.pairs[key] = value
        if place is not None:
            self.places[key] = place


class Choice:
    """One value where a condition holds, and another if it does not."""

    def __init__(self, condition, yes, no):
        self.condition = condition
        self.yes = yes
        self.no = no


class Function:
    """A function of the file; `closure` holds the names of the functions around it, `module` those of its module."""

    def __init__(self, node, module, closure, defaults):
        self.node = node
        self.module = module
        self.closure = closure
        self.defaults = defaults

    def __deepcopy__(self, memo):
        made = Function(self.node, copy.deepcopy(self.module, memo), copy.deepcopy(self.closure, memo), None)
        memo[id(self)] = made
        made.defaults = copy.deepcopy(self.defaults, memo)
        return made


class Opaque:
    """Something with a dotted name that is not looked into, such as a module: `os.path`."""

    def __init__(self, name):
        self.name = name

    def __deepcopy__(self, memo):
        return self


class Method:
    """A method of a value, not yet called."""

    def __init__(self, owner, name):
        self.owner = owner
        self.name = name


class Native:
    """A value of Python's own library that nothing changes: a pattern or a match."""

    def __init__(self, value):
        self.value = value

    def __deepcopy__(self, memo):
        return self

    def __eq__(self, other):
        return isinstance(other, Native) and self.value == other.value

    def __hash__(self):
        return hash(self.value)


class Path:
    """A `pathlib.Path`."""

    def __init__(self, text):
        self.text = text

    def __deepcopy__(self, memo):
        return self


class File:
    """An open file; reading goes on from `at`."""

    def __init__(self, content):
        self.content = content
        self.at = 0

    def rest(self):
        rest = self.content[self.at :]
        self.at = len(self.content)
        return rest


class Module:
    """A module of the project, by what its names hold."""

    def __init__(self, names):
        self.names = names


# No value: what a name that is not bound is looked up as.
ABSENT = object()

SCALARS = (str, bytes, int, float, bool, type(None))


def same(a, b):
    """Whether two values are certainly equal."""
    if a is b:
        return True
    if isinstance(a, SCALARS) and isinstance(b, SCALARS):
        return type(a) is type(b) and a == b
    if isinstance(a, Items) and isinstance(b, Items):
        return (
            a.unknown is b.unknown
            and a.kind == b.kind
            and len(a.entries) == len(b.entries)
            and all(x.condition == y.condition and same(x.value, y.value) for x, y in zip(a.entries, b.entries))
        )
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return (
            a.unknown is b.unknown
            and list(a.pairs) == list(b.pairs)
            and all(same(value, b.pairs[key]) for key, value in a.pairs.items())
        )
    if type(a) is not type(b):
        return False
    if isinstance(a, Opaque):
        return a.name == b.name
    if isinstance(a, Function):
        return a.node is b.node
    if isinstance(a, Path):
        return a.text == b.text
    if isinstance(a, File):
        return a.content == b.content and a.at == b.at
    if isinstance(a, Choice):
        return a.condition == b.condition and same(a.yes, b.yes) and same(a.no, b.no)
    if isinstance(a, Module):
        return a.names.keys() == b.names.keys() and all(same(value, b.names[key]) for key, value in a.names.items())
    if isinstance(a, (Condition, Native)):
        return a == b
    return False


class Merge:
    """Puts together what the two ways of an `if` have made of the same names; aliases of one list stay aliases."""

    def __init__(self, condition, node):
        self.condition = condition
        self.node = node
        self.known = {}

    def names(self, a, b):
        """`a` and `b` are dicts by name; what is bound on one way alone may be missing."""
        merged = {}
        for name in list(a) + [name for name in b if name not in a]:
            missing = Unknown(self.node, "is only defined under a condition")
            merged[name] = self.value(a.get(name, missing), b.get(name, missing))
        return merged

    def value(self, a, b):
        key = (id(a), id(b))
        if key not in self.known:
            # The values are kept, so that no other takes their ids.
            self.known[key] = (self.merged(a, b), a, b)
        return self.known[key][0]

    def merged(self, a, b):
        if same(a, b):
            return a
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return a if isinstance(a, Unknown) else b
        if isinstance(a, Module) and isinstance(b, Module):
            return Module(self.names(a.names, b.names))
        if isinstance(a, Items) and isinstance(b, Items) and a.kind == b.kind:
            return self.items(a, b)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            return self.mapping(a, b)
        if self.condition is None:
            return Unknown(self.node, "decides its value, and is only known when setup.py runs")
        return Choice(self.condition, a, b)

    def items(self, a, b):
        made = Items(a.kind)
        made.unknown = a.unknown or b.unknown
        common = 0
        while common < min(len(a.entries), len(b.entries)) and self.alike(a.entries[common], b.entries[common]):
            common += 1
        made.entries = a.entries[:common]
        rests = a.entries[common:] + b.entries[common:]
        if self.condition is None or any(isinstance(each.value, (Items, Mapping)) for each in rests):
            made.unknown = made.unknown or Unknown(self.node, "decides its value, and is only known when setup.py runs")
            return made
        for rest, condition in ((a.entries[common:], self.condition), (b.entries[common:], self.condition.negated())):
            made.entries += [Entry(each.value, each.place, both(each.condition, condition)) for each in rest]
        return made

    def alike(self, a, b):
        return a.condition == b.condition and same(a.value, b.value)

    def mapping(self, a, b):
        made = Mapping()
        made.unknown = a.unknown or b.unknown
        made.places = {**b.places, **a.places}
        for key in list(a.pairs) + [key for key in b.pairs if key not in a.pairs]:
            if key in a.pairs and key in b.pairs:
                made.pairs[key] = self.value(a.pairs[key], b.pairs[key])
            else:
                made.pairs[key] = self.alone(a.pairs.get(key, b.pairs.get(key)), key in a.pairs)
        return made

    def alone(self, value, is_first):
        """A value whose key only one way has. A list without its items stands for no key."""
        if self.condition is None or not isinstance(value, Items):
            return Unknown(self.node, "decides its value, and is only known when setup.py runs")
        condition = self.condition if is_first else self.condition.negated()
        made = Items(value.kind, [Entry(e.value, e.place, both(e.condition, condition)) for e in value.entries])
        made.unknown = value.unknown
        return made

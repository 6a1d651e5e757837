"""The values of expressions."""

import ast
import operator

from calls import call, is_library, is_setup, member, name_of
from conditions import COMPARE, Condition, Minor, ToolVersion, Variable, VersionInfo, both
from leave import Leave
from values import (
    ABSENT,
    SCALARS,
    Choice,
    Entry,
    File,
    Function,
    Items,
    Mapping,
    Method,
    Module,
    Native,
    Opaque,
    Path,
    Unknown,
)

LARGEST = 1 << 20
OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def truth(value):
    """True, False, a Condition, or an Unknown."""
    if isinstance(value, (Condition, Unknown)):
        return value
    if isinstance(value, SCALARS):
        return bool(value)
    if isinstance(value, Items):
        if value.unknown is not None:
            return value.unknown
        return bool(value.entries) if all(e.condition is None for e in value.entries) else Unknown(None)
    if isinstance(value, Mapping):
        return bool(value.pairs) or (False if value.unknown is None else value.unknown)
    if isinstance(value, (Function, Module, Native, Path, File, Variable, VersionInfo)):
        return True
    return Unknown(None)


class Expressions:
    """The part of a Machine that evaluates expressions. The rest of it, below, is the Machine's."""

    steps: int
    depth: int
    doubts: int
    parts: int
    tries: int
    frames: list
    setups: list

    def lookup(self, name):
        raise NotImplementedError

    def assign(self, target, value):
        raise NotImplementedError

    def taint(self, value, unknown, seen=None):
        raise NotImplementedError

    is_library = staticmethod(is_library)
    is_setup = staticmethod(is_setup)

    def member(self, owner, name, node):
        return member(owner, name, node)

    def eval(self, node):
        self.steps += 1
        method = getattr(self, "eval_" + type(node).__name__, None)
        if method is None:
            for inner in ast.iter_child_nodes(node):
                if isinstance(inner, ast.expr):
                    self.taint(self.eval(inner), Unknown(node))
            self.doubts += 1
            return Unknown(node)
        value = method(node)
        if isinstance(value, Unknown) and value.node is None:
            return Unknown(node, value.why)
        return value

    def eval_Constant(self, node):
        return node.value if isinstance(node.value, SCALARS) else Unknown(node)

    def eval_Index(self, node):
        # Python 3.8's wrapper around subscripts.
        return self.eval(node.value)

    def eval_Name(self, node):
        found = self.lookup(node.id)
        if found is not ABSENT:
            return found
        named = name_of(node.id)
        if named is not None:
            return named
        for names in (self.frames[-1][1], self.frames[-1][0].names):
            for name, value in names.items():
                if name.startswith("\0star:"):
                    return member(value, node.id, node)
        self.doubts += 1
        return Unknown(node, "is not a known name")

    def eval_List(self, node):
        kind = {"List": "list", "Tuple": "tuple", "Set": "set"}[type(node).__name__]
        made, parts = Items(kind), self.parts
        for item in node.elts:
            if isinstance(item, ast.Starred):
                entries = self.iterate(self.eval(item.value), item)
                if isinstance(entries, Unknown):
                    made.unknown = made.unknown or entries
                else:
                    made.entries += [Entry(e.value, e.place, e.condition) for e in entries]
                continue
            made.entries += self.entries_of(self.eval(item), (item.lineno, item.col_offset), item)
        if parts != self.parts and any(isinstance(value, (Items, Mapping)) for value in made.values()):
            made.unknown = Unknown(node)
        return made

    eval_Tuple = eval_Set = eval_List

    def entries_of(self, value, place, node):
        if isinstance(value, Choice):
            return [
                Entry(entry.value, entry.place, both(entry.condition, condition))
                for way, condition in ((value.yes, value.condition), (value.no, value.condition.negated()))
                for entry in self.entries_of(way, place, node)
            ]
        place = place if not hasattr(node, "source_file") else None
        return [Entry(value, place)]

    def eval_Dict(self, node):
        made, parts = Mapping(), self.parts
        for key, value in zip(node.keys, node.values):
            if key is None:
                self.update(made, self.eval(value), value)
                continue
            name = self.eval(key)
            if isinstance(name, (str, Native)):
                made.put(name, self.eval(value), (key.lineno, key.col_offset))
            else:
                self.eval(value)
                made.unknown = made.unknown or (
                    name if isinstance(name, Unknown) else Unknown(key, "is a key that is not a string")
                )
        if parts != self.parts and any(isinstance(value, (Items, Mapping)) for value in made.pairs.values()):
            made.unknown = Unknown(node)
        return made

    def update(self, mapping, other, node):
        """`mapping.update(other)`."""
        if isinstance(other, Mapping):
            mapping.pairs.update(other.pairs)
            mapping.places.update(other.places)
            mapping.unknown = mapping.unknown or other.unknown
            return
        pairs = self.iterate(other, node)
        if not isinstance(pairs, Unknown):
            is_certain = all(entry.condition is None for entry in pairs)
            pairs = [self.iterate(entry.value, node) for entry in pairs] if is_certain else Unknown(node)
        if not isinstance(pairs, list) or not all(
            isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0].value, str) for pair in pairs
        ):
            mapping.unknown = mapping.unknown or (pairs if isinstance(pairs, Unknown) else Unknown(node))
            return
        for key, value in (pair for pair in pairs if isinstance(pair, list)):
            mapping.put(key.value, value.value)

    def eval_JoinedStr(self, node):
        parts = [self.eval(part) for part in node.values]
        texts = [part for part in parts if isinstance(part, str)]
        if len(texts) == len(parts):
            return "".join(texts)
        unknown = next(part for part in parts if not isinstance(part, str))
        return unknown if isinstance(unknown, Unknown) else Unknown(node)

    def eval_FormattedValue(self, node):
        value = self.eval(node.value)
        if isinstance(value, Path):
            value = value.text
        spec = "" if node.format_spec is None else self.eval(node.format_spec)
        if node.conversion != -1 or not isinstance(value, (str, int, float)) or not isinstance(spec, str):
            return value if isinstance(value, Unknown) else Unknown(node)
        return self.attempt(node, lambda: format(value, spec))

    def eval_BinOp(self, node):
        left = self.eval(node.left)
        return self.binary(node, node.op, left, self.eval(node.right))

    def binary(self, node, op, left, right):
        for value in (left, right):
            if isinstance(value, Unknown):
                return value
        if isinstance(left, (Path, str)) and isinstance(op, ast.Div) and isinstance(right, (Path, str)):
            return call(self, node, left if isinstance(left, Path) else Path(left), "joinpath", [right], {})
        if isinstance(left, Items) and isinstance(op, ast.Mod):
            return Unknown(node)
        if (
            isinstance(left, Choice)
            and isinstance(left.yes, Items)
            and isinstance(left.no, Items)
            and isinstance(right, Items)
        ):
            left = self.unchosen(left)
        if (
            isinstance(right, Choice)
            and isinstance(right.yes, Items)
            and isinstance(right.no, Items)
            and isinstance(left, Items)
        ):
            right = self.unchosen(right)
        if isinstance(left, Items) and isinstance(right, Items) and isinstance(op, (ast.Add, ast.BitOr)):
            if left.kind != right.kind:
                self.doubts += 1
                return Unknown(node, "adds lists of different types")
            made = Items(left.kind, left.entries + right.entries)
            made.unknown = left.unknown or right.unknown
            return made
        if isinstance(left, Mapping) and isinstance(right, Mapping) and isinstance(op, ast.BitOr):
            made = Mapping(left.pairs)
            self.update(made, left, node)
            self.update(made, right, node)
            return made
        if isinstance(left, str) and isinstance(op, ast.Mod):
            return self.percent(node, left, right)
        function = ARITHMETIC.get(type(op))
        if function is None or not isinstance(left, SCALARS) or not isinstance(right, SCALARS):
            return Unknown(node)
        if (
            isinstance(op, ast.Mult)
            and len(str(left)) * len(str(right))
            + max([value for value in (left, right) if isinstance(value, int)] or [0])
            > LARGEST
        ):
            return Unknown(node)
        return self.attempt(node, lambda: function(left, right))

    def unchosen(self, choice):
        made = Items(choice.yes.kind)
        made.unknown = choice.yes.unknown or choice.no.unknown
        for way, condition in ((choice.yes, choice.condition), (choice.no, choice.condition.negated())):
            made.entries += [Entry(e.value, e.place, both(e.condition, condition)) for e in way.entries]
        return made

    def percent(self, node, left, right):
        if isinstance(right, Items) and right.kind == "tuple" and right.certain():
            values = tuple(right.values())
        elif isinstance(right, Mapping) and right.unknown is None:
            values = right.pairs
        else:
            values = (right,)
        if not all(isinstance(value, SCALARS) for value in (values.values() if isinstance(values, dict) else values)):
            return Unknown(node)
        if (
            "*" in left
            or len(left) > LARGEST
            or any(len(n) > 3 for n in __import__("re").findall(r"%[-+ #0]*(\d+)", left))
        ):
            return Unknown(node)
        return self.attempt(node, lambda: left % values)

    def attempt(self, node, work):
        """A computation of Python's own; what it raises, the code would raise."""
        try:
            return work()
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            self.raises(type(error).__name__)

    def raises(self, name, why=None):
        raise Leave("raise", name, why or "raises `%s`" % name)

    def eval_UnaryOp(self, node):
        value = self.eval(node.operand)
        if isinstance(node.op, ast.Not):
            value = truth(value)
            if isinstance(value, Condition):
                return value.negated()
            return value if isinstance(value, Unknown) else not value
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)) and not isinstance(value, bool):
            return -value
        return value if isinstance(value, Unknown) else Unknown(node)

    def eval_BoolOp(self, node):
        is_and = isinstance(node.op, ast.And)
        value = self.eval(node.values[0])
        for at, other in enumerate(node.values[1:], 1):
            known = truth(value)
            if known is True or known is False:
                if known is not is_and:
                    return value
                value = self.eval(other)
                continue
            # What is asked for later may have effects, and may decide all the same.
            rest = [truth(self.eval(each)) for each in node.values[at:]]
            known = [known, *rest]
            if any(each is (not is_and) for each in known):
                return not is_and
            conditions = [each for each in known if each is not is_and]
            if all(isinstance(each, Condition) for each in conditions):
                return conditions[0] if len(conditions) == 1 else Condition("and" if is_and else "or", *conditions)
            return next(each for each in conditions if isinstance(each, Unknown))
        return value

    def eval_IfExp(self, node):
        test = truth(self.eval(node.test))
        if test is True or test is False:
            return self.eval(node.body if test else node.orelse)
        yes, no = self.eval(node.body), self.eval(node.orelse)
        if isinstance(test, Condition):
            return yes if isinstance(yes, Unknown) else no if isinstance(no, Unknown) else Choice(test, yes, no)
        for value in (yes, no):
            self.taint(value, test)
        return Unknown(node.test, test.why)

    def eval_Compare(self, node):
        left = self.eval(node.left)
        results = []
        for op, comparator in zip(node.ops, node.comparators):
            right = self.eval(comparator)
            results.append(self.compared(node, op, left, right))
            left = right
        if len(results) == 1:
            return results[0]
        if any(each is False for each in results):
            return False
        unknown = next((each for each in results if isinstance(each, Unknown)), None)
        conditions = [each for each in results if isinstance(each, Condition)]
        return unknown or (
            Condition("and", *conditions) if len(conditions) > 1 else conditions[0] if conditions else True
        )

    def compared(self, node, op, left, right):
        for value in (left, right):
            if isinstance(value, Unknown):
                return value
        if isinstance(op, (ast.In, ast.NotIn)):
            value = self.contained(node, left, right)
            if isinstance(value, Condition):
                return value.negated() if isinstance(op, ast.NotIn) else value
            return value if isinstance(value, Unknown) else value is not isinstance(op, ast.NotIn)
        if isinstance(op, (ast.Is, ast.IsNot)):
            if right is None and not isinstance(left, (Choice, Method, Opaque)):
                return (left is None) is isinstance(op, ast.Is)
            return Unknown(node)
        symbol = OPERATORS[type(op)]
        special = (Variable, VersionInfo, Minor, ToolVersion)
        if isinstance(right, special) and not isinstance(left, special):
            left, right, symbol = right, left, MIRRORED[symbol]
        if isinstance(left, special):
            answer = self.compared_special(left, symbol, right)
            return Unknown(node) if answer is None else answer
        if isinstance(left, Opaque) and left.name == "sys.argv[]" and isinstance(right, str):
            return Unknown(node) if may_be_argument(right) or symbol not in ("==", "!=") else symbol == "!="
        if isinstance(left, Items) and isinstance(right, Items) and left.certain() and right.certain():
            a, b = left.values(), right.values()
            if left.kind == right.kind and all(isinstance(v, SCALARS) for v in a + b):
                return self.attempt(node, lambda: COMPARE[symbol](a, b))
        if isinstance(left, SCALARS) and isinstance(right, SCALARS):
            return self.attempt(node, lambda: COMPARE[symbol](left, right))
        return Unknown(node)

    def compared_special(self, left, symbol, right):
        if isinstance(left, VersionInfo):
            if isinstance(right, Items) and right.kind == "tuple" and right.certain():
                return left.compared(symbol, right.values())
            return left.compared(symbol, [right]) if left.length == 1 and type(right) is int else None
        if isinstance(left, ToolVersion) and isinstance(right, Items):
            values = right.values()
            right = ".".join(map(str, values)) if right.certain() and all(type(v) is int for v in values) else None
        return left.compared(symbol, right)

    def contained(self, node, item, container):
        if isinstance(container, Opaque) and container.name == "sys.argv":
            return Unknown(node) if not isinstance(item, str) or may_be_argument(item) else False
        if isinstance(container, Opaque) and container.name == "sys.builtin_module_names" and item == "__pypy__":
            return Condition("compare", "implementation_name", "==", '"pypy"')
        if isinstance(container, str) and isinstance(item, str):
            return item in container
        if isinstance(container, Variable) and isinstance(item, str):
            known = container.starting(item)
            return Unknown(node) if known is None else known
        if isinstance(container, Mapping) and isinstance(item, str):
            return True if item in container.pairs else False if container.unknown is None else container.unknown
        if isinstance(container, Items) and container.certain():
            values = container.values()
            if isinstance(item, Variable):
                answers = [item.compared("==", value) for value in values]
                if all(isinstance(answer, Condition) for answer in answers) and answers:
                    return answers[0] if len(answers) == 1 else Condition("or", *answers)
                return Unknown(node)
            if isinstance(item, SCALARS) and all(isinstance(value, SCALARS) for value in values):
                return item in values
        return Unknown(node)

    def eval_Lambda(self, node):
        module, local = self.frames[-1]
        closure = () if local is module.names else (local, *local.get("\0closure", ()))
        return Function(node, module, closure, ([self.eval(each) for each in node.args.defaults], []))

    def eval_ListComp(self, node):
        made = Items("set" if isinstance(node, ast.SetComp) else "list")
        entries = self.comprehend(node, node.generators, lambda: self.entries_of(self.eval(node.elt), None, node.elt))
        if isinstance(entries, Unknown):
            made.unknown = entries
        else:
            made.entries = entries
        return made

    eval_SetComp = eval_GeneratorExp = eval_ListComp

    def eval_DictComp(self, node):
        made = Mapping()

        def pair():
            key, value = self.eval(node.key), self.eval(node.value)
            if isinstance(key, str):
                made.put(key, value)
            else:
                made.unknown = made.unknown or (key if isinstance(key, Unknown) else Unknown(node))
            return [Entry(None)]

        entries = self.comprehend(node, node.generators, pair)
        if isinstance(entries, Unknown):
            made.unknown = made.unknown or entries
        elif any(entry.condition is not None for entry in entries):
            made.unknown = made.unknown or Unknown(node)
        return made

    def comprehend(self, node, generators, element):
        """The entries of a comprehension, in a scope of its own."""
        module, local = self.frames[-1]
        scope = {"\0closure": () if local is module.names else (local, *local.get("\0closure", ()))}
        parts = self.parts
        first = self.iterate(self.eval(generators[0].iter), generators[0].iter)
        if isinstance(first, Unknown):
            return first
        self.frames.append((module, scope))
        try:
            found = self.comprehended(first, generators, element)
        finally:
            self.frames.pop()
        return Unknown(node) if parts != self.parts else found

    def comprehended(self, entries, generators, element):
        found = []
        generator, *rest = generators
        for entry in entries:
            self.assign(generator.target, entry.value)
            condition = entry.condition
            for test in generator.ifs:
                known = truth(self.eval(test))
                if isinstance(known, Unknown):
                    return known if known.node is not None else Unknown(test, known.why)
                if known is False:
                    break
                condition = both(condition, known if isinstance(known, Condition) else None)
            else:
                if rest:
                    inner = self.iterate(self.eval(rest[0].iter), rest[0].iter)
                    inner = inner if isinstance(inner, Unknown) else self.comprehended(inner, rest, element)
                else:
                    inner = element()
                if isinstance(inner, Unknown):
                    return inner
                found += [
                    Entry(each.value, each.place or entry.place, both(each.condition, condition)) for each in inner
                ]
        return found

    def iterate(self, value, node):
        """The entries of what can be iterated over, or an Unknown."""
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Items):
            if value.unknown is not None:
                return value.unknown
            if value.kind == "set":
                scalars = all(isinstance(each, str) for each in value.values())
                return sorted(value.entries, key=lambda entry: entry.value) if scalars else Unknown(node)
            return list(value.entries)
        if isinstance(value, Mapping):
            return value.unknown or [Entry(key) for key in value.pairs]
        if isinstance(value, File) and isinstance(value.content, str):
            return (
                [Entry(line) for line in value.rest().splitlines(keepends=True)]
                if "\r" not in value.content
                else Unknown(node)
            )
        if isinstance(value, str) and len(value) < 10000:
            return [Entry(letter) for letter in value]
        return Unknown(node)

    def eval_Attribute(self, node):
        value = self.eval(node.value)
        if isinstance(value, Module):
            if node.attr in value.names:
                return value.names[node.attr]
            self.doubts += 1
            return Unknown(node)
        return member(value, node.attr, node)

    def eval_Subscript(self, node):
        value = self.eval(node.value)
        if isinstance(value, Unknown):
            return value
        if isinstance(node.slice, ast.Slice):
            bounds = [
                None if each is None else self.eval(each)
                for each in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            if not all(each is None or type(each) is int for each in bounds):
                return Unknown(node)
            if (
                isinstance(value, VersionInfo)
                and value.length is None
                and bounds[0] in (None, 0)
                and bounds[1] in (1, 2, 3)
            ):
                return VersionInfo(bounds[1])
            if isinstance(value, (str, bytes)):
                return value[slice(*bounds)]
            if isinstance(value, Items) and value.certain():
                return Items(value.kind, value.entries[slice(*bounds)])
            return Unknown(node)
        key = self.eval(node.slice)
        if isinstance(value, VersionInfo):
            return VersionInfo(1) if key == 0 else Minor() if key == 1 else Unknown(node)
        if isinstance(value, Opaque) and value.name == "sys.argv":
            return Opaque("sys.argv[]")
        if isinstance(value, Native) and hasattr(value.value, "group"):
            return call(self, node, value, "group", [key], {})
        if isinstance(value, Mapping):
            if isinstance(key, str) and key in value.pairs:
                return Unknown(node) if value.unknown is not None else value.pairs[key]
            if value.unknown is not None or not isinstance(key, str):
                self.doubts += 1
                return value.unknown or Unknown(node)
            self.raises("KeyError")
        if isinstance(value, Items) and value.placed() and value.kind != "set" and type(key) is int:
            return self.attempt(node, lambda: value.entries[key]).value
        if isinstance(value, (str, bytes)) and type(key) is int:
            return self.attempt(node, lambda: value[key])
        self.doubts += 1
        return Unknown(node)

    def eval_NamedExpr(self, node):
        value = self.eval(node.value)
        self.assign(node.target, value)
        return value

    def eval_Starred(self, node):
        return self.eval(node.value)

    def eval_Call(self, node):
        # The arguments come first: they may part ways, and what is called is then another object.
        if isinstance(node.func, (ast.Name, ast.Attribute)) and self.is_setup_call(node.func):
            self.setups.append((node, self.setup_arguments(node)))
            self.doubts += 1
            return Unknown(node)
        args, keywords, doubt = self.call_arguments(node)
        parts = self.parts
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = self.eval(function.value)
            if isinstance(owner, Module):
                target, name = owner.names.get(function.attr, Unknown(node)), None
            elif isinstance(owner, Opaque):
                target, name = member(owner, function.attr, function), None
            else:
                target, name = owner, function.attr
        else:
            target, name = self.eval(function), None
        if parts != self.parts and any(isinstance(value, (Items, Mapping)) for value in (*args, *keywords.values())):
            doubt = Unknown(node)
        if doubt is not None:
            self.doubts += 1
            for value in (target, *args, *keywords.values()):
                self.taint(value, doubt)
            return doubt
        return call(self, node, target, name, args, keywords)

    def is_setup_call(self, function):
        value = self.lookup(function.id) if isinstance(function, ast.Name) else None
        if isinstance(function, ast.Attribute):
            owner = self.eval(function.value) if isinstance(function.value, (ast.Name, ast.Attribute)) else None
            value = member(owner, function.attr, function) if isinstance(owner, Opaque) else None
        return isinstance(value, Opaque) and is_setup(value)

    def call_arguments(self, node):
        args, keywords, doubt = [], {}, None
        for arg in node.args:
            parts = self.parts
            value = self.eval(arg)
            if parts != self.parts and any(isinstance(each, (Items, Mapping)) for each in args):
                doubt = Unknown(node)
            if not isinstance(arg, ast.Starred):
                args.append(value)
                continue
            entries = self.iterate(value, arg)
            if isinstance(entries, Unknown) or any(entry.condition is not None for entry in entries):
                doubt = entries if isinstance(entries, Unknown) else Unknown(arg)
            else:
                args += [entry.value for entry in entries]
        for keyword in node.keywords:
            parts = self.parts
            value = self.eval(keyword.value)
            if parts != self.parts and any(isinstance(each, (Items, Mapping)) for each in (*args, *keywords.values())):
                doubt = Unknown(node)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, Mapping) and value.unknown is None:
                keywords.update(value.pairs)
            else:
                doubt = value if isinstance(value, Unknown) else Unknown(keyword.value)
        return args, keywords, doubt

    def setup_arguments(self, node):
        """By name: (node or place, value); under None what may hold any."""
        found = {}
        for keyword in node.keywords:
            value = self.argument(keyword.value)
            if keyword.arg is not None:
                found[keyword.arg] = (keyword.value, value)
            elif isinstance(value, Mapping):
                for key, each in value.pairs.items():
                    found[key] = (value.places.get(key, keyword.value), each)
                if value.unknown is not None:
                    found[None] = (keyword.value, value.unknown)
            else:
                found[None] = (keyword.value, value if isinstance(value, Unknown) else Unknown(keyword.value))
        return found

    def argument(self, node):
        try:
            return self.eval(node)
        except Leave as leave:
            if leave.why is None or self.tries > 0:
                raise
            return Unknown(node, leave.why)


def may_be_argument(text):
    """Whether a build may have a word among the arguments of setup.py; names of commands that publish are not."""
    return text.startswith("-") or text in COMMANDS


COMMANDS = {
    "build",
    "build_py",
    "build_ext",
    "bdist_wheel",
    "dist_info",
    "egg_info",
    "install",
    "sdist",
    "editable_wheel",
} | {"build_clib", "build_scripts", "install_lib", "install_egg_info", "install_scripts", "install_data", "setup.py"}

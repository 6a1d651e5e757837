"""Follows the statements of a setup.py as far as they can be known, and notes the arguments of `setup()`.

Nothing is executed: whatever is not one of the usual ways to say something is an Unknown, and so is what it may have
changed. Where an `if` asks for the interpreter or the platform both ways are followed and lists keep what each of
them adds, under an environment marker; where it asks for something else, what differs is Unknown.
"""

import ast
import copy

from calls import call
from conditions import Condition
from expressions import Expressions, truth
from files_of_code import module_of
from leave import Leave
from values import ABSENT, Choice, Entry, File, Function, Items, Mapping, Merge, Module, Opaque, Unknown

# The hidden name of what a generator yields.
YIELDED = "\0yield"
STEPS = 200000
DEPTH = 40


class TooMuch(Exception):
    pass


def visible(names):
    return {name: value for name, value in names.items() if name not in ("\0globals", "\0closure")}


class Machine(Expressions):
    def __init__(self, files):
        self.files = files
        self.steps = 0
        self.depth = 0
        # Grows whenever something happened that may have raised.
        self.doubts = 0
        # Grows whenever ways parted: values that were taken before may be stale.
        self.parts = 0
        # The `try` statements that are open.
        self.tries = 0
        # The names of the module, and of each function that is being called, innermost last.
        self.frames = []
        self.setups = []

    # Names

    def run_module(self, tree, names):
        module, depth = Module(names), len(self.frames)
        self.frames.append((module, names))
        try:
            self.block(tree.body)
        except BaseException:
            del self.frames[depth:]
            raise
        # Where ways have parted it is another object.
        return self.frames.pop()[0]

    def lookup(self, name):
        module, local = self.frames[-1]
        for names in (local, *local.get("\0closure", ()), module.names):
            if name in names:
                return names[name]
        return ABSENT

    def bind(self, name, value):
        module, local = self.frames[-1]
        (module.names if name in local.get("\0globals", ()) else local)[name] = value

    # Statements

    def block(self, statements):
        for at, statement in enumerate(statements):
            self.steps += 1
            if self.steps > STEPS:
                raise TooMuch()
            if isinstance(statement, ast.If):
                if self.branch(statement, statements[at + 1 :]):
                    return
            else:
                self.statement(statement)

    def statement(self, node):
        method = getattr(self, "on_" + type(node).__name__, None)
        if method is None:
            self.spoil(node)
            return
        try:
            method(node)
        except Leave as leave:
            # Nothing catches it: a build ends here, and whatever comes next contradicts none.
            if leave.why is None or self.tries > 0 or self.depth > 0:
                raise
            self.spoil(node, leave.why)

    def on_Pass(self, node):
        pass

    def on_Nonlocal(self, node):
        self.spoil(node)

    def on_Global(self, node):
        self.frames[-1][1].setdefault("\0globals", set()).update(node.names)

    def on_Expr(self, node):
        if isinstance(node.value, ast.Yield) and YIELDED in self.frames[-1][1]:
            value = None if node.value.value is None else self.eval(node.value.value)
            place = (node.lineno, node.col_offset)
            self.frames[-1][1][YIELDED].entries += self.entries_of(value, place, node)
            return
        self.eval(node.value)

    def on_Assign(self, node):
        value = self.eval(node.value)
        for target in node.targets:
            self.assign(target, value)

    def on_AnnAssign(self, node):
        if node.value is not None:
            self.assign(node.target, self.eval(node.value))

    def on_AugAssign(self, node):
        target = node.target
        old = (
            self.eval(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            if isinstance(target, ast.Name)
            else None
        )
        if isinstance(target, ast.Subscript):
            old = self.eval(target)
        value = self.eval(node.value)
        if isinstance(old, Items) and old.kind == "list" and isinstance(node.op, ast.Add):
            call(self, node, old, "extend", [value], {})
            return
        self.assign(target, self.binary(node, node.op, old, value) if old is not None else Unknown(node))

    def on_Delete(self, node):
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                owner, key = self.eval(target.value), self.eval(target.slice)
                if isinstance(owner, Mapping) and isinstance(key, str) and key in owner.pairs:
                    del owner.pairs[key]
                elif isinstance(owner, (Items, Mapping)):
                    owner.unknown = Unknown(node)
            elif isinstance(target, ast.Name):
                self.bind(target.id, Unknown(node))

    def on_Import(self, node):
        for alias in node.names:
            found = module_of(self, alias.name, node)
            if found is None:
                self.doubt_import(alias.name)
                found = Opaque(alias.name if alias.asname else alias.name.split(".")[0])
            elif "." in alias.name and not alias.asname:
                found = Unknown(node)
            self.bind(alias.asname or alias.name.split(".")[0], found)

    def on_ImportFrom(self, node):
        if node.level == 0 and node.module == "__future__":
            return
        found = None if node.level else module_of(self, node.module, node)
        for alias in node.names:
            if alias.name == "*":
                if isinstance(found, Module):
                    for name, value in found.names.items():
                        if not name.startswith("_"):
                            self.bind(name, value)
                elif not self.is_library(node.module):
                    self.doubts += 1
                    # Any name may be another now.
                    for name in list(self.frames[-1][1]):
                        if not name.startswith("\0"):
                            self.bind(name, Unknown(node))
                else:
                    self.bind("\0star:" + node.module, Opaque(node.module))
                continue
            if isinstance(found, Module):
                value = found.names.get(alias.name)
                if value is None:
                    self.doubts += 1
                    value = Unknown(node)
            else:
                self.doubt_import(node.module)
                value = self.member(Opaque(node.module or ""), alias.name, node)
            self.bind(alias.asname or alias.name, value)

    def doubt_import(self, name):
        if not self.is_library(name):
            self.doubts += 1

    def on_FunctionDef(self, node):
        module, local = self.frames[-1]
        closure = () if local is module.names else (local, *local.get("\0closure", ()))
        defaults = [self.eval(each) for each in node.args.defaults]
        keyword_defaults = [None if each is None else self.eval(each) for each in node.args.kw_defaults]
        value = Function(node, module, closure, (defaults, keyword_defaults))
        self.bind(node.name, value if not node.decorator_list else Unknown(node))

    def on_AsyncFunctionDef(self, node):
        self.bind(node.name, Unknown(node))

    def on_ClassDef(self, node):
        self.bind(node.name, Function(node, self.frames[-1][0], (), ([], [])))

    def on_Return(self, node):
        raise Leave("return", None if node.value is None else self.eval(node.value))

    def on_Break(self, node):
        raise Leave("break")

    def on_Continue(self, node):
        raise Leave("continue")

    def on_Raise(self, node):
        name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        raise Leave("raise", name.id if isinstance(name, ast.Name) else "?")

    def on_Assert(self, node):
        if truth(self.eval(node.test)) is not True:
            self.doubts += 1

    def on_With(self, node):
        for item in node.items:
            value = self.eval(item.context_expr)
            if not isinstance(value, (File, Unknown)):
                value = Unknown(node)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        self.block(node.body)

    def on_For(self, node):
        items = self.iterate(self.eval(node.iter), node)
        if isinstance(items, Unknown) or any(entry.condition is not None for entry in items):
            self.spoil(node)
            return
        # Kept among the names, so that they are what ways that part make of them.
        hidden = "\0loop%d" % id(node)
        self.frames[-1][1][hidden] = Items("list", items)
        for index in range(len(items)):
            self.assign(node.target, self.frames[-1][1][hidden].entries[index].value)
            try:
                self.block(node.body)
            except Leave as leave:
                if leave.kind == "break":
                    return
                if leave.kind != "continue":
                    raise
            if len(self.frames[-1][1][hidden].entries) != len(items):
                raise TooMuch()
        self.block(node.orelse)

    def on_While(self, node):
        test = truth(self.eval(node.test))
        if test is False:
            self.block(node.orelse)
        else:
            self.spoil(node)

    # Ways that part

    def branch(self, node, rest):
        """Follows an `if`. Returns whether `rest`, the statements behind it, has been followed too."""
        test = truth(self.eval(node.test))
        if test is True or test is False:
            self.block(node.body if test else node.orelse)
            return False
        condition = test if isinstance(test, Condition) else None
        ways = [node.body, node.orelse]
        # A way that leaves is followed to the end of the block on either side.
        follows = any(
            isinstance(inner, (ast.Return, ast.Break, ast.Continue))
            for way in ways
            for s in way
            for inner in ast.walk(s)
        )
        if follows:
            ways = [way + list(rest) for way in ways]
        self.part(condition, node.test, [lambda way=way: self.block(way) for way in ways])
        return follows

    def part(self, condition, node, ways):
        """Follows two ways from here and puts together what they lead to."""
        self.parts += 1
        start = self.state()
        ends = []
        for way in ways:
            self.restore(copy.deepcopy(start) if way is ways[0] else start)
            leave = None
            try:
                way()
            except Leave as error:
                leave = error
            ends.append((leave, self.state()))
        # The code ends for a way that raises, in every build that takes it.
        alive = [end for end in ends if end[0] is None or end[0].kind != "raise"]
        if len(alive) < len(ends):
            self.doubts += 1
        if not alive:
            raise ends[0][0]
        if len(alive) == 1:
            self.restore(alive[0][1])
            if alive[0][0] is not None:
                raise alive[0][0]
            return
        (a, state_a), (b, state_b) = alive
        merge = Merge(condition, node)
        self.restore(self.merged(merge, state_a, state_b))
        kinds = [None if leave is None else leave.kind for leave in (a, b)]
        if kinds == [None, None]:
            return
        if kinds[0] == kinds[1]:
            raise Leave(kinds[0], merge.value(a.value, b.value))
        if set(kinds) == {None, "return"}:
            # The end of a function's block; of any other it is not known what comes next.
            raise Leave("return", Unknown(node))
        raise TooMuch()

    def state(self):
        return [self.frames, self.files.cwd]

    def restore(self, state):
        self.frames, self.files.cwd = state

    def merged(self, merge, a, b):
        frames = []
        for (module_a, local_a), (module_b, local_b) in zip(a[0], b[0]):
            module = merge.value(module_a, module_b)
            if local_a is module_a.names:
                frames.append((module, module.names))
                continue
            local = merge.names(
                visible(local_a),
                visible(local_b),
            )
            if "\0globals" in local_a or "\0globals" in local_b:
                local["\0globals"] = local_a.get("\0globals", set()) | local_b.get("\0globals", set())
            if "\0closure" in local_a:
                local["\0closure"] = tuple(
                    merge.names(x, y) for x, y in zip(local_a["\0closure"], local_b["\0closure"])
                )
            frames.append((module, local))
        return [frames, a[1] if a[1] == b[1] else None]

    def on_Try(self, node):
        before, doubts = copy.deepcopy(self.state()), self.doubts
        raised = None
        self.tries += 1
        try:
            self.block(node.body)
        except Leave as leave:
            if leave.kind != "raise":
                self.block(node.finalbody)
                raise
            raised = leave
        finally:
            self.tries -= 1
        certain = self.doubts == doubts
        handlers = node.handlers
        if raised is None and certain:
            self.block(node.orelse)
        elif raised is not None and certain and raised.value != "?":
            handler = next((each for each in handlers if self.handles(each, raised.value)), None)
            if handler is None:
                self.block(node.finalbody)
                raise raised
            self.handle(handler)
        else:
            after = self.state()
            ways = []
            if raised is None:
                ways.append(lambda: (self.restore(after), self.block(node.orelse)))
            # Any statement of the body may have been the last one.
            for handler in handlers:
                ways.append(lambda handler=handler: (self.interrupted(before, after, node), self.handle(handler)))
            if raised is not None and not ways:
                raise raised
            self.alternatives(ways, node)
        self.block(node.finalbody)

    def on_TryStar(self, node):
        self.spoil(node)

    def interrupted(self, before, after, node):
        state = self.merged(Merge(None, node), copy.deepcopy(before), copy.deepcopy(after))
        self.restore(state)
        counts = {}
        for inner in (inner for statement in node.body for inner in ast.walk(statement)):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                counts[inner.id] = counts.get(inner.id, 0) + 1
        for name, count in counts.items():
            if count > 1:
                self.bind(name, Unknown(node))

    def alternatives(self, ways, node):
        *others, last = ways
        if not others:
            last()
            return
        self.part(None, node, [lambda: self.alternatives(others, node), last])

    def handle(self, handler):
        if handler.name:
            self.bind(handler.name, Unknown(handler))
        self.block(handler.body)

    def handles(self, handler, raised):
        """Whether a handler is one of an exception's, which is known by its name."""
        kinds = {
            "ImportError": ("ModuleNotFoundError",),
            "OSError": ("FileNotFoundError",),
            "IOError": ("FileNotFoundError", "OSError"),
            "EnvironmentError": ("FileNotFoundError", "OSError"),
            "LookupError": ("KeyError", "IndexError"),
            "ValueError": ("UnicodeDecodeError",),
        }
        if handler.type is None:
            return True
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = [each.id for each in types if isinstance(each, ast.Name)]
        return any(
            name == raised
            or name == "BaseException"
            or (name == "Exception" and raised not in ("SystemExit", "KeyboardInterrupt"))
            or raised in kinds.get(name, ())
            for name in names
        )

    # What cannot be followed

    def spoil(self, node, why="is not supported, and may change it"):
        """Whatever a piece of code names may be anything afterwards."""
        self.doubts += 1
        unknown = Unknown(node, why)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.find_setup(inner)
            if isinstance(inner, ast.Name):
                self.taint(self.lookup(inner.id), unknown)
                if not isinstance(inner.ctx, ast.Load):
                    self.bind(inner.id, unknown)
            elif isinstance(inner, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                self.bind(inner.name, unknown)

    def find_setup(self, node):
        if isinstance(node.func, (ast.Name, ast.Attribute)) and self.is_setup_call(node.func):
            self.setups.append((node, None))

    def taint(self, value, unknown, seen=None):
        """Marks a value, and all it holds, as changed by something that is not known."""
        seen = set() if seen is None else seen
        if id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, Items):
            value.unknown = value.unknown or unknown
            for each in value.values():
                self.taint(each, unknown, seen)
        elif isinstance(value, Mapping):
            value.unknown = value.unknown or unknown
            for each in value.pairs.values():
                self.taint(each, unknown, seen)
        elif isinstance(value, Opaque) and value.name == "globals()":
            for name in self.frames[-1][0].names:
                self.frames[-1][0].names[name] = unknown
        elif isinstance(value, Choice):
            self.taint(value.yes, unknown, seen)
            self.taint(value.no, unknown, seen)
        elif isinstance(value, Function):
            self.taint_function(value, unknown, seen)

    def taint_function(self, function, unknown, seen):
        """What a function of the file may have changed: all that it names."""
        for inner in ast.walk(function.node):
            if isinstance(inner, ast.Global):
                for name in inner.names:
                    function.module.names[name] = unknown
            if isinstance(inner, ast.Name):
                for names in (*function.closure, function.module.names):
                    if inner.id in names:
                        self.taint(names[inner.id], unknown, seen)
                        break

    # Calls of the file's own functions

    def invoke(self, function, node, args, keywords):
        if isinstance(function.node, ast.ClassDef) or self.depth > DEPTH:
            return self.unfollowed(function, node, args, keywords)
        local = self.arguments(function, args, keywords)
        if local is None:
            return self.unfollowed(function, node, args, keywords)
        if function.closure:
            local["\0closure"] = function.closure
        self.frames.append((function.module, local))
        self.depth += 1
        depth = len(self.frames)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.eval(function.node.body)
            if any(isinstance(inner, ast.Yield) for inner in ast.walk(function.node)):
                # What it yields is taken at once.
                local[YIELDED] = Items("list")
                self.block(function.node.body)
                return self.frames[depth - 1][1][YIELDED]
            self.block(function.node.body)
            return None
        except Leave as leave:
            if leave.kind != "return":
                raise
            return self.frames[depth - 1][1].get(YIELDED, leave.value)
        finally:
            self.depth -= 1
            del self.frames[depth - 1 :]

    def unfollowed(self, function, node, args, keywords):
        self.doubts += 1
        unknown = Unknown(node)
        for value in (function, *args, *keywords.values()):
            self.taint(value, unknown)
        for inner in ast.walk(function.node):
            if isinstance(inner, ast.Call):
                self.find_setup(inner)
        return unknown

    def arguments(self, function, args, keywords):
        """The names that a call binds, None for a call that does not fit."""
        spec = function.node.args
        defaults, keyword_defaults = function.defaults
        positional = [arg.arg for arg in getattr(spec, "posonlyargs", [])] + [arg.arg for arg in spec.args]
        local = dict(zip(positional[len(positional) - len(defaults) :], defaults))
        local.update({arg.arg: value for arg, value in zip(spec.kwonlyargs, keyword_defaults)})
        local.update(zip(positional, args))
        more = args[len(positional) :]
        if spec.vararg is not None:
            local[spec.vararg.arg] = Items("tuple", [Entry(value) for value in more])
        elif more:
            return None
        named = set(positional) | {arg.arg for arg in spec.kwonlyargs}
        rest = {name: value for name, value in keywords.items() if name not in named}
        local.update({name: value for name, value in keywords.items() if name in named})
        if spec.kwarg is not None:
            local[spec.kwarg.arg] = Mapping(rest)
        elif rest:
            return None
        return local if all(name in local for name in named) else None

    def assign(self, target, value):
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            items = self.iterate(value, target)
            if isinstance(items, Unknown) or len(items) != len(target.elts) or any(e.condition for e in items):
                self.doubts += 1
                for each in target.elts:
                    self.assign(each, Unknown(target))
                return
            for each, entry in zip(target.elts, items):
                self.assign(each, entry.value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, Unknown(target))
        elif isinstance(target, ast.Subscript):
            self.put(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.eval(target.value)
            if isinstance(owner, Module):
                owner.names[target.attr] = value
            self.taint(owner, Unknown(target))

    def put(self, target, value):
        owner, key = self.eval(target.value), self.eval(target.slice)
        if isinstance(owner, Opaque) and owner.name == "globals()" and isinstance(key, str):
            self.frames[-1][0].names[key] = value
        elif isinstance(owner, Mapping) and isinstance(key, str):
            owner.put(key, value, (target.lineno, target.col_offset))
        elif (
            isinstance(owner, Items)
            and isinstance(key, int)
            and owner.certain()
            and -len(owner.entries) <= key < len(owner.entries)
        ):
            owner.entries[key] = Entry(value, (target.lineno, target.col_offset))
        else:
            self.taint(owner, Unknown(target))

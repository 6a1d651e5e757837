"""Calls of what Python and its library bring along, of those that files of setups use to say something."""

import ast
import copy
import json
import os
import posixpath
import re

from conditions import Condition, Minor, ToolVersion, Variable, VersionInfo, numbers_of
from files_of_code import execute
from leave import Leave
from project_files import ROOT, Absent, decoded
from values import SCALARS, Choice, Entry, File, Function, Items, Mapping, Method, Module, Native, Opaque, Path, Unknown

BUILTINS = set(
    "abs all any bool bytes dict enumerate exec execfile exit quit filter float frozenset getattr hasattr int isinstance "
    "iter len list map max min next open print range repr reversed set sorted str sum tuple type zip vars globals "
    "locals super compile eval delattr setattr object property staticmethod classmethod input __import__ "
    "Exception ImportError IOError OSError ValueError KeyError RuntimeError SystemExit AttributeError NameError "
    "ModuleNotFoundError FileNotFoundError TypeError NotImplementedError Warning DeprecationWarning UserWarning "
    "UnicodeDecodeError LookupError IndexError BaseException EnvironmentError StopIteration KeyboardInterrupt callable "
    "basestring unicode long".split()
)
LIBRARY = set(
    "__future__ argparse ast atexit builtins codecs collections configparser contextlib copy csv ctypes datetime "
    "distutils email enum errno fnmatch functools getpass glob hashlib importlib inspect io itertools json locale logging "
    "math multiprocessing operator os pathlib pkgutil platform pprint queue random re runpy setuptools shlex shutil "
    "site stat string struct subprocess sys sysconfig tarfile tempfile textwrap threading time traceback types typing "
    "unittest urllib uuid warnings zipfile".split()
)
VARIABLES = {
    "sys.platform": "sys_platform",
    "os.name": "os_name",
    "platform.system()": "platform_system",
    "platform.python_implementation()": "platform_python_implementation",
    "platform.machine()": "platform_machine",
    "sys.implementation.name": "implementation_name",
}
CONSTANTS = {
    "os.sep": "/",
    "os.linesep": "\n",
    "os.pardir": "..",
    "os.curdir": ".",
    "os.path.sep": "/",
    "os.path.pardir": "..",
}
# Methods of texts that give texts, numbers, lists and tuples of texts.
TEXT_METHODS = set(
    "capitalize casefold count decode encode endswith expandtabs find index isalpha isdecimal isdigit isidentifier "
    "islower isnumeric isspace istitle isupper join lower lstrip partition removeprefix removesuffix replace rfind rindex "
    "rpartition rsplit rstrip split splitlines startswith strip swapcase title upper".split()
)
LARGEST = 1 << 20


def is_library(name):
    """Whether a module is one that is there in every build, and that changes nothing of what it is given."""
    return (name or "").split(".")[0] in LIBRARY


def is_setup(value):
    return value.name in ("setuptools.setup", "distutils.core.setup", "setuptools.core.setup")


def name_of(name):
    """A name that is there without being bound."""
    return Opaque("builtins." + name) if name in BUILTINS else None


def member(owner, name, node):
    """`owner.name`, not called."""
    if isinstance(owner, Unknown):
        return owner
    if isinstance(owner, VersionInfo):
        return {"major": VersionInfo(1), "minor": Minor()}.get(name) or Unknown(node)
    if isinstance(owner, Path):
        return path_member(owner, name, node)
    if not isinstance(owner, Opaque):
        return Method(owner, name)
    dotted = owner.name + "." + name
    if dotted == "sys.version_info":
        return VersionInfo()
    if dotted == "sys.version":
        return Opaque(dotted)
    if dotted == "setuptools.__version__":
        return ToolVersion()
    if dotted in VARIABLES:
        return Variable(VARIABLES[dotted])
    return CONSTANTS.get(dotted) or Opaque(dotted)


def path_member(owner, name, node):
    if name == "parent":
        return Path(posixpath.dirname(owner.text) or ".")
    if name == "name":
        return posixpath.basename(owner.text)
    if name == "stem":
        return posixpath.splitext(posixpath.basename(owner.text))[0]
    if name in ("parents", "parts", "suffix", "drive", "anchor"):
        return Unknown(node)
    return Method(owner, name)


def call(machine, node, target, name, args, keywords):
    """`target(...)`, or `target.name(...)` if there is a name."""
    if name is None and isinstance(target, Method):
        target, name = target.owner, target.name
    if name is None:
        if isinstance(target, Function):
            return machine.invoke(target, node, args, keywords)
        if isinstance(target, Opaque):
            return library(machine, node, target.name, args, keywords)
        return unknown_call(machine, node, target, args, keywords)
    known = next((value for value in (target, *args, *keywords.values()) if isinstance(value, Unknown)), None)
    if isinstance(target, Items):
        return items_method(machine, node, target, name, args, keywords)
    if isinstance(target, Mapping):
        return mapping_method(machine, node, target, name, args, keywords)
    if known is not None:
        return unknown_call(machine, node, target, args, keywords, known)
    if isinstance(target, (str, bytes)):
        return text_method(machine, node, target, name, args, keywords)
    if isinstance(target, Variable) and name == "startswith" and len(args) == 1:
        prefixes = args[0].values() if isinstance(args[0], Items) and args[0].certain() else [args[0]]
        found = [target.starting(each) for each in prefixes if isinstance(each, str)]
        if found and len(found) == len(prefixes) and None not in found:
            return found[0] if len(found) == 1 else Condition("or", *found)
        return Unknown(node)
    if isinstance(target, Variable) and name == "lower" and not args and target.name != "platform_machine":
        return Variable(target.name, True)
    if isinstance(target, ToolVersion) and name == "split":
        return Items("list", [Entry(ToolVersion()), Entry(Unknown(node))])
    if isinstance(target, File):
        return file_method(machine, node, target, name, args)
    if isinstance(target, Path):
        return path_method(machine, node, target, name, args, keywords)
    if isinstance(target, Native):
        return native_method(machine, node, target.value, name, args, keywords)
    if target is None or isinstance(target, (int, float)):
        machine.raises("AttributeError")
    return unknown_call(machine, node, target, args, keywords)


def unknown_call(machine, node, target, args, keywords, unknown=None):
    machine.doubts += 1
    unknown = unknown or (target if isinstance(target, Unknown) else Unknown(node))
    for value in (target, *args, *keywords.values()):
        machine.taint(value, unknown)
    return unknown


def native(value):
    """A value of Python as one of this evaluation."""
    if isinstance(value, (list, tuple)):
        return Items(type(value).__name__, [Entry(native(each)) for each in value])
    if isinstance(value, dict):
        return Mapping({str(key): native(each) for key, each in value.items()})
    return value if isinstance(value, SCALARS) else Native(value)


def plain(value):
    """The other way round; raises ValueError if it is not certain."""
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, Items) and value.certain() and value.kind != "set":
        return (tuple if value.kind == "tuple" else list)(plain(each) for each in value.values())
    if isinstance(value, Items) and value.certain():
        return sorted(plain(each) for each in value.values())
    if isinstance(value, Native):
        return value.value
    if isinstance(value, Mapping) and value.unknown is None:
        return {key: plain(each) for key, each in value.pairs.items()}
    raise ValueError()


def text_method(machine, node, owner, name, args, keywords):
    if name == "join" and len(args) == 1 and isinstance(args[0], (Items, File, Mapping)):
        entries = machine.iterate(args[0], node)
        if isinstance(entries, Unknown):
            return entries
        args = [Items("list", entries)]
    try:
        values, named = [plain(each) for each in args], {key: plain(each) for key, each in keywords.items()}
    except ValueError:
        if name == "format":
            values = [each.text if isinstance(each, Path) else each for each in args]
            if all(isinstance(each, SCALARS) for each in values):
                return machine.attempt(node, lambda: owner.format(*values))
        return unknown_call(machine, node, owner, args, keywords)
    if name == "format":
        if not all(isinstance(each, (str, int, float)) for each in [*values, *named.values()]) or re.search(
            r"\{[^}]*[.\[:]", owner
        ):
            return unknown_call(machine, node, owner, args, keywords)
        return machine.attempt(node, lambda: owner.format(*values, **named))
    if name not in TEXT_METHODS or not hasattr(owner, name):
        return unknown_call(machine, node, owner, args, keywords)
    result = machine.attempt(node, lambda: getattr(owner, name)(*values, **named))
    if isinstance(result, (str, bytes)) and len(result) > LARGEST * 8:
        return Unknown(node)
    return native(result)


CHANGING = {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard", "update"}


def items_method(machine, node, owner, name, args, keywords):
    if name in ("append", "add") and len(args) == 1:
        if name == "append" or not owner.certain() or args[0] not in owner.values():
            owner.entries += machine.entries_of(args[0], (node.lineno, node.col_offset), node)
        return None
    if name in ("extend", "update") and len(args) == 1:
        value = args[0]
        if isinstance(value, Choice) and isinstance(value.yes, Items) and isinstance(value.no, Items):
            value = machine.unchosen(value)
        entries = machine.iterate(value, node)
        if isinstance(entries, Unknown):
            owner.unknown = owner.unknown or entries
            machine.doubts += 1
        else:
            owner.entries += [
                Entry(
                    e.value,
                    e.place or (node.lineno, node.col_offset) if not hasattr(node, "source_file") else None,
                    e.condition,
                )
                for e in entries
            ]
        return None
    if name == "copy" and not args:
        made = Items(owner.kind, owner.entries)
        made.unknown = owner.unknown
        return made
    if name == "union" or (name == "difference" and owner.certain()):
        made = Items(owner.kind, owner.entries)
        made.unknown = owner.unknown
        for other in args:
            entries = machine.iterate(other, node)
            if isinstance(entries, Unknown):
                made.unknown = made.unknown or entries
            elif name == "union":
                made.entries += entries
            elif any(e.condition is not None for e in entries):
                made.unknown = Unknown(node)
            else:
                made.entries = [e for e in made.entries if e.value not in [o.value for o in entries]]
        return made
    if owner.certain() and all(isinstance(each, SCALARS) for each in [*owner.values(), *args]) and not keywords:
        values = owner.values()
        if name in ("remove", "discard") and len(args) == 1:
            if args[0] in values:
                del owner.entries[values.index(args[0])]
                return None
            if name == "remove":
                machine.raises("ValueError")
            return None
        if name == "insert" and len(args) == 2 and type(args[0]) is int:
            owner.entries.insert(args[0], Entry(args[1], (node.lineno, node.col_offset)))
            return None
        if name == "pop" and owner.kind == "list" and all(type(each) is int for each in args) and len(args) < 2:
            return machine.attempt(node, lambda: owner.entries.pop(*args)).value
        if name == "sort" and all(isinstance(each, str) for each in values):
            owner.entries.sort(key=lambda entry: entry.value)
            return None
        if name == "reverse":
            owner.entries.reverse()
            return None
        if name in ("index", "count") and len(args) == 1:
            return machine.attempt(node, lambda: getattr(values, name)(args[0]))
    if name == "clear":
        owner.entries = []
        return None
    unknown = Unknown(node)
    machine.doubts += 1
    if name in CHANGING or name not in ("index", "count", "issubset", "issuperset", "isdisjoint"):
        owner.unknown = owner.unknown or unknown
        for each in args:
            machine.taint(each, unknown)
    return unknown


def mapping_method(machine, node, owner, name, args, keywords):
    if name == "update" and len(args) < 2:
        for each in args:
            machine.update(owner, each, node)
            if owner.unknown is not None:
                machine.taint(each, owner.unknown)
        machine.update(owner, Mapping(keywords), node)
        return None
    if name == "copy" and not args:
        made = Mapping(owner.pairs)
        made.places, made.unknown = dict(owner.places), owner.unknown
        return made
    if name in ("get", "pop", "setdefault") and args and isinstance(args[0], str):
        if args[0] in owner.pairs and owner.unknown is None:
            value = owner.pairs[args[0]]
            if name == "pop":
                del owner.pairs[args[0]]
            return value
        if owner.unknown is None:
            if name == "pop" and len(args) == 1:
                machine.raises("KeyError")
            value = args[1] if len(args) > 1 else None
            if name == "setdefault":
                owner.put(args[0], value)
            return value
        return unknown_call(machine, node, owner, args, keywords, owner.unknown)
    if name in ("keys", "values", "items", "iteritems", "itervalues", "iterkeys") and not args:
        made = Items("list")
        made.unknown = owner.unknown
        for key, value in owner.pairs.items():
            pair = Items("tuple", [Entry(key), Entry(value)])
            made.entries.append(Entry(pair if name.endswith("items") else value if name.endswith("values") else key))
        return made
    return unknown_call(machine, node, owner, args, keywords)


def file_method(machine, node, file, name, args):
    if name == "read" and not args:
        return file.rest()
    if name in ("readlines", "readline") and not args and isinstance(file.content, str) and "\r" not in file.content:
        if name == "readlines":
            return native(re.findall(r"[^\n]*\n|[^\n]+", file.rest()))
        start = file.content.find("\n", file.at) + 1 or len(file.content)
        line = file.content[file.at : start]
        file.at = start
        return line
    if name == "close":
        return None
    if name == "__enter__":
        return file
    machine.doubts += 1
    return Unknown(node)


def path_method(machine, node, path, name, args, keywords):
    texts = [each.text if isinstance(each, Path) else each for each in args]
    if not all(isinstance(each, str) for each in texts):
        return unknown_call(machine, node, path, args, keywords)
    if name in ("joinpath", "__truediv__"):
        return Path(posixpath.join(path.text, *texts))
    if name in ("resolve", "absolute", "expanduser"):
        absolute = machine.files.absolute(path.text)
        return Unknown(node) if absolute is None else Path(absolute)
    if name in ("exists", "is_file", "is_dir"):
        want = {"exists": os.path.exists, "is_file": os.path.isfile, "is_dir": os.path.isdir}[name]
        return machine.files.exists(path.text, node, want)
    if name == "as_posix" and not args:
        return path.text
    if name in ("read_text", "read_bytes", "open"):
        keywords = dict(keywords)
        if name == "read_text" and texts:
            keywords["encoding"] = texts[0]
        mode = "rb" if name == "read_bytes" else texts[0] if name == "open" and texts else "r"
        opened = open_file(machine, node, path.text, mode, keywords)
        return opened if name == "open" or not isinstance(opened, File) else opened.rest()
    if name == "with_name" and len(texts) == 1:
        return Path(posixpath.join(posixpath.dirname(path.text), texts[0]))
    return unknown_call(machine, node, path, args, keywords)


def open_file(machine, node, path, mode, keywords, translates=True):
    encoding = keywords.get("encoding")
    if (
        not isinstance(path, str)
        or mode not in ("r", "rt", "rb", "rU", "U", "br", "tr")
        or not isinstance(encoding, (str, type(None)))
    ):
        machine.doubts += 1
        return Unknown(node, "opens a file in a way that is not supported")
    try:
        content = machine.files.read(path, node)
    except Absent as error:
        return machine.raises("FileNotFoundError", "opens the file `%s`, which the project does not have" % error)
    if isinstance(content, Unknown):
        machine.doubts += 1
        return content
    if "b" in mode and translates:
        return File(content)
    text = decoded(content, encoding or "utf-8", translates)
    if text is None:
        machine.doubts += 1
        return Unknown(node, "opens a file that cannot be decoded")
    return File(text)


def native_method(machine, node, value, name, args, keywords):
    if name in (
        "match",
        "search",
        "fullmatch",
        "findall",
        "sub",
        "split",
        "group",
        "groups",
        "groupdict",
        "start",
        "end",
        "finditer",
    ):
        try:
            args, keywords = [plain(each) for each in args], {key: plain(each) for key, each in keywords.items()}
        except ValueError:
            return unknown_call(machine, node, value, args, keywords)
        found = machine.attempt(node, lambda: getattr(value, name)(*args, **keywords))
        return native(list(found) if name == "finditer" else found)
    return unknown_call(machine, node, value, args, keywords)


def library(machine, node, name, args, keywords):
    """A function of Python's, by its dotted name."""
    short = name[len("builtins.") :] if name.startswith("builtins.") else None
    if short is not None:
        return builtin(machine, node, short, args, keywords)
    if name + "()" in VARIABLES and not args:
        return Variable(VARIABLES[name + "()"])
    unknown = next((value for value in (*args, *keywords.values()) if isinstance(value, Unknown)), None)
    if name in ("sys.exit", "os._exit"):
        raise Leave("raise", "SystemExit")
    if unknown is not None:
        return left_alone(machine, node, name, args, keywords, unknown)
    if name in ("io.open", "codecs.open") and args:
        named = dict(keywords)
        if len(args) > 2 and name == "codecs.open":
            named["encoding"] = args[2]
        if len(args) > 3 and name == "io.open":
            named["encoding"] = args[3]
        mode = args[1] if len(args) > 1 else named.get("mode", "r")
        path = args[0].text if isinstance(args[0], Path) else args[0]
        is_raw = name == "codecs.open" and named.get("encoding") is not None
        mode = mode.replace("b", "") or "r" if is_raw and isinstance(mode, str) else mode
        return open_file(machine, node, path, mode, named, not is_raw)
    if name in ("pathlib.Path", "pathlib.PurePath"):
        texts = [each.text if isinstance(each, Path) else each for each in args]
        return (
            Path(posixpath.join("", *texts) or ".") if all(isinstance(each, str) for each in texts) else Unknown(node)
        )
    if name in ("os.getcwd", "pathlib.Path.cwd"):
        if machine.files.cwd is None:
            return Unknown(node)
        return machine.files.cwd if name == "os.getcwd" else Path(machine.files.cwd)
    if name == "os.chdir":
        path = args[0].text if args and isinstance(args[0], Path) else args[0] if args else None
        machine.files.cwd = machine.files.absolute(path or ".") if isinstance(path, str) else None
        return None
    if name.startswith("os.path.") or name == "os.fspath":
        return os_path(machine, node, name.split(".")[-1], args)
    if name.startswith("re.") and name[3:] in (
        "compile",
        "match",
        "search",
        "fullmatch",
        "findall",
        "sub",
        "split",
        "escape",
    ):
        try:
            values, named = [plain(each) for each in args], {key: plain(each) for key, each in keywords.items()}
        except ValueError:
            flags = [
                getattr(re, each.name[3:], None) if isinstance(each, Opaque) and each.name.startswith("re.") else None
                for each in args
            ]
            try:
                values = [plain(each) if flag is None else flag for each, flag in zip(args, flags)]
                named = {
                    k: getattr(re, v.name[3:], None) if isinstance(v, Opaque) else plain(v) for k, v in keywords.items()
                }
            except ValueError:
                return left_alone(machine, node, name, args, keywords)
        if any(isinstance(each, Function) for each in args):
            return left_alone(machine, node, name, args, keywords)
        return native(machine.attempt(node, lambda: getattr(re, name[3:])(*values, **named)))
    if name == "ast.literal_eval" and len(args) == 1 and isinstance(args[0], str):
        return native(machine.attempt(node, lambda: checked_literal(args[0])))
    if name in ("json.load", "json.loads") and len(args) == 1:
        text = args[0].rest() if isinstance(args[0], File) else args[0]
        return (
            native(machine.attempt(node, lambda: json.loads(text))) if isinstance(text, (str, bytes)) else Unknown(node)
        )
    if name == "runpy.run_path" and args and isinstance(args[0], str):
        opened = open_file(machine, node, args[0], "rb", {})
        names = execute(machine, opened.rest(), {"__name__": "<run_path>"}, node) if isinstance(opened, File) else None
        return Unknown(node) if names is None else Mapping(names)
    if name in ("itertools.chain", "itertools.chain.from_iterable"):
        lists = args
        if name.endswith("from_iterable"):
            outer = machine.iterate(args[0], node) if args else Unknown(node)
            if isinstance(outer, Unknown):
                return outer
            lists = [entry.value for entry in outer]
        return chained(machine, node, lists)
    if name in ("copy.copy", "copy.deepcopy") and len(args) == 1:
        return copy.deepcopy(args[0])
    if name == "textwrap.dedent" and len(args) == 1 and isinstance(args[0], str):
        return __import__("textwrap").dedent(args[0])
    if name in VERSION_TYPES and len(args) == 1:
        if isinstance(args[0], ToolVersion):
            return args[0]
        return args[0] if numbers_of(args[0]) is not None else left_alone(machine, node, name, args, keywords)
    if name == "collections.OrderedDict" or name == "collections.defaultdict":
        return builtin(machine, node, "dict", args, keywords) if name.endswith("OrderedDict") else Unknown(node)
    return left_alone(machine, node, name, args, keywords)


VERSION_TYPES = {
    "distutils.version.LooseVersion",
    "distutils.version.StrictVersion",
    "pkg_resources.parse_version",
    "packaging.version.parse",
    "packaging.version.Version",
    "setuptools.extern.packaging.version.Version",
}


def checked_literal(text):
    if len(text) > 100000:
        raise ValueError("too long")
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError("not a literal") from None


def left_alone(machine, node, name, args, keywords, unknown=None):
    """A call that is not supported; the library's functions do not change what they are given."""
    machine.doubts += 1
    unknown = unknown or Unknown(node)
    if not is_library(name) or name.split(".")[0] in (
        "random",
        "operator",
        "functools",
        "atexit",
        "threading",
        "contextlib",
    ):
        for value in (*args, *keywords.values()):
            machine.taint(value, unknown)
    return unknown


def chained(machine, node, lists):
    made = Items("list")
    for given in lists:
        is_choice = isinstance(given, Choice) and isinstance(given.yes, Items) and isinstance(given.no, Items)
        each = machine.unchosen(given) if is_choice else given
        entries = machine.iterate(each, node)
        if isinstance(entries, Unknown):
            made.unknown = made.unknown or entries
        else:
            made.entries += entries
    return made


def os_path(machine, node, name, args):
    texts = [each.text if isinstance(each, Path) else each for each in args]
    if not texts or not all(isinstance(each, str) for each in texts):
        return Unknown(node)
    if name in ("abspath", "realpath"):
        absolute = machine.files.absolute(texts[0])
        return Unknown(node) if absolute is None else absolute
    if name in ("join", "dirname", "basename", "normpath", "split", "splitext", "fspath", "isabs"):
        function = os.fspath if name == "fspath" else getattr(posixpath, name)
        return native(machine.attempt(node, lambda: function(*texts)))
    if name in ("exists", "isfile", "isdir", "lexists"):
        return machine.files.exists(texts[0], node, getattr(os.path, "exists" if name == "lexists" else name))
    if name == "relpath" and machine.files.cwd == ROOT:
        start = machine.files.absolute(texts[1] if len(texts) > 1 else ".")
        return posixpath.relpath(machine.files.absolute(texts[0]), start)
    machine.doubts += 1
    return Unknown(node)


def builtin(machine, node, name, args, keywords):
    if name in ("exit", "quit"):
        raise Leave("raise", "SystemExit")
    if name == "print":
        return None
    if name == "exec":
        return exec_call(machine, node, args, keywords)
    if name in ("list", "tuple", "set", "frozenset", "iter", "reversed") and len(args) <= 1 and not keywords:
        kind = {"frozenset": "set", "iter": "list", "reversed": "list"}.get(name, name)
        if not args:
            return Items(kind)
        return built_list(machine, node, kind, args[0], name == "reversed")
    if name == "sorted" and len(args) == 1 and not keywords:
        made = built_list(machine, node, "list", args[0])
        if made.unknown is None and all(isinstance(each, str) for each in made.values()):
            made.entries.sort(key=lambda entry: entry.value)
        else:
            made.unknown = made.unknown or Unknown(node)
        return made
    if name == "sum" and len(args) == 2 and isinstance(args[1], Items):
        outer = machine.iterate(args[0], node)
        return outer if isinstance(outer, Unknown) else chained(machine, node, [args[1], *[e.value for e in outer]])
    if name == "dict":
        made = Mapping()
        for each in args:
            machine.update(made, each, node)
        machine.update(made, Mapping(keywords), node)
        for keyword in node.keywords if isinstance(node, ast.Call) and not hasattr(node, "source_file") else ():
            if keyword.arg is not None:
                made.places[keyword.arg] = (keyword.value.lineno, keyword.value.col_offset)
        return made
    if (name == "map" and len(args) == 2) or (name == "filter" and len(args) == 2):
        return mapped(machine, node, name, *args)
    unknown = next((value for value in (*args, *keywords.values()) if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown_call(machine, node, None, args, keywords, unknown)
    if name == "open" and args:
        named = dict(keywords)
        if len(args) > 3:
            named["encoding"] = args[3]
        path = args[0].text if isinstance(args[0], Path) else args[0]
        return open_file(machine, node, path, args[1] if len(args) > 1 else named.get("mode", "r"), named)
    if name == "str" and len(args) == 1 and isinstance(args[0], Path):
        return args[0].text
    if name in ("str", "int", "float", "bool", "len", "repr", "abs") and len(args) == 1:
        if name == "int" and isinstance(args[0], ToolVersion):
            return args[0]
        if name == "bool":
            from expressions import truth

            return truth(args[0])
        try:
            value = plain(args[0])
        except ValueError:
            if name == "len" and isinstance(args[0], Mapping):
                return args[0].unknown or len(args[0].pairs)
            return unknown_call(machine, node, None, args, keywords)
        if name in ("str", "repr") and not isinstance(value, SCALARS):
            return unknown_call(machine, node, None, args, keywords)
        function = {"str": str, "int": int, "float": float, "len": len, "repr": repr, "abs": abs}[name]
        if name == "len" and isinstance(args[0], Items) and args[0].kind == "set":
            return unknown_call(machine, node, None, args, keywords)
        return machine.attempt(node, lambda: function(value))
    if name in ("any", "all") and len(args) == 1:
        from expressions import truth

        entries = machine.iterate(args[0], node)
        known = [entries] if isinstance(entries, Unknown) else [truth(e.value) for e in entries if e.condition is None]
        if isinstance(entries, Unknown) or len(known) != len(entries) or not all(isinstance(k, bool) for k in known):
            return Unknown(node)
        return {"any": any, "all": all}[name](known)
    if name in ("zip", "enumerate") and args and not keywords:
        lists = [machine.iterate(each, node) for each in args]
        if any(isinstance(each, Unknown) or any(e.condition for e in each) for each in lists):
            return Unknown(node)
        if name == "enumerate":
            lists = [[Entry(index) for index in range(len(lists[0]))], lists[0]]
        return Items("list", [Entry(Items("tuple", list(pair))) for pair in zip(*lists)])
    if name == "range" and all(type(each) is int for each in args) and len(range(*args)) < 10000:
        return Items("list", [Entry(each) for each in range(*args)])
    if name == "isinstance" and len(args) == 2 and isinstance(args[1], Opaque):
        kinds = {"builtins.str": str, "builtins.int": int, "builtins.bytes": bytes}
        groups = {"builtins.list": "list", "builtins.tuple": "tuple", "builtins.set": "set"}
        if args[1].name in kinds and isinstance(args[0], (*SCALARS, Items, Mapping)):
            return isinstance(args[0], kinds[args[1].name])
        if args[1].name in groups and isinstance(args[0], (*SCALARS, Items, Mapping)):
            return isinstance(args[0], Items) and args[0].kind == groups[args[1].name]
        if args[1].name == "builtins.dict" and isinstance(args[0], (*SCALARS, Items, Mapping)):
            return isinstance(args[0], Mapping)
    if name == "hasattr" and len(args) == 2 and isinstance(args[0], Opaque) and args[0].name == "sys":
        if args[1] == "pypy_version_info":
            return Condition("compare", "implementation_name", "==", '"pypy"')
        if args[1] == "real_prefix":
            return Unknown(node)
    if name == "next" and args:
        entries = machine.iterate(args[0], node)
        if (
            not isinstance(entries, Unknown)
            and entries
            and entries[0].condition is None
            and isinstance(node.args[0], ast.GeneratorExp)
        ):
            return entries[0].value
        if entries == [] and len(args) == 2:
            return args[1]
        return Unknown(node)
    if name == "getattr" and len(args) >= 2 and isinstance(args[0], Module) and args[1] in args[0].names:
        return args[0].names[args[1]]
    if name in ("max", "min") and args:
        try:
            values = [plain(each) for each in args]
            return native(machine.attempt(node, lambda: {"max": max, "min": min}[name](*values)))
        except ValueError:
            return Unknown(node)
    if name == "globals" and not args:
        return Opaque("globals()")
    if name == "compile" and args and (len(args) < 3 or args[2] == "exec"):
        return args[0] if isinstance(args[0], (str, bytes)) else Unknown(node)
    if name in ("vars", "locals"):
        return Unknown(node)
    return unknown_call(machine, node, None, args, keywords)


def built_list(machine, node, kind, value, reverses=False):
    made = Items(kind)
    if isinstance(value, Choice) and isinstance(value.yes, Items) and isinstance(value.no, Items):
        value = machine.unchosen(value)
    entries = machine.iterate(value, node)
    if isinstance(entries, Unknown):
        made.unknown = entries
        machine.doubts += 1
        return made
    for entry in reversed(entries) if reverses else entries:
        if kind == "set" and any(
            isinstance(entry.value, SCALARS) and other.value == entry.value and other.condition == entry.condition
            for other in made.entries
        ):
            continue
        made.entries.append(entry)
    return made


def mapped(machine, node, name, function, items):
    from expressions import truth

    entries = machine.iterate(items, node)
    if isinstance(entries, Unknown) or isinstance(function, Unknown):
        return unknown_call(machine, node, function, [items], {}, entries if isinstance(entries, Unknown) else function)
    made, parts = Items("list"), machine.parts
    for entry in entries:
        if name == "filter" and function is None:
            value = entry.value
        elif isinstance(function, Opaque) and function.name.startswith("builtins.str."):
            value = call(machine, node, entry.value, function.name[len("builtins.str.") :], [], {})
        else:
            value = call(machine, node, function, None, [entry.value], {})
        if name == "map":
            made.entries.append(Entry(value, entry.place, entry.condition))
            continue
        known = truth(value)
        if not isinstance(known, bool):
            made.unknown = known if isinstance(known, Unknown) and known.node is not None else Unknown(node)
        elif known:
            made.entries.append(entry)
    if parts != machine.parts:
        made.unknown = Unknown(node)
    return made


def exec_call(machine, node, args, keywords):
    """`exec(text, names)`."""
    code = args[0] if args else None
    is_own = len(args) == 1 or (len(args) == 2 and isinstance(args[1], Opaque) and args[1].name == "globals()")
    if is_own and not keywords and isinstance(code, (str, bytes)):
        module, local = machine.frames[-1]
        names = execute(machine, code, local, node) if local is module.names else None
        if names is not None:
            current = machine.frames[-1][1]
            current.update(names)
            return None
    elif (
        len(args) >= 2 and isinstance(args[-1], Mapping) and args[-1].unknown is None and isinstance(code, (str, bytes))
    ):
        owner = args[-1]
        parts = machine.parts
        names = execute(machine, code, owner.pairs, node)
        if names is not None and parts == machine.parts:
            for key, value in names.items():
                owner.put(key, value)
            return None
    unknown = Unknown(node)
    machine.doubts += 1
    for each in args:
        machine.taint(each, unknown)
    if len(args) == 1:
        # It may bind any name.
        names = machine.frames[-1][1]
        for key in list(names):
            names[key] = Unknown(node)
    return unknown

"""Run the tests of the working directory with unittest, and write a JUnit report of them.

usage: run_unittest.py --junit-xml FILE [--coverage FILE DISTRIBUTION] [OPTION]... [NAME]...

Without a NAME (a module, class or method, or a file) tests are discovered in the working directory, which contains only
modules of tests, and in its directories. OPTIONs are those of `python -m unittest`: -k, -f, -b, -c,
-v, -q, -p, --locals. With --coverage, coverage.py measures what its configuration selects, or else the packages of the
distribution, and writes its XML report to that FILE. Exits with 1 if a test failed, with 2 if coverage.py fails, and with
5 if no tests ran.
"""

import argparse
import fnmatch
import glob
import os
import subprocess
import sys
import time
import unittest
from typing import Callable
from xml.etree import ElementTree

import junit
from coverage_options import packages

PATTERN = "test*.py"
# Directories whose tests run first, each a package or with its modules at the top.
DIRECTORIES = ("tests", "test")


class JUnitResult(unittest.TextTestResult):
    """Reports as unittest does, and keeps a `testcase` of each test."""

    # Private to unittest, but unchanged since Python 2.
    _exc_info_to_string: Callable[..., str]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []
        self._started = {}

    def startTest(self, test):
        self._started[test.id()] = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._add(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._add(test, "error", err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._add(test, "failure", err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._add(test, "skipped", message=reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._add(test, "skipped", message="expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._add(test, "failure", message="unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            kind, _, _ = err
            is_failure = kind is not None and issubclass(kind, test.failureException)
            self._add(subtest, "failure" if is_failure else "error", err)

    def _add(self, test, kind=None, err=None, message=""):
        group, name = self._names(test)
        case = ElementTree.Element("testcase", classname=junit.clean(group), name=junit.clean(name))
        case.set("time", "%.3f" % (time.monotonic() - self._started.get(test.id(), time.monotonic())))
        if kind is not None:
            if err is not None:
                message = "%s: %s" % (err[0].__name__, err[1])
            part = ElementTree.SubElement(case, kind, message=junit.clean(message))
            if err is not None:
                part.text = junit.clean(self._exc_info_to_string(err, getattr(test, "test_case", test)))
        self.cases.append(case)

    @staticmethod
    def _names(test):
        """The class and name of a test. A placeholder for a module or class that cannot be set up has no class."""
        if isinstance(test, unittest.TestCase):
            case = getattr(test, "test_case", test)
            group = "%s.%s" % (type(case).__module__, type(case).__qualname__)
            return group, test.id()[len(group) + 1 :] if test.id().startswith(group + ".") else test.id()
        return "", test.id()


def module_name(name):
    """The module name of a file; other names are returned unchanged."""
    if not (name.endswith(".py") and os.path.isfile(name)):
        return name
    return os.path.relpath(name)[: -len(".py")].replace(os.sep, ".")


class Finder(unittest.TestLoader):
    """Also finds modules by pytest's names, unless a pattern is given."""

    def _match_path(self, path, full_path, pattern):
        return matches(path, pattern)


def matches(name, pattern):
    return fnmatch.fnmatch(name, pattern) or (pattern == PATTERN and fnmatch.fnmatch(name, "*_test.py"))


def is_package(directory):
    return os.path.isfile(os.path.join(directory, "__init__.py"))


def discovery_roots(directory, pattern):
    """Where to discover tests below a directory: outermost packages, and test modules outside packages.

    Files in a directory of tests that are not in a package are data.
    """
    taken = set()
    for path, directories, names in os.walk(directory):
        directories[:] = sorted(name for name in directories if not name.startswith((".", "__")))
        holds_tests = os.path.basename(path) in DIRECTORIES
        if is_package(path):
            above = os.path.dirname(path)
            if path == directory or not (is_package(above) or above in taken):
                yield path, top_of(path)
        elif holds_tests or any(matches(name, pattern) for name in names):
            taken.add(path)
            yield path, path
        if holds_tests:
            directories[:] = []


def top_of(package):
    """The directory that a package is imported from; for one inside a namespace package it is on PYTHONPATH."""
    for top in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        if os.path.abspath(package).startswith(os.path.join(top, "")):
            return top
    return os.path.dirname(package) or "."


def failed(name, error):
    def raise_it():
        raise error

    raise_it.__name__ = name
    return unittest.FunctionTestCase(raise_it)


def load_module(loader, name):
    try:
        return loader.loadTestsFromName(name)
    except Exception as error:
        return failed(name, error)


def load(loader, names, pattern):
    if names:
        sys.path.insert(0, os.getcwd())
        return loader.loadTestsFromNames([module_name(name) for name in names])
    suite = unittest.TestSuite()
    found = sorted(filter(os.path.isdir, glob.glob("*")), key=lambda name: (name not in DIRECTORIES, name))
    for directory in found:
        for path, top in discovery_roots(directory, pattern):
            # A loader remembers its top-level directory.
            fresh = Finder()
            fresh.testNamePatterns = loader.testNamePatterns
            suite.addTests(fresh.discover(path, pattern=pattern, top_level_dir=top))
    modules = [name for name in sorted(os.listdir(".")) if os.path.isfile(name) and matches(name, pattern)]
    if modules:
        sys.path.insert(0, os.getcwd())
        suite.addTests(load_module(loader, module_name(name)) for name in modules)
    return suite


def run_tests(options):
    loader = unittest.TestLoader()
    if options.k:
        loader.testNamePatterns = [each if "*" in each else "*%s*" % each for each in options.k]
    if options.catch:
        unittest.installHandler()
    runner = unittest.TextTestRunner(
        resultclass=JUnitResult,
        verbosity=2 if options.verbose else 0 if options.quiet else 1,
        failfast=options.failfast,
        buffer=options.buffer,
        tb_locals=options.locals,
    )
    started = time.monotonic()
    result = runner.run(load(loader, options.names, options.pattern))
    assert isinstance(result, JUnitResult)
    junit.write(options.junit_xml, "unittest", result.cases, time.monotonic() - started)
    if not result.wasSuccessful():
        return 1
    if not result.cases:
        print("no tests ran", file=sys.stderr)
        return 5
    return 0


def measure(report, distribution, arguments):
    """Run this script again under coverage.py. A failure to write the report matters only if the tests passed."""
    coverage = [sys.executable, "-s", "-B", "-m", "coverage"]
    names = packages(distribution)
    source = ["--source=" + ",".join(names)] if names else []
    code = subprocess.call([*coverage, "run", *source, __file__, *arguments])
    if glob.glob(".coverage.*"):
        subprocess.call([*coverage, "combine"])
    reported = subprocess.call([*coverage, "xml", "-o", report])
    return code or reported


def main():
    parser = argparse.ArgumentParser(prog="run_unittest.py", usage=__doc__, add_help=False)
    parser.add_argument("--junit-xml", required=True)
    parser.add_argument("--coverage", nargs=2)
    parser.add_argument("-k", action="append", default=[])
    parser.add_argument("-f", "--failfast", action="store_true")
    parser.add_argument("-b", "--buffer", action="store_true")
    parser.add_argument("-c", "--catch", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-p", "--pattern", default=PATTERN)
    parser.add_argument("--locals", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    # Tests must not import from the directory of this script.
    sys.path[:1] = []
    if options.coverage is not None:
        at = sys.argv.index("--coverage")
        report, distribution = options.coverage
        return measure(report, distribution, sys.argv[1:at] + sys.argv[at + 3 :])
    sys.argv[1:] = []
    return run_tests(options)


if __name__ == "__main__":
    sys.exit(main())

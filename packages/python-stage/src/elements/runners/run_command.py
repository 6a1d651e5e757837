"""Run a test command, and write a JUnit report if it writes none.

usage: run_command.py --junit-xml FILE --name NAME COMMAND [ARGUMENT]...

COMMAND is run by `sh`, with the ARGUMENTs in place of `"$@"`, or appended. If it does not write FILE, a report is written
with a single test case: the command with its output, which failed if its exit code is not 0. Exits with that exit code.
"""

import argparse
import os
import subprocess
import sys
import time
from xml.etree import ElementTree

import junit

# How many bytes of the end of the output a report contains.
KEPT = 1 << 20


def run(command, arguments):
    """The exit code, and the end of the output, which is also written to stdout as it arrives."""
    appended = arguments and "$@" not in command
    argv = ["sh", "-c", command + ' "$@"' if appended else command, "sh", *arguments]
    kept = bytearray()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        while True:
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                break
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            kept += chunk
            del kept[:-KEPT]
    # The exit code that a shell reports for a process ended by a signal.
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return code, kept.decode("utf-8", "replace")


def case_of(name, command, code, output, seconds):
    case = ElementTree.Element(
        "testcase", classname=junit.clean(name), name=junit.clean(command), time="%.3f" % seconds
    )
    if code != 0:
        ElementTree.SubElement(case, "failure", message="exit code %d" % code)
    ElementTree.SubElement(case, "system-out").text = junit.clean(output)
    return case


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--junit-xml", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    started = time.monotonic()
    code, output = run(options.command, options.arguments)
    if not os.path.exists(options.junit_xml):
        seconds = time.monotonic() - started
        case = case_of(options.name, options.command, code, output, seconds)
        junit.write(options.junit_xml, options.name, [case], seconds)
    return code


if __name__ == "__main__":
    sys.exit(main())

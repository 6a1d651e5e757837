"""Prints the compatibility tags of an interpreter on another machine, as JSON. Runs in the tools environment.

Input (stdin), a JSON object: `python`, its major and minor version; `implementation`, `cpython` or `pypy`; `abi`, such as
cp312 or pypy310_pp73; `platforms`, platform tags of its machine, checked by the caller, best first.
A platform includes everything that it can run: an older C library (PEP 600, PEP 656) or an older macOS.
"""

import json
import re
import sys

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

# The legacy names of PEP 513, PEP 571 and PEP 599 by their version of glibc.
LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def manylinux(minor, arch):
    oldest = 5 if arch in ("x86_64", "i686") else 17
    for age in range(minor, oldest - 1, -1):
        yield "manylinux_2_%d_%s" % (age, arch)
        if age in LEGACY_MANYLINUX:
            yield "%s_%s" % (LEGACY_MANYLINUX[age], arch)


def expanded(platform):
    match = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if match:
        return manylinux(int(match[1]), match[2])
    match = re.fullmatch(r"(manylinux\d+)_(\w+)", platform)
    if match:
        [minor] = [minor for minor, name in LEGACY_MANYLINUX.items() if name == match[1]]
        return manylinux(minor, match[2])
    match = re.fullmatch(r"musllinux_(\d+)_(\d+)_(\w+)", platform)
    if match:
        return ["musllinux_%s_%d_%s" % (match[1], age, match[3]) for age in range(int(match[2]), -1, -1)]
    match = re.fullmatch(r"macosx_(\d+)_(\d+)_(\w+)", platform)
    if match:
        return mac_platforms((int(match[1]), int(match[2])), match[3])
    return [platform]


def main():
    job = json.load(sys.stdin)
    python, abi = tuple(job["python"]), job["abi"]
    platforms = list(dict.fromkeys(tag for platform in job["platforms"] for tag in expanded(platform)))
    if job["implementation"] == "cpython":
        own = list(cpython_tags(python, [abi], platforms))
        own += compatible_tags(python, "cp%d%d" % python, platforms)
    else:
        interpreter = "pp%d%d" % python
        own = [Tag(interpreter, each, platform) for each in (abi, "none") for platform in platforms]
        own += compatible_tags(python, "pp%d" % python[0], platforms)
    json.dump([str(tag) for tag in own], sys.stdout)


if __name__ == "__main__":
    main()

"""Describes the interpreter that runs this script, as JSON on stdout. CPython 3.8 or later, or another Python 3.

Compatibility tags follow PEP 425, PEP 600 (manylinux), PEP 656 (musllinux) and PyPA's platform compatibility tags.
"""

import json
import os
import platform
import site
import struct
import subprocess
import sys
import sysconfig


def implementation_version():
    info = sys.implementation.version
    version = "{0.major}.{0.minor}.{0.micro}".format(info)
    if info.releaselevel != "final":
        version += info.releaselevel[0] + str(info.serial)
    return version


def markers():
    return {
        "os_name": os.name,
        "sys_platform": sys.platform,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "python_full_version": platform.python_version(),
        "implementation_name": sys.implementation.name,
        "implementation_version": implementation_version(),
    }


def glibc_version():
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
    except (AttributeError, OSError, ValueError):
        return None
    if name != "glibc":
        return None
    major, minor = version.split(".")[:2]
    return int(major), int("".join(filter(str.isdigit, minor)) or 0)


def musl_version():
    """The version that musl's loader prints when it is run without arguments (PEP 656)."""
    try:
        with open(sys.executable, "rb") as file:
            head = file.read(4096)
        start = head.find(b"/lib/ld-musl")
        if start < 0:
            return None
        loader = head[start : head.index(b"\0", start)].decode()
        stderr = subprocess.run([loader], check=False, stderr=subprocess.PIPE, universal_newlines=True).stderr
    except (OSError, ValueError):
        return None
    for line in stderr.splitlines():
        if line.startswith("Version "):
            major, minor = line.split()[1].split(".")[:2]
            return int(major), int(minor)
    return None


# The legacy names of PEP 513, PEP 571 and PEP 599 by their version of glibc.
LEGACY_MANYLINUX = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}


def linux_platforms():
    arch = sysconfig.get_platform().replace("-", "_").replace(".", "_").split("_", 1)[1]
    if struct.calcsize("P") == 4:
        arch = {"x86_64": "i686", "aarch64": "armv8l"}.get(arch, arch)
    arches = {"armv8l": ["armv8l", "armv7l"]}.get(arch, [arch])
    for name in arches:
        yield "linux_" + name
    glibc = glibc_version()
    if glibc is not None:
        major, minor = glibc
        oldest = 5 if arch in ("x86_64", "i686") else 17
        if major == 2:
            for age in range(minor, oldest - 1, -1):
                for name in arches:
                    yield "manylinux_2_{}_{}".format(age, name)
                    if (2, age) in LEGACY_MANYLINUX:
                        yield "{}_{}".format(LEGACY_MANYLINUX[2, age], name)
    musl = musl_version()
    if musl is not None:
        for name in arches:
            for age in range(musl[1], -1, -1):
                yield "musllinux_{}_{}_{}".format(musl[0], age, name)


def mac_platforms():
    release, _, arch = platform.mac_ver()
    major, minor = (int(part) for part in [*release.split("."), "0"][:2])
    if (major, minor) == (10, 16):
        # Compatibility mode of an interpreter built against an old SDK: ask for the real version.
        stdout = subprocess.run(
            [sys.executable, "-sS", "-c", "import platform; print(platform.mac_ver()[0])"],
            env={"SYSTEM_VERSION_COMPAT": "0"},
            stdout=subprocess.PIPE,
            universal_newlines=True,
            check=True,
        ).stdout
        major, minor = (int(part) for part in [*stdout.strip().split("."), "0"][:2])
    formats = {"x86_64": ["x86_64", "intel", "fat64", "fat32", "universal2", "universal"]}.get(
        arch, [arch, "universal2"]
    )
    if major < 11:
        for age in range(minor, 3, -1):
            for name in formats:
                yield "macosx_10_{}_{}".format(age, name)
        return
    for age in range(major, 10, -1):
        for name in formats:
            yield "macosx_{}_0_{}".format(age, name)
    for age in range(16, 3, -1):
        for name in formats if arch == "x86_64" else ["universal2"]:
            yield "macosx_10_{}_{}".format(age, name)


def platforms():
    if sys.platform.startswith("linux"):
        return list(linux_platforms())
    if sys.platform == "darwin":
        return list(mac_platforms())
    return [sysconfig.get_platform().replace("-", "_").replace(".", "_")]


def cpython_abis():
    version = "{}{}".format(*sys.version_info[:2])
    threaded = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") and sys.version_info >= (3, 13) else ""
    debug = "d" if hasattr(sys, "gettotalrefcount") or sysconfig.get_config_var("Py_DEBUG") else ""
    abis = ["cp" + version + threaded + debug]
    if debug:
        abis.append("cp" + version + threaded)
    return abis, threaded


def tags():
    major, minor = sys.version_info[:2]
    everywhere = platforms()
    interpreter = {"cpython": "cp", "pypy": "pp"}.get(sys.implementation.name, sys.implementation.name)
    interpreter += "{}{}".format(major, minor)
    if sys.implementation.name == "cpython":
        abis, threaded = cpython_abis()
        for abi in abis:
            for name in everywhere:
                yield interpreter, abi, name
        if not threaded:
            for name in everywhere:
                yield interpreter, "abi3", name
        for name in everywhere:
            yield interpreter, "none", name
        if not threaded:
            for older in range(minor - 1, 1, -1):
                for name in everywhere:
                    yield "cp{}{}".format(major, older), "abi3", name
    else:
        parts = (sysconfig.get_config_var("SOABI") or "none").split("-")
        abi = "_".join(parts[:2]).replace(".", "_").replace("-", "_")
        for each in [abi, "none"] if abi != "none" else ["none"]:
            for name in everywhere:
                yield interpreter, each, name
    pythons = ["py{}{}".format(major, minor), "py{}".format(major)]
    pythons += ["py{}{}".format(major, older) for older in range(minor - 1, -1, -1)]
    for python in pythons:
        for name in everywhere:
            yield python, "none", name
    if sys.implementation.name == "cpython":
        yield interpreter, "none", "any"
    else:
        yield "pp3" if sys.implementation.name == "pypy" else interpreter, "none", "any"
    for python in pythons:
        yield python, "none", "any"


def libraries():
    """The files of a shared libpython, if the interpreter was built with one."""
    directory = sysconfig.get_config_var("LIBDIR")
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") or not directory:
        return []
    names = {sysconfig.get_config_var(name) for name in ("INSTSONAME", "LDLIBRARY", "PY3LIBRARY")}
    paths = [os.path.join(directory, name) for name in names if name]
    return sorted(path for path in paths if os.path.exists(path))


def describe():
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    stdlib = [sysconfig.get_path("stdlib", vars=base), sysconfig.get_path("platstdlib", vars=base)]
    prefixes = [sys.base_prefix, sys.base_exec_prefix]
    return {
        "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
        "version": platform.python_version(),
        "implementation": sys.implementation.name,
        "soabi": sysconfig.get_config_var("SOABI") or "",
        "abiFlags": getattr(sys, "abiflags", ""),
        "basePrefix": sys.base_prefix,
        "baseExecPrefix": sys.base_exec_prefix,
        "stdlib": sorted(set(stdlib)),
        "sitePackages": sorted(set(site.getsitepackages(prefixes))),
        "libraries": libraries(),
        "markers": markers(),
        "tags": ["-".join(tag) for tag in tags()],
    }


if __name__ == "__main__":
    json.dump(describe(), sys.stdout)

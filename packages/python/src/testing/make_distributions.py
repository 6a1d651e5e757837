"""Writes small wheels and sdists. Arguments: a directory, and JSON [{name, version, format, requires, static, hook, build}].

An sdist brings its own backend, in its tree, which answers `hook` to get_requires_for_build_wheel and leaves a file
named by the environment variable RAN wherever it is run.
"""

import io
import json
import sys
import tarfile
import zipfile

BACKEND = """
import os
if os.environ.get("RAN"):
    open(os.environ["RAN"], "a").write("{name}\\n")

def get_requires_for_build_wheel(config_settings=None):
    return {hook!r}

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    for module in {imports!r}:
        __import__(module)
    name = "{name}-{version}.dist-info"
    os.mkdir(os.path.join(directory, name))
    open(os.path.join(directory, name, "METADATA"), "w").write({metadata!r})
    return name

def build_wheel(directory, config_settings=None, metadata_directory=None):
    import zipfile
    name = "{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr("{name}.py", "")
        archive.writestr("{name}-{version}.dist-info/METADATA", {metadata!r})
    return name
"""


def metadata(spec):
    lines = ["Metadata-Version: 2.1" if spec["format"] == "wheel" else "Metadata-Version: 2.2"]
    lines += ["Name: " + spec["name"], "Version: " + spec["version"]]
    lines += ["Requires-Dist: " + requirement for requirement in spec.get("requires", [])]
    return "\n".join(lines) + "\n"


def wheel(directory, spec):
    tag = spec.get("tag", "py3-none-any")
    info = "{name}-{version}.dist-info".format(**spec)
    path = "{}/{}-{}-{}.whl".format(directory, spec["name"], spec["version"], tag)
    members = {
        spec["name"] + ".py": "VERSION = %r\n" % spec["version"],
        info + "/METADATA": metadata(spec),
        info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: %s\n" % tag,
    }
    members[info + "/RECORD"] = "".join("%s,,\n" % name for name in [*members, info + "/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)


def sdist(directory, spec):
    stem = "{name}-{version}".format(**spec)
    known = metadata(spec) if spec.get("static") else metadata(spec).replace("2.2", "2.1").split("Requires-Dist")[0]
    members = {
        "PKG-INFO": known,
        "pyproject.toml": '[build-system]\nrequires = %s\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        % json.dumps(spec.get("build", [])),
        "backend.py": BACKEND.format(
            name=spec["name"],
            version=spec["version"],
            hook=spec.get("hook", []),
            imports=spec.get("imports", []),
            metadata=metadata(spec),
        ),
    }
    with tarfile.open("%s/%s.tar.gz" % (directory, stem), "w:gz") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(stem + "/" + name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


for each in json.loads(sys.argv[2]):
    (wheel if each["format"] == "wheel" else sdist)(sys.argv[1], each)

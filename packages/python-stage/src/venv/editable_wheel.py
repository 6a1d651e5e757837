"""Make editable wheels from built ones: modules that are in the source directory are imported from there.

usage: editable_wheel.py < JSON

The JSON is a list of {wheel, name, project, files, out}: the path of a wheel's bytes, the wheel's file name, the absolute
path of the project, the paths of its files relative to it, and the path of the new wheel. No backend runs: the source of
a member of the wheel is found by its bytes and its path. Members without a source (compiled extensions, generated
modules) stay in the wheel, and are importable beside the sources. Writes a JSON list of {built}: the names of these members.
"""

import hashlib
import json
import os
import posixpath
import re
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections import defaultdict
from pathlib import Path

FINDER = '''\
"""Finds packages whose files are in more than one place, or under another name."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from os.path import dirname, isfile, join

# Directories by the names of packages: the first is that of the sources, others are relative to this file.
PACKAGES = {packages}


class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name not in PACKAGES:
            return None
        places = [join(dirname(__file__), place) for place in PACKAGES[name]]
        init = join(places[0], "__init__.py")
        if isfile(init):
            return spec_from_file_location(name, init, submodule_search_locations=places)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = places
        return spec


sys.meta_path.insert(0, Finder)
'''


def split(path):
    return posixpath.dirname(path), posixpath.basename(path)


class Sources:
    """The files of a project, by name and content."""

    def __init__(self, project, files):
        self.project = project
        self.directories = defaultdict(set)
        for file in files:
            directory, name = split(file)
            self.directories[name].add(directory)

    def has(self, directory, name):
        return directory in self.directories[name]

    def holds(self, directory, name, data):
        path = Path(self.project, directory, name)
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data

    def home(self, directory, members):
        """The directory that the members of a wheel's `directory` (names to bytes) come from, or None."""
        scores = defaultdict(int)
        for name, data in members.items():
            for place in self.directories.get(name, ()):
                if self.holds(place, name, data):
                    scores[place] += 2
                elif is_end(directory, place):
                    scores[place] += 1
        ranked = sorted(scores, key=lambda place: (-scores[place], not is_end(directory, place), len(place), place))
        return ranked[0] if ranked else None


def is_end(directory, place):
    """Whether a directory of a project has the name that a package has in the wheel."""
    return place == directory or place.endswith("/" + directory) or directory == ""


class Layout:
    """Where the members of a wheel that are imported come from."""

    def __init__(self, sources, members):
        by_directory = defaultdict(dict)
        for path, data in members.items():
            directory, name = split(path)
            by_directory[directory][name] = data
        self.paths, self.packages, self.built = set(), {}, []
        self.homes = {
            directory: sources.home(directory, found) for directory, found in by_directory.items() if directory != ""
        }
        for name, data in sorted(by_directory.get("", {}).items()):
            self._module(sources, name, data)
        for directory in sorted(self.homes):
            self._package(sources, directory, by_directory[directory])

    def _module(self, sources, name, data):
        home = sources.home("", {name: data})
        if home is None:
            self.built.append(name)
        elif name.endswith(".py") and sources.has(home, name):
            self.paths.add(home)

    def _package(self, sources, directory, found):
        home = self.homes[directory]
        built = [name for name in found if home is None or not sources.has(home, name)]
        self.built.extend(posixpath.join(directory, name) for name in built)
        if home is None:
            self._extend(directory)
            return
        parent, name = split(directory)
        known = self.homes.get(parent)
        if known is not None:
            if home != posixpath.join(known, name):
                self._add(directory, home)
        elif is_end(directory, home):
            self.paths.add(home[: -len(directory)].rstrip("/"))
        else:
            self._add(directory, home)
        if built:
            self._add(directory, home)
            self.packages[dotted(directory)].append(directory)

    def _extend(self, directory):
        """Extends the nearest parent package with sources, so that members that only the wheel has are found."""
        parent = posixpath.dirname(directory)
        while parent:
            home = self.homes.get(parent)
            if home is not None:
                self._add(parent, home)
                if parent not in self.packages[dotted(parent)]:
                    self.packages[dotted(parent)].append(parent)
                return
            parent = posixpath.dirname(parent)

    def _add(self, directory, home):
        self.packages.setdefault(dotted(directory), [home])


def dotted(directory):
    return directory.replace("/", ".")


def importable(archive, info):
    """The members that are installed into site-packages, by their paths there."""
    found = {}
    for name in archive.namelist():
        path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", name)
        if name.endswith("/") or name.startswith(info + "/") or re.match(r"[^/]+\.data/", path):
            continue
        found[path] = name
    return found


def make(job):
    sources = Sources(job["project"], job["files"])
    with zipfile.ZipFile(job["wheel"]) as archive:
        [info] = {name.split("/")[0] for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/WHEEL", name)}
        names = importable(archive, info)
        layout = Layout(sources, {path: archive.read(name) for path, name in names.items()})
        stem = info[: -len(".dist-info")]
        kept = [names[path] for path in layout.built]
        kept += [name for name in archive.namelist() if name not in names.values() and not name.endswith("/")]
        kept = [name for name in kept if name not in (info + "/RECORD", info + "/RECORD.jws")]
        members = [(archive.getinfo(name), archive.read(name)) for name in sorted(kept)]
    write(job, info, members + added(job, info, stem, layout))
    return {"built": sorted(layout.built)}


def added(job, info, stem, layout):
    """The members that make the sources importable, and mark the installation as editable (PEP 610)."""
    project = job["project"]
    lines = [os.path.normpath(os.path.join(project, path)) for path in sorted(layout.paths)]
    direct = {"url": Path(project).as_uri(), "dir_info": {"editable": True}}
    texts = {info + "/direct_url.json": json.dumps(direct, sort_keys=True)}
    packages = {
        name: [os.path.join(project, places[0]), *places[1:]] for name, places in sorted(layout.packages.items())
    }
    if packages:
        module = "__editable___%s_finder" % re.sub(r"\W", "_", stem)
        lines.append("import " + module)
        texts[module + ".py"] = FINDER.format(packages=repr(packages))
    texts["__editable__.%s.pth" % stem] = "".join(line + "\n" for line in lines)
    return [(member(name), text.encode("utf-8")) for name, text in sorted(texts.items())]


def member(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o100644 << 16
    return info


def write(job, info, members):
    """Write the wheel with its RECORD; the same members give the same bytes."""
    record = []
    with zipfile.ZipFile(job["out"], "w") as archive:
        for original, data in members:
            fresh = member(original.filename)
            fresh.external_attr = original.external_attr or fresh.external_attr
            archive.writestr(fresh, data)
            digest = urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
            record.append("%s,sha256=%s,%d\n" % (original.filename, digest, len(data)))
        record.append(info + "/RECORD,,\n")
        archive.writestr(member(info + "/RECORD"), "".join(record))


if __name__ == "__main__":
    json.dump([make(job) for job in json.load(sys.stdin)], sys.stdout)

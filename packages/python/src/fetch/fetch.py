"""Chooses, downloads and verifies distribution files, without running any of them. Runs in the tools environment.

Input (stdin), a JSON object:
  settings: {findLinks, trustedHosts, noIndex, cert?, clientCert?, proxy?, timeout?, keyringProvider?}
  tags: the target's compatibility tags, best first; python: its version
  destination: a directory to download to, absent to choose only
  partials: a directory that outlives this run, for files that are not whole yet, and whole ones of a run that failed
  requests: [{name, version, hashes: ["sha256:..."], format: "wheel" | "sdist" | "any", indexes: [URL], url?}]; no
    hashes: any file will do, of the first index that has one; with a url that file is taken, whatever indexes have.
    Without indexes (and noIndex) the index is unearth's own
  anyIndex: true where without hashes a file of any index will do
  members: true to read pyproject.toml and Cargo.lock out of sdists that are downloaded
  offers: true to only tell what each index of a request has under its name, or find-links of its version if it has one
Output (stdout): one JSON object a line, in the order in which requests end, each with `request` (an index) and either
  {filename, format, sha256, sizeBytes, path, pyproject?, cargoLocks?} or {filename, format, sha256?} without a destination, or
  {offers: [{index, files: {filename: sha256 or null}}]}, or
  {error: "hash", filename, expected, got}, {error: "none"}, {error: "index", message}.
Standard error: what unearth says of indexes that do not answer.
"""

import fcntl
import hashlib
import json
import logging
import os
import ssl
import sys
import tarfile
import tempfile
import threading
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from packaging.requirements import Requirement
from packaging.tags import parse_tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from unearth import Link, Package, PackageFinder, TargetPython, auth
from unearth.collector import collect_links_from_location
from unearth.fetchers import PyPIClient

PARALLEL = 6
ATTEMPTS = 4


class FixedPython(TargetPython):
    """A target whose tags were computed by the target itself."""

    def __init__(self, version, tags):
        super().__init__(py_ver=Version(version).release)
        self.fixed = [tag for text in tags for tag in parse_tag(text)]

    def supported_tags(self):
        return self.fixed


def client_of(settings):
    verify = True
    if settings.get("cert"):
        verify = ssl.create_default_context(cafile=settings["cert"])
    options = {}
    if settings.get("proxy"):
        options["proxy"] = settings["proxy"]
    client = PyPIClient(
        trusted_hosts=settings["trustedHosts"],
        verify=verify,
        cert=settings.get("clientCert"),
        timeout=settings.get("timeout", 30),
        follow_redirects=True,
        **options,
    )
    return client


class Chooser:
    def __init__(self, job):
        settings = job["settings"]
        self.settings = settings
        self.any_index = job["anyIndex"]
        self.client = client_of(settings)
        self.target = target = FixedPython(job["python"], job["tags"])
        urls = sorted({url for request in job["requests"] for url in request["indexes"]})
        auth.KEYRING_DISABLED = settings.get("keyringProvider") == "disabled"
        self.client.auth = auth.MultiDomainBasicAuth(prompting=False, index_urls=urls)
        self.ranks = {tag: rank for rank, tag in enumerate(target.fixed)}
        self.turns, self.turns_lock = {}, threading.Lock()

    def turn(self, path):
        """A lock for a file that is downloaded to."""
        with self.turns_lock:
            return self.turns.setdefault(path, threading.Lock())

    def finder(self, indexes):
        """What looks through find-links and these indexes alone."""
        settings = self.settings
        hosts = settings["trustedHosts"]
        finder = PackageFinder(self.client, index_urls=indexes, target_python=self.target, trusted_hosts=hosts)
        # unearth has an index of its own for when it is given nothing.
        if settings["noIndex"]:
            finder.sources.clear()
        for link in map(os.path.expanduser, settings["findLinks"]):
            # As to pip, a directory that is not there holds nothing.
            if "://" in link or os.path.exists(link):
                finder.add_find_links(link)
        return finder

    def rank(self, package):
        """Wheels before sdists, wheels by the target's own order; None for what does not fit."""
        link = package.link
        if not link.is_wheel:
            return (1, 0, ())
        _, _, build, tags = parse_wheel_filename(link.filename)
        ranks = [self.ranks[tag] for tag in tags if tag in self.ranks]
        return (0, min(ranks), tuple(-part for part in build[:1])) if ranks else None

    def candidates(self, request):
        """Files of all indexes where hashes tell which is meant, else those of the first index that has any, as for uv."""
        indexes = request["indexes"]
        if request["hashes"] or self.any_index or len(indexes) < 2:
            return self.candidates_of(request, indexes)
        return next(filter(None, (self.candidates_of(request, [index]) for index in indexes)), [])

    def candidates_of(self, request, indexes):
        requirement = Requirement("{name}=={version}".format(**request))
        wanted = Version(request["version"])
        finder = self.finder(indexes)
        found = retried(lambda: list(finder.find_matches(requirement, allow_yanked=True, allow_prereleases=True)))
        fitting = []
        for package in found:
            format = "wheel" if package.link.is_wheel else "sdist"
            if request["format"] not in ("any", format) or Version(package.version) != wanted:
                continue
            rank = self.rank(package)
            if rank is not None:
                fitting.append((rank, package, format))
        return [entry[1:] for entry in sorted(fitting, key=lambda entry: entry[0])]

    def choose(self, request):
        """The best file whose hash is wanted; a file of unknown hash may be it, and is checked when it is there."""
        candidates = self.candidates(request)
        allowed = {hash.split(":", 1)[1] for hash in request["hashes"]}
        unlocked = None
        for package, format in candidates:
            sha256 = sha256_of(package.link)
            if not allowed or sha256 is None or sha256 in allowed:
                return {"package": package, "format": format, "sha256": sha256}
            if unlocked is None:
                unlocked = (package, sha256)
        if unlocked is not None:
            package, sha256 = unlocked
            raise Refused(
                {"error": "hash", "filename": package.link.filename, "expected": sorted(allowed), "got": sha256}
            )
        raise Refused({"error": "none"})

    def offers(self, request):
        """What each index has under a name, whatever it is for; without a version, and of find-links where it has one."""
        if request["version"]:
            return {"offers": [{"index": "find-links", "files": self.linked(request)}]}
        answer = []
        for index in request["indexes"]:
            page = Link(index.rstrip("/") + "/" + canonicalize_name(request["name"]) + "/")
            files = {link.filename: sha256_of(link) for link in self.links_of(page)}
            if files:
                answer.append({"index": index, "files": files})
        return {"offers": answer}

    def links_of(self, page, expand=False):
        links = retried(lambda: list(collect_links_from_location(self.client, page, expand=expand)))
        return [link for link in links if link is not page]

    def linked(self, request):
        """The files of one version that find-links has; those whose hash no page tells are looked at."""
        files = {}
        for source in self.finder([]).sources:
            if source["type"] != "find_links":
                continue
            place = source["url"]
            page = Link(place) if "://" in place else Link.from_path(os.path.abspath(place))
            for link in self.links_of(page, expand=True):
                if version_of(link, request["name"]) == Version(request["version"]):
                    files[link.filename] = sha256_of(link) or self.downloaded_sha256(link)
        return files

    def downloaded_sha256(self, link):
        with tempfile.TemporaryDirectory() as directory:
            return retried(lambda: download(self.client, link, os.path.join(directory, "file")))[0]


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(answer["error"])
        self.answer = answer


def retried(action, progress=lambda: 0):
    """What fails for the moment is tried again, after a while that doubles for as long as there is no progress."""
    attempt, reached = 0, progress()
    while True:
        try:
            return action()
        except Refused:
            raise
        except Exception:
            before, reached = reached, progress()
            attempt = 0 if reached > before else attempt + 1
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.5 * 2**attempt)


def sha256_of(link):
    return ((link.hash_option or {}).get("sha256") or [None])[0]


def version_of(link, name):
    """The version of a file of that distribution; None for a file of another."""
    parse = parse_wheel_filename if link.is_wheel else parse_sdist_filename
    try:
        parsed = parse(link.filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return parsed[1] if parsed[0] == canonicalize_name(name) else None


def download(client, link, path):
    """Downloads to `path`, going on where an earlier attempt ended if the server can (RFC 9110, "Range Requests")."""
    have = os.path.getsize(path) if os.path.exists(path) else 0
    # A file is served as it is: what was compressed on the way could not be continued.
    headers = {"Accept-Encoding": "identity"}
    if have > 0:
        headers["Range"] = "bytes=%d-" % have
    with client.get_stream(link.normalized, headers=headers) as response:
        if have > 0 and response.status_code == 416:
            # There is nothing behind what is here: it is whole, or another file.
            return hashed(path)
        response.raise_for_status()
        goes_on = response.status_code == 206 and response.headers.get("content-range", "").startswith("bytes %d-" % have)
        if not goes_on:
            # What is there may be linked to from elsewhere.
            remove(path)
        with open(path, "ab") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
    return hashed(path)


def hashed(path):
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def remove(path):
    if os.path.exists(path):
        os.unlink(path)


def obtain(client, link, path, sha256):
    """A file at `path` that is new or was continued. What was continued and is wrong is downloaded once more, whole."""

    def attempt():
        if sha256 is None:
            # Whether two parts are of one file, nothing would tell.
            remove(path)
        return download(client, link, path)

    def size():
        return os.path.getsize(path) if os.path.exists(path) else 0

    was_there = os.path.exists(path)
    if was_there and sha256 is not None:
        got = hashed(path)
        if got[0] == sha256:
            return got
    got = retried(attempt, size if sha256 is not None else lambda: 0)
    if was_there and got[0] != sha256:
        remove(path)
        got = retried(attempt)
    return got


class Partials:
    """Downloads of known hash that outlive a run that fails. Those of one that ends well are cleared away by it."""

    def __init__(self, directory):
        self.directory, self.used = directory, set()

    @contextmanager
    def kept(self, sha256):
        """The place of a download, for one process at a time; None where another has it, or none is kept."""
        if self.directory is None or sha256 is None:
            yield None
            return
        with self.locked(sha256) as path:
            if path is not None:
                self.used.add(sha256)
            yield path

    def clear(self):
        """What another process has by now is its to clear away."""
        for sha256 in self.used:
            with self.locked(sha256) as path:
                if path is not None:
                    remove(path)
                    os.unlink(path + ".lock")

    @contextmanager
    def locked(self, sha256):
        path = os.path.join(self.directory, sha256)
        while True:
            with open(path + ".lock", "w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield None
                    return
                # A lock on a file that was unlinked between the two calls keeps nobody out.
                if is_at(lock, path + ".lock"):
                    yield path
                    return


def is_at(file, path):
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def members_of(path):
    """The texts of files called pyproject.toml or Cargo.lock of an sdist, by their paths below its top."""
    texts = {}

    def take(name, read):
        inner = (name[2:] if name.startswith("./") else name).partition("/")[2]
        if inner.rpartition("/")[2] in ("pyproject.toml", "Cargo.lock"):
            texts[inner] = read().decode("utf-8", "replace")

    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                take(name, lambda: archive.read(name))
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    take(member.name, lambda: archive.extractfile(member).read())
    return texts


def direct(request):
    link = Link(request["url"])
    return {"package": Package("", None, link), "format": "wheel" if link.is_wheel else "sdist", "sha256": None}


def serve(job, chooser, partials, request):
    if job.get("offers"):
        return chooser.offers(request)
    chosen = direct(request) if request.get("url") else chooser.choose(request)
    link = chosen["package"].link
    answer = {"filename": os.path.basename(link.filename), "format": chosen["format"]}
    if job.get("destination") is None:
        return dict(answer, sha256=chosen["sha256"])
    path = os.path.join(job["destination"], answer["filename"])
    allowed = sorted(hash.split(":", 1)[1] for hash in request["hashes"])
    # Requests that come to the same file: the second one finds it there.
    with chooser.turn(path), partials.kept(chosen["sha256"]) as partial:
        at = partial or path
        sha256, size = obtain(chooser.client, link, at, chosen["sha256"])
        if (allowed and sha256 not in allowed) or chosen["sha256"] not in (None, sha256):
            remove(at)
            raise Refused(
                {
                    "error": "hash",
                    "filename": answer["filename"],
                    "expected": [chosen["sha256"]] if chosen["sha256"] else allowed,
                    "got": sha256,
                }
            )
        if at != path:
            remove(path)
            os.link(at, path)
    answer.update(sha256=sha256, sizeBytes=size, path=path)
    if job.get("members") and chosen["format"] == "sdist":
        texts = members_of(path)
        answer["pyproject"] = texts.get("pyproject.toml")
        answer["cargoLocks"] = {name: text for name, text in texts.items() if name.endswith("Cargo.lock")}
    return answer


def main():
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    job = json.load(sys.stdin)
    chooser, partials = Chooser(job), Partials(job.get("partials"))
    write_lock = threading.Lock()

    def run(index):
        try:
            answer = serve(job, chooser, partials, job["requests"][index])
        except Refused as refusal:
            answer = refusal.answer
        except Exception as error:
            answer = {"error": "index", "message": "{}: {}".format(type(error).__name__, error)}
        with write_lock:
            sys.stdout.write(json.dumps(dict(answer, request=index)) + "\n")
            sys.stdout.flush()
        return "error" not in answer

    with ThreadPoolExecutor(PARALLEL) as pool:
        answered = list(pool.map(run, range(len(job["requests"]))))
    if all(answered):
        partials.clear()


if __name__ == "__main__":
    main()

"""Chooses, downloads and verifies distribution files, without running any of them. Runs in the tools environment.

Input (stdin), a JSON object:
  settings: {findLinks, trustedHosts, noIndex, cert?, clientCert?, proxy?, timeout?, retries?, keyringProvider?}
  tags: the target's compatibility tags, best first; python: its version
  destination: a directory to download to, absent to choose only
  partials: a directory that outlives this run, for files that are not whole yet, and whole ones of a run that failed
  requests: [{name, version, hashes: ["sha256:..."], format: "wheel" | "sdist" | "any", indexes: [URL], url?, pinned?}]; no
    hashes: any file will do, of the first index that has one; with a url that file is taken, whatever indexes have.
    Without indexes (and noIndex) the index is unearth's own. What is pinned is not looked for in find-links
  members: true to read pyproject.toml and Cargo.lock out of sdists that are downloaded
  offers: true to only tell what each index of a request has under its name; of a request with a version the hashes of
    its files in find-links and on the first index that has any, computed if no page tells them
Output (stdout): one JSON object a line: {received}, the bytes of all files so far, from time to time; and in the order
  in which requests end, each with `request` (an index) and either
  {filename, format, sha256, sizeBytes, path, pyproject?, cargoLocks?} or {filename, format, sha256?} without a destination, or
  {offers: [{index, files: {filename: sha256 or null}}]}, or
  {error: "hash", filename, expected, got}, {error: "none"}, {error: "fault", kind, at, said} for a server that does not
  give what it is asked for (simple_pages.py), {error: "index", message} for anything else.
"""

import fcntl
import functools
import hashlib
import json
import logging
import os
import posixpath
import ssl
import sys
import tarfile
import tempfile
import threading
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

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
from unearth.fetchers import PyPIClient

# An isolated Python does not look beside the script it runs, and leaves nothing there either.
sys.dont_write_bytecode = True
sys.path.append(os.path.dirname(os.path.abspath(__file__)))
from simple_pages import Fault, Pages, status_fault  # noqa: E402

PARALLEL = 6


class FixedPython(TargetPython):
    """A target whose tags were computed by the target itself."""

    def __init__(self, version, tags):
        super().__init__(py_ver=Version(version).release)
        self.fixed = [tag for text in tags for tag in parse_tag(text)]

    def supported_tags(self):
        return self.fixed


def client_of(settings) -> Any:
    verify = True
    if settings.get("cert"):
        verify = ssl.create_default_context(cafile=settings["cert"])
    options = {}
    if settings.get("proxy"):
        options["proxy"] = settings["proxy"]
    return PyPIClient(
        trusted_hosts=settings["trustedHosts"],
        verify=verify,
        cert=settings.get("clientCert"),
        timeout=settings.get("timeout", 30),
        follow_redirects=True,
        **options,
    )


class Chooser:
    def __init__(self, job):
        settings = job["settings"]
        self.settings = settings
        self.client = client_of(settings)
        self.target = target = FixedPython(job["python"], job["tags"])
        urls = sorted({url for request in job["requests"] for url in request["indexes"]})
        auth.KEYRING_DISABLED = settings.get("keyringProvider") == "disabled"
        self.client.auth = auth.MultiDomainBasicAuth(prompting=False, index_urls=urls)
        self.ranks = {tag: rank for rank, tag in enumerate(target.fixed)}
        self.turns, self.turns_lock = {}, threading.Lock()
        self.pages = Pages(self.client, 1 + settings.get("retries", 3))
        hosts = settings["trustedHosts"]
        self.finder = PackageFinder(self.client, target_python=target, trusted_hosts=hosts)

    def turn(self, path):
        """A lock for a file that is downloaded to."""
        with self.turns_lock:
            return self.turns.setdefault(path, threading.Lock())

    def linked(self):
        """The links of find-links."""
        links = []
        for place in map(os.path.expanduser, self.settings["findLinks"]):
            # As to pip, a directory that is not there holds nothing.
            if "://" in place or os.path.exists(place):
                location = Link(place) if "://" in place else Link.from_path(os.path.abspath(place))
                links += self.pages.links(place, location, expand=True)
        return links

    def indexed(self, index, name):
        """The links that an index has under a name."""
        location = Link(posixpath.join(index, canonicalize_name(name)) + "/")
        return self.pages.links(index, location)

    def indexes_of(self, request):
        # unearth has an index of its own for when it is given nothing.
        usual = [] if self.settings["noIndex"] else [source["url"] for source in PackageFinder(self.client).sources]
        return request["indexes"] or usual

    def rank(self, package):
        """Wheels before sdists, wheels by the target's own order; None for what does not fit."""
        link = package.link
        if not link.is_wheel:
            return (1, 0, ())
        _, _, build, tags = parse_wheel_filename(link.filename)
        ranks = [self.ranks[tag] for tag in tags if tag in self.ranks]
        return (0, min(ranks), tuple(-part for part in build[:1])) if ranks else None

    def candidates(self, request):
        """Files of all indexes where hashes tell which is meant, else those of the first index that has any, as for uv;
        and the faults of indexes that were passed over, since a file of the right hash may be had from anywhere."""
        sources = [self.linked] + [
            lambda index=index: self.indexed(index, request["name"]) for index in self.indexes_of(request)
        ]
        is_any = bool(request["hashes"])
        found, faults = [], []
        for source in sources:
            try:
                links = source()
            except Fault as fault:
                if not request["hashes"]:
                    raise
                faults.append(fault)
                continue
            fitting = self.fitting(request, links)
            found += fitting
            if fitting and not is_any and source != self.linked:
                break
        return [entry[1:] for entry in sorted(found, key=lambda entry: entry[0])], faults

    def fitting(self, request, links):
        wanted = Version(request["version"])
        evaluator = self.finder.build_evaluator(request["name"], allow_yanked=True)
        fitting = []
        for package in filter(None, map(evaluator.evaluate_link, links)):
            format = "wheel" if package.link.is_wheel else "sdist"
            if (
                package.version is None
                or request["format"] not in ("any", format)
                or Version(package.version) != wanted
            ):
                continue
            rank = self.rank(package)
            if rank is not None:
                fitting.append((rank, package, format))
        return fitting

    def choose(self, request):
        """The best file whose hash is wanted; a file of unknown hash may be it, and is checked when it is there."""
        candidates, faults = self.candidates(request)
        allowed = {hash.split(":", 1)[1] for hash in request["hashes"]}
        unlocked = None
        for package, format in candidates:
            sha256 = sha256_of(package.link)
            if not allowed or sha256 is None or sha256 in allowed:
                return {"package": package, "format": format, "sha256": sha256}
            if unlocked is None:
                unlocked = (package, sha256)
        if faults:
            raise faults[0]
        if unlocked is not None:
            package, sha256 = unlocked
            raise Refused(
                {"error": "hash", "filename": package.link.filename, "expected": sorted(allowed), "got": sha256}
            )
        raise Refused({"error": "none"})

    def offers(self, request):
        """What each index has under a name, whatever it is for; of a version its files with their hashes."""
        if request["version"]:
            return {"offers": [{"index": "", "files": self.files(request)}]}
        # Pages of find-links that cannot be read are faults here, too: uv takes them for empty ones.
        self.linked()
        answer = []
        for index in self.indexes_of(request):
            files = {link.filename: sha256_of(link) for link in self.indexed(index, request["name"])}
            if files:
                answer.append({"index": index, "files": files})
        return {"offers": answer}

    def files(self, request):
        """The files of one version in find-links and on the first index that has any, hashed if no page tells."""
        name = request["name"]
        sources = [functools.partial(self.indexed, index, name) for index in self.indexes_of(request)]
        if not request.get("pinned"):
            sources.insert(0, functools.partial(self.linked))
        files = {}
        for source in sources:
            own = [link for link in source() if version_of(link, request["name"]) == Version(request["version"])]
            for link in own:
                if link.filename not in files:
                    files[link.filename] = sha256_of(link) or self.downloaded_sha256(link)
            if own and source != self.linked:
                break
        return files

    def downloaded_sha256(self, link):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "file")
            return self.pages.reached(at_of(link), lambda: download(self.client, link, path))[0]


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(answer["error"])
        self.answer = answer


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
        fault = status_fault(at_of(link), response)
        if fault is not None:
            raise fault
        if response.headers.get("content-type", "").startswith("text/html"):
            raise Fault("page", at_of(link), "an HTML page instead of the file")
        goes_on = response.status_code == 206 and response.headers.get("content-range", "").startswith(
            "bytes %d-" % have
        )
        if not goes_on:
            # What is there may be linked to from elsewhere.
            remove(path)
        with open(path, "ab") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
    return hashed(path)


def at_of(link):
    return link.url_without_fragment


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


def obtain(chooser, link, path, sha256):
    """A file at `path` that is new or was continued. What was continued and is wrong is downloaded once more, whole."""

    def attempt():
        if sha256 is None:
            # Whether two parts are of one file, nothing would tell.
            remove(path)
        return download(chooser.client, link, path)

    def size():
        return os.path.getsize(path) if os.path.exists(path) else 0

    was_there = os.path.exists(path)
    if was_there and sha256 is not None:
        got = hashed(path)
        if got[0] == sha256:
            return got
    got = chooser.pages.reached(at_of(link), attempt, size if sha256 is not None else lambda: 0)
    if was_there and got[0] != sha256:
        remove(path)
        got = chooser.pages.reached(at_of(link), attempt)
    return got


class Received:
    """Tells every half second, in a line with `received`, how many bytes of all files are there."""

    EVERY = 0.5

    def __init__(self, tell):
        self.tell, self.told = tell, 0
        self.paths, self.complete, self.lock = set(), 0, threading.Lock()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        self.look()

    @contextmanager
    def at(self, path):
        with self.lock:
            self.paths.add(path)
        try:
            yield
        finally:
            with self.lock:
                self.paths.discard(path)
                self.complete += size_of(path)

    def run(self):
        while not self.stopped.wait(self.EVERY):
            self.look()

    def look(self):
        with self.lock:
            received = self.complete + sum(map(size_of, self.paths))
        if received != self.told:
            self.told = received
            self.tell({"received": received})


def size_of(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


class Partials:
    """Downloads of known hash that outlive a run that fails. Those of one that ends well are cleared away by it."""

    def __init__(self, directory):
        self.directory, self.used = directory, set()

    @contextmanager
    def kept(self, sha256):
        """The place of a download, for one process at a time; None if another has it, or none is kept."""
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
                take(name, functools.partial(archive.read, name))
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    take(member.name, file.read)
    return texts


def direct(request):
    link = Link(request["url"])
    return {"package": Package("", None, link), "format": "wheel" if link.is_wheel else "sdist", "sha256": None}


def serve(job, chooser, partials, received, request):
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
        with received.at(at):
            sha256, size = obtain(chooser, link, at, chosen["sha256"])
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

    def tell(line):
        with write_lock:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()

    received = Received(tell)

    def run(index):
        try:
            answer = serve(job, chooser, partials, received, job["requests"][index])
        except Refused as refusal:
            answer = refusal.answer
        except Fault as fault:
            answer = {"error": "fault", "kind": fault.kind, "at": fault.at, "said": fault.said}
        except Exception as error:
            answer = {"error": "index", "message": "{}: {}".format(type(error).__name__, error)}
        tell(dict(answer, request=index))
        return "error" not in answer

    with received, ThreadPoolExecutor(PARALLEL) as pool:
        answered = list(pool.map(run, range(len(job["requests"]))))
    if all(answered):
        partials.clear()


if __name__ == "__main__":
    main()

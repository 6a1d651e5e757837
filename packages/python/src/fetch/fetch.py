"""Chooses, downloads and verifies distribution files, without running any of them. Runs in the tools environment.

Input (stdin), a JSON object:
  settings: {indexUrl?, extraIndexUrls, findLinks, trustedHosts, noIndex, cert?, clientCert?, proxy?, timeout?}
  tags: the target's compatibility tags, best first; python: its version
  destination: a directory to download to, absent to choose only
  requests: [{name, version, hashes: ["sha256:..."], format: "wheel" | "sdist" | "any", url?}]; no hashes: any file will
    do; with a url that file is taken, whatever indexes have
  pyproject: true to read pyproject.toml out of sdists that are downloaded
Output (stdout): one JSON object a line, in the order in which requests end, each with `request` (an index) and either
  {filename, format, sha256, sizeBytes, path, pyproject?} or {filename, format, sha256?} without a destination, or
  {error: "hash", filename, expected, got}, {error: "none"}, {error: "index", message}.
Standard error: what unearth says of indexes that do not answer.
"""

import hashlib
import json
import logging
import os
import ssl
import sys
import tarfile
import threading
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

from packaging.requirements import Requirement
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version
from unearth import Link, Package, PackageFinder, TargetPython
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import PyPIClient

PARALLEL = 6
ATTEMPTS = 4


class FixedPython(TargetPython):
    """A target whose tags were computed by the target itself."""

    def __init__(self, version, tags):
        super().__init__(py_ver=tuple(int(part) for part in version.split(".")[:2]))
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
        indexes = [] if settings["noIndex"] else [url for url in [settings.get("indexUrl")] if url]
        self.client = client_of(settings)
        target = FixedPython(job["python"], job["tags"])
        links = settings["findLinks"]
        # unearth has an index of its own for when it is given nothing.
        self.finder = PackageFinder(
            self.client, index_urls=indexes, target_python=target, trusted_hosts=settings["trustedHosts"]
        )
        if settings["noIndex"]:
            self.finder.sources.clear()
        for url in [] if settings["noIndex"] else settings["extraIndexUrls"]:
            self.finder.add_index_url(url)
        for link in map(os.path.expanduser, links):
            # As to pip, a directory that is not there holds nothing.
            if "://" in link or os.path.exists(link):
                self.finder.add_find_links(link)
        urls = [source["url"] for source in self.finder.sources if source["type"] == "index"]
        self.client.auth = MultiDomainBasicAuth(prompting=False, index_urls=urls)
        self.ranks = {tag: rank for rank, tag in enumerate(target.fixed)}

    def rank(self, package):
        """Wheels before sdists, wheels by the target's own order; None for what does not fit."""
        link = package.link
        if not link.is_wheel:
            return (1, 0, ())
        _, _, build, tags = parse_wheel_filename(link.filename)
        ranks = [self.ranks[tag] for tag in tags if tag in self.ranks]
        return (0, min(ranks), tuple(-part for part in build[:1])) if ranks else None

    def candidates(self, request):
        requirement = Requirement("{name}=={version}".format(**request))
        wanted = Version(request["version"])
        found = retried(lambda: list(self.finder.find_matches(requirement, allow_yanked=True, allow_prereleases=True)))
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


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(answer["error"])
        self.answer = answer


def retried(action):
    """What fails for the moment is tried again, after a while that doubles."""
    for attempt in range(ATTEMPTS):
        try:
            return action()
        except Refused:
            raise
        except Exception:
            if attempt + 1 == ATTEMPTS:
                raise
            time.sleep(0.5 * 2**attempt)
    raise AssertionError


def sha256_of(link):
    return ((link.hash_option or {}).get("sha256") or [None])[0]


def download(client, link, path):
    digest, size = hashlib.sha256(), 0
    with client.get_stream(link.normalized) as response, open(path, "wb") as file:
        response.raise_for_status()
        for chunk in response.iter_bytes(1 << 16):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return digest.hexdigest(), size


def pyproject_of(path):
    """The text of the pyproject.toml at the top of an sdist; None where it has none."""
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.count("/") == 1 and name.endswith("/pyproject.toml"):
                    return archive.read(name).decode("utf-8")
        return None
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name[2:] if member.name.startswith("./") else member.name
            if member.isfile() and name.count("/") == 1 and name.endswith("/pyproject.toml"):
                return archive.extractfile(member).read().decode("utf-8")
    return None


def direct(request):
    link = Link(request["url"])
    return {"package": Package("", None, link), "format": "wheel" if link.is_wheel else "sdist", "sha256": None}


def serve(job, chooser, request):
    chosen = direct(request) if request.get("url") else chooser.choose(request)
    link = chosen["package"].link
    answer = {"filename": os.path.basename(link.filename), "format": chosen["format"]}
    if job.get("destination") is None:
        return dict(answer, sha256=chosen["sha256"])
    path = os.path.join(job["destination"], answer["filename"])
    sha256, size = retried(lambda: download(chooser.client, link, path))
    allowed = sorted(hash.split(":", 1)[1] for hash in request["hashes"])
    if (allowed and sha256 not in allowed) or chosen["sha256"] not in (None, sha256):
        os.unlink(path)
        raise Refused(
            {
                "error": "hash",
                "filename": answer["filename"],
                "expected": [chosen["sha256"]] if chosen["sha256"] else allowed,
                "got": sha256,
            }
        )
    answer.update(sha256=sha256, sizeBytes=size, path=path)
    if job.get("pyproject") and chosen["format"] == "sdist":
        answer["pyproject"] = pyproject_of(path)
    return answer


def main():
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    job = json.load(sys.stdin)
    chooser = Chooser(job)
    write_lock = threading.Lock()

    def run(index):
        try:
            answer = serve(job, chooser, job["requests"][index])
        except Refused as refusal:
            answer = refusal.answer
        except Exception as error:
            answer = {"error": "index", "message": "{}: {}".format(type(error).__name__, error)}
        with write_lock:
            sys.stdout.write(json.dumps(dict(answer, request=index)) + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(run, range(len(job["requests"]))))


if __name__ == "__main__":
    main()

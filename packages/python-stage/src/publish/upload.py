"""Uploads distributions to an index with twine, and overwrites nothing.

Standard input: {files: [{filename, path, name, sha256}], repository, url, check, dryRun}; `repository` is a name in
.pypirc, `url` a URL, one of them null; `check` is the URL of the index's pages, null for the usual one.
Twine finds the credentials: in its variables, .pypirc or the keyring. Standard output: a line of JSON for each file,
{status: "uploaded" | "would upload" | "there"} or {status: "other", found} or {status: "error", message}.
"""

import argparse
import contextlib
import hashlib
import html.parser
import json
import os
import sys
import urllib.parse

import requests
from twine import exceptions, settings
from twine.commands import upload

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.hrefs = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.hrefs += [value for key, value in attrs if key == "href" and value]


class Index:
    """The pages of the index that files are uploaded to, each read once."""

    def __init__(self, twine, check):
        self.repository = twine.repository_config["repository"]
        self.stated = check is not None
        self.url = (check or urllib.parse.urljoin(self.repository.rstrip("/") + "/", "simple/")).rstrip("/") + "/"
        self.twine = twine
        self.pages = {}

    def get(self, url):
        session = requests.Session()
        same = urllib.parse.urlsplit(url)[:2] == urllib.parse.urlsplit(self.repository)[:2]
        if same:
            # Credentials are sent only to the repository's own host, and only if it requires them.
            response = session.get(url, headers={"Accept": ACCEPT}, verify=self.twine.cacert or True, timeout=60)
            if response.status_code != 401:
                return response
            session.auth = (self.twine.username or "", self.twine.password or "")
        return session.get(url, headers={"Accept": ACCEPT}, verify=self.twine.cacert or True, timeout=60)

    def files(self, name):
        """The files of a project: {filename: (url, {algorithm: digest})}."""
        if name not in self.pages:
            self.pages[name] = self.read(name)
        return self.pages[name]

    def read(self, name):
        response = self.get(urllib.parse.urljoin(self.url, name + "/"))
        if response.status_code == 404 or (not self.stated and response.status_code in (400, 405, 410)):
            return {}
        if urllib.parse.urlsplit(response.url).hostname != urllib.parse.urlsplit(self.url).hostname:
            # The index redirects to another one for projects that it does not have.
            return {}
        response.raise_for_status()
        if "json" in response.headers.get("content-type", ""):
            found = [(each["filename"], each["url"], each["hashes"]) for each in response.json()["files"]]
        else:
            links = Links()
            links.feed(response.text)
            found = []
            for href in links.hrefs:
                url, fragment = urllib.parse.urldefrag(href)
                filename = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])
                found.append((filename, url, dict(urllib.parse.parse_qsl(fragment))))
        return {name: (urllib.parse.urljoin(response.url, url), hashes) for name, url, hashes in found}

    def digest_of(self, file):
        """The SHA-256 of the file of that name on the index; None if there is none."""
        known = self.files(file["name"]).get(file["filename"])
        if known is None:
            return None
        url, hashes = known
        if "sha256" in hashes:
            return hashes["sha256"]
        response = self.get(url)
        response.raise_for_status()
        return hashlib.sha256(response.content).hexdigest()


def parse_settings(request):
    """Twine's own settings, as its command reads them."""
    parser = argparse.ArgumentParser()
    settings.Settings.register_argparse_arguments(parser)
    arguments = ["--non-interactive", "--disable-progress-bar"]
    arguments += ["--repository-url", request["url"]] if request["url"] else ["--repository", request["repository"]]
    return settings.Settings.from_argparse(parser.parse_args(arguments))


def answer(twine, index, file, dry_run):
    found = index.digest_of(file)
    if found is not None:
        return {"status": "there"} if found == file["sha256"] else {"status": "other", "found": found}
    if dry_run:
        return {"status": "would upload"}
    try:
        upload.upload(twine, [file["path"]])
    except requests.HTTPError as error:
        response = error.response
        assert response is not None
        reason = " ".join(str(response.reason or "").split())
        return {"status": "error", "message": "HTTP %d %s" % (response.status_code, reason)}
    return {"status": "uploaded"}


def main():
    request = json.load(sys.stdin)
    answers = []
    # Standard output is for the answers alone; twine prints its progress there.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            twine = parse_settings(request)
            index = Index(twine, request["check"])
            for file in request["files"]:
                # All of them are checked before the first one is uploaded.
                index.digest_of(file)
            refused = [file for file in request["files"] if index.digest_of(file) not in (None, file["sha256"])]
            for file in request["files"]:
                answers.append(answer(twine, index, file, request["dryRun"] or (refused and file not in refused)))
        except (exceptions.TwineException, requests.RequestException, KeyError, OSError) as error:
            answers.append({"status": "error", "message": "%s: %s" % (type(error).__name__, error)})
    for each in answers:
        print(json.dumps(each))


os.environ.setdefault("NO_COLOR", "1")
main()

"""Pages of indexes and find-links, read strictly: an answer is a list of files, or "there is none", or a fault.

What cannot be read is never taken for "none": the name would then be looked up on the next index, which may have another
distribution under it. Only 404 says that an index does not have a name (PEP 503, PEP 691, PEP 708).
"""

import json
import re
import socket
import ssl
import threading
import time
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import httpx2
from unearth import Link
from unearth.collector import (
    IndexPage,
    collect_links_from_location,
    is_secure_origin,
    parse_html_page,
    parse_json_response,
)
from unearth.utils import is_archive_file

JSON = "application/vnd.pypi.simple.v1+json"
HTML = ("text/html", "application/vnd.pypi.simple.v1+html")
ACCEPT = JSON + ", application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
# What pip calls the files of a distribution, old formats included.
FILE = re.compile(r"\.(whl|egg|exe|zip|tgz|tar|tar\.(gz|bz2|xz|Z|lzma))$", re.I)
# How indexes and web servers head a page that may list no file at all.
HEADING = re.compile(r"\b(links for|simple index|index of|directory listing)\b", re.I)
# Kinds of faults that are those of a whole server.
UNREACHABLE = ("dns", "refused", "timeout", "tls", "proxy")


class Fault(Exception):
    """A server that does not give what was asked for. `kind` is one of fetch/index-fault.ts, `at` an address."""

    def __init__(self, kind, at, said):
        super().__init__(said)
        self.kind, self.at, self.said = kind, at, said

    @property
    def is_passing(self):
        """Whether it may be gone in a moment."""
        if self.kind == "status":
            return self.said[:3] in ("408", "425", "429", "500", "502", "503", "504")
        return self.kind in ("dns", "refused", "timeout", "network")


class Pages:
    """The pages of one run, each asked for once; a server that was not reached is not asked again."""

    def __init__(self, client, attempts):
        self.client, self.attempts = client, attempts
        self.known, self.turns, self.unreachable = {}, {}, {}
        self.lock = threading.Lock()

    def links(self, at, location, expand=False):
        """The links of a page. `at`: the index, or the find-links, for messages. Raises Fault."""
        with self.lock:
            turn = self.turns.setdefault(location.url, threading.Lock())
        with turn:
            if location.url not in self.known:
                self.known[location.url] = self.read(at, location, expand)
            return self.known[location.url]

    def read(self, at, location, expand):
        if location.is_file:
            links = self.reached(at, lambda: list(collect_links_from_location(self.client, location, expand=expand)))
            return [link for link in links if link is not location or expand]
        if expand and is_archive_file(location.filename):
            return [location]
        if not is_secure_origin(self.client, location):
            raise Fault("insecure", at, urlsplit(location.url).hostname or "")
        return self.reached(at, lambda: page_links(at, self.answer(at, location)))

    def answer(self, at, location):
        try:
            answer = self.client.get(location.normalized, headers={"Accept": ACCEPT})
        except (ValueError, httpx2.UnsupportedProtocol):
            answer = None
        # An index may send on to another server, never to files of this machine.
        if answer is None or answer.url.scheme not in ("http", "https"):
            raise Fault("page", at, "a redirect to a URL that is neither http nor https")
        return answer

    def reached(self, at, action, progress=lambda: 0):
        """What `action` returns. What fails for the moment is tried again, after a while that doubles for as long as
        there is no progress; a server that cannot be reached after that is given up for this run."""
        host = urlsplit(at).netloc
        attempt, reached = 0, progress()
        while True:
            if host in self.unreachable:
                raise self.unreachable[host]
            try:
                return action()
            except Exception as error:
                fault = error if isinstance(error, Fault) else fault_of(error, at)
                if fault is None:
                    raise
                before, reached = reached, progress()
                attempt = 0 if reached > before else attempt + 1
                if attempt >= self.attempts or not fault.is_passing:
                    if fault.kind in UNREACHABLE and reached == 0:
                        self.unreachable[host] = fault
                    raise fault from error
                time.sleep(0.5 * 2 ** (attempt - 1) if attempt else 0.1)


def status_fault(at, response):
    """The fault that an answer's status is, or None for one that is good."""
    code = response.status_code
    if code in (200, 206):
        return None
    kind = {401: "denied", 403: "denied", 407: "proxy"}.get(code, "status")
    return Fault(kind, at, "{} {}".format(code, response.reason_phrase).strip())


def page_links(at, response):
    if response.status_code == 404:
        return []
    fault = status_fault(at, response)
    if fault is not None:
        raise fault
    given = response.headers.get("Content-Type", "")
    media = given.partition(";")[0].strip().lower()
    sent_on = "" if not response.history else " from `{}`, to which it redirects".format(response.url)
    if media != JSON and media not in HTML:
        what = "no type" if given == "" else "the type `{}`".format(given)
        raise Fault("page", at, "a page of {}{}".format(what, sent_on))
    if response.content.strip() == b"":
        raise Fault("page", at, "an empty page{}".format(sent_on))
    page = IndexPage(Link(str(response.url)), response.content, response.encoding, given)
    if media == JSON:
        check_json(at, response.content, sent_on)
        return list(parse_json_response(page))
    try:
        text = response.content.decode(response.encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        raise Fault("page", at, "a page that is not in the encoding it names{}".format(sent_on)) from None
    check_html(at, text, sent_on)
    return list(parse_html_page(page))


def check_json(at, content, sent_on):
    try:
        data = json.loads(content)
    except ValueError:
        raise Fault("page", at, "broken JSON{}".format(sent_on)) from None
    files = data.get("files") if isinstance(data, dict) else None
    if not isinstance(files, list) or not all(isinstance(file, dict) and file.get("url") for file in files):
        raise Fault("page", at, "JSON that does not list files (PEP 691){}".format(sent_on))
    meta = data.get("meta")
    check_version(at, meta.get("api-version") if isinstance(meta, dict) else None, sent_on)


def check_version(at, version, sent_on):
    """Whoever meets a higher major version must not go on (PEP 629). Pages without one are of 1.0."""
    major = str(version or "1.0").strip().partition(".")[0]
    if major != "1":
        raise Fault(
            "page", at, "a page of version `{}`, of which only 1 can be read (PEP 629){}".format(version, sent_on)
        )


def check_html(at, text, sent_on):
    parser = Outline()
    parser.feed(text)
    if parser.rawdata.lstrip().startswith("<"):
        raise Fault("page", at, "a page that is cut off{}".format(sent_on))
    if not parser.is_listing():
        title = " ".join(parser.title.split())
        named = "" if title == "" else " (`{}`)".format(title[:80])
        raise Fault("page", at, "a page that lists no files of a distribution{}{}".format(named, sent_on))
    check_version(at, parser.version, sent_on)


class Outline(HTMLParser):
    """What tells a page of an index (PEP 503) from a log-in page, a portal or an error."""

    def __init__(self):
        super().__init__()
        self.title, self.headings, self.text = "", "", ""
        self.tags, self.has_file, self.is_declared, self.asks_password = set(), False, False, False
        self.inside, self.version = None, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.inside = tag
        if tag == "a":
            name = unquote(urlsplit(given.get("href") or "").path)
            self.has_file = self.has_file or FILE.search(name) is not None
        elif tag == "meta":
            self.is_declared = self.is_declared or (given.get("name") or "").startswith("pypi:")
            if given.get("name") == "pypi:repository-version":
                self.version = given.get("content")
            if (given.get("http-equiv") or "").lower() == "refresh":
                self.tags.add("refresh")
        elif tag == "input" and (given.get("type") or "").lower() == "password":
            self.asks_password = True

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data
        elif self.inside in ("h1", "h2"):
            self.headings += data
        if self.inside not in ("title", "style"):
            self.text += data.strip()

    def is_listing(self):
        if self.asks_password:
            return False
        if self.has_file or self.is_declared or HEADING.search(self.title + " " + self.headings):
            return True
        # An index may say by a page without anything on it that it has no file.
        is_blank = self.text == "" and not self.tags & {"a", "script", "form", "iframe", "refresh"}
        return is_blank and len(self.tags) > 0


def fault_of(error, at):
    """The fault that an exception of the client stands for, or None for one that is not the network's."""
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    text = str(chain[0])
    # The client wraps what the system says in errors of its own: what is known more exactly counts first.
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return Fault("tls", at, each.verify_message or str(each))
        if isinstance(each, socket.gaierror):
            return Fault("dns", at, each.strerror or str(each))
        if isinstance(each, ConnectionRefusedError):
            return Fault("refused", at, text)
        if isinstance(each, (httpx2.TimeoutException, TimeoutError)):
            return Fault("timeout", at, text)
        if isinstance(each, httpx2.ProxyError):
            return Fault("proxy", at, text)
        if isinstance(each, httpx2.TooManyRedirects):
            return Fault("redirects", at, text)
    if any(isinstance(each, (httpx2.TransportError, httpx2.DecodingError, ssl.SSLError)) for each in chain):
        return Fault("network", at, text)
    return None

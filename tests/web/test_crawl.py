"""Each person follows every link from home: no dead end, nothing from outside, nothing untranslated, nothing of others."""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import polib
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import Resolver404, resolve

from tests.paths import ROOT
from tests.web.world import MARKUP, ROLES, SECRET, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = [who for who in ROLES if who != "anonymous"]
MOST = 250  # pages per person
MOST_OF_A_KIND = 6  # pages of one address, whatever their numbers and filters
REDIRECTS = 4
PHOTOS = {"inspections:finding_file", "visits:file"}  # pictures people added, shown where they are listed
PROGRAMS = {"api:schema", "api:docs"}  # the schema is no page, and the page that draws it does so by script
# Words that must not stand on any page of these people (see world.py).
FORBIDDEN = {
    "county": (SECRET,),
    "investor": (SECRET, "商砼"),
    "officer": (SECRET, "商砼"),
    "neighbour": ("艾草", "商砼"),
    "other_city": ("艾草", "商砼"),
    "administrator": (SECRET, "商砼"),
    "nobody": (SECRET, "艾草", "商砼"),
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TOLD = ("title", "alt", "placeholder", "aria-label", "data-th")  # attributes that people read or hear
ENGLISH = re.compile(r"[A-Za-z][a-z']+(?:,? [A-Za-z]?[a-z']+){2,}")


@dataclass
class Page(HTMLParser):
    """What a page links to, loads, says, and does against the content policy."""

    text: str
    links: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if given.get("id"):
            self.ids[given["id"]] += 1
        for name in ("href",) if tag == "a" else ("hx-get",):
            if name in given:
                self.links.append(given[name])
        if tag == "form" and given.get("action"):
            self.forms.append(given["action"])
        source = given.get("href") if tag == "link" else given.get("src")
        if source is not None:
            self.loads.append(source)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"<{tag}>")
        self.inline += [
            f"<{tag} {name}>" for name in given if name == "style" or re.match(r"on[a-z]+$", name)
        ]
        self.said += [given[name] for name in TOLD if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.said.append(given.get("value", ""))
        if tag == "h1":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside in ("script", "style"):
            return
        words = " ".join(data.split())
        if not words:
            return
        self.said.append(words)
        if "title" in self._open and "svg" not in self._open:
            self.titles.append(words)
        if "h1" in self._open:
            self.headings[-1] += words


@cache
def english_messages() -> str:
    """All sources of translations, one after the other."""
    files = (ROOT / "locale").rglob("*.po")
    return "\n".join(
        f"{entry.msgid}\n{entry.msgid_plural}" for file in sorted(files) for entry in polib.pofile(str(file))
    )


@pytest.mark.parametrize("who", PEOPLE)
def test_every_link_leads_to_a_whole_page(who: str, world: World, browse_as: Callable[[str], Client]) -> None:
    client = browse_as(who)
    faults: list[str] = []
    queue, seen, kinds = deque([("/", "—")]), {"/"}, Counter[str]()
    visited = 0
    while queue and visited < MOST:
        path, source = queue.popleft()
        visited += 1
        response, reached = _get(client, path)
        if response.status_code != 200:
            faults.append(f"{path} (linked on {source}): {response.status_code}")
            continue
        if _kind(reached) in PROGRAMS:
            continue
        if not response.get("Content-Type", "").startswith("text/html"):
            if "attachment" not in response.get("Content-Disposition", ""):
                faults.append(f"{path}: neither a page nor a download")
            b"".join(response) if response.streaming else response.content
            continue
        text = response.content.decode()
        page = Page(text)
        faults += [f"{path}: {fault}" for fault in _faults(page, text, FORBIDDEN.get(who, ()))]
        for link in page.links:
            found = _internal(reached, link)
            if found is None:
                if link and not link.startswith(("#", "tel:", "mailto:")):
                    faults.append(f"{path}: leads outside to {link}")
                continue
            if found in seen or "lang=en" in found:  # the English public site is English
                continue
            seen.add(found)
            kind = _kind(found)
            if kind is None:
                faults.append(f"{path}: links to {link}, which is no address")
                continue
            kinds[kind] += 1
            if kinds[kind] <= MOST_OF_A_KIND:
                queue.append((found, path))
    assert not faults, f"{len(faults)} faults on {visited} pages:\n" + "\n".join(faults[:60])
    assert visited > 5 or who == "nobody", f"only {visited} pages are linked from home"


def _get(client: Client, path: str) -> tuple[Any, str]:
    """The answer after redirects, and the address that gave it."""
    for _turn in range(REDIRECTS):
        response = client.get(path)
        if response.status_code not in (301, 302):
            break
        path = urljoin(path, response["Location"])
    return response, path


def _faults(page: Page, text: str, forbidden: tuple[str, ...]) -> list[str]:
    found = [f"shows {word}" for word in forbidden if word in text]
    found += [f"does not escape {mark}" for mark in MARKUP if mark in text]
    found += [f"inline {one}" for one in page.inline]
    found += [f"loads {one}" for one in page.loads if not _is_own_file(one)]
    found += [f"the id {name} stands {n} times" for name, n in page.ids.items() if n > 1]
    found += [f"untranslated: {one}" for one in _untranslated(page)]
    found += [f"a form goes to {one}" for one in page.forms if _internal("/", one) and not _kind(one)]
    if "<html" in text:
        if not page.titles:
            found.append("has no title")
        if len([h for h in page.headings if h]) != 1:
            found.append(f"has {len(page.headings)} main headings")
        # An address of a place on this page itself must name one.
        found += [
            f"no place {link} on the page"
            for link in page.links
            if link.startswith("#") and len(link) > 1 and link[1:] not in page.ids
        ]
    return found


def _untranslated(page: Page) -> list[str]:
    return [
        match.group()
        for said in page.said
        for match in ENGLISH.finditer(said)
        if match.group() in english_messages()
    ]


def _is_own_file(address: str) -> bool:
    if address.startswith("data:image/"):
        return True
    parts = urlsplit(address)
    if not parts.scheme and not parts.netloc and _kind(parts.path) in PHOTOS:
        return True
    if parts.scheme or parts.netloc or not parts.path.startswith("/static/"):
        return False
    return finders.find(unquote(parts.path.removeprefix("/static/"))) is not None


def _internal(base: str, link: str) -> str | None:
    """The address on this site, without the place on the page; None for another site or the same page."""
    if not link or link.startswith("#"):
        return None
    parts = urlsplit(urljoin(f"http://testserver{base}", link))
    if parts.scheme != "http" or parts.netloc != "testserver":
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(path: str) -> str | None:
    try:
        return resolve(unquote(urlsplit(path).path)).view_name
    except Resolver404:
        return None

"""A page as the lines of its article, with what its markup says of each, and the page's metadata.

trafilatura finds the part of the page that holds the article; its lines are then taken from the page itself, in order,
so that lede, captions, byline and date stamp, which an extractor drops on many Vietnamese papers, stand where they
stood. Selectors of single papers (``rules/sites``) come before that.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html
from pydantic import BaseModel, ConfigDict

from pipeline.cleaning.encodings import Line, plain
from pipeline.cleaning.looks import Looks
from pipeline.cleaning.stamps import agrees
from pipeline.errors import Reject
from pipeline.rules import Rules
from pipeline.text import fold

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
})  # fmt: skip
_GONE = frozenset({
    "script", "style", "noscript", "iframe", "svg", "button", "select", "input", "textarea", "template",
    "object", "embed", "canvas", "audio", "video", "head", "link", "meta", "map",
})  # fmt: skip
# a form goes too, but not the one that ASP.NET and SharePoint set around the whole page
_ASIDE = frozenset({"nav", "aside", "footer", "form"})
_SITE_HEAD = re.compile(r" (?:header|masthead|site-(?:title|branding|header|name)|logo|blog-title|top|slogan) ")
_INLINE = frozenset({"span", "time", "b", "strong", "a", "label", "i", "em", "small", "font"})
_PICTURE_LINK = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:\?|$)", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
# lines that trafilatura found are looked up by their beginnings
_PREFIX = 60
_PUBLISHED_META = (
    "article:published_time", "og:published_time", "article:published", "pubdate", "publishdate", "publish-date",
    "datepublished", "dc.date.issued", "dc.date.created", "dcterms.created", "dc.date", "date", "publish_date",
    "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_ARTICLE_TYPES = frozenset({"article", "newsarticle", "reportagenewsarticle", "blogposting", "webpage", "reportage"})


class SiteRule(BaseModel):
    """Selectors of one paper or portal software."""

    model_config = ConfigDict(extra="forbid")
    host: str | None = None
    generator: str | None = None
    name: str | None = None
    title: list[str] = []
    lede: list[str] = []
    body: list[str] = []
    remove: list[str] = []


@dataclass(slots=True)
class Page:
    """The lines of a page's article and what the page says of itself."""

    lines: list[Line]
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    site: str | None = None
    published: dt.datetime | None = None
    stamp_unread: str | None = None


@dataclass(slots=True)
class _Meta:
    titles: list[str] = field(default_factory=list)
    byline: str | None = None
    url: str | None = None
    site: str | None = None
    base: str | None = None
    page_title: str = ""
    generator: str = ""
    published: dt.datetime | None = None
    stamp_unread: str | None = None


@dataclass(slots=True)
class _Piece:
    """A line of the page and the element that it stands in."""

    text: str
    element: Any
    hint: str | None


class PageReader:
    """Reads pages with the rules of ``rules/sites``."""

    def __init__(self, rules: Rules, looks: Looks) -> None:
        sites = rules["sites"]
        self._looks = looks
        self._sites = sites.table("sites", SiteRule)
        self._junk = sites.rule("page.junk").regex
        self._hints = tuple((kind, sites.rule(f"page.{kind}").regex) for kind in ("caption", "byline", "lede"))
        self._small = tuple(sites.rule(f"page.{kind}").regex for kind in ("stamp", "small", "byline"))
        self._title_class = sites.rule("page.title").regex
        self._is_page_name = lambda text: sites.has("page_name", text)
        self._no_author = frozenset(rules["furniture"].lexicon["no_author"])

    def read(
        self, raw: str, url: str | None = None, check: Callable[[str], tuple[Reject, str] | None] = lambda _: None
    ) -> Page | tuple[Reject, str] | None:
        """The page's article; None where the page holds no text at all, what ``check`` says of its text if it does."""
        tree = _parsed(raw)
        if tree is None:
            return None
        meta = self._metadata(tree)
        site = self._site(url or meta.url, meta.generator)
        self._prune(tree, site)
        pieces = list(self._pieces(tree))
        if not pieces:
            return None
        refusal = check("\n".join(p.text for p in pieces))
        if refusal:
            return refusal
        title_at, title = self._title(pieces, meta, tree, site)
        start, end = self._extent(tree, pieces, title_at, site)
        chosen = self._chosen(pieces, title_at, start, end, site, tree)
        lines = [Line(p.text, (), False, "title" if i == title_at else p.hint) for i, p in chosen]
        name = meta.site or (site.name if site else None)
        if name is None and not (url or meta.url):
            name = _site_beside(title, meta.page_title) or _host(meta.base)
        page = Page(lines, title, self._author(meta), url or meta.url, name)
        page.published = meta.published or self._stamped(pieces, title_at, start, end)
        if page.published is None and not any(self._looks.stamps.of(line.text) for line in lines[:8]):
            page.published = self._by_htmldate(raw, lines)
        page.stamp_unread = None if page.published else meta.stamp_unread
        return page

    # ------------------------------------------------------------ metadata

    def _metadata(self, tree: Any) -> _Meta:
        meta = _Meta()
        named: dict[str, str] = {}
        for element in tree.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = (element.get("content") or "").strip()
            if name and content:
                named.setdefault(name.strip().lower(), content)
        data = _json_ld(tree)
        for key in ("headline", "name"):
            if isinstance(data.get(key), str):
                meta.titles.append(plain(data[key]))
        meta.titles[:0] = [plain(named[k]) for k in ("og:title", "twitter:title") if k in named]
        found = tree.find(".//title")
        if found is not None and found.text:
            meta.page_title = plain(found.text)
            meta.titles.append(meta.page_title)
        stamps = [data.get("datePublished"), *(named.get(n) for n in _PUBLISHED_META)]
        stamps += [e.get("datetime") or e.get("content") for e in tree.xpath('//*[@itemprop="datePublished"]')]
        given = [s for s in stamps if isinstance(s, str) and s.strip()]
        meta.published = next((w for s in given if (w := self._looks.stamps.when(s))), None)
        if given and meta.published is None:
            meta.stamp_unread = given[0].strip()
        link = tree.find('.//link[@rel="canonical"]')
        meta.url = named.get("og:url") or (link.get("href") if link is not None else None)
        base = tree.find(".//base")
        meta.base = base.get("href") if base is not None else None
        if meta.url and not meta.url.startswith(("http://", "https://")):
            meta.url = None
        publisher = data.get("publisher")
        meta.site = named.get("og:site_name") or (publisher.get("name") if isinstance(publisher, dict) else None)
        meta.site = plain(meta.site) if isinstance(meta.site, str) else None
        meta.generator = named.get("generator", "").lower()
        meta.byline = _name_of(data.get("author")) or named.get("article:author") or named.get("author")
        return meta

    def _author(self, meta: _Meta) -> str | None:
        if not meta.byline:
            return None
        name = plain(meta.byline)
        key = fold(name)
        if not 2 <= len(name) <= 60 or key in self._no_author or "://" in name or "@" in name:
            return None
        return None if meta.site and (key in fold(meta.site) or fold(meta.site) in key) else name

    def _site(self, url: str | None, generator: str) -> SiteRule | None:
        try:
            host = (urlsplit(url).hostname or "") if url else ""
        except ValueError:
            host = ""
        for rule in self._sites:
            if rule.host and (host == rule.host or host.endswith("." + rule.host)):
                return rule
        return next((r for r in self._sites if r.generator and r.generator.lower() in generator), None)

    # ------------------------------------------------------------ structure

    def _prune(self, tree: Any, site: SiteRule | None) -> None:
        """Take out what is no article by its tag or its name."""
        total = max(1, len("".join(tree.itertext())))
        doomed = []
        for selector in site.remove if site else ():
            doomed += tree.xpath(_xpath(selector))
        for element in tree.iter():
            if not isinstance(element.tag, str):
                continue
            if element.tag in _GONE:
                doomed.append(element)
            elif element.tag in ("html", "body", "main", "article"):
                continue
            elif element.tag in _ASIDE or ((names := _names(element)) and self._junk.search(names)):
                if element.find(".//h1") is None and len("".join(element.itertext())) * 2 < total:
                    doomed.append(element)
            elif (style := element.get("style")) and "display:none" in style.replace(" ", "").lower():
                doomed.append(element)
        for element in doomed:
            parent = element.getparent()
            if parent is not None:
                _drop(element, parent)

    def _pieces(self, tree: Any) -> Iterator[_Piece]:
        body = tree.find("body") if tree.tag == "html" else tree
        parts: list[str] = []
        owner: Any = None

        def flush() -> Iterator[_Piece]:
            nonlocal owner
            text = plain("".join(parts)) if parts else ""
            if text and owner is not None:
                yield _Piece(text, owner, self._hint(owner))
            parts.clear()
            owner = None

        rows: set[Any] = set()
        walk = etree.iterwalk(body if body is not None else tree, events=("start", "end", "comment"))
        small: set[Any] = set()
        for event, element in walk:
            if event == "start" and element.tag in ("div", "p", "td", "li", "header"):
                small |= self._small_print(element)
            if event == "start" and element.tag == "table":
                rows |= _data_rows(element)
            if event == "start" and element in rows:
                yield from flush()
                cells = [plain("".join(cell.itertext())) for cell in element]
                if any(cells):
                    yield _Piece(" | ".join(c for c in cells if c), element, "body")
                walk.skip_subtree()
                continue
            if event == "comment" or not isinstance(element.tag, str):
                text = element.tail
            elif event == "start":
                if element.tag == "img" or element in small or self._breaks(element):
                    yield from flush()
                owner = element if owner is None and (element.text or "").strip() else owner
                parts.append(element.text or "")
                continue
            else:
                if element in small or self._breaks(element):
                    yield from flush()
                text = element.tail
            if text:
                if text.strip() and owner is None:
                    owner = element.getparent() if element.getparent() is not None else element
                parts.append(text)
        yield from flush()

    def _small_print(self, element: Any) -> set[Any]:
        """The inline parts of a line of small print (author, stamp, counter), each of which is a line of its own."""
        parts = [child for child in element if child.tag in _INLINE]
        if not parts or len(parts) > 8:
            return set()
        text = _short_text(element, 2000)
        if text is None:
            return set()
        text = plain(text)
        if element.tag == "div" and len(text) <= 60 and len(parts) == len(element) > 1 and _no_text_between(element):
            return set(parts)
        if not 8 <= len(text) <= 200 or text.endswith((".", ":", ";")) or not re.search(r"(?:19|20)\d\d", text):
            return set()
        lone = [element.text or "", *("".join(c.itertext()) for c in parts), *(c.tail or "" for c in parts)]
        return set(parts) if any(self._looks.stamps.of(plain(t)) for t in lone) else set()

    def _breaks(self, element: Any) -> bool:
        if element.tag in _BLOCKS:
            return True
        if element.tag not in ("span", "time", "b", "strong", "a", "label"):
            return False
        names = _names(element)
        return bool(names) and any(p.search(names) for p in self._small)

    def _hint(self, element: Any) -> str | None:
        for depth, above in enumerate(_upward(element)):
            if depth > 4 or above.tag in ("body", "article", "main"):
                return None
            if above.tag == "figcaption":
                return "caption"
            names = _names(above)
            if names:
                for kind, pattern in self._hints:
                    # a name may stand far up, on a box that holds more than the thing
                    if pattern.search(names) and (depth < 2 or kind != "byline"):
                        return kind
        return None

    def _title(
        self, pieces: list[_Piece], meta: _Meta, tree: Any, site: SiteRule | None
    ) -> tuple[int | None, str | None]:
        """Which line is the title, and its words without the site's name."""
        titles = [t for t in meta.titles if t and not self._is_page_name(t)]
        chosen = self._marked_by(site, tree)
        folded = [fold(t) for t in titles]
        first_long = next((i for i, p in enumerate(pieces) if len(p.text) >= 120), 0)
        scored = ((self._title_score(p, folded, chosen, i < first_long), -i) for i, p in enumerate(pieces))
        score, at = max(scored, default=(0.0, 0))
        if score >= 1.5:
            return -at, pieces[-at].text
        # a page that bears its site's name alone says nothing of the article
        words = re.findall(r"\w+", fold(titles[0])) if titles else []
        text = {w for p in pieces if len(p.text) >= 80 for w in re.findall(r"\w+", fold(p.text))}
        if not words or sum(w in text for w in words) * 2 < len(words):
            return None, None
        return None, _without_site(titles[0], meta.site)

    def _marked_by(self, site: SiteRule | None, tree: Any) -> set[Any]:
        """What the first title selector of a site finds."""
        for selector in site.title if site else ():
            if found := tree.xpath(_xpath(selector)):
                return set(found)
        return set()

    def _title_score(self, piece: _Piece, titles: list[str], chosen: set[Any], before_text: bool) -> float:
        """How much speaks for a line as the title: its markup, and that the page's metadata (folded) call it so."""
        key = fold(piece.text) if len(piece.text) <= 800 else ""
        if not 12 <= len(key) <= 400:
            return 0.0
        score = 0.0
        above = list(_upward(piece.element))[:4]
        if any(e in chosen for e in above):
            score += 4
        if any(e.tag in _HEADINGS for e in above):
            score += 2 - 0.3 * min(int(e.tag[1]) for e in above if e.tag in _HEADINGS)
        names = [_names(e) for e in above]
        if any(n and self._title_class.search(n) for n in names[:3]):
            score += 1.5
        if key in titles:
            score += 4
        elif len(key) >= 20 and any(t.startswith(key) or t.endswith(key) for t in titles):
            score += 3.5
        if any(n and _SITE_HEAD.search(n) for n in names):
            score -= 3
        if before_text and piece.element.tag in ("b", "strong", "font") and any(_is_large(e) for e in above):
            score += 1.6
        return score

    def _extent(self, tree: Any, pieces: list[_Piece], title_at: int | None, site: SiteRule | None) -> tuple[int, int]:
        """First and one past the last line of the article's body."""
        container = None
        for selector in site.body if site else ():
            found = [e for e in tree.xpath(_xpath(selector)) if len("".join(e.itertext())) >= 200]
            if found:
                container = found[0]
                break
        if container is not None:
            inside = [i for i, p in enumerate(pieces) if any(e is container for e in _upward(p.element))]
            if inside:
                _trust(pieces, inside)
                return inside[0], inside[-1] + 1
        wanted = _by_trafilatura(tree)
        after = 0 if title_at is None else title_at + 1
        hits = [i for i, p in enumerate(pieces) if i >= after and len(p.text) >= 25 and _found(p.text, wanted)]
        captions = [i for i, p in enumerate(pieces) if i >= after and p.hint == "caption" and len(p.text) >= 25]
        if sum(len(pieces[i].text) for i in captions) > sum(len(pieces[i].text) for i in hits if i not in captions):
            # a story told in pictures
            hits = sorted({*hits, *captions})
        _trust(pieces, hits)
        long = [i for i in hits if len(pieces[i].text) >= (80 if len(captions) < 3 else 25)]
        if not hits:
            long = [i for i, p in enumerate(pieces) if i >= after and len(p.text) >= 80]
            hits = long
        if not hits:
            return after, len(pieces)
        # the element that holds most of what was found
        weights: dict[Any, int] = {}
        for i in long or hits:
            for element in _upward(pieces[i].element):
                weights[element] = weights.get(element, 0) + len(pieces[i].text)
        total = sum(len(pieces[i].text) for i in long or hits)
        held = [e for e, w in weights.items() if w >= 0.85 * total]
        best = min(held, key=lambda e: sum(1 for _ in e.iter())) if held else tree
        inside = [i for i, p in enumerate(pieces) if any(e is best for e in _upward(p.element))]
        if best.tag in ("body", "html") or not inside:
            return hits[0], len(pieces)
        return inside[0], inside[-1] + 1

    def _chosen(
        self, pieces: list[_Piece], title_at: int | None, start: int, end: int, site: SiteRule | None, tree: Any
    ) -> list[tuple[int, _Piece]]:
        for selector in site.lede if site else ():
            for element in tree.xpath(_xpath(selector)):
                for piece in pieces:
                    if any(e is element for e in _upward(piece.element)):
                        piece.hint = "lede"
        first = start if title_at is None or title_at > end else title_at
        if title_at is None:
            # stamp and lede may stand right before the body
            first = max(0, start - 6)
        out = list(enumerate(pieces))[min(first, start) : end]
        if title_at is not None and first == title_at:
            # the stamp may stand right above the title
            above = range(max(0, title_at - 3), title_at)
            out[:0] = [(i, pieces[i]) for i in above if i < out[0][0] and self._looks.stamps.of(pieces[i].text)]
        if title_at is not None and title_at >= end:
            out.insert(0, (title_at, pieces[title_at]))
        # the author may stand after the body, in a box of his own
        for i in range(end, min(end + 4, len(pieces))):
            piece = pieces[i]
            if i == end and piece.hint is None and len(piece.text) <= 40 and self._looks.authors.of(piece.text):
                piece.hint = "byline"
            if piece.hint == "byline":
                out.append((i, piece))
        # a line that is nothing but a link leads to another story
        return [
            (i, p)
            for i, p in out
            if title_at is None or i <= title_at or p.hint in ("caption", "lede", "byline") or not _is_link(p)
        ]

    def _stamped(self, pieces: list[_Piece], title_at: int | None, start: int, end: int) -> dt.datetime | None:
        """The stamp of a ``time`` element between title and body."""
        for piece in pieces[max(0, (start if title_at is None else title_at) - 4) : min(end, start + 3)]:
            for element in list(_upward(piece.element))[:2]:
                if element.tag == "time" and (when := self._looks.stamps.when(element.get("datetime") or "")):
                    return when
        return None

    def _by_htmldate(self, raw: str, lines: list[Line]) -> dt.datetime | None:
        """What htmldate finds in the markup, if the text bears it out: a clock of the page would not fit."""
        import htmldate

        try:
            found = htmldate.find_date(raw, extensive_search=False, original_date=True)
        except Exception:  # noqa: BLE001 - htmldate raises many kinds on odd markup
            return None
        when = self._looks.stamps.when(found) if found else None
        return when if when and agrees(when, [line.text for line in lines[:6]]) else None


# ---------------------------------------------------------------- helpers


def _no_text_between(element: Any) -> bool:
    """Whether an element holds nothing, not even a blank, beside its children."""
    return not (element.text or "").strip() and not any(child.tail for child in element[:-1])


def _is_large(element: Any) -> bool:
    """Whether an old page sets an element's text in large letters."""
    return element.tag == "font" and (element.get("size") or "").strip() in ("4", "5", "6", "+1", "+2", "+3")


def _is_link(piece: _Piece) -> bool:
    """Whether a whole line is a link to another page, not to a picture."""
    if len(piece.text) < 20:
        return False
    link = next((e for e in list(_upward(piece.element))[:3] if e.tag == "a"), None)
    if link is None or link.get("name") or link.get("id") or link.find(".//img") is not None:
        return False
    if _PICTURE_LINK.search(link.get("href") or ""):
        return False
    return plain("".join(link.itertext())) == piece.text


def _trust(pieces: list[_Piece], which: list[int]) -> None:
    """Note that lines stand in the article's body, where the markup says nothing more of them."""
    for i in which:
        pieces[i].hint = pieces[i].hint or "body"


def _data_rows(table: Any) -> set[Any]:
    """The rows of a table of data, each to be one line; none for a table that only lays out the page."""
    rows = table.findall(".//tr")
    if len(rows) < 2 or table.find(".//table") is not None or table.find(".//img") is not None:
        return set()
    cells = [[len("".join(c.itertext()).strip()) for c in row if c.tag in ("td", "th")] for row in rows]
    if any(n > 160 for row in cells for n in row) or sum(len(row) >= 2 for row in cells) * 3 < len(rows) * 2:
        return set()
    return set(rows)


def _parsed(raw: str) -> Any:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True)
    try:
        tree = lxml_html.document_fromstring(raw.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    return tree


def _names(element: Any) -> str:
    """Class and id of an element between blanks, in lower case; empty where it has neither, as most have not."""
    if not element.attrib:
        return ""
    classes, ident = element.get("class"), element.get("id")
    return f" {classes or ''} {ident or ''} ".lower()[:300] if classes or ident else ""


def _short_text(element: Any, limit: int) -> str | None:
    """The text of an element, None where it is longer than ``limit`` characters, blanks counted."""
    parts: list[str] = []
    room = limit
    for part in element.itertext():
        room -= len(part)
        if room < 0:
            return None
        parts.append(part)
    return "".join(parts)


def _upward(element: Any) -> Iterator[Any]:
    while element is not None:
        yield element
        element = element.getparent()


def _drop(element: Any, parent: Any) -> None:
    """Take an element out and leave what follows it."""
    tail = "\n" + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _xpath(selector: str) -> str:
    """A selector "tag", "tag.class", ".class" or "#id" as XPath."""
    tag, mark, name = re.match(r"^([\w-]*)(?:([.#])(.+))?$", selector).groups()  # type: ignore[union-attr]
    path = f"//{tag or '*'}"
    if mark == "#":
        path += f'[@id="{name}"]'
    elif mark == ".":
        path += "".join(f'[contains(concat(" ", normalize-space(@class), " "), " {n} ")]' for n in name.split("."))
    return path


def _json_ld(tree: Any) -> dict[str, Any]:
    """The article of the page's JSON-LD; empty where there is none."""
    best: dict[str, Any] = {}
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            data = json.loads((script.text or "").strip().rstrip(";"), strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
        queue = [data]
        while queue:
            item = queue.pop(0)
            if isinstance(item, list):
                queue += item[:50]
            elif isinstance(item, dict):
                if isinstance(item.get("@graph"), list):
                    queue += item["@graph"][:50]
                kinds = item.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(str(k).lower() in _ARTICLE_TYPES for k in kinds) and (
                    "headline" in item or ("datePublished" in item and not best)
                ):
                    best = {**item, **best} if best.get("headline") else item
    return best


def _name_of(author: Any) -> str | None:
    if isinstance(author, list):
        names = [n for a in author if (n := _name_of(a))]
        return " - ".join(names) or None
    if isinstance(author, dict):
        return None if str(author.get("@type")).lower() == "organization" else _name_of(author.get("name"))
    return author.strip() or None if isinstance(author, str) else None


def _without_site(title: str, site: str | None) -> str:
    """A page title without the site's name behind it."""
    for mark in (" | ", " :: ", " - ", " – ", " — ", " » "):
        head, found, tail = title.rpartition(mark)
        if found and len(head) >= 20 and (mark.strip() in "|::»" or (site and fold(tail) in fold(site))):
            return head.strip()
    return title


def _site_beside(title: str | None, whole: str) -> str | None:
    """What a page's title names beside the article's: the site."""
    if not title or len(whole) <= len(title):
        return None
    for rest in (whole.removeprefix(title), whole.removesuffix(title)):
        name = rest.strip()
        if rest != whole and (name[:1] in "|-–—:»" or name[-1:] in "|-–—:»") and 4 <= len(name) <= 90:
            return name.strip(" |-–—:»") or None
    return None


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _by_trafilatura(tree: Any) -> set[str]:
    """Beginnings of the lines that trafilatura takes for the article."""
    import copy

    import trafilatura

    try:
        found = trafilatura.bare_extraction(
            copy.deepcopy(tree),
            include_comments=False,
            include_tables=True,
            with_metadata=False,
            favor_recall=True,
            # it need only find the part of the page, so its fallbacks, a third of the time, change nothing
            fast=True,
        )
    except Exception:  # noqa: BLE001 - a page that trafilatura cannot read is read without it
        return set()
    if found is None:
        return set()
    text = getattr(found, "text", None) or ""
    return {_start(line) for line in text.split("\n") if len(line) >= 25}


def _start(text: str) -> str:
    return fold(text)[:_PREFIX]


def _found(text: str, wanted: set[str]) -> bool:
    return _start(text) in wanted

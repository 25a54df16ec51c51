"""What stands around a page's text: lists of links, teasers of other pages, comments, forms.

Each is known by what it is made of: links, repeated cards, fields to fill in. The name of a class,
or the words of a heading, only count together with one of these.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rag.documents.formats.web.tree import HEADINGS, drop, letters, linked, sentences, text_of

_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|crumbs?|footer|foot|sidebar|side|aside|"
    r"share|sharing|social|related|recommend(?:ed|ations?)?|recirc(?:ulation)?|comments?|disqus|"
    r"respond|pagination|pager|copyright|toolbar|tools|tags?|advert(?:isement)?|ads?|adv|banner|"
    r"promo(?:tion)?|sponsor(?:ed)?|login|cookies?|consent|skip|noprint|hidden|newsletter|"
    r"subscri(?:be|ption)|signup|popup|modal|overlay|outbrain|taboola|teasers?|more|popular|"
    r"trending|most-?read|latest|widget|author-?(?:bio|box|info)|about-?author|meta|byline)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
#: Headings over what is not the page's own text.
_OVER = re.compile(
    r"\W*(?:related|more|most|recommend|you (?:may|might)|read (?:more|next|also)|also (?:read|on)|"
    r"popular|trending|latest|top (?:stories|news)|editor'?s? picks?|don'?t miss|what'?s next|"
    r"comments?\b|\d+ (?:comments?|responses?|replies|thoughts)|leave a|post a|add a comment|"
    r"join the|share|follow|subscribe|newsletter|sign up|about the author|tags?\b|filed under|"
    r"breaking news|partner|sponsored|advert|mehr (?:zu|von|aus|news)|ähnliche|weitere|"
    r"das könnte|auch interessant|lesen sie|kommentare?|schreibe?n?\b.*kommentar|meistgelesen|"
    r"schlagworte?|über den autor|teilen|anzeige|abonnieren|à lire|lire aussi|sur le même|"
    r"articles? (?:similaires|liés|récents)|commentaires?|partager|leia|veja também|você pode|"
    r"comentários|comentarios|relacionad|te puede|lee también|compartir|leggi|potrebbe|commenti|"
    r"correlati|читайте|комментарии|похожие|по теме|популярн|zobacz|czytaj|komentarze|podobne|"
    r"lees ook|reacties|相关|相關|推荐|推薦|延伸|热门|熱門|猜你|更多|网友|網友|评论|評論|分享|"
    r"最新|上一篇|下一篇|関連|おすすめ|人気|コメント|シェア|最近の)",
    re.IGNORECASE,
)
_TALKS = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|disqus|respond|replies|responses)(?:$|[\s_-])",
    re.IGNORECASE,
)
#: When a comment was written: "3 hours ago".
_AGO = re.compile(
    r"\d (?:minute|hour|day|week|month|year)s? ago|\b\d{1,2}:\d{2}\b|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[-/年.]\d{1,2}",
    re.IGNORECASE,
)
#: A link that does nothing for the text.
_ONLY_LINK = re.compile(
    r"\W*(?:share|tweet|pin it|e-?mail|print|subscribe|follow|read more|continue reading|view all|"
    r"see all|show more|load more|next|previous|back to|teilen|weiterlesen|lire la suite|leer más|"
    r"leia mais|читать|分享|收藏|打印|查看更多|阅读全文|上一篇|下一篇|返回)",
    re.IGNORECASE,
)
_BLOCKS = ("ul", "ol", "dl", "table", "div", "p", "section", "aside", "td", "center", "nav")
_BOXES = frozenset({"div", "section", "aside", "ul", "ol", "dl", "form", "table", "p", "figure"})
_CARDS = frozenset({"div", "li", "article", "section", "a", "figure", "dl", "ul"})
#: The share of a block's letters inside links from which on it is navigation; with a second sign.
_WHOLE, _LINKED, _SOME, _ANY = 0.9, 0.6, 0.25, 0.03
#: Letters of a card that presents another page, of its words besides, of a form's labels.
_CARD, _FORM = 500, 800
#: Alike siblings that make a row of cards; how much of the page they and other things may be.
_ROW, _PART, _LITTLE, _TALK = 3, 0.5, 0.3, 0.75
#: Sentences in a form that only asks to fill it in.
_FEW = 4
_HEADING = 90
#: Elements in a heading.
_PARTS = 3


def drop_surroundings(body: Any, controls: Sequence[Any]) -> None:
    """Takes out of the tree what is not the page's own text.

    `controls` are the elements in which there were fields to fill in.
    """
    whole = letters(body)
    filled = _around(controls)
    for element in list(body.iter(*_BLOCKS)):
        if element is not body and _is_list_of_links(element) and letters(element) < whole / 2:
            drop(element)
    total = sentences(body)
    for element in list(body.iter("*")):
        if (
            not _is_named_so(element)
            or next(element.iter("h1", "blockquote", "article"), None) is not None
        ):
            continue
        share = sentences(element) / total if total else 0.0
        beside = share <= _LITTLE and letters(element) <= whole / 2 and _is_beside(element, filled)
        if beside or (share <= _TALK and _is_talk(element)):
            drop(element)
    for form in list(body.iter("form")):
        if form in filled and letters(form) <= _FORM and sentences(form) <= _FEW:
            drop(form)
    for parent in list(body.iter("*")):
        _drop_cards(parent, total)
    for head in list(body.iter(*HEADINGS, "strong", "b", "p", "div", "span")):
        _drop_under(head, total, filled)


def _around(controls: Sequence[Any]) -> set[Any]:
    """The boxes in which fields stand: their parents, and some around these."""
    found: set[Any] = set()
    for element in controls:
        around = element
        for _ in range(4):
            if around is None or around in found:
                break
            found.add(around)
            around = around.getparent()
    return found


def _is_list_of_links(element: Any) -> bool:
    if element.tag == "p" and sentences(element) > 1:
        return False
    links = sum(1 for _ in element.iter("a"))
    return links > 1 and linked(element) >= _LINKED


def _is_named_so(element: Any) -> bool:
    if element.tag not in _BOXES | {"li", "td", "center", "header", "nav", "span"}:
        return False
    if (element.tail or "").strip():
        return False  # it stands in a sentence
    if element.tag == "aside" or element.get("role") == "complementary":
        return True
    return _NAMES.search(f"{element.get('class', '')} {element.get('id', '')}") is not None


def _is_beside(element: Any, filled: set[Any]) -> bool:
    """Whether a second sign beside its name says that the element is none of the text."""
    if element.tag == "aside" or element.get("role") == "complementary":
        return True
    if element in filled and letters(element) <= _FORM:
        return True
    return linked(element) >= _ANY


def _is_talk(element: Any) -> bool:
    """Whether the element holds what readers of the page say: by its name and many moments."""
    if not _TALKS.search(f"{element.get('class', '')} {element.get('id', '')}"):
        return False
    moments = sum(1 for _ in element.iter("time")) + len(_AGO.findall(text_of(element)))
    return moments > 1


def _drop_cards(parent: Any, total: int) -> None:
    """Takes out rows of alike boxes that each present another page."""
    if parent.getparent() is None:
        return
    for _, group in groupby(list(parent), key=_likeness):
        row = [child for child in group if isinstance(child.tag, str)]
        if len(row) < _ROW or row[0].tag not in _CARDS:
            continue
        if any((child.tail or "").strip() for child in row):
            continue  # words between them: they are part of a sentence
        cards = sum(map(_is_card, row))
        if cards >= 0.8 * len(row) and sum(map(sentences, row)) <= _PART * total:
            for child in row:
                drop(child)


def _likeness(element: Any) -> tuple[str, str]:
    first = next(iter(element.get("class", "").split()), "") if isinstance(element.tag, str) else ""
    return str(element.tag), first


def _is_card(element: Any) -> bool:
    """Whether a box is a link with a picture, a date and a few words."""
    size = letters(element)
    if not 0 < size <= _CARD:
        return False
    if linked(element) >= 0.4:
        return True
    headed = any(
        next(head.iter("a"), None) is not None or next(head.iterancestors("a"), None) is not None
        for head in element.iter(*HEADINGS)
    )
    return headed and sentences(element) <= 6


def _drop_under(head: Any, total: int, filled: set[Any]) -> None:
    """Takes out a section whose heading announces other pages or comments, where it holds them."""
    if len(head) > _PARTS or head.getparent() is None:
        return
    words = " ".join(text_of(head).split())
    if not words or len(words) > _HEADING:
        return
    if _ONLY_LINK.match(words) and linked(head) >= _WHOLE:
        drop(head)
        return
    if not _OVER.match(words):
        return
    heading = head
    while heading.getparent() is not None and heading.tag not in _BOXES | set(HEADINGS):
        if heading.getprevious() is not None or (heading.tail or "").strip():
            return
        heading = heading.getparent()
    section = _section(heading)
    links = sum(1 for part in section for _ in part.iter("a"))
    fields = any(part in filled for part in section)
    if not section or (not links and not fields):
        return
    share = sum(map(letters, section))
    within = sum(linked(part) * letters(part) for part in section) / share if share else 1.0
    if (within >= _SOME or fields) and sum(map(sentences, section)) <= _PART * total:
        for part in [heading, *section]:
            drop(part)


def _section(heading: Any) -> list[Any]:
    """What stands under a heading: up to the next one of its kind, in the boxes around it too."""
    found: list[Any] = []
    at = heading
    while at is not None and at.getnext() is None and len(found) < 1:
        at = at.getparent()
        if at is None or at.tag in {"body", "main", "article"}:
            return found
    for following in at.itersiblings() if at is not None else ():
        if not isinstance(following.tag, str):
            continue
        if following.tag == heading.tag and heading.tag in HEADINGS:
            break
        found.append(following)
        if heading.tag not in HEADINGS:
            break
    return found

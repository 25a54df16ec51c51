"""Old East Asian encodings and unmarked UTF-16, told apart by how common their characters are;
and whether a text in any old encoding has words that can be words.

Almost any run of high bytes is valid in several of these encodings; only in the right one are
the characters those that people write most. Detectors that count byte ranges fail on short texts.
"""

import re
from functools import cache
from itertools import islice

_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发"
    "后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但"
    "因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手"
    "应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教"
    "儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目"
    "太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却"
    "界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發"
    "後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但"
    "因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手"
    "應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教"
    "兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目"
    "太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻"
    "界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清"
)
_KANA = re.compile("[\u3041-\u3093\u30a1-\u30f6ー]")
_KOREAN = (
    "이다는의에을가고하지를은사로기한도리서자시나인어대일그해라수있부정전아니제만상들과보스주장으것게"
    "여원공구국성조미면동비방연안관경영할된되적었중계물신유세선모오했명진원"
)
_MARKS = frozenset("，。、；：？！“”‘’（）《》「」『』…—·・～　")
#: Encodings, likeliest first: of equal scores the first wins.
_CODECS = ("gb18030", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949")
#: The score that right decodings reach; Latin letters read as double bytes stay far below.
_ENOUGH = 0.45
_FOREIGN_WORD = re.compile(r"(?=[\x00-\x7f]*[^\x00-\x7f])[^\W\d_]+")
_ALPHABETS = tuple(
    re.compile(f"[{ranges}]")
    for ranges in (
        "A-Za-z\u00c0-\u024f\u1e00-\u1eff", "\u0370-\u03ff\u1f00-\u1fff", "\u0400-\u052f",
        "\u0590-\u05ff", "\u0600-\u06ff", "\u0e00-\u0e7f", "\uff61-\uff9f",
    )
)  # fmt: skip
_PLAUSIBLE = 0.75
#: A word may be one letter this often (aaa, ооо), not more.
_REPEATED = 3
#: Characters looked at; more would not change the verdict.
_SAMPLE = 20_000


def best_east_asian(data: bytes) -> str | None:
    """The text in the East Asian encoding whose characters are the most common, if one is."""
    best, text = 0.0, None
    for codec in _CODECS:
        try:
            candidate = data.decode(codec)
        except UnicodeDecodeError:
            continue
        score = _score(candidate, codec)
        if score > best + 1e-9:
            best, text = score, candidate
    return text if best >= _ENOUGH else None


def is_plausible(text: str) -> bool:
    """Whether most words with letters beyond ASCII have one alphabet, and capitals in front only.

    In a wrong encoding letters of several alphabets, small and large, stand in one word; and what
    is no text at all may be one letter over and over.
    """
    words = list(islice(_FOREIGN_WORD.findall(text[:_SAMPLE]), 2_000))
    good = sum(map(_is_word, words))
    return good >= _PLAUSIBLE * len(words)


def _is_word(word: str) -> bool:
    alphabets = sum(alphabet.search(word) is not None for alphabet in _ALPHABETS)
    cased = word[1:].lower() == word[1:] or word.upper() == word
    return alphabets <= 1 and cased and (len(word) <= _REPEATED or len(set(word)) > 1)


def plausible_utf16(data: bytes) -> str | None:
    """The text as UTF-16 without a mark, if that gives ordinary text in one of the byte orders."""
    if len(data) < 2 or len(data) % 2:
        return None
    best, text = 0.6, None
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            candidate = data.decode(codec)
        except UnicodeDecodeError:
            continue
        score = _ordinary(candidate)
        if score > best:
            best, text = score, candidate
    return text


def _ordinary(text: str) -> float:
    """The share of plain characters; zero with control characters or without frequent ones."""
    text = text[:_SAMPLE]
    if any(char < " " and char not in "\t\n\v\f\r" for char in text):
        return 0.0
    common = _common("gb18030") | _common("big5hkscs") | frozenset(_KOREAN) | _MARKS
    plain = sum(1 for c in text if c < "\x7f" or c in common or _KANA.match(c) or c.isspace())
    frequent = sum(1 for c in text if c < "\x7f" or c in _frequent() or c in _MARKS)
    return plain / len(text) if frequent * 10 >= len(text) else 0.0


def _score(text: str, codec: str) -> float:
    """How ordinary the non-ASCII characters are, 0 to about 1.5."""
    foreign = list(islice((char for char in text if char > "\x7f"), _SAMPLE))
    if not foreign:
        return 0.0
    common = _common(codec)
    frequent = _favourites(codec)
    known = favoured = 0
    for char in foreign:
        if char in _MARKS:
            known += 1
        elif frequent(char):
            known += 1
            favoured += 1
        elif char in common:
            known += 1
    return (0.5 * known + favoured) / len(foreign)


@cache
def _frequent() -> frozenset[str]:
    return frozenset(_SIMPLIFIED + _TRADITIONAL + _KOREAN)


@cache
def _common(codec: str) -> frozenset[str]:
    """The everyday level of a character set, which its standard lists apart from the rare ones."""
    leads, trails, name = {
        "gb18030": (range(0xB0, 0xD8), range(0xA1, 0xFF), "gb2312"),
        "big5hkscs": (range(0xA4, 0xC7), range(0x40, 0xFF), "big5"),
        "cp950": (range(0xA4, 0xC7), range(0x40, 0xFF), "big5"),
        "cp932": (range(0xB0, 0xD0), range(0xA1, 0xFF), "euc_jp"),
        "euc_jp": (range(0xB0, 0xD0), range(0xA1, 0xFF), "euc_jp"),
        "cp949": (range(0xB0, 0xC9), range(0xA1, 0xFF), "euc_kr"),
    }[codec]
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return frozenset("".join(pair.decode(name, "ignore") for pair in pairs))


class _Favourites:
    """Whether a character is among those a language writes most."""

    def __init__(self, characters: str, *, kana: bool = False) -> None:
        self._characters = frozenset(characters)
        self._kana = kana

    def __call__(self, char: str) -> bool:
        return char in self._characters or (self._kana and _KANA.match(char) is not None)


@cache
def _favourites(codec: str) -> _Favourites:
    if codec == "gb18030":
        return _Favourites(_SIMPLIFIED)
    if codec == "cp949":
        return _Favourites(_KOREAN)
    japanese = codec in {"cp932", "euc_jp"}
    return _Favourites("" if japanese else _TRADITIONAL, kana=japanese)

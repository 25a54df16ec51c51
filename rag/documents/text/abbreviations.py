"""Full stops that do not end a sentence: abbreviations, initials, list numbers, ordinals."""

import re

_WORD = re.compile(r"[^\s()\[\]“”\"'‘’,;:/«»„]*$")
#: A name or a figure follows them.
_TITLES = re.compile(
    "mr|mrs|ms|mx|drs?|prof|profs|st|ste|rev|hon|gen|col|lt|sgt|capt|cmdr|gov|reps?|pres|mt|"
    "messrs|mme|mlle|sr|sra|srta|dra|vs|cf|viz|approx|dept|ests?|eds?|al|bzw|ca|vgl|usw|maj|adm|"
    "com|comm|assoc|univ|inst|ft|pvt|av|apr|hl|hr|fr|geb|gest|str|inkl|exkl|evtl|ggf|sog|allg|z|"
    "т|тов|гр|ул|пр|им|акад|проф|см|ср|напр|стр|гл|о|св|ст|рис|табл|ред|изд|кн"
)
#: Abbreviations that only number or date what follows.
_NUMBERED = re.compile(
    "nos?|nr|figs?|eqs?|vols?|pp?|arts?|secs?|tabs?|chap|ch|para|paras|ver|rev|ext|tel|abb|bd|abs|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|núm|págs?|s|n|pt|ex|cap|рис|табл|гл|стр|с|т|п|д|№"
)
#: These may end a sentence; the next word decides.
_EITHER = re.compile(
    "inc|ltd|co|corp|jr|sr|bros|etc|ave|blvd|rd|sq|hwy|pty|plc|llc|pm|st|"
    "тыс|млн|млрд|руб|коп|чел|др|пр|гг?|вв?|км|кг|фр"
)
_STARTERS = re.compile(
    "the|an?|its?|this|that|these|those|he|she|they|we|i|you|in|on|at|by|for|from|with|but|and|"
    "or|so|if|when|while|after|before|as|there|here|however|moreover|meanwhile|what|who|how|why|"
    "where|our|his|her|their|my|your|please|no|not|one|all|"
    "ils?|elles?|une?|cet|cette|ces|celui|mais|dans|pour|on|nous|vous|leur|"
    "er|sie|es|wir|ich|und|aber|eine?|diese[rs]?|dies|dann|doch|"
    "он|она|они|оно|это|эти|этот|эта|но|по|при|после|затем|однако|так|его|её|их|мы|вы|как|когда"
)
#: More of them, which names may begin with as well ("A. La Fontaine").
_PARTICLES = re.compile(
    "les?|la|des|du|au|der|die|das|ein|im|am|el|los|las|un|una|il|lo|gli|"
    "во?|на|и|со?|ко?|из|от|до|за|у|для|о|об"
)
#: They go before an ordinal in German: "im 6. Stock", "der 35. Tag".
_BEFORE_ORDINAL = re.compile(
    r"(?<![^\W\d_])(?<!\bI )(?:am|im|zum|zur|vom|beim|der|die|das|dem|den|des|ab|bis|seit|nach|vor|"
    r"jede[rsmn]?|ihre?[nmrs]?|seine?[nmrs]?|unsere?[nmrs]?|eine?[nmrs]?|diese[nmrs]?)\s\d{1,3}$",
    re.IGNORECASE,
)
_MONTHS = re.compile(
    "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
)
_POSTSCRIPT = re.compile(r"(?:p\.?)+s", re.IGNORECASE)
_INITIAL = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯЁ\u0391-\u03a9\u0621-\u064a]")
#: What stands between an abbreviation and the next word where the sentence goes on.
_OPENING = frozenset("([“\"'«„$€£¥#№<")
#: Words with which no sentence begins.
_CONTINUING = frozenset("&+=/%,;:)]}|")


def is_abbreviation(before: str, after: str) -> bool:
    """Whether a full stop between `before` (from the sentence's start) and `after` ends nothing."""
    if after[:1] in _CONTINUING:
        return True
    found = _WORD.search(before)
    word = found.group() if found else ""
    opened = after[:1] in _OPENING
    following = re.match(r"\w+", after[1:] if opened else after)
    next_word = following.group() if following else ""
    if not next_word:
        return False
    if word.isdigit():
        return _is_ordinal(before, word, next_word)
    bare = word.lower()
    if not before[: len(before) - len(word)].strip() and _POSTSCRIPT.fullmatch(word):
        return True
    if _TITLES.fullmatch(bare) and (word != bare or not _is_word(bare, before)):
        return True
    if _NUMBERED.fullmatch(bare) and next_word[0].isdigit() and not opened:
        return True
    parts = word.split(".")
    dotted = len(parts) > 1 and all(len(part) <= 2 and part.isalpha() for part in parts if part)
    initial = len(word) == 1 and _INITIAL.fullmatch(word) is not None
    if dotted or initial or _EITHER.fullmatch(bare):
        if opened and next_word[0].islower():
            return True
        if _STARTERS.fullmatch(next_word.lower()):
            return False
        return initial or (
            _PARTICLES.fullmatch(next_word.lower()) is None and not _new(after, bare)
        )
    return False


def _is_ordinal(before: str, number: str, next_word: str) -> bool:
    if not before[: len(before) - len(number)].strip():
        return True  # the number of an entry
    if len(number) <= 2 and _MONTHS.fullmatch(next_word.lower()):
        return True
    return next_word[0].isalpha() and _BEFORE_ORDINAL.search(before) is not None


def _is_word(bare: str, before: str) -> bool:
    """Whether what could be an abbreviation is more likely a word or a letter here."""
    return len(bare) == 1 and bare.isascii() and not before.isascii()


def _new(after: str, bare: str) -> bool:
    """Whether an abbreviation of a year, a sum or a time is followed by a new sentence's quote."""
    return after[:1] in '«“"' and bare not in {"etc", "др"}

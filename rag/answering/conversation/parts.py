"""Questions with more than one part: "盘锦和临河哪个更多？", "When does it open, and who runs it?"

A question has parts where its words set things side by side (compare, each, which … more), or where
it is two questions. Joined things by themselves ("salt and pepper") are one thing unless the
documents tell otherwise. The words are of Chinese, English, Japanese, Korean, German, French,
Spanish, Italian, Portuguese and Russian.
"""

import re
from dataclasses import dataclass

from rag.answering.conversation.joined import Joined, joined_things
from rag.index.lexical.terms import CJK

_MOST_PARTS = 4
#: What sets things side by side.
_SETS_APART = re.compile(
    r"比较|比較|对比|對比|相比|分别|分別|各自|各(?=有(?!不同)|是|为|為|占|多少|几|幾|在)"
    r"|哪[一]?[个個座家所条條种種].{0,8}[更最]|[谁誰哪]更|更[多高大少低小长長快早晚贵貴远遠]"
    r"|比べ|それぞれ|どちら|どっち|비교|각각|어느\s?쪽"
    r"|\bcompare\b|\brespectively\b|\bfor each\b|\beach(?! (?:other|of the)\b)|\bof the two\b"
    r"|\bvergleich|\bjeweils\b|\bvon beiden\b|\bcompar(?:a|ar|e|ez|er|ons|ate|are)\b"
    r"|\brespectiv[ae]ment|\brispettivament|\bcada un[oa]?\b|\bchacun|\bciascun|\bсравни|\bкажд"
    r"|\bсоответственно",
    re.IGNORECASE,
)
#: What asks for one of two, where "or" joins them.
_CHOOSES = re.compile(
    r"\b(?:which|who|where|what|welche[rsn]?|wer|wo|cuál|qué|quién|dónde|quel(?:le)?|qui|où|quale|chi"
    r"|qual|quem|что|котор\w+|какой|какая|кто|где)\b[^?]*\b(?:more|less|fewer|most|\w{2,}er|mehr|weniger"
    r"|más|menos|antes|después|plus|avant|moins|più|meno|mais|больше|меньше|раньше|позже|\w+ше)\b",
    re.IGNORECASE,
)
#: What is dropped where a part is asked by itself.
_COMPARISON = re.compile(
    r"^(?:请|請)?(?:帮我|幫我)?(?:比较|比較|对比|對比)(?:一下)?|哪[一]?[个個](?=城市|地方|区|區|县|縣|更)|哪[一]?[个個]?更|[两兩]者"
    r"|[谁誰]更|分别|分別|各自|各(?=有|是|为|為|占|多少|几|幾|在)|相比|更(?=[多高大少低小长長快早晚贵貴远遠])"
    r"|を?比べ(?:て(?:ください)?|ると)?|それぞれ|では、?(?=どちら)|비교해?\s?\w*|각각"
    r"|^(?:please |can you |could you )?compare\s+|\brespectively\b|\bfor each(?: of them)?\b"
    r"|\beach\b|\bof the two\b|^vergleiche?n?(?: sie)?\s+|\bjeweils\b|^compar(?:a|ar|e|ez|er)\s+"
    r"|\brespectiv\w+\b|\bcada un[oa]?\b|\bchacune?\b|^сравните?\s+|\bсоответственно\b"
    r"|\s+(?:earlier|sooner|later|früher|später|plus t(?:ôt|ard)|más (?:temprano|tarde)"
    r"|più (?:presto|tardi)|mais (?:cedo|tarde)|раньше|позже)\b(?!\s+(?:than|als|que|di|do|чем))",
    re.IGNORECASE,
)
#: Words that ask, and what asks in scripts without spaces, as regular expressions.
ASKS = (
    r"(?:who|what|when|where|why|how|which|wer|was|wann|wo|warum|wie|welche[rsn]?|wieviel"
    r"|qui|que|quand|où|pourquoi|comment|combien|quel(?:le)?s?|quién|qué|cuándo|dónde|cómo"
    r"|cuánt[oa]s?|cuál|chi|cosa|quando|dove|come|quanto|quale|quem|onde|как|кто|что|когда|где"
    r"|сколько|какой|какая)\b"
)
ASKS_WIDE = (
    r"谁|誰|哪|什[么麼]|怎|多少|[几幾](?=[点點号號岁歲月个個人])|いつ|どこ|だれ|誰|いくら|何[時人年日]"
    r"|누구|언제|어디|얼마|무엇|몇"
)
_CLAUSES = re.compile(
    rf"(?<=[?？])\s*(?=\w)|[,;]?\s+(?:and|und|et|y|e|и|а)\s+(?:also\s+)?(?={ASKS})"
    rf"|[,，;；、]\s*(?:还有|還有|以及|另外|并且)?(?=[^,，;；?？]*(?:{ASKS_WIDE}))",
    re.IGNORECASE,
)
_BEGINS_ASKING = re.compile(rf"(?:\w+\s+)?{ASKS}", re.IGNORECASE)
_ASKS_SOMEWHERE = re.compile(ASKS_WIDE)
_SEVERAL_WORDS = re.compile(r"\w+\s+\w+\s+\w+")
_WIDE = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class SplitQuestion:
    """The parts of a question: what each is about, as `labels`, and how it is asked.

    `compares` says that the question expressly sets things side by side; without it they are parts
    only if the documents treat them apart. `clauses` says that the parts are questions by
    themselves, of which the later may build on the first.
    """

    labels: tuple[str, ...]
    questions: tuple[str, ...]
    compares: bool = False
    clauses: bool = False


def split_question(question: str) -> SplitQuestion | None:
    """The parts of a question; None where it has one."""
    compares = _SETS_APART.search(question) is not None
    return (None if compares else _clauses(question)) or _joined(question, compares=compares)


def _clauses(question: str) -> SplitQuestion | None:
    found = [part.strip(" ,，;；、¿¡") for part in _CLAUSES.split(question)]
    found = [part for part in found if part]
    if not 2 <= len(found) <= _MOST_PARTS or not all(map(_is_question, found)):
        return None
    if not _is_whole(found[0]):
        return None  # "Who founded and who closed the mill?"
    asked = [f"¿{part.rstrip('?')}?" for part in found] if "¿" in question else found
    return SplitQuestion(tuple(found), tuple(asked), clauses=True)


def _is_question(text: str) -> bool:
    if _WIDE.search(text):
        return _ASKS_SOMEWHERE.search(text) is not None
    return _BEGINS_ASKING.match(text) is not None


def _is_whole(text: str) -> bool:
    return _WIDE.search(text) is not None or _SEVERAL_WORDS.search(text) is not None


def _joined(question: str, *, compares: bool) -> SplitQuestion | None:
    found = joined_things(question, compares=compares)
    if found is None or len(found.things) > _MOST_PARTS:
        return None
    chosen = found.alternatives and _CHOOSES.search(question) is not None
    asked = tuple(_asked_of(question, found, thing) for thing in found.things)
    return SplitQuestion(found.things, asked, compares=compares or chosen)


def _asked_of(question: str, found: Joined, thing: str) -> str:
    alone = f"{question[: found.start]}{thing}{question[found.end :]}"
    return " ".join(_COMPARISON.sub(" ", alone).split()) or thing

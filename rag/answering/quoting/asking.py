"""What a question asks for, as far as that decides how much is quoted.

Rules for questions in Chinese, English and the larger European languages; in others a question asks
for a sentence.
"""

import re

_ASKS_FOR_ALL = re.compile(
    r"列出|列举|列舉|哪些|全部|所有|\b(?:list|enumerate|all|every)\b"
    r"|\b(?:alle|sämtliche)\b|\btou(?:s|tes)\b|\btod[oa]s\b|\bвсе\b|\bперечисли|すべて|一覧|모두|모든",
    re.IGNORECASE,
)
_ASKS_FOR_SEVERAL = re.compile(
    r"有哪[几幾]|都有[谁誰什哪]|分别有|\bname the\b|\b(?:which|what)\b[^?]*\bare\b|\bwho are\b"
    r"|\b(?:which|what) (?:[\w-]+ ){0,2}[\w-]+s"
    r" (?:do|does|did|can|could|have|has|had|were|may|must|will|should)\b"
    r"|\bwelche\b|\bquel(?:le)?s\b|\bcuáles\b|\bquais\b|\bкакие\b|どんな",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"如何|怎[么麼样樣]|步[骤驟]|\bhow (?:do|does|can|could|should|would|to|must)\b|\bsteps?\b"
    r"|\bwhat (?:can|should|must|do) (?:i|we|you) do\b|\bwas (?:kann|muss|soll) (?:ich|man) tun\b"
    r"|\bwie (?:kann|man|werden?)\b|\bwie \w+ (?:ich|man|wir|sie)\b"
    r"|\bcomment\b|\bcómo\b|\bкак\b|\bчто делать\b|方法|どうやって|어떻게",
    re.IGNORECASE,
)
_ASKS_FOR_DIFFERENCE = re.compile(
    r"区别|區別|差别|差別|差异|差異|不同|\bdiffer(?:s|ences?)?\b|\bversus\b|\bvs\b"
    r"|\bunterschied|\bразниц|\bотлича|\bdifférence|\bdiferencia|\bdifferenz|違い|차이",
    re.IGNORECASE,
)


def asks_for_all(question: str) -> bool:
    """Whether a question asks for all there are, as "list …" and 哪些 do."""
    return _ASKS_FOR_ALL.search(question) is not None


def asks_for_several(question: str) -> bool:
    """Whether a question asks for several things, as "which … are there?" does."""
    return asks_for_all(question) or _ASKS_FOR_SEVERAL.search(question) is not None


def asks_how(question: str) -> bool:
    """Whether a question asks for instructions."""
    return _ASKS_HOW.search(question) is not None


def asks_for_difference(question: str) -> bool:
    """Whether a question asks how things differ."""
    return _ASKS_FOR_DIFFERENCE.search(question) is not None

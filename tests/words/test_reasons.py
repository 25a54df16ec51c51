"""What the readers of files say of a file that is left out is known in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from words import ENGLISH, LANGUAGES, reason_in, reason_patterns

READERS = Path("rag/documents")
OTHERS = [each for each in LANGUAGES if each != ENGLISH]
#: What looks like a reason and is none: said of settings, of the whole folder, and to developers.
_NO_REASONS = re.compile(
    r"Limits must|A sandbox needs|Recognition gave|The look of|The folder of documents|X7"
)
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")


def messages() -> Iterator[str]:
    """The texts of the readers that are sentences, with X7 for what differs."""
    for path in sorted(READERS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        within = {id(v) for n in nodes if isinstance(n, ast.JoinedStr) for v in n.values}
        docstrings = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        for node in nodes:
            text = text_of(node)
            if id(node) in within | docstrings or text is None or not text.endswith("."):
                continue
            if text[0].isupper() and " " in text and not _NO_REASONS.match(text):
                yield text


def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "X7" for v in node.values)
        return "".join(map(str, parts))
    return None


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_is_known(language: str) -> None:
    found = {text: reason_in(text, language) for text in messages()}
    assert len(found) > 60
    assert [text for text, said in found.items() if _ENGLISH.search(said)] == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("It is larger than 50,000 bytes. Split it into smaller files.",
         "它大于 50,000 字节。请拆成几个较小的文件。"),
        ("It is a ZIP archive, not a Word file (.docx). Give it the ending that fits.",
         "它是 ZIP 压缩包，不是Word 文件（.docx）。请改成相符的扩展名。"),
        ("It is not JSON: Expecting value at line 3, column 9. Mend it.",
         "它不是 JSON：第 3 行第 9 列，Expecting value。请修正它。"),
        ("Pages 2–4: There is only a picture. And 12 more parts like these.",
         "第 2–4 页：只有一张图片。另有 12 个类似的部分。"),
        ("Something nobody has foreseen.", "Something nobody has foreseen."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_reason_is_said_in_the_readers_language(reason: str, said: str) -> None:
    assert reason_in(reason, "zh-Hans") == said
    assert reason_in(reason, ENGLISH) == reason


def test_a_hostile_reason_takes_no_time() -> None:
    hostile = "It is damaged (" + "It is ".join("(" for _ in range(2000))
    assert reason_in(hostile, "zh-Hant").endswith("(")


def test_the_patterns_are_ones_that_javascript_reads() -> None:
    for source, text in reason_patterns("zh-Hans"):
        assert not re.search(r"\(\?P|\\A|\\Z|\(\?<", source)
        assert len(re.findall(r"\{\d\}", text)) == source.count("((?:")

"""What stands around an answer told as text, in the question's own language and script."""

from dataclasses import dataclass

from rag.documents import detect_script


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's words. `lines` takes the first and last line; `line` and `page` take one."""

    sources: str
    not_found: str
    nearest: str
    passages: str
    line: str
    lines: str
    page: str

    def place(self, lines: tuple[int, int], page: int | None) -> str:
        """Where something stands in its file."""
        if page is not None:
            return self.page.format(page)
        return self.line.format(lines[0]) if lines[0] == lines[1] else self.lines.format(*lines)


ENGLISH = Wording(
    sources="Sources",
    not_found="The documents do not answer this.",
    nearest="Nearest topics:",
    passages="Passages",
    line="line {}",
    lines="lines {}–{}",
    page="page {}",
)
SIMPLIFIED = Wording(
    sources="来源",
    not_found="文档中没有找到答案。",
    nearest="相近的主题：",
    passages="相关段落",
    line="第{}行",
    lines="第{}–{}行",
    page="第{}页",
)
TRADITIONAL = Wording(
    sources="來源",
    not_found="文件中沒有找到答案。",
    nearest="相近的主題：",
    passages="相關段落",
    line="第{}行",
    lines="第{}–{}行",
    page="第{}頁",
)


def wording_for(question: str) -> Wording:
    """The words for who asked: Chinese in the question's script, English for all others."""
    return {"Hans": SIMPLIFIED, "Hant": TRADITIONAL}.get(detect_script(question), ENGLISH)

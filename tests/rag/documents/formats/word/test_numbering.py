"""The numbers that Word makes itself are in the text."""

from tests.rag.documents.formats.word.samples import said, texts


def level(at: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def plan(*levels: str, lists: int = 1, more: str = "") -> str:
    numbers = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/>{more if n > 1 else ""}</w:num>'
        for n in range(1, lists + 1)
    )
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{numbers}'


def item(text: str, at: int = 0, identity: int = 1) -> str:
    listed = f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{identity}"/></w:numPr>'
    return said(text, paragraph=listed)


def test_clauses_have_their_numbers() -> None:
    numbering = plan(level(0, "chineseCountingThousand", "第%1条"))
    body = item("仓库由两人同时开锁。") + said("说明。") + item("钥匙每晚交回值班室。")
    assert texts(body, numbering=numbering) == [
        "- 仓库由两人同时开锁。".replace("- ", "第一条 "),
        "说明。",
        "第二条 钥匙每晚交回值班室。",
    ]


def test_levels_below_begin_anew_and_show_those_above() -> None:
    numbering = plan(level(0, "upperRoman", "%1."), level(1, "lowerLetter", "%1.%2)"))
    body = item("Boats") + item("Oars", 1) + item("Sails", 1) + item("Crew") + item("Cook", 1)
    assert texts(body, numbering=numbering)[0].split("\n") == [
        "I. Boats", "I.a) Oars", "I.b) Sails", "II. Crew", "II.a) Cook",
    ]  # fmt: skip


def test_legal_numbering_shows_figures_for_every_level() -> None:
    legal = level(1, "decimal", "%1.%2", "<w:isLgl/>")
    numbering = plan(level(0, "upperRoman", "%1"), legal)
    assert texts(item("A") + item("B", 1), numbering=numbering) == ["I A\n1.1 B"]


def test_a_list_that_begins_again_counts_from_one() -> None:
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = plan(level(0, "decimal", "%1."), lists=2, more=again)
    body = item("Soup") + item("Bread") + said("Then:") + item("Tea", identity=2)
    assert texts(body, numbering=numbering)[2] == "1. Tea"
    numbering = plan(level(0, "decimal", "%1."), lists=2)
    assert texts(body, numbering=numbering)[2] == "3. Tea"


def test_bullets_are_marked_as_entries() -> None:
    numbering = plan(level(0, "bullet", "\uf0b7"))
    assert texts(item("Salt") + item("Pepper"), numbering=numbering) == ["- Salt\n- Pepper"]


def test_a_deleted_clause_has_no_number() -> None:
    numbering = plan(level(0, "decimal", "%1."))
    gone = item("Old.").replace("<w:r>", "<w:del><w:r>").replace("</w:r>", "</w:r></w:del>")
    body = item("First rule of all.") + gone + item("Second rule of all.")
    assert texts(body, numbering=numbering) == ["1. First rule of all.\n2. Second rule of all."]


def test_a_number_out_of_nowhere_does_no_harm() -> None:
    body = item("Lost", 7, 99) + said("Odd", paragraph='<w:numPr><w:numId w:val="x"/></w:numPr>')
    assert texts(body) == ["Lost", "Odd"]

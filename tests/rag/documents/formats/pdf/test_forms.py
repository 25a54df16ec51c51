"""What is filled into a PDF form, or noted on its pages, is read at its place."""

from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content, read_all
from rag.documents.formats.pdf import read_pdf
from tests.rag.documents.files import drawn_pdf


def read(draw: Callable[[Canvas], object]) -> list[str]:
    content = read_all(read_pdf, drawn_pdf(draw))[0]
    assert isinstance(content, Content)
    document = assemble(content, path="a.pdf", digest="", limits=Limits())
    return [document.text[p.start : p.end] for p in document.paragraphs]


def ask(canvas: Canvas, top: float, label: str, **field: object) -> None:
    canvas.drawString(72, top, label)
    canvas.acroForm.textfield(x=200, y=top - 6, width=200, height=20, **field)


def test_values_stand_after_what_the_form_asks_for() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, "Whoever rents the boat house fills in this form.")
        ask(canvas, 720, "Name of the tenant:", value="Hedwig Aalto", name="tenant")
        ask(canvas, 690, "Day:", value="3 May", name="day")
        ask(canvas, 660, "Remarks:", value="", name="remarks")
        canvas.drawString(72, 620, "The key hangs in the office.")

    text = "\n".join(read(draw)).split("\n")
    assert text == [
        "Whoever rents the boat house fills in this form.",
        "Name of the tenant: Hedwig Aalto",
        "Day: 3 May",
        "Remarks:",
        "The key hangs in the office.",
    ]


def test_a_value_below_its_question_follows_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 720, "What was damaged?")
        canvas.acroForm.textfield(
            x=72, y=640, width=300, height=70, name="damage", fieldFlags="multiline",
            value="The left oar is split.\nThe bailer is missing.",
        )  # fmt: skip
        canvas.drawString(72, 600, "Thank you.")

    assert " ".join(read(draw)) == (
        "What was damaged? The left oar is split. The bailer is missing. Thank you."
    )


def test_boxes_are_told_as_ticked_or_open_before_their_words() -> None:
    def draw(canvas: Canvas) -> None:
        for at, (words, checked) in enumerate([("Rowing boat", True), ("Canoe", False)]):
            canvas.acroForm.checkbox(x=72, y=700 - 30 * at, size=14, checked=checked, name=words)
            canvas.drawString(95, 703 - 30 * at, words)

    assert " ".join(read(draw)) == "☑ Rowing boat ☐ Canoe"


def test_the_choice_that_was_made_is_read_and_the_others_are_not() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Landing stage:")
        canvas.acroForm.choice(
            x=200, y=695, width=120, height=20, name="stage",
            value="north", options=[("North pier", "north"), ("South pier", "south")],
        )  # fmt: skip

    assert read(draw) == ["Landing stage: North pier"]


def test_passwords_are_not_read() -> None:
    def draw(canvas: Canvas) -> None:
        ask(canvas, 700, "Word for the door:", value="herring", name="w", fieldFlags="password")

    assert read(draw) == ["Word for the door:"]


def note(canvas: Canvas, words: str, box: tuple[float, float, float, float]) -> None:
    canvas.freeTextAnnotation(words, DA="/Helv 10 Tf 0 g", Rect=box, relative=0)


def test_a_note_on_the_page_breaks_no_sentence() -> None:
    lines = [
        "The ferry to the island leaves the pier every morning at seven, and it comes back",
        "with the milk and the post before the church bells have rung for the second time.",
        "Dogs travel free.",
    ]

    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * row, line)
        note(canvas, "Not in January!", (520, 698, 590, 712))

    texts = read(draw)
    assert any("comes back with the milk" in text for text in texts)
    assert any("Not in January!" in text.split("\n") for text in texts)


def test_a_note_fills_in_a_blank() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Name of the boat:")
        note(canvas, "Dorothea", (200, 694, 300, 714))

    assert read(draw) == ["Name of the boat: Dorothea"]

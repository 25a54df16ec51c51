"""Of a paragraph's words those are read that a person sees, each as what it is."""

import pytest

from rag.documents.formats.word import read_word
from tests.rag.documents.files import repacked
from tests.rag.documents.formats.word.samples import filled, read, run, said, texts

BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
SEPARATE = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def code(text: str) -> str:
    return f"{BEGIN}<w:r><w:instrText>{text}</w:instrText></w:r>"


@pytest.mark.parametrize(
    "looks", ["<w:strike/>", "<w:dstrike/>", "<w:vanish/>", '<w:sz w:val="2"/>']
)
def test_struck_and_hidden_words_are_no_text_and_are_told_as_left_out(looks: str) -> None:
    body = f"<w:p>{run('The toll is ')}{run('9', looks)}{run('12 crowns.')}</w:p>"
    assert texts(body) == ["The toll is 12 crowns."]
    assert [each.text for each in read_word(filled(body)).dropped] == ["9"]


def test_a_switch_that_is_off_strikes_nothing() -> None:
    assert texts(said("The toll is 12 crowns.", '<w:strike w:val="0"/>')) == [
        "The toll is 12 crowns."
    ]


def test_a_style_hides_words_too() -> None:
    style = (
        '<w:style w:type="character" w:styleId="Gone"><w:name w:val="Gone"/>'
        "<w:rPr><w:vanish/></w:rPr></w:style>"
    )
    gone = run(" Unseen.", '<w:rStyle w:val="Gone"/>')
    data = filled(f"<w:p>{run('Seen.')}{gone}</w:p>")

    def add(xml: bytes) -> bytes:
        return xml.replace(b"</w:styles>", style.encode() + b"</w:styles>")

    assert read(repacked(data, "word/styles.xml", add)).text == "Seen."


def test_raised_figures_are_notes_or_powers_also_in_several_runs() -> None:
    up = '<w:vertAlign w:val="superscript"/>'
    body = (
        f"<w:p>{run('It cost $75')}{run('1', up)}{run('2', up)}{run(' for 10')}{run('6', up)}</w:p>"
    )
    assert texts(body) == ["It cost $75[12] for 10^6"]


def test_readings_of_words_stand_apart() -> None:
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>{}</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>{}</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    body = f"<w:p>{ruby.format('おお', '大')}{ruby.format('さか', '阪')}{run('へ行く。')}</w:p>"
    assert texts(body) == ["大阪(おおさか)へ行く。"]
    equation = code(r"EQ \o\ad(\s\up 9(なら),奈良)")
    old = f"<w:p>{equation}{END}{run('へ行く。')}</w:p>"
    assert texts(old) == ["奈良(なら)へ行く。"]


def test_fields_show_their_result_without_their_code() -> None:
    body = f"<w:p>{run('See table ')}{code(' REF t1 ')}{SEPARATE}{run('4')}{END}{run('.')}</w:p>"
    assert texts(body) == ["See table 4."]


def test_the_address_of_a_link_that_is_a_field_is_told() -> None:
    field = f"{code(' HYPERLINK &quot;https://club.example/join&quot; ')}{SEPARATE}"
    body = f"<w:p>{run('Use the ')}{field}{run('form')}{END}{run(' to join.')}</w:p>"
    assert texts(body) == ["Use the form (https://club.example/join) to join."]


def test_formulas_are_read_on_one_line() -> None:
    formula = (
        "<m:oMath><m:r><m:t>v=</m:t></m:r><m:f><m:num><m:r><m:t>2s</m:t></m:r></m:num><m:den>"
        "<m:sSup><m:e><m:r><m:t>t</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
        "</m:den></m:f></m:oMath>"
    )
    assert texts(f"<w:p>{run('With ')}{formula}{run(' it falls.')}</w:p>") == [
        "With v=2s/(t^2) it falls."
    ]


def test_a_box_does_not_break_the_sentence_it_hangs_in() -> None:
    box = f"<w:txbxContent>{said('Box one.')}{said('Box two.')}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><a:graphic>{box}"
        f"</a:graphic></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    body = f"<w:p>{run('The gate opens')}{shape}{run(' at nine.')}</w:p>"
    assert texts(body) == ["The gate opens at nine.", "Box one.", "Box two."]


def test_boxes_of_forms_say_what_was_chosen() -> None:
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    assert texts(f"<w:p>{sign}{run(' with lunch')}</w:p>") == ["☑ with lunch"]


def test_what_is_to_be_filled_in_is_no_text() -> None:
    control = (
        "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>"
        + run("Type your name", '<w:rStyle w:val="PlaceholderText"/>')
        + "</w:sdtContent></w:sdt>"
    )
    filled_in = f"<w:p>{run('Name: ')}{control.format('')}</w:p>"
    empty = f"<w:p>{run('Name: ')}{control.format('<w:showingPlcHdr/>')}</w:p>"
    assert texts(empty + filled_in) == ["Name:", "Name: Type your name"]


def test_lines_that_the_author_broke_stay_apart() -> None:
    broken = "<w:p>{0}<w:r><w:br/></w:r>{1}<w:r><w:br/></w:r>{2}</w:p>"
    body = broken.format(run("Mill Lane 4"), run("Upper Town"), run("Tel. 0555 12"))
    assert texts(body) == ["Mill Lane 4\nUpper Town\nTel. 0555 12"]

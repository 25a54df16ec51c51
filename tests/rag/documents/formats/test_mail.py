"""An e-mail is a document; what is attached to it is read as documents of their own."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from rag.documents import Document, Skipped, document_id, read_folder
from rag.documents.block import Attachment, Content
from rag.documents.formats.mail import read_mailbox, read_message
from rag.errors import DocumentError


def message(text: str = "The ferry leaves at nine.\n", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ilse Amt <ilse@harbour.example>"
    mail["To"] = "crew@harbour.example"
    mail["Date"] = "Mon, 06 May 2024 09:30:00 +0200"
    mail["Subject"] = headers.pop("subject", "Ferry times")
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text)
    return mail


def read(data: bytes, path: Path, name: str = "mail.eml") -> list[Document | Skipped]:
    (path / name).write_bytes(data)
    return list(read_folder(path))


def paragraphs(document: Document | Skipped) -> list[str]:
    assert isinstance(document, Document)
    return [document.text[p.start : p.end] for p in document.paragraphs]


def test_people_date_and_subject_stand_above_the_text(tmp_path: Path) -> None:
    (found,) = read(message().as_bytes(), tmp_path)
    assert paragraphs(found) == [
        "From: Ilse Amt <ilse@harbour.example>",
        "To: crew@harbour.example",
        "Date: Mon, 06 May 2024 09:30:00 +0200",
        "Subject: Ferry times",
        "The ferry leaves at nine.",
    ]
    assert isinstance(found, Document)
    assert (found.title, found.date) == ("Ferry times", "2024-05-06")


def test_words_of_headers_and_text_are_decoded(tmp_path: Path) -> None:
    mail = message("渡船九点开。\n", subject="渡船时间")
    (found,) = read(mail.as_bytes(), tmp_path)
    assert isinstance(found, Document)
    assert (found.title, paragraphs(found)[-1]) == ("渡船时间", "渡船九点开。")


def test_an_old_encoding_that_is_not_named_is_recognized() -> None:
    data = b"From: a@b.example\nSubject: x\n\n" + "渡船每天早上九点从码头开出。\n".encode("gb18030")
    (found,) = read_message(data)
    assert isinstance(found, Content)
    assert found.blocks[-1].text == "渡船每天早上九点从码头开出。"


def test_of_a_text_in_two_forms_the_plain_one_is_read(tmp_path: Path) -> None:
    mail = message()
    mail.add_alternative("<p>The ferry leaves at <b>nine</b>.</p>", subtype="html")
    (found,) = read(mail.as_bytes(), tmp_path)
    assert paragraphs(found)[-1] == "The ferry leaves at nine."
    assert "".join(paragraphs(found)).count("nine") == 1


def test_a_text_in_html_alone_is_read(tmp_path: Path) -> None:
    mail = message()
    mail.set_content(
        "<html><body><p>The ferry <b>leaves</b> at nine.</p></body></html>", subtype="html"
    )
    (found,) = read(mail.as_bytes(), tmp_path)
    assert paragraphs(found)[-1] == "The ferry leaves at nine."


def test_attachments_are_documents_of_their_own(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment("Boat,Seats\nAlma,40\nTern,25\n", subtype="csv", filename="boats.csv")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="quay.heic")
    mail.add_attachment(b"", maintype="text", subtype="plain", filename="empty.json")
    main, boats, left_out = read(mail.as_bytes(), tmp_path)
    assert isinstance(main, Document)
    assert isinstance(boats, Document)
    assert isinstance(left_out, Skipped)
    assert (boats.title, boats.path) == ("boats.csv", "mail.eml")
    assert paragraphs(boats) == ["Boat: Alma | Seats: 40", "Boat: Tern | Seats: 25"]
    assert main.id == document_id("mail.eml") != boats.id
    assert "Attachment quay.heic: Files of this kind" in left_out.reason
    assert "Attachment empty.json" in left_out.reason


def test_a_mail_attached_to_a_mail_is_opened_but_not_for_ever(tmp_path: Path) -> None:
    inner = message("The innermost words are here.\n", subject="Inner")
    for _ in range(5):
        outer = message()
        outer.add_attachment(inner.as_bytes(), maintype="x", subtype="y", filename="in.eml")
        inner = outer
    found = read(inner.as_bytes(), tmp_path)
    assert [type(item) for item in found] == [Document] * 4 + [Skipped]
    assert isinstance(found[-1], Skipped)
    assert "too deep" in found[-1].reason


def test_pictures_in_the_text_are_passed_over() -> None:
    mail = message()
    mail.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>", filename="l.png")
    assert [type(item) for item in read_message(mail.as_bytes())] == [Content]


def test_a_mailbox_gives_its_messages_with_ids_that_stay(tmp_path: Path) -> None:
    envelope = b"From ilse@harbour.example Mon May  6 09:30:00 2024\n"
    one = message("One.\n>From here on it rains.\n", **{"Message-ID": "<1@h>"}).as_bytes()
    two = message("Two.\n", subject="Other", **{"Message-ID": "<2@h>"}).as_bytes()
    both = read(envelope + one + b"\n" + envelope + two, tmp_path, "box.mbox")
    assert ["Two." in paragraphs(item) for item in both] == [False, True]
    assert "From here on it rains." in paragraphs(both[0])[-1]
    alone = read(envelope + two, tmp_path, "box.mbox")
    assert isinstance(both[1], Document)
    assert isinstance(alone[0], Document)
    assert both[1].id == alone[0].id
    assert both[1].paragraphs[0].lines[0] > 8


@pytest.mark.parametrize("data", [b"just words", b"\n\nwords", b"\x00\x01\x02"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="no e-mail"):
        list(read_message(data))
    with pytest.raises(DocumentError, match="no mailbox"):
        list(read_mailbox(data))


def test_an_attachment_keeps_its_bytes() -> None:
    mail = message()
    mail.add_attachment(b"\x00\xff%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    _, attached = read_message(mail.as_bytes())
    assert attached == Attachment("a.pdf", b"\x00\xff%PDF", "/1 a.pdf")

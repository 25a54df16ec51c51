"""Bytes become the text their author wrote."""

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.text.decoding import decode
from rag.documents.text.encodings import is_plausible
from rag.errors import DocumentError

SIMPLIFIED = (
    "山里的学校去年修了新操场，孩子们每天下午都在那里踢球。老师说，等到秋天还要建一间图书室，"
    "让大家有更多的书可以看。村民们也很支持，有人送来了木料，有人来帮忙铺路。"
)
TRADITIONAL = (
    "山裡的學校去年修了新操場，孩子們每天下午都在那裡踢球。老師說，等到秋天還要建一間圖書室，"
    "讓大家有更多的書可以看。村民們也很支持，有人送來了木料，有人來幫忙鋪路。"
)
JAPANESE = "山の学校に新しい運動場ができて、子どもたちは毎日そこで遊んでいます。"
KOREAN = "산속 학교에 새 운동장이 생겨서 아이들이 날마다 그곳에서 놀고 있습니다."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_simplified_chinese_is_read_in_any_encoding(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [SIMPLIFIED, TRADITIONAL, "Plain English.\nTwo lines.\n", "中文 A"]
)
def test_utf16_needs_no_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "北京",
        "图书馆",
        "人口多少？",
        "今天天气很好",
        "上海市",
        "中国",
        "关于放假的通知",
        SIMPLIFIED[:9],
    ],
)
def test_a_short_simplified_text_is_not_taken_for_another_encoding(text: str) -> None:
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    "text", ["關於放假的通知", "圖書館開放時間", "今天天氣很好", "我們明天去學校", TRADITIONAL[:9]]
)
def test_a_short_traditional_text_is_not_taken_for_another_encoding(text: str) -> None:
    assert decode(text.encode("big5")) == text


@pytest.mark.parametrize("times", [1, 300])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gbk"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
    ],
)
def test_old_encodings_are_recognized_in_texts_of_any_length(
    text: str, encoding: str, times: int
) -> None:
    assert decode((text * times).encode(encoding)) == text * times


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café de l’école était fermé.", "cp1252"),
        ("Die Straße ist für Fußgänger.", "cp1252"),
        ("Весной на холмах распускаются цветы, и дети идут в школу." * 4, "cp1251"),
        ("Весной на холмах распускаются цветы, и дети идут в школу." * 4, "koi8_r"),
        ("Не шуми, река, дети спят.", "cp1251"),
        ("Старая мельница стоит у реки с прошлого века.", "cp866"),
        ("Os barcos não saem amanhã: há vento e as marés são altas.", "cp1252"),
        ("A estação não abre aos domingos.", "cp1252"),
        ("Mała łódka płynie wzdłuż brzegu, a dzieci śpią.", "cp1250"),
        ("Mała łódka płynie wzdłuż brzegu, a dzieci śpią.", "iso8859_2"),
        ("Loď odplouvá v šest hodin, jízdné činí třicet korun.", "cp1250"),
        ("A hajó hétkor indul, a jegy ötszáz forint, őszi menetrend szerint.", "cp1250"),
        ("Gemi sabah yedide kalkıyor, çocuklar için ücret alınmıyor, şimdilik.", "cp1254"),
        ("Το πλοίο φεύγει στις επτά το πρωί και τα παιδιά δεν πληρώνουν.", "iso8859_7"),
        ("הסירה יוצאת בשעה שבע בבוקר וילדים אינם משלמים.", "cp1255"),
        ("يغادر القارب في السابعة صباحا ولا يدفع الأطفال شيئا.", "cp1256"),
        ("เรือออกเวลาเจ็ดโมงเช้าและเด็กไม่ต้องจ่ายเงิน", "tis_620"),
        (JAPANESE, "iso2022_jp"),
    ],
)
def test_single_byte_encodings_are_recognized(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_words_of_several_alphabets_show_that_an_encoding_is_wrong() -> None:
    text = "Анна Лунина и Иван Петров"
    assert is_plausible(text)
    assert not is_plausible(text.encode("cp1251").decode("koi8_r"))
    assert is_plausible("Plain words only, 30 °C")
    assert is_plausible("ÀÉ São 中文 été")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(range(256)) * 4,
        b"text with a \0 byte in it",
        bytes(range(1, 32)) * 10,
        codecs.BOM_UTF16_LE + b"\x00\xd8\x00",
        codecs.BOM_UTF8 + b"\xff\xff",
    ],
)
def test_what_is_no_text_is_refused_with_a_next_step(data: bytes) -> None:
    with pytest.raises(DocumentError, match="UTF-8"):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        assert isinstance(decode(data), str)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1))
def test_utf8_is_always_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")

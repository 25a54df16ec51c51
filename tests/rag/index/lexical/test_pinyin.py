"""Latin letters find the Chinese names they romanize, and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.encoding.word_frequencies import WordFrequencies
from rag.index.lexical.bm25 import LexicalIndex
from rag.index.lexical.bm25_writer import LexicalWriter
from rag.index.lexical.pinyin import CharacterPairs, NameIndex, _readings, write_names
from rag.index.lexical.term_weights import TermWeights
from rag.index.lexical.terms import terms
from tests.fakes import all_new

TEXTS = (
    "盘锦市新增就业3960人",
    "盤錦市公路12.5公里",
    "兴隆台区创业",
    "吕梁市绿化",
    "阿南安南那安纳南",
    "Panjin is a city",
)
SIMPLIFIED, TRADITIONAL, DISTRICT, UMLAUT, _, LATIN = range(len(TEXTS))


Names = tuple[NameIndex, LexicalIndex]


def names_of(folder: Path, texts: Sequence[str]) -> Names:
    writer = LexicalWriter(folder)
    for text in texts:
        writer.add_paragraph(text, [text])
    writer.write_postings(all_new(len(texts)))
    write_names(writer.pairs, folder)
    lexical = LexicalIndex(folder, len(texts))
    return NameIndex(folder, lexical), lexical


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    return names_of(tmp_path_factory.mktemp("names"), TEXTS)


def found(names: Names, question: str) -> set[int]:
    """The rows that have a term which only the restored question has."""
    index, lexical = names
    own = set(terms(question))
    restored = [term for term in terms(index.restore(question)) if term not in own]
    return set(
        lexical.best_rows(
            TermWeights(lexical, WordFrequencies(None)).weigh(restored), len(TEXTS)
        ).tolist()
    )


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many jobs in Panjin?", {SIMPLIFIED, TRADITIONAL}),
        ("PANJIN", {SIMPLIFIED, TRADITIONAL}),
        ("Panjin's jobs", {SIMPLIFIED, TRADITIONAL}),
        ("Pánjǐn", {SIMPLIFIED, TRADITIONAL}),
        ("Pa\u0301nji\u030cn", {SIMPLIFIED, TRADITIONAL}),
        ("Ｐａｎｊｉｎ", {SIMPLIFIED, TRADITIONAL}),
        ("¿Qué es Xinglongtai?", {DISTRICT}),
        ("Xīnglóngtái", {DISTRICT}),
        ("Lüliang", {UMLAUT}),
        ("Lvliang", {UMLAUT}),
        ("Panjin or Xinglongtai?", {SIMPLIFIED, TRADITIONAL, DISTRICT}),
    ],
)
def test_a_romanized_name_finds_the_characters_in_either_script(
    names: Names, question: str, rows: set[int]
) -> None:
    assert found(names, question) == rows


@pytest.mark.parametrize("question", ["Lǚliáng", "Lu\u0308liang", "LǙLIANG"])
def test_an_umlaut_is_kept_under_a_tone_mark_and_in_any_encoding(
    names: Names, question: str
) -> None:
    assert found(names, question) == {UMLAUT}


@pytest.mark.parametrize(
    "question",
    [
        "",
        "？！ 😀",
        "how many jobs in panjin",
        "pánjǐn",
        "Where does Robert live",
        "Pan Jin",
        "Panjing",
        "Pan",
        "盘锦",
        "Панцзинь",
        "Xinglongjin",
        "P",
        "Panjin" * 9,
    ],
)
def test_what_is_no_romanized_name_names_nothing(names: Names, question: str) -> None:
    assert found(names, question) == set()
    assert names[0].restore(question) == question


def test_numbers_and_words_in_lower_case_are_no_names(names: Names) -> None:
    assert found(names, "What are the 3960 people?") == set()
    assert found(names, "panjin") == set()
    assert names[0].restore("panjin 3960") == "panjin 3960"


@pytest.mark.parametrize(
    ("question", "restored"),
    [
        ("How many jobs in Panjin?", "How many jobs in 盘锦?"),
        ("Pánjǐn's jobs", "盘锦's jobs"),
        ("Xinglongtai and Lüliang", "兴隆台 and 吕梁"),
        ("Robert in Chongqing", "Robert in Chongqing"),
        ("盘锦有多少人", "盘锦有多少人"),
        ("the E\u0301cole, ２０２１", "the E\u0301cole, ２０２１"),
    ],
)
def test_a_romanized_name_is_restored_to_characters(
    names: Names, question: str, restored: str
) -> None:
    assert names[0].restore(question) == restored


def test_a_name_that_the_index_does_not_have_is_left_out(names: Names) -> None:
    assert names[0].restore("Panjin or Chongqing, Robert?") == "盘锦 or Chongqing, Robert?"
    assert found(names, "Panjin or Chongqing, Robert?") == found(names, "Panjin")


def test_a_name_is_characters_side_by_side_not_anywhere(tmp_path: Path) -> None:
    names = names_of(tmp_path, ["盘子和锦旗", "盘锦", "盘锦兴隆"])
    assert found(names, "Panjin") == {1, 2}


def test_an_index_without_chinese_knows_no_names(tmp_path: Path) -> None:
    names = names_of(tmp_path, ["Panjin is a city of 5 districts", "roads"])
    assert found(names, "Panjin") == set()


SYLLABLES = frozenset({"a", "an", "na", "nan", "n"})


def test_readings_of_a_word_are_the_few_with_the_fewest_syllables() -> None:
    assert _readings("anan", frozenset({"a", "an", "nan"})) == [("a", "nan"), ("an", "an")]
    assert _readings("an", SYLLABLES) == [("a", "n")]
    assert _readings("ax", SYLLABLES) == []


@pytest.mark.parametrize("word", ["an" * 12, "a" * 24, "anan" * 5, "nanana" * 4])
def test_readings_of_a_hostile_word_are_bounded(word: str) -> None:
    readings = _readings(word, SYLLABLES)
    assert 0 < len(readings) <= 8
    assert all("".join(reading) == word for reading in readings)
    assert _readings(word * 50, SYLLABLES) == []


def test_a_question_of_hostile_words_is_answered(names: Names) -> None:
    words = ["An" + "an" * length for length in range(12)]
    assert SIMPLIFIED in found(names, " ".join([*words, "Panjin", "Anan" * 100]))


@pytest.mark.parametrize(
    ("characters", "name"),
    [
        ("盘锦", "Panjin"),
        ("兴隆台", "Xinglongtai"),
        ("吕梁", "Lüliang"),
        ("北京", None),
        ("盘", None),
    ],
)
def test_names_of_the_texts_can_be_romanized(
    names: Names, characters: str, name: str | None
) -> None:
    assert names[0].romanize(characters) == name


def test_pairs_are_kept_once_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.index.lexical.pinyin._MOST_NEW", 2)
    pairs = CharacterPairs()
    for some in (["盘锦", "锦市", "市人", "2022"], ["盘锦", "人口", "a"], [], ["锦市"]):
        pairs.add_terms(some)
    expected = sorted(ord(a) << 32 | ord(b) for a, b in ("盘锦", "锦市", "市人", "人口"))
    assert pairs.packed().tolist() == expected

"""Tokenizers: what is counted, which tokens are a text's own, and the same tokens from less."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from rag.encoding.tokenizer import (
    TOKENIZER_FILE,
    QuestionTokenizer,
    TokenCounter,
    load_tokenizer,
    own_tokens,
    write_question_tokenizer,
)
from rag.errors import StoreError

WORDS = ["[unk]", "[cls]", "query", ":", "how", "many", "人"]


def tokenizer() -> Tokenizer:
    made = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[unk]")  # noqa: S106
    )
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[cls] $A", special_tokens=[("[cls]", 1)]
    )
    return made


@pytest.mark.parametrize(
    ("prompt", "text", "kept", "starts"),
    [
        ("", "how many", ["how", "many"], [0, 4]),
        ("query: ", "how  人", ["how", "人"], [0, 5]),
        ("query: ", "😀人", ["[unk]"], [0]),
        ("query", " : many", [":", "many"], [1, 3]),
        ("query: ", "", [], []),
    ],
)
def test_own_tokens_are_told_from_prompt_special_tokens_and_padding(
    prompt: str, text: str, kept: list[str], starts: list[int]
) -> None:
    made = tokenizer()
    made.enable_padding(length=9)
    encoding = made.encode(prompt + text)
    assert len(encoding.tokens) == 9
    own, places = own_tokens(encoding, len(prompt))
    assert [encoding.tokens[at] for at in own] == kept
    assert places.tolist() == starts


def test_a_token_that_begins_in_the_prompt_begins_with_the_text() -> None:
    made = Tokenizer(models.WordLevel({"ab": 0, "c": 1, "d": 2}, unk_token="d"))  # noqa: S106
    made.pre_tokenizer = pre_tokenizers.Split(Regex("ab|."), "isolated")
    own, starts = own_tokens(made.encode("cab" + "c"), 2)
    assert own.tolist() == [1, 2]
    assert starts.tolist() == [0, 1]


def test_tokens_are_counted_without_the_special_ones(tmp_path: Path) -> None:
    count = TokenCounter(saved(tmp_path))
    assert [count(text) for text in ("", "how", "how many", "how unknown 人")] == [0, 1, 2, 3]
    assert count.overhead("") == 1
    assert count.overhead("query: ") == 3


def of_characters() -> Tokenizer:
    pieces = [("<unk>", 0.0), *((each, -1.0) for each in "▁abc字人"), ("▁abc", -0.5)]
    made = Tokenizer(models.Unigram(pieces, 0))
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def of_bytes() -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({each: at for at, each in enumerate(alphabet)}, []))
    made.normalizer = normalizers.NFD()
    made.pre_tokenizer = pre_tokenizers.ByteLevel()
    return made


@pytest.mark.parametrize("made", [of_characters(), of_bytes()], ids=["characters", "bytes"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_has_more_tokens_than_its_bound(
    tmp_path_factory: pytest.TempPathFactory, made: Tokenizer, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{type(made.model).__name__}.json"
    if not path.exists():
        made.save(str(path))
    count = TokenCounter(path)
    assert count(text) <= count.at_most(text)
    assert count.at_most("abc") < 15  # or it would be of no use


def test_a_counters_file_is_read_when_it_is_first_needed(tmp_path: Path) -> None:
    count = TokenCounter(tmp_path / "missing.json")
    with pytest.raises(StoreError, match=r"missing\.json"):
        count("how")


PIECES = [
    ("<s>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    *(("▁", -2.0), ("a", -4.0), ("b", -4.5), ("ab", -5.0), ("▁ab", -3.0), ("abab", -6.5)),
    *(("人", -5.0), ("人口", -6.0), ("口", -6.0), ("▁人口", -9.0), ("😀", -9.5), (":", -3.0)),
    ("zzz", -40.0),
]


def unigram(**more: bool) -> Tokenizer:
    made = Tokenizer(models.Unigram(PIECES, 2, **more))
    made.add_special_tokens(["<s>", "</s>", "<unk>"])
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return made


def saved(folder: Path, made: Tokenizer | None = None) -> Path:
    path = folder / "whole.json"
    (made or tokenizer()).save(str(path))
    return path


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tokenizer, QuestionTokenizer]:
    folder = tmp_path_factory.mktemp("tokenizer")
    whole = saved(folder, unigram())
    write_question_tokenizer(whole, folder)
    return load_tokenizer(whole), QuestionTokenizer(folder)


@settings(max_examples=300)
@given(st.text(alphabet="ab人口😀: ｚz\ue000①", max_size=12))
def test_a_question_has_the_tokens_of_the_whole_vocabulary(
    both: tuple[Tokenizer, QuestionTokenizer], text: str
) -> None:
    whole, small = both
    expected = whole.encode(text)
    ids, encoding = small.encode(text)
    assert ids.tolist() == expected.ids
    assert encoding.offsets == expected.offsets
    assert encoding.special_tokens_mask == expected.special_tokens_mask


def test_only_a_few_pieces_are_in_memory(tmp_path: Path) -> None:
    write_question_tokenizer(saved(tmp_path, unigram()), tmp_path)
    content = json.loads((tmp_path / TOKENIZER_FILE).read_text(encoding="utf-8"))
    assert content["model"]["vocab"] == [["<s>", 0], ["</s>", 0], ["<unk>", 0], ["zzz", -40]]


def test_the_lowest_piece_may_be_a_special_one(tmp_path: Path) -> None:
    made = Tokenizer(models.Unigram([("<s>", -9.0), ("<unk>", 0.0), ("a", -1.0), ("b", -2.0)], 1))
    write_question_tokenizer(saved(tmp_path, made), tmp_path)
    expected = load_tokenizer(tmp_path / "whole.json").encode("abxba")
    assert QuestionTokenizer(tmp_path).encode("abxba")[0].tolist() == expected.ids


def test_many_threads_get_the_tokens_of_one(
    both: tuple[Tokenizer, QuestionTokenizer],
) -> None:
    _, small = both
    texts = ["ab", "人口", "abab 人", "😀", ""] * 40
    alone = [small.encode(text)[0].tolist() for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert [ids.tolist() for ids, _ in pool.map(small.encode, texts)] == alone


@pytest.mark.parametrize("made", [tokenizer(), unigram(byte_fallback=True)])
def test_tokenizers_of_other_kinds_are_kept_whole(tmp_path: Path, made: Tokenizer) -> None:
    write_question_tokenizer(saved(tmp_path, made), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"whole.json", TOKENIZER_FILE}
    expected = load_tokenizer(tmp_path / "whole.json").encode("how many ab 人口 😀")
    ids, encoding = QuestionTokenizer(tmp_path).encode("how many ab 人口 😀")
    assert ids.tolist() == expected.ids
    assert encoding.offsets == expected.offsets


def test_what_looks_like_a_special_token_is_text(
    both: tuple[Tokenizer, QuestionTokenizer],
) -> None:
    ids, encoding = both[1].encode("a </s> b")
    assert encoding.special_tokens_mask == [1, *[0] * (len(ids) - 2), 1]


@pytest.mark.parametrize("name", ["keys", "scores", "numbers"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY"])
def test_damaged_pieces_are_refused_with_the_remedy(
    tmp_path: Path, name: str, content: bytes
) -> None:
    write_question_tokenizer(saved(tmp_path, unigram()), tmp_path)
    (tmp_path / f"tokenizer.{name}.npy").write_bytes(content)
    with pytest.raises(StoreError, match=r"tokenizer\.json cannot be read.*wenda index --full"):
        QuestionTokenizer(tmp_path)

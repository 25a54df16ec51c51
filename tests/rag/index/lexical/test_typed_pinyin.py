"""Pinyin without tones is read with the characters that the documents have."""

import pytest

from rag.index.lexical.homophones import Homophones
from rag.index.lexical.typed_pinyin import TypedPinyin
from tests.rag.index.lexical.test_pinyin import Names, names_of

TEXTS = (
    "盘锦市建成口袋公园9个，居民很满意",
    "洮北区办了590场招聘会",
    "进口商品经过大连供应",
    "吕梁市绿化，西安也绿化",
    "低保金按月发放，地宝",
)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    return names_of(tmp_path_factory.mktemp("typed"), TEXTS)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("pan jin kou dai gong yuan", "盘锦口袋公园"),
        ("panjin koudai gongyuan", "盘锦口袋公园"),
        ("PANJIN  koudaigongyuan?", "盘锦口袋公园"),
        ("pánjǐn kǒudài gōngyuán", "盘锦口袋公园"),
        ("taobei qu zhaopinhui duoshao chang", "洮北区招聘会多少场"),
        ("lvliang lvhua", "吕梁绿化"),
        ("lüliang lühua", "吕梁绿化"),
        ("xi'an lü hua", "西安绿化"),
        ("kou dai gong yuan 9 ge", "口袋公园9"),
    ],
)
def test_pinyin_is_read(names: Names, typed: str, read: str) -> None:
    assert TypedPinyin(*names).spell(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        *("", "9", "盘锦", "panjin", "hello", "banana", "the pan in the gong", "口袋 gong yuan di"),
        *("kou dai gong yuan strawberry", "zhong guo ren min yin hang", "a" * 200, "pan jin " * 40),
        "кoudai gongyuan",
    ],
)
def test_what_is_not_pinyin_of_the_documents_is_left_alone(names: Names, text: str) -> None:
    assert TypedPinyin(*names).spell(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("口带公园有几个？", None),  # 带 stands nowhere in the documents: its sound is not known
        ("招品会", "招聘会"),
        ("洮北区招聘汇在哪", None),
        ("地保金", "低保金"),
        ("盘进市口袋公园", "盘锦市口袋公园"),
        ("盤進市口袋公園", "盤锦市口袋公園"),
        ("盘锦市口袋公园", None),
        ("一二三四五", None),
        ("", None),
    ],
)
def test_a_character_of_the_same_sound_is_corrected_where_only_one_fits(
    names: Names, typed: str, meant: str | None
) -> None:
    assert Homophones(*names).corrected(typed) == meant

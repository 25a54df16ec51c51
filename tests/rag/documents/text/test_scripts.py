"""Which script and language a text is in."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import detect_language, detect_script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("图书馆几点开门", "Hans"),
        ("圖書館幾點開門", "Hant"),
        ("人口多少", "Hans"),
        ("圖書馆幾點開門呢", "Hant"),
        ("図書館はどこですか", "Jpan"),
        ("다음 버스는 언제 옵니까", "Kore"),
        ("Where is the library?", "Latn"),
        ("BERT模型是什么", "Hans"),
        ("Peking (北京) lies in the north.", "Latn"),
        ("Где библиотека?", "Cyrl"),
        ("أين المكتبة؟", "Arab"),
        ("ห้องสมุดอยู่ที่ไหน", "Thai"),
        ("2021 ...", "Zyyy"),
        ("", "Zyyy"),
    ],
)
def test_the_script_of_a_short_question_is_known(text: str, script: str) -> None:
    assert detect_script(text) == script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("春天来了，山上的花开了。", ("zh", "Hans")),
        ("春天來了，山上的花開了。", ("zh", "Hant")),
        ("春が来て、山の花が咲きました。", ("ja", "Jpan")),
        ("봄이 와서 산에 꽃이 피었습니다.", ("ko", "Kore")),
        ("Spring has come and the flowers on the hills are in bloom.", ("en", "Latn")),
        ("Der Frühling ist gekommen, und die Blumen auf den Hügeln blühen.", ("de", "Latn")),
        ("Le printemps est arrivé et les fleurs des collines sont ouvertes.", ("fr", "Latn")),
        ("Пришла весна, и на холмах распустились цветы.", ("ru", "Cyrl")),
        ("Прийшла весна, і на пагорбах розпустилися квіти.", ("uk", "Cyrl")),
        ("بهار آمده است و گل‌های تپه‌ها شکفته‌اند.", ("fa", "Arab")),
        ("Η άνοιξη ήρθε και τα λουλούδια άνθισαν.", ("el", "Grek")),
        ("वसंत आ गया है और पहाड़ियों पर फूल खिले हैं।", ("hi", "Deva")),
        ("123", ("und", "Zyyy")),
    ],
)
def test_language_and_script_are_told_together(text: str, expected: tuple[str, str]) -> None:
    assert detect_language(text) == expected


@given(st.text())
def test_any_text_has_a_script(text: str) -> None:
    assert len(detect_script(text)) == 4


def test_chinese_never_loads_the_language_identifier() -> None:
    code = (
        "import sys; from rag.documents import detect_language as d; d('春天来了');"
        "sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

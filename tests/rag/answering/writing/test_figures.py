"""Numbers and dates compare across ways of writing them."""

import pytest

from rag.answering.writing.figures import figures, possible_figures


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("More than 30,000 people", "3万余人"),
        ("385 million yuan", "3.85亿元"),
        ("It covers 520,500 square metres.", "建筑面积合计52.05万平方米"),
        ("48 000 ouvrages", "48,000 books"),
        ("49 percent", "公办率为49%"),
        ("百分之四十九", "49%"),
        ("since March 2019", "自2019年3月起"),
        ("im März", "in March 2019"),
        ("2024-11-29", "2024年11月29日"),
        ("on Wednesday", "毎週水曜日は休みです"),
        ("周三", "每星期三"),
        ("three schools", "三所学校"),
        ("三所学校", "3 schools"),
        ("drei Schulen", "three schools"),
        ("二十三个", "23個"),
        ("第三条", "Section 3"),
        ("You may go.", "Nothing of the kind."),
        ("march on", "Nothing of the kind."),
    ],
)
def test_the_same_figure_is_found(sentence: str, quote: str) -> None:
    held = possible_figures(quote)
    assert all(not held.isdisjoint(each) for each in figures(sentence))


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("11313人", "11331人"),
        ("3人", "3万人"),
        ("49人", "49%"),
        ("49%", "49人"),
        ("in May 2019", "in March 2019"),
        ("2019年5月", "2019年3月5日"),
        ("周四", "星期三"),
        ("four schools", "三所学校"),
        ("3个月", "3天"),
        ("5分钟", "5小时"),
        ("去年有10个", "今年有10个"),
        ("last year", "this year"),
        ("12 million", "12,4 Mio."),
        ("E-23", "E-32"),
    ],
)
def test_another_figure_is_not(sentence: str, quote: str) -> None:
    held = possible_figures(quote)
    assert any(held.isdisjoint(each) for each in figures(sentence))


def test_a_long_run_of_digits_is_read_quickly() -> None:
    assert figures("9" * 4000 + "," * 100 + "9,999" * 300)

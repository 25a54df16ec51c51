"""Of a web page the main content is read, with headings, lists, tables and the file's lines."""

import textwrap

import pytest

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.web import read_web_page
from rag.errors import DocumentError

PAGE = """
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>盘锦市2022年民生工作综述 - 盘锦市人民政府</title>
<meta name="PubDate" content="2022-12-08 09:30"><meta name="ContentSource" content="盘锦日报">
<script>var a = "不该出现。不该出现。";</script></head>
<body>
<div class="top"><ul><li><a href="/">首页</a></li><li><a href="/b">政务公开</a></li></ul></div>
<div>当前位置：<a href="/">首页</a> &gt; <a href="/xw">新闻中心</a> &gt; 正文</div>
<div class="article">
<h1>盘锦市2022年民生工作综述</h1>
<div><span>发布时间：2022-12-08 09:30</span> <span>来源：盘锦日报</span></div>
<div class="editor">
<p>　　今年以来，盘锦市把民生放在心上，民生支出的比重稳步提高。</p>
<h2>一、就业</h2>
<p>　　截至11月底，<b>新增创业的有11331人</b>，
由此带动就业20352人。</p>
<h2>二、城市</h2><h3>（一）旧区</h3>
<p>改造老旧小区45个，惠及居民1.9万户。</p>
<ul><li>双台子区：20个</li><li>兴隆台区：25个</li></ul>
<table><tr><th>县区</th><th>完成率</th></tr>
<tr><td>双台子区</td><td>102%</td></tr></table>
</div>
<div class="share">分享到：<a>微信</a><a>微博</a></div>
</div>
<div class="related"><h4>相关文章</h4><ul><li><a href="2">盘锦市召开会议。</a></li></ul></div>
<div class="footer"><p>版权所有 辽ICP备05023109号</p></div>
</body></html>
"""


def read(page: str | bytes, path: str = "a.html") -> Document:
    data = page if isinstance(page, bytes) else page.strip().encode()
    return assemble(read_web_page(data), path=path, digest="", limits=Limits())


def told(document: Document) -> list[tuple[str, str, tuple[int, int]]]:
    return [(p.section, document.text[p.start : p.end], p.lines) for p in document.paragraphs]


def texts(page: str) -> list[str]:
    return [text for _, text, _ in told(read(page))]


def test_the_article_is_read_without_what_stands_around_it() -> None:
    assert told(read(PAGE)) == [
        ("", "今年以来，盘锦市把民生放在心上，民生支出的比重稳步提高。", (13, 13)),
        ("一、就业", "截至11月底，新增创业的有11331人，由此带动就业20352人。", (15, 16)),
        ("二、城市 › （一）旧区", "改造老旧小区45个，惠及居民1.9万户。", (18, 18)),
        ("二、城市 › （一）旧区", "- 双台子区：20个\n- 兴隆台区：25个", (19, 19)),
        ("二、城市 › （一）旧区", "县区: 双台子区 | 完成率: 102%", (21, 21)),
    ]


def test_title_date_source_and_language_are_found() -> None:
    document = read(PAGE)
    assert document.title == "盘锦市2022年民生工作综述"
    assert (document.date, document.source) == ("2022-12-08", "盘锦日报")
    assert document.language == "zh"  # whatever the template says


def test_what_stands_beside_the_article_is_left_out_whatever_it_is_called() -> None:
    beside = "<div class='x1'><p>旁边也有一句话，没有链接。</p></div>"
    text = "<p>正文有很多话，一句接一句，说了很久。</p>" * 9
    page = f"<title>题</title>{beside}<div class='x2'>{text}</div>{beside}"
    assert "旁边" not in read(page).text
    assert "旁边" not in read(f"<title>题</title>{beside}<article>{text}</article>").text


def test_a_short_notice_is_read_whole() -> None:
    page = "<html><title>通知</title><body><h1>停水通知</h1><p>明天停水。</p><p>请储水。</p>"
    assert texts(page) == ["明天停水。", "请储水。"]


def test_a_page_without_paragraphs_breaks_at_its_line_breaks() -> None:
    page = """
    <title>养老</title><div><a href=a>首页</a>|<a href=b>登录</a></div><div>
    <div>临河区有社区养老服务站23个，街道养老服务中心11个。<br><br>全区共投入资金1200万元。<br>
    下一步继续推进。</div></div>"""
    assert texts(page) == [
        "临河区有社区养老服务站23个，街道养老服务中心11个。",
        "全区共投入资金1200万元。",
        "下一步继续推进。",
    ]


def test_a_page_laid_out_with_tables_is_running_text() -> None:
    page = """
    <title>调研</title><table><tr><td><table><tr><td>现在位置：<a href=1>首页</a> &gt;&gt;
    <a href=2>新闻</a> &gt;&gt; 正文</td></tr></table><table><tr><td></td><td><p>调研组走访了园区，
    听取了情况介绍。</p><p>下一步，将加快建设。</p></td></tr></table></td></tr></table>"""
    assert texts(page) == ["调研组走访了园区，听取了情况介绍。", "下一步，将加快建设。"]


def test_the_declared_encoding_counts_where_it_is_not_utf8() -> None:
    page = (
        '<meta charset="gb2312"><title>鎔基</title><p>朱镕基和陶喆都在这里，人们说得很多。</p>'
        + "<p>这一段很长，说的都是平常的话。</p>" * 40
        + ""
    )
    assert "镕" in read(page.encode("gb18030")).text


def test_comments_hidden_text_and_forms_controls_are_no_text() -> None:
    page = """
    <article><p>Only this sentence is shown, and nothing else.</p><!-- not this. -->
    <p hidden>Not this.</p><p style="display: none">Nor this.</p><button>Press.</button>
    <noscript>Please turn on scripts.</noscript></article>"""
    assert texts(page) == ["Only this sentence is shown, and nothing else."]


def test_verbatim_text_keeps_its_lines() -> None:
    page = "<p>Run these commands:</p><pre>make run\nmake test\nmake check</pre>"
    assert "make run\nmake test\nmake check" in read(page).text


def test_direction_marks_and_controls_do_not_come_through() -> None:
    page = "<p>Safe &#x202E;text\u202e here\x07.</p><title>&#x202E;T</title>"
    document = read(page)
    assert document.text == "Safe text here."
    assert document.title == "T"


def test_english_lines_are_joined_with_spaces() -> None:
    page = textwrap.dedent("""
        <p>One line
        goes on.</p>""")
    assert texts(page) == ["One line goes on."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><body><div id=app></div><script>go()</script>", "running its scripts.*Save"),
        (b"%PDF-1.7 x", "PDF file, not a web page"),
        (b"<p>\x00\x01\x02\xff\xfe\x00</p>", "binary"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_web_page(data)


def test_deep_nesting_and_long_attributes_cut_nothing_off() -> None:
    deep = f"<p>Before it.</p>{'<div>' * 400}<p>Deep inside.</p>{'</div>' * 400}<p>After it.</p>"
    assert texts(deep) == ["Before it.", "Deep inside.", "After it."]
    long = f"<p>Before it.</p><img src='data:{'A' * 11_000_000}'><p>After it.</p>"
    assert texts(long) == ["Before it.", "After it."]


def test_elements_that_programs_invent_run_on_in_their_line() -> None:
    page = """
    <p>会议于<st1:chsdate year="2022">2022年5月1日</st1:chsdate>在<nobr>盘锦</nobr>举行<o:p></o:p>，
    由<x-name>张三</x-name>主持。</p>"""
    assert texts(page) == ["会议于2022年5月1日在盘锦举行，由张三主持。"]


def test_a_cell_that_reaches_down_keeps_the_values_under_their_columns() -> None:
    page = """
    <p>各区学校如下表所示。</p><table><tr><th>区</th><th>学校</th><th>人数</th></tr>
    <tr><td rowspan=2>东区</td><td>一中</td><td>300</td></tr>
    <tr><td>二中</td><td rowspan="99999999999999">400</td></tr>
    <tr><td>西区</td><td>三中</td></tr></table>"""
    assert texts(page)[1].split("\n") == [
        "区: 东区 | 学校: 一中 | 人数: 300",
        "区: 东区 | 学校: 二中 | 人数: 400",
        "区: 西区 | 学校: 三中 | 人数: 400",
    ]


def test_a_cell_reaches_no_further_than_its_part_of_the_table() -> None:
    page = """
    <p>各区学校如下表所示。</p><table><thead><tr><th rowspan=3>区</th><th>学校</th></tr></thead>
    <tbody><tr><td>东区</td><td>一中</td></tr></tbody></table>"""
    assert texts(page)[1] == "区: 东区 | 学校: 一中"


def test_the_caption_of_a_table_stands_before_its_rows() -> None:
    page = """
    <p>各区学校如下。</p><table><caption>下表是2022年各区的学校数量。</caption>
    <tr><th>区</th><th>学校</th></tr><tr><td>东区</td><td>一中</td></tr></table>"""
    assert texts(page) == [
        "各区学校如下。",
        "下表是2022年各区的学校数量。",
        "区: 东区 | 学校: 一中",
    ]


@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "punycode", "idna", "rot13"])
def test_a_declared_encoding_that_is_none_is_not_followed(charset: str) -> None:
    text = "<p>这一段很长，说的都是平常的话，没有别的意思。</p>" * 9
    page = f"<meta charset='{charset}'><title>题</title>{text}".encode("gb18030")
    assert "说的都是平常的话" in read(page).text


def test_answers_that_open_by_a_click_are_text() -> None:
    entries = "".join(
        f"<h3><button>第{n}个问题怎么办？</button></h3><div hidden>答{n}：先登记，再领取。</div>"
        for n in ("一", "二", "三", "四")
    )
    page = f"<title>常见问题</title><h1>常见问题</h1>{entries}"
    assert [(section, text) for section, text, _ in told(read(page))][:2] == [
        ("第一个问题怎么办？", "答一：先登记，再领取。"),
        ("第二个问题怎么办？", "答二：先登记，再领取。"),
    ]


def test_the_head_of_a_section_of_the_article_is_kept() -> None:
    page = """
    <header><h2>某某网站</h2></header><article><h1>年度报告</h1><p>今年的工作，进展顺利。</p>
    <section><header><h2>教育</h2></header><p>新建学校三所，学位增加。</p></section></article>"""
    assert [(section, text) for section, text, _ in told(read(page))] == [
        ("", "今年的工作，进展顺利。"),
        ("教育", "新建学校三所，学位增加。"),
    ]


def test_rows_stand_under_the_caption_of_their_table() -> None:
    document = read(
        "<h1>Boats</h1><h2>Hire</h2><p>All boats have oars.</p>"
        "<table><caption>Fares in 2024</caption>"
        "<tr><th>who</th><th>fare</th></tr><tr><td>adults</td><td>3</td></tr></table>"
        "<p>Dogs are free.</p>"
    )
    sections = {document.text[p.start : p.end]: p.section for p in document.paragraphs}
    assert sections["who: adults | fare: 3"] == "Hire › Fares in 2024"
    assert sections["Dogs are free."] == "Hire"

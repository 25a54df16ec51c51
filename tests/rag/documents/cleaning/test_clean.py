"""Plain text as people have it becomes headings and citable paragraphs, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.block import Content
from rag.documents.cleaning import clean

BODY = "去年春天，镇里修好了通往山顶的石板路。老人们每天早上都去散步。"
MORE = "到了秋天，路边又种上了桂花树。游客比前一年多了三成。"

ENGLISH = "The pool was rebuilt after a long debate. It has been open to all since then."


def paragraphs(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.kind == "paragraph"]


def headings(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.kind == "heading"]


def reasons(content: Content) -> dict[str, str]:
    return {dropped.text: dropped.reason for dropped in content.dropped}


class TestJoining:
    """A sentence that was cut in two is whole again, and nothing else is joined."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("河边的旧厂房改成了展览馆。今年以来，镇", "政府又修了三座桥。"),
            ("全镇共有一百二十名教师报名参加；另有六支志愿", "服务队到各村帮忙。"),
            (
                "继续把修路和种树作为全年最要紧的两件大事来抓，在去年主干道全部完",
                "工后，今年又开了新路。",
            ),
            ("他把这叫作“最后一公里的", "难题”，一直想解决它。"),
            ("桥修好了，路也通了，", "村民们都很高兴。"),
        ],
    )
    @pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\r\n\r\n"])
    def test_a_cut_sentence_is_joined_over_blank_lines(
        self, first: str, second: str, gap: str
    ) -> None:
        content = clean(f"{BODY}\n\n{first}{gap}{second}\n\n{MORE}")
        assert paragraphs(content) == [BODY, first + second, MORE]
        assert content.blocks[1].lines == (3, 3 + gap.count("\n"))

    def test_a_caption_between_the_halves_is_stepped_over(self) -> None:
        content = clean(
            f"{BODY}\n\n河边的旧厂房改好了。今年，镇\n\n\n\n"
            f"孩子们在桥上。 王小明 摄\n\n\n\n里又修了桥。\n\n{MORE}"
        )
        assert paragraphs(content) == [BODY, "河边的旧厂房改好了。今年，镇里又修了桥。", MORE]

    @pytest.mark.parametrize("mark", ["*", "-", "•"])
    def test_an_entry_of_a_list_that_stands_alone_is_no_heading(self, mark: str) -> None:
        entry = f"{mark} Tyre pressure not applicable: solid tyres"
        assert entry in paragraphs(clean(f"Known problems\n\n{entry}\n\n{ENGLISH}\n"))

    @pytest.mark.parametrize(
        "line",
        [
            "Der Turm ist wegen Brutzeit der Falken bis Juli gesperrt, stattdessen Garten",
            "7.10 Uhr Abfahrt Bahnhofsplatz",
            "13 Uhr Mittag in der Mühle",
        ],
    )
    def test_a_line_of_a_plan_is_no_heading(self, line: str) -> None:
        plan = f"Reiseplan\n\n{line}\n\n{ENGLISH}\n"
        assert line in paragraphs(clean(plan))

    def test_a_field_of_a_form_is_no_heading(self) -> None:
        form = f"修理伝票\n\n品名：置時計\n\n症状：電源が入らない\n\n担当：田辺\n\n{MORE}\n"
        assert "症状：電源が入らない" in paragraphs(clean(form))

    def test_a_field_of_a_form_is_no_credit_of_a_photograph(self) -> None:
        form = "场地：望湖楼二层\n策划：阿澈\n花艺：邝姐\n司仪：大伟（外请）\n摄影：未订"
        content = clean(f"婚庆结算单\n\n{form}\n\n{MORE}\n")
        assert form in "\n".join(paragraphs(content))

    def test_the_value_of_a_label_is_no_heading(self) -> None:
        content = clean(f"Oferta\n\nContrato: un año, prorrogable a tres\n\n{ENGLISH}\n")
        assert "Contrato: un año, prorrogable a tres" in paragraphs(content)
        assert "Part 2: The return" in headings(clean(f"Tales\n\nPart 2: The return\n\n{ENGLISH}"))

    @pytest.mark.parametrize(
        "heading", ["修路种树，山村换新颜", "把好事办到家门口", "山村的新样子：路通了，灯亮了"]
    )
    def test_a_heading_is_not_joined(self, heading: str) -> None:
        content = clean(f"{BODY}\n\n{heading}\n\n{MORE}")
        assert paragraphs(content) == [BODY, MORE]
        assert headings(content) == [heading]

    def test_long_parallel_headings_are_headings(self) -> None:
        one = (
            "这里有一条新的路:从山脚到山顶,从村东到村西,修了三年,"
            "老人孩子都说“走得稳”,日子一天比一天好"
        )
        two = (
            "这里有一座新的桥:从北岸到南岸,从春天到冬天,守了三年,"
            "工人师傅都说“站得住”,河水一年比一年清"
        )
        content = clean(f"{BODY}\n\n{one}\n\n{MORE}\n\n{two}\n\n{BODY}")
        assert headings(content) == [one, two]
        assert paragraphs(content) == [BODY, MORE, BODY]

    def test_an_author_without_end_marks_keeps_his_paragraphs(self) -> None:
        lines = [
            f"第{n}天我们走了很远的路，晚上住在山里的小客栈，早上又继续往前走" for n in "一二三四"
        ]
        assert paragraphs(clean("\n\n".join(lines))) == lines

    def test_english_is_joined_with_a_space_and_without_the_hyphen(self) -> None:
        content = clean(
            "The council decided to build a new bridge over the\n\nriver before the win-\n\n"
            "ter came. It opened in May.\n"
        )
        assert paragraphs(content) == [
            "The council decided to build a new bridge over the river before the winter came. "
            "It opened in May."
        ]


class TestWrapping:
    """Lines broken by a column are one paragraph; lists, poems and addresses are not."""

    def test_hard_wrapped_english_is_unwrapped(self) -> None:
        content = clean(
            "The old bridge over the river was built by the people of the two\n"
            "villages themselves, who carried every stone down from the well-known\n"
            "quarry above the church. It took them eleven years and two win-\n"
            "ters of waiting.\n"
            "\n"
            "Today the bridge carries a road, a water pipe and the only tele-\n"
            "phone line of the valley, and the well-\n"
            "known quarry has long been closed.\n"
        )
        assert [text[:12] for text in paragraphs(content)] == ["The old brid", "Today the br"]
        assert "two winters of waiting." in paragraphs(content)[0]
        assert "telephone line" in paragraphs(content)[1]
        assert "well-known quarry has" in paragraphs(content)[1]
        assert [block.lines for block in content.blocks] == [(1, 4), (6, 8)]

    def test_hard_wrapped_chinese_is_unwrapped(self) -> None:
        sentence = (
            "村口的老槐树下新修了一座凉亭夏天的时候老人们都喜欢坐在那里"
            "下棋聊天一直到太阳落山才回家吃饭。"
        )
        text = sentence * 4
        wrapped = "\n".join(text[i : i + 30] for i in range(0, len(text), 30))
        assert paragraphs(clean(wrapped)) == [text]

    def test_an_indented_line_starts_a_paragraph(self) -> None:
        one = "　　" + "这一段文字说的是山里的路怎么修好的事情，" * 4 + "完了。"
        two = "　　" + "那一段文字说的是河上的桥怎么建成的事情，" * 4 + "完了。"
        lines = [part[i : i + 30] for part in (one, two) for i in range(0, len(part), 30)]
        assert [text[:3] for text in paragraphs(clean("\n".join(lines)))] == ["这一段", "那一段"]

    def test_a_poem_keeps_its_lines(self) -> None:
        poem = "山中无历日，\n寒尽不知年。\n泉声随客到，\n云影共人闲。"
        assert paragraphs(clean(poem)) == [poem]

    def test_an_address_keeps_its_lines(self) -> None:
        address = "Village Office\n12 Bridge Street\nUpper Valley\nTel. 555-0199"
        content = clean(f"{address}\n\nPlease write to us. We answer within a week.\n")
        assert paragraphs(content)[0] == address

    def test_a_list_keeps_its_entries(self) -> None:
        content = clean(f"{BODY}\n\n- 石板\n- 水泥\n- 木料\n\n{MORE}")
        assert paragraphs(content) == [BODY, "- 石板\n- 水泥\n- 木料", MORE]


class TestFurniture:
    """What surrounds a text is kept out of it, and what only looks like it is kept."""

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("孩子们在新操场上踢球, 十分开心。王小明摄", "photo"),
            ("新修的石板路。 李大山 摄", "photo"),
            ("●王小明", "by-line"),
            ("本报记者 王小明", "by-line"),
            ("（记者 王小明 通讯员 李大山）", "by-line"),
            ("●王小明 李大山 文/摄", "by-line"),
            ("山乡时报 SHIBAO", "masthead"),
            ("- 12 -", "page"),
            ("第 3 页 共 10 页", "page"),
            ("网站首页 | 关于我们 | 联系方式", "navigation"),
            ("山ICP备01234567号", "navigation"),
            ("© 2021 山村网 版权所有", "legal"),
        ],
    )
    def test_a_line_around_the_text_is_dropped(self, line: str, reason: str) -> None:
        content = clean(f"{BODY}\n\n{line}\n\n{MORE}")
        assert paragraphs(content) == [BODY, MORE]
        assert reason in reasons(content)[line]

    @pytest.mark.parametrize(
        "line",
        [
            "他爱好摄影，常在山里拍照。",
            "这张照片由山里的小学生拍摄。",
            "图书馆/文化馆每天开放。",
            "记者在现场看到了新桥。",
            "世界卫生组织 WHO 派来了专家。",
            "欢迎访问网站首页，了解更多。",
            "本报讯息灵通。",
        ],
    )
    def test_a_sentence_that_only_looks_like_it_is_kept(self, line: str) -> None:
        assert line in paragraphs(clean(f"{BODY}\n\n{line}\n\n{MORE}"))

    def test_a_by_line_at_the_end_of_a_paragraph_is_cut_off(self) -> None:
        content = clean(f"{BODY}\n\n{MORE} 王小明 本报记者 李大山")
        assert paragraphs(content) == [BODY, MORE]
        assert reasons(content) == {"王小明 本报记者 李大山": "by-line"}

    def test_a_credit_at_the_end_of_a_long_paragraph_does_not_take_it_along(self) -> None:
        long = BODY * 5
        assert paragraphs(clean(f"{MORE}\n\n{long}王小明摄")) == [MORE, long]

    def test_our_own_report_is_cut_off_the_beginning(self) -> None:
        assert paragraphs(clean(f"{MORE}\n\n本报讯 {BODY}")) == [MORE, BODY]

    def test_the_line_above_a_lonely_credit_is_its_caption(self) -> None:
        content = clean(f"{BODY}\n\n\n\n雪后的山村。\n\n李大山 摄\n\n{MORE}")
        assert paragraphs(content) == [BODY, MORE]

    def test_short_lines_set_off_by_pictures_are_captions(self) -> None:
        content = clean(
            f"山村新事\n\n●王小明 文/摄\n\n\n\n孩子们在踢球\n\n{BODY}\n\n"
            f"路修好了\n\n{MORE}\n\n\n\n村口的老树"
        )
        assert headings(content) == ["山村新事", "路修好了"]
        assert paragraphs(content) == [BODY, MORE]

    def test_the_same_lines_without_pictures_are_kept(self) -> None:
        content = clean(f"山村新事\n\n{BODY}\n\n\n\n路修好了\n\n{MORE}\n\n\n\n村口的老树")
        assert "路修好了" in headings(content)
        assert paragraphs(content) == [BODY, MORE, "村口的老树"]

    def test_a_teaser_that_repeats_the_beginning_is_dropped(self) -> None:
        content = clean(f"内容提要：{BODY[:26]}\n\n{BODY}\n\n{MORE}")
        assert paragraphs(content) == [BODY, MORE]

    def test_a_lead_that_says_something_else_is_kept(self) -> None:
        content = clean(f"内容提要\n\n{MORE}\n\n{BODY}")
        assert paragraphs(content) == [MORE, BODY]

    def test_page_numbers_and_running_headers_do_not_split_sentences(self) -> None:
        pages = [
            "山村年报\n\n去年全村修好了三条路，种了很多树，又建了新的学校。今年计划再修两",
            "- 1 -\n\n山村年报\n\n座桥。村里还要办一个图书室，让孩子们放学以后有地方看书。老人也",
            "- 2 -\n\n山村年报\n\n可以去。明年的计划还没有定下来。",
            "- 3 -",
        ]
        text = " ".join(paragraphs(clean("\n\n".join(pages))))
        assert "再修两座桥。" in text
        assert "老人也可以去。" in text

    def test_a_disclaimer_at_the_end_takes_the_loose_lines_with_it(self) -> None:
        notice = "免责声明:本网转载文章只为传递信息,如有问题请与我们联系。"
        content = clean(
            f"{BODY}\n\n{MORE}\n\n{notice}\n\n相关推荐\n热门文章\n点击榜单\n\n山ICP备01234567号"
        )
        assert paragraphs(content) == [BODY, MORE]

    def test_loose_lines_after_the_last_by_line_are_dropped(self) -> None:
        content = clean(f"{BODY}\n\n{MORE}\n\n王小明 本报记者 李大山\n\n山顶滑雪节\n\n——欢迎您——")
        assert paragraphs(content) == [BODY, MORE]
        assert "after the end" in reasons(content)["山顶滑雪节"]


class TestTitles:
    """Title, subtitle, date and source are found around the text's beginning."""

    def test_a_title_and_subtitle_above_a_by_line(self) -> None:
        content = clean(f"\n\n山村的新路\n\n——记一条石板路的三年\n\n本报记者 王小明\n\n{BODY}")
        assert content.title == "山村的新路——记一条石板路的三年"
        assert headings(content) == ["山村的新路", "——记一条石板路的三年"]
        assert paragraphs(content) == [BODY]

    def test_a_kicker_is_not_the_title(self) -> None:
        content = clean(f"——山村这三年——\n\n石板路上脚步轻 桂花树下笑声多\n\n●王小明\n\n{BODY}")
        assert content.title == "石板路上脚步轻 桂花树下笑声多"

    def test_a_title_below_captions(self) -> None:
        content = clean(f"\n\n新修的路。王小明摄\n\n\n\n山村图景 幸福家园\n\n●王小明\n\n\n\n{BODY}")
        assert content.title == "山村图景 幸福家园"

    def test_a_web_page_has_its_title_date_and_source(self) -> None:
        content = clean(
            "修路是第一件事、种树是第二件事、读书是第三件事 努力建设好山村,让日子过得更好\n"
            "山货 木料 客栈 路线 路线 路线\n\n山村:修路种树,一起往前走\n\n"
            "   2021-04-19 山村网\n40\n\n"
            f"{BODY}\n\n{MORE}\n\n首页 | 关于我们 | 联系我们"
        )
        assert (content.title, content.date, content.source) == (
            "山村:修路种树,一起往前走",
            "2021-04-19",
            "山村网",
        )
        assert paragraphs(content) == [BODY, MORE]

    def test_a_title_split_over_two_lines(self) -> None:
        content = clean(f"让山村的路\n通到每一家门口\n\n{BODY}\n\n{MORE}")
        assert content.title == "让山村的路 通到每一家门口"

    def test_a_labelled_date_and_source(self) -> None:
        content = clean(
            f"山村新路\n来源：山村日报\n发布时间：2020年5月6日 08:30\n\n{BODY}\n\n{MORE}"
        )
        assert (content.title, content.date, content.source) == (
            "山村新路",
            "2020-05-06",
            "山村日报",
        )

    def test_a_letter_is_dated_at_its_end(self) -> None:
        content = clean(f"放假通知\n\n{BODY}\n\n2020年5月6日")
        assert content.date == "2020-05-06"
        assert "2020年5月6日" in paragraphs(content)

    def test_a_text_that_begins_with_a_sentence_has_no_title(self) -> None:
        content = clean(f"{BODY}\n路修好了\n{MORE}")
        assert content.title is None
        assert headings(content) == ["路修好了"]

    def test_an_english_article(self) -> None:
        content = clean(
            "A New Bridge for the Valley\nBy Jane Doe\nMarch 3, 2020\n\n"
            "The bridge opened on Monday. Hundreds came.\n\nWhat It Cost\n\nIt cost two million.\n"
        )
        assert (content.title, content.date) == ("A New Bridge for the Valley", "2020-03-03")
        assert headings(content) == ["A New Bridge for the Valley", "What It Cost"]


class TestSections:
    """Headings belong to what follows them."""

    def test_notices_after_an_article_have_their_own_headlines(self) -> None:
        content = clean(
            f"山村大事\n\n本报记者 王小明\n\n{BODY}\n\n山乡时报 SHIBAO\n\n"
            f"东村修好水渠\n\n本报讯 {MORE}\n\n"
            f"西村办起客栈\n\n本报讯 {BODY}\n\n王小明 本报记者 李大山\n"
        )
        assert headings(content) == ["山村大事", "东村修好水渠", "西村办起客栈"]

    def test_lines_without_blanks_are_paragraphs_and_short_ones_headings(self) -> None:
        content = clean(f"{BODY}\n修路种树两件大事\n路修得又平又宽\n{MORE}\n办好学校\n{BODY}")
        assert [b.level for b in content.blocks if b.kind == "heading"] == [2, 3, 2]
        assert paragraphs(content) == [BODY, MORE, BODY]

    def test_numbered_headings_nest(self) -> None:
        content = clean(
            f"山村公约\n\n第一章 总则\n\n{BODY}\n\n第一节 修路\n\n{MORE}\n\n一、石板\n\n{BODY}\n\n"
            f"第二章 附则\n\n{MORE}"
        )
        levels = [b.level for b in content.blocks if b.kind == "heading"]
        assert levels == [0, 2, 3, 4, 2]

    def test_a_question_is_the_heading_of_its_answer(self) -> None:
        content = clean(f"山村问答\n\n怎么去山顶？\n{BODY}\n门票多少钱？\n不要钱，人人可去。")
        assert headings(content) == ["山村问答", "怎么去山顶？", "门票多少钱？"]
        assert paragraphs(content) == [BODY, "不要钱，人人可去。"]

    def test_a_question_in_a_dialogue_or_a_list_is_kept(self) -> None:
        lines = ["“谁在那里？”", "“是我。”", "山有多高？", "路有多长？"]
        assert paragraphs(clean("\n\n".join(lines))) == lines

    def test_a_first_chapter_is_a_section_not_the_title(self) -> None:
        content = clean(f"第一章 雪夜\n\n{BODY}\n\n第二章 清晨\n\n{MORE}")
        assert content.title is None
        assert [b.level for b in content.blocks if b.kind == "heading"] == [2, 2]

    def test_rows_between_bars_are_no_navigation(self) -> None:
        rows = "| 村 | 人口 | 学校 |\n| 东村 | 三百 | 一所 |\n| 西村 | 五百 | 两所 |"
        assert paragraphs(clean(f"{BODY}\n\n{rows}"))[1] == rows

    def test_a_value_is_no_heading(self) -> None:
        content = clean(f"{BODY}\n\n开放时间：9:00—17:00\n\n{MORE}")
        assert paragraphs(content) == [BODY, "开放时间：9:00—17:00", MORE]

    def test_many_short_lines_are_a_list_not_headings(self) -> None:
        fruits = ["苹果", "香蕉", "梨子", "桃子", "李子"]
        content = clean(f"{BODY}\n\n" + "\n\n".join(fruits) + f"\n\n{MORE}")
        assert paragraphs(content) == [BODY, *fruits, MORE]


class TestCharacters:
    """Invisible characters go, the author's own stay."""

    def test_invisible_characters_are_removed(self) -> None:
        content = clean("\ufeff山\u200b上\u00ad的\u202e树\u2066绿了。\x07\x1b")
        assert paragraphs(content) == ["山上的树绿了。"]

    def test_spaces_are_single_and_widths_are_kept(self) -> None:
        content = clean("　　路长１２公里,　　宽（５米）.   好!")
        assert paragraphs(content) == ["路长１２公里, 宽（５米）. 好!"]

    def test_joiners_stay_where_scripts_need_them(self) -> None:
        assert paragraphs(clean("می‌روم 👩‍💻.")) == ["می‌روم 👩‍💻."]

    def test_a_form_feed_is_no_line(self) -> None:
        content = clean("山上的树绿了。\n\n\f河里的水清了。")
        assert [block.lines for block in content.blocks] == [(1, 1), (3, 3)]


@pytest.mark.parametrize(
    "text", ["hello world", "你好", "王小明摄", "首页 | 关于我们 | 登录", "40", "- 1 -"]
)
def test_there_is_always_a_paragraph_when_there_is_text(text: str) -> None:
    assert paragraphs(clean(text)) == [text]


LINES = st.sampled_from(
    [BODY, MORE, BODY[:-5], "路修好了", "王小明摄", "本报记者 王小明", "——副题", "2021-04-19",
     "- 3 -", "40",
     "首页 | 关于我们 | 登录", "apple,", "The road was long and", "on. And on.", "  ", "", "",
     "一、总则", "“他说，", "免责声明:无。", "“", "）", "a-", "b"]
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(LINES | st.text(max_size=8), max_size=25))
def test_nothing_is_lost_and_lines_are_true(lines: list[str]) -> None:
    """Every letter of the file is in a block or told as dropped, on the line where it stood."""
    text = "\n".join(lines)
    content = clean(text)
    kept = "".join(block.text for block in content.blocks)
    dropped = "".join(dropped.text for dropped in content.dropped)
    letters = sorted(filter(str.isalnum, text))
    assert sorted(filter(str.isalnum, kept + dropped)) == letters
    if letters:
        assert any(block.kind == "paragraph" for block in content.blocks)
    file_lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for block in content.blocks:
        first, last = block.lines
        assert block.starts[0] == (0, first)
        assert block.starts[-1][1] == last
        words = [c for c in block.text if c.isalnum()]
        if words:
            assert any(words[0] in line for line in file_lines[first - 1 : last])


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    clean(text)


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Opening hours", True),
        ("2.1 Opening hours", True),
        ("Chapter 3", True),
        ("Programme for 2024", True),
        ("Tickets from 4 euros", False),
        ("Room 12 on the second floor", False),
        ("一、开放时间", True),
        ("第3章 开放时间", True),
        ("2024年的安排", True),
        ("120场文艺演出", False),
        ("票价5元起", False),
    ],
)
def test_a_line_with_a_figure_is_text_since_it_may_be_an_answer(line: str, heading: bool) -> None:
    body = "The museum by the lake is open on all days but Mondays, and it is free for children."
    more = "Groups should write a week before they come, so that somebody can show them around."
    text = f"{body}\n\n{line}\n\n{more}\n"
    kinds = {block.text: block.kind for block in clean(text).blocks}
    assert kinds[line] == ("heading" if heading else "paragraph")


def test_paragraphs_of_scripts_without_full_stops_stay_apart() -> None:
    first = "เรือออกจากท่าทุกวันตอนเจ็ดโมงเช้าและบ่ายสามโมงเด็กไม่ต้องซื้อตั๋วแต่ต้องนั่งกับผู้ใหญ่"
    second = "ตลาดริมน้ำเปิดทุกวันเสาร์ตั้งแต่หกโมงเช้าถึงบ่ายสองโมงและมีที่จอดรถอยู่หลังวัดใกล้ท่าเรือ"
    found = [block.text for block in clean(f"ท่าเรือ\n\n{first}\n\n{second}\n").blocks]
    assert found[-2:] == [first, second]

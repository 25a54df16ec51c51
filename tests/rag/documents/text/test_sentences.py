"""Where sentences end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import split_sentences

CASES = {
    "Chinese marks": ("今天晴。明天呢？后天雨！", ["今天晴。", "明天呢？", "后天雨！"]),
    "half-width marks in Chinese": ("你去吗?我去!好的。", ["你去吗?", "我去!", "好的。"]),
    "half-width full stop between Chinese": (
        "天气很好.我们出发了.",
        ["天气很好.", "我们出发了."],
    ),
    "closing quote stays": (
        "“我们走吧。” 大家都同意了这个提议。",
        ["“我们走吧。”", "大家都同意了这个提议。"],
    ),
    "who said it stays with what was said": (
        "“这条路修得真好。”村民老周笑着说。孩子们也高兴。",
        ["“这条路修得真好。”村民老周笑着说。", "孩子们也高兴。"],
    ),
    "a book title is not cut": ("他看了《你好！世界》才睡。", ["他看了《你好！世界》才睡。"]),
    "an aside is not cut": (
        "门票（老人免费。学生半价）可以网上买。",
        ["门票（老人免费。学生半价）可以网上买。"],
    ),
    "an aside alone is a sentence": ("(It rained.) We left.", ["(It rained.)", "We left."]),
    "decimals": ("投资3.85亿元，占 3.14%。", ["投资3.85亿元，占 3.14%。"]),
    "versions and addresses": (
        "Use v1.2 from https://a.example/x?y=1.2;z now. Done.",
        ["Use v1.2 from https://a.example/x?y=1.2;z now.", "Done."],
    ),
    "titles and initials": (
        "Dr. Smith met J. R. Li in the U.S. Army. They spoke.",
        ["Dr. Smith met J. R. Li in the U.S. Army.", "They spoke."],
    ),
    "abbreviations": (
        "Bring fruit, e.g. apples, to No. 5 by 3 p.m. today. See Fig. 2.",
        ["Bring fruit, e.g. apples, to No. 5 by 3 p.m. today.", "See Fig. 2."],
    ),
    "a company may end a sentence": (
        "It is Acme Inc. The rest left.",
        ["It is Acme Inc.", "The rest left."],
    ),
    "a year may end a sentence": (
        "It began in 1999. Nobody knew.",
        ["It began in 1999.", "Nobody knew."],
    ),
    "list numbers": ("1. Open the door. 2. Go in.", ["1. Open the door.", "2. Go in."]),
    "German ordinals": ("Am 3. Oktober war frei. Gut.", ["Am 3. Oktober war frei.", "Gut."]),
    "English dialogue": ('"Really?" he asked. "Yes."', ['"Really?" he asked.', '"Yes."']),
    "Latin ellipsis": ("Well... maybe. Wait... No.", ["Well... maybe.", "Wait...", "No."]),
    "Chinese ellipsis inside": ("桌子、椅子……样样都有。", ["桌子、椅子……样样都有。"]),
    "Chinese ellipsis between clauses": (
        "校园里的树绿了花开了孩子们在操场上奔跑着欢笑着……老师说这是他们来到山区学校以后最高兴的一个春天。",
        [
            "校园里的树绿了花开了孩子们在操场上奔跑着欢笑着……",
            "老师说这是他们来到山区学校以后最高兴的一个春天。",
        ],
    ),
    "short items stay together": (
        "一年，种树；两年，修路；三年，通车。",
        ["一年，种树；两年，修路；三年，通车。"],
    ),
    "long items stand alone": (
        "全镇去年新修水泥路一百二十公里;改造农村旧房三百余户并全部通过验收;新建卫生室九所。",
        [
            "全镇去年新修水泥路一百二十公里;",
            "改造农村旧房三百余户并全部通过验收;新建卫生室九所。",
        ],
    ),
    "Hindi": ("यह घर है। वह पेड़ है।", ["यह घर है।", "वह पेड़ है।"]),
    "Arabic": ("أين المكتبة؟ هي هناك.", ["أين المكتبة؟", "هي هناك."]),
    "Thai without marks": ("สวัสดีครับ วันนี้อากาศดี", ["สวัสดีครับ วันนี้อากาศดี"]),
    "Japanese": ("駅はどこですか。あちらです。", ["駅はどこですか。", "あちらです。"]),
    "lines": ("苹果\n香蕉\n\n梨", ["苹果", "香蕉", "梨"]),
    "repeated marks": ("什么？！不会吧！！", ["什么？！", "不会吧！！"]),
    "abbreviations before figures and brackets": (
        "Berg et al. [1998] rowed 3 km vs. £40 on p. 7, tab. 3. Then (c. 1990) they left.",
        ["Berg et al. [1998] rowed 3 km vs. £40 on p. 7, tab. 3.", "Then (c. 1990) they left."],
    ),
    "a sentence goes on after and": (
        "The Inst. of Agr. & For. closed. It rains.",
        ["The Inst. of Agr. & For. closed.", "It rains."],
    ),
    "an initial P is no page": ("Ask Mr. O. P. Lund today.", ["Ask Mr. O. P. Lund today."]),
    "a decimal ends a sentence": (
        "It rose to f/2.8. Both saw it.",
        ["It rose to f/2.8.", "Both saw it."],
    ),
    "an hour before a bracket": (
        "Come at 10 a.m. (in May). Bye.",
        ["Come at 10 a.m. (in May).", "Bye."],
    ),
    "an aside ends its sentence": (
        "They slept late (but not that late.) Then they ate.",
        ["They slept late (but not that late.)", "Then they ate."],
    ),
    "small letters throughout": (
        "is it still there? we looked for it. it was gone! call me",
        ["is it still there?", "we looked for it.", "it was gone!", "call me"],
    ),
    "a long semicolon in English": (
        "The oars were lost in the storm of May; the boat itself was found on the far bank.",
        ["The oars were lost in the storm of May; the boat itself was found on the far bank."],
    ),
    "an entity is no semicolon": (
        "Он назвал её &#39;Волна&#39; в мае.",
        ["Он назвал её &#39;Волна&#39; в мае."],
    ),
    "a Russian initial": ("Приехал А. П. Лунин. Он устал.", ["Приехал А. П. Лунин.", "Он устал."]),
    "Russian abbreviations": (
        "В 1905 г. Москва росла. В селе 40 чел. / км. Так и т. д.",
        ["В 1905 г. Москва росла.", "В селе 40 чел. / км.", "Так и т. д."],
    ),
    "an Arabic title": ("وصل د. سامي إلى القرية. نام.", ["وصل د. سامي إلى القرية.", "نام."]),
    "German ordinals of anything": (
        "Er wohnt im 4. Stock seit der 12. Woche. Es war 1990. Danach zog er um.",
        ["Er wohnt im 4. Stock seit der 12. Woche.", "Es war 1990.", "Danach zog er um."],
    ),
    "French abbreviations": (
        "Il régna vers 300 av. J.-C. à Rome. Il mourut.",
        ["Il régna vers 300 av. J.-C. à Rome.", "Il mourut."],
    ),
    "Thai sentences are parted by spaces": (
        "เรือออกจากท่าทุกวันตอนเจ็ดโมงเช้าและบ่ายสามโมง เด็กที่อายุไม่เกินหกขวบไม่ต้องซื้อตั๋ว",
        ["เรือออกจากท่าทุกวันตอนเจ็ดโมงเช้าและบ่ายสามโมง", "เด็กที่อายุไม่เกินหกขวบไม่ต้องซื้อตั๋ว"],
    ),
    "marks without words": ("好。。。 ！", ["好。。。 ！"]),
    "nothing": ("  \n ", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in split_sentences(text)] == expected


ALPHABET = (
    st.sampled_from(list("。！？；…,.;!?\"'”“（）()《》 \n\t1aBé中文字はन।่")) | st.characters()
)


@given(st.text(ALPHABET, max_size=200))
def test_sentences_cover_every_word_in_order(text: str) -> None:
    covered = ""
    previous = 0
    for sentence in split_sentences(text):
        assert previous <= sentence.start < sentence.end <= len(text)
        assert not text[previous : sentence.start].strip()
        piece = text[sentence.start : sentence.end]
        assert piece == piece.strip()
        covered += piece
        previous = sentence.end
    assert not text[previous:].strip()


@pytest.mark.parametrize(
    "unit", ["! ", "字", "a. ", "字;", '字."', "(", "……字", "长" * 30 + ";短;"]
)
def test_a_huge_text_is_split_in_reasonable_time(unit: str) -> None:
    began = time.process_time()  # whatever else the machine does
    split_sentences(unit * 40_000)
    assert time.process_time() - began < 20

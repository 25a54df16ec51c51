"""Lines around an article that are not its text: by-lines, credits, navigation, notices."""

import re

from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.piece import Piece, Role, has_han

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤梅邢"
    "张劉陳楊黃趙吳孫馬羅鄭謝許鄧馮韓蕭葉蔣蘇呂盧鍾薑譚範陸賈韋鄒閻龍陶賀顧龔萬錢嚴湯温溫常欧歐施牛樊葛安倪"
    "游颜顏洪章鲁魯毕畢聂聶焦柳邓殷辛管祝左涂翁庄莊柴阮齐齊兰蘭项項司申翟关關霍纪紀耿康费費裴席牟卫衛"
)
_NAME = "[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,6}"
_BULLET = "●○■□◆◇▲△★☆◎⊙"
_CREDIT_WORD = "摄影|攝影|摄|攝|供图|供圖|/图"
_MAY_START = r"(?:^|(?<=[。！？!?.…”」）)\s]))[（(\[]?"
_CREDIT = re.compile(
    rf"{_MAY_START}(?:{_NAME})(?:[ 、/]+(?:{_NAME})){{0,3}}\s*[/／]?\s*(?:{_CREDIT_WORD})[）)\]]?$"
)
_CREDIT_LABEL = re.compile(
    rf"{_MAY_START}(?:(?:摄影|攝影|供图|供圖|[图圖]片[来來]源|[图圖]源|[图圖])\s*[:：/]"
    r"|(?:Photo(?:graph)?|Image)(?: credit)?(?::| by ))\s*[^。！？!?:：]{2,30}[）)\]]?$"
)
_PICTURED = re.compile(r"(?:下|上|左|右)?[图圖](?:为|為)|[图圖][①-⑩]|\(?资料图")
_ROLE = re.compile(
    r"(?:[\u4e00-\u9fff]{0,8}(?:记者|記者|通讯员|通訊員)|实习生|實習生|作者|编辑|編輯|责编|責編|"
    r"责任编辑|責任編輯|校对|校對|审核|審核|主编|主編|监制|監製|撰文|撰稿|整理|供稿|文|图|圖|"
    r"摄|攝|摄影|攝影)"
)
_SPLIT = re.compile(rf"[\s、,，/／|｜:：{_BULLET}（）()\[\]【】]+")
_NAME_ONLY = re.compile(_NAME)
_ENGLISH_BYLINE = re.compile(
    r"(?:Written )?[Bb]y [A-Z][\w.'-]*(?: (?:[A-Z][\w.'-]*|and|de|van|von|&)){1,6}"
)
_SENTENCE_END = re.compile(r"[。！？!?…][”’」』）)]*(?=[^。！？!?…]*$)")

_PINYIN = re.compile(
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:[iu]?a(?:ng?|o|i)?|[iu]?o(?:ng|u)?|[iuü]?e(?:ng?|i|r)?|i(?:ng?|u)?|u(?:n|i)?|ü)){1,8}"
)
_MASTHEAD = re.compile(r"([\u4e00-\u9fff]{2,10})\s+([A-Z]{4,}(?: [A-Z]+)*)")

_NAV_WORD = re.compile(
    r"首[页頁]|[关關][于於]我们|[关關][于於]我們|[联聯][系繫絡]我[们們]|联系方式|[网網]站地[图圖]|"
    r"[隐隱]私|使用说明|登[录錄]|[注註][册冊]|"
    r"\b(?:Home|About(?: us)?|Contact(?: us)?|Log ?in|Sign (?:in|up)|Privacy|Terms|Sitemap)\b",
    re.IGNORECASE,
)
_NAV_SEPARATOR = re.compile(r"[|｜│‖>»›]")
_REGISTRATION = re.compile(r"[\u4e00-\u9fff]?ICP[备備证證]\s*\w*\d{5,}|公网安备\s*\d{6,}")
_COPYRIGHT = re.compile(
    r"(?:©|Copyright\b|版权所有|版權所有).{0,120}|.{0,80}All rights reserved\.?", re.IGNORECASE
)
_PAGE_TOOLS = re.compile(
    r"[上下]一[篇页頁]\s*[:：].*|"
    r"[【\[]?(?:打印(?:本页)?|关闭(?:窗口)?|返回(?:顶部|首页|列表)|收藏|分享到?|扫一扫.*)[】\]]?[:：]?|"
    r"(?:查看|阅读)?更多\s*[>》»]*.{0,10}|Share(?: this)?|Back to top|Print(?: this page)?"
)
_DISCLAIMER = re.compile(
    r"[【\[]?(?:(?:免[责責]|版[权權]|特[别別]|[郑鄭]重)[声聲]明|Disclaimer)[】\]]?\s*[:：]",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:文章|稿件|信息|资料|資料)?(?:来源|來源|出处|Source)\s*[:：]\s*(.{1,40})", re.IGNORECASE
)
_DATE_LABEL = re.compile(
    r"(?:发布|發布|发表|更新|刊登)?(?:时间|時間|日期)|发布于|(?:Published|Posted|Updated)(?: on)?|"
    r"Date|星期[一二三四五六日]|\d{1,2}:\d{2}(?::\d{2})?"
)
_COUNTER = re.compile(
    r"(?:阅读|閱讀|浏览|瀏覽|点击|點擊|访问|Views?)(?:次数|次數|量)?\s*[:：]?\s*\d[\d,]*\s*次?|\d{1,7}"
)
_PAGE_NUMBER = re.compile(
    r"[-—–·]\s*\d{1,4}\s*[-—–·]|第\s*\d{1,4}\s*[页頁](?:\s*[/，,]?\s*共\s*\d{1,4}\s*[页頁])?|"
    r"Page \d{1,4}(?: of \d{1,4})?",
    re.IGNORECASE,
)


def classify(piece: Piece) -> Role:
    """The role of a line by itself; BODY where nothing speaks against that."""
    text = piece.text
    if _PAGE_NUMBER.fullmatch(text):
        return Role.PAGE_MARK
    if _REGISTRATION.search(text) and len(text) < 200:
        return Role.NAVIGATION
    if _is_navigation(text):
        return Role.NAVIGATION
    if _COPYRIGHT.fullmatch(text):
        return Role.NOTICE
    if credit_start(text) == 0:
        return Role.CAPTION
    if is_byline(text):
        return Role.BYLINE
    if is_masthead(text):
        return Role.MASTHEAD
    return Role.BODY


def is_byline(text: str) -> bool:
    """Whether the text is nothing but names with what they did ('本报记者 张三')."""
    bare = text.strip("（）()[]【】 ")
    if len(bare) > 60:
        return False
    if _ENGLISH_BYLINE.fullmatch(bare):
        return True
    tokens = [token for token in _SPLIT.split(bare) if token]
    roles = [token for token in tokens if _ROLE.fullmatch(token)]
    names = [t for t in tokens if _NAME_ONLY.fullmatch(t) and not _ROLE.fullmatch(t)]
    if not tokens or len(roles) + len(names) < len(tokens) or len(tokens) > 12:
        return False
    if roles and len(roles[0]) == len(bare):
        return False
    if bare[0] in _BULLET:
        return bool(names) and all(name[0] in _SURNAMES for name in names)
    return bool(roles) and bool(names)


def trailing_byline(text: str) -> int | None:
    """Where a by-line begins that follows the last sentence of the text, if one does."""
    match = _SENTENCE_END.search(text)
    if match is None or match.end() == len(text):
        return None
    tail = text[match.end() :].strip()
    return match.end() if is_byline(tail) and credit_start(tail) != 0 else None


def credit_start(text: str) -> int | None:
    """Where a photo credit at the end of the text begins ('…。张三摄'), if there is one."""
    match = _CREDIT.search(text) or _CREDIT_LABEL.search(text)
    return match.start() if match is not None else None


def is_pictured(text: str) -> bool:
    """Whether the text says of itself that it describes a picture ('图为……')."""
    return _PICTURED.match(text) is not None


def is_masthead(text: str) -> bool:
    """Whether a column's name stands beside itself in pinyin capitals ('鹤乡时讯 SHIXUN')."""
    match = _MASTHEAD.fullmatch(text)
    return match is not None and _PINYIN.fullmatch(match[2].lower().replace(" ", "")) is not None


def is_disclaimer(text: str) -> bool:
    return _DISCLAIMER.match(text) is not None


def is_page_tool(text: str) -> bool:
    """Whether a line only serves a web page's reader ('上一篇：…', '返回顶部')."""
    return _PAGE_TOOLS.fullmatch(text) is not None


def is_counter(text: str) -> bool:
    return _COUNTER.fullmatch(text) is not None


def source_of(text: str) -> str | None:
    """The name in a line that only says where the text comes from."""
    match = _SOURCE.fullmatch(text)
    if match is None:
        return None
    name = re.split(r"\s{1,}|[|｜]", match[1].strip())[0]
    return name.strip("（）()【】[]") or None


def date_line(text: str) -> tuple[str, str | None] | None:
    """The date, and the source if named, of a line that holds little else than a date."""
    if len(text) > 80:
        return None
    found = find_date(text)
    if found is None:
        return None
    date, start, end = found
    rest = _DATE_LABEL.sub(" ", text[:start] + " " + text[end:])
    source = re.search(r"(?:来源|來源|Source)\s*[:：]\s*([^\s|｜]{1,30})", rest)
    if source is not None:
        return date, source[1]
    words = [word for word in re.split(r"[\s:：|｜/()（）\[\]【】]+", rest) if word]
    if len(words) > 4 or sum(map(len, words)) > 24 or re.search(r"[，,。；;！？!?“”《》]", rest):
        return None
    named = len(words) == 1 and has_han(words[0]) and 2 <= len(words[0]) <= 15
    return (date, words[0]) if named else (date, None) if not words or is_byline(rest) else None


def _is_navigation(text: str) -> bool:
    if len(text) > 400:
        return False
    parts = [part.strip() for part in _NAV_SEPARATOR.split(text)]
    short = all(len(part) <= 24 for part in parts)
    if len(parts) >= 3 and short and len(_NAV_WORD.findall(text)) >= min(2, len(parts) - 2):
        return True
    words = text.split(" ")
    repeated = max(words.count(word) if has_han(word) else 0 for word in set(words))
    return len(words) >= 5 and repeated >= 3 and max(map(len, words)) <= 12 and has_han(text)

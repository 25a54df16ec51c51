"""Tells what an overview is asked of: "Summarize the ferry", 关于渡轮文档里说了什么.

The words are of Chinese, English, Japanese, Korean, German, French, Spanish, Italian, Portuguese
and Russian. A text that asks it of all documents has no topic.
"""

import re

_DOCUMENTS = (
    r"(?:the |these |your |my )?(?:documents?|files?|texts?|papers?|folder|it|they|we know)"
)
_FORMS = (
    r"(?:(?:please|can you|could you|would you) )*(?:summari[sz]e|sum up|outline)"
    r"(?: (?:for me|me))? (?:what " + _DOCUMENTS + r" says? about )?(?P<topic>.+)",
    r"(?:(?:please|can you|could you) )*(?:give me |write |i (?:want|need|would like) )?"
    r"(?:an? |the )?(?:short |brief |quick )?"
    r"(?:overview|summary|outline) (?:of|on|about) (?P<topic>.+)",
    r"what (?:do|does|can|is) " + _DOCUMENTS + r" (?:say|tell(?: me)?|said|write|state)"
    r" (?:about|on|of) (?P<topic>.+)",
    r"what is (?:said|written) about (?P<topic>.+?)(?: in " + _DOCUMENTS + r")?",
    r"(?:请|請)?(?:帮我|幫我|给我|給我)?(?:用几句话)?(?:简单|簡單|简要|簡要)?"
    r"(?:总结|總結|概括|归纳|歸納|概述|综述|綜述)(?:一下|下)?(?:关于|關於)?(?P<topic>(?!的|会议|會議|报告[是的]|了).+)",
    r"(?:关于|關於|对于|對於)(?P<topic>.+?)[，,]?(?:这些|這些)?(?:文档|文檔|文件|资料|資料|材料)?[里裡中]?"
    r"(?:都|有)?(?:讲|講|说|說|提到|写|寫|谈到|談到)(?:了|过|過)?(?:些|哪些)?"
    r"(?:什么|什麼|内容|內容)",
    r"(?:文档|文檔|文件|资料|資料)[里裡中]?(?:关于|關於|对|對)(?P<topic>.+?)(?:都)?"
    r"(?:讲|講|说|說|提到|写|寫)(?:了|过|過)?(?:些)?(?:什么|什麼)",
    r"(?P<topic>.+?)(?:について|を)(?:簡単に)?(?:まとめて|要約して|概要を)(?:ください|教えて.*|くれ.*)?",
    r"(?P<topic>.+?)の(?:概要|要約)(?:を.*)?",
    r"(?P<topic>.+?)(?:에 대해|에 대해서|을|를)? ?(?:요약해|정리해|개요).*",
    r"(?:bitte )?fasse? (?P<topic>.+?) (?:kurz )?zusammen",
    r"(?:gib mir )?(?:einen |eine )?(?:überblick|zusammenfassung) (?:über|von|zu) (?P<topic>.+)",
    r"was (?:sagen|steht in) (?:die|den) (?:dokumenten?|unterlagen) (?:über|zu) (?P<topic>.+)",
    r"résume[zr]?(?:-moi)? (?P<topic>.+)",
    r"(?:fais|donne)[sz]?(?:-moi)? un (?:résumé|aperçu) (?:de |du |des |sur )(?P<topic>.+)",
    r"que disent les documents (?:sur|de|à propos de) (?P<topic>.+)",
    r"(?:por favor )?(?:resume|resúmeme|resumir|(?:haz|dame) un resumen de) (?P<topic>.+)",
    r"qué dicen los documentos (?:sobre|de) (?P<topic>.+)",
    r"(?:riassumi|fammi un riassunto (?:di|del|della)) (?P<topic>.+)",
    r"(?:resuma|resume|faça um resumo (?:de|do|da)) (?P<topic>.+)",
    r"(?:подведи итог|кратко изложи|сделай обзор|обобщи|резюмируй) (?P<topic>.+)",
    r"что (?:говорят документы|сказано в документах|говорится в документах) об? (?P<topic>.+)",
)
_OVERVIEWS = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
#: What asks for a fact, after a word that may also begin an order: 总结大会什么时候开？
_ASKS_FACT = re.compile(r"谁|誰|哪|什[么麼]|多少|[几幾]|怎|吗|嗎|[吧呢]$")
_EDGES = " \t?？.。!！¿¡…,，:："
_EVERYTHING = re.compile(
    r"(?:(?:all|everything|the|these|your|them|it|this) ?)*(?:documents?|files?|texts?|folder)?"
    r"|(?:所有|全部|这些|這些|你的)?(?:的)?(?:文档|文檔|文件|资料|資料|内容|內容)?",
    re.IGNORECASE,
)


#: All documents by name; "it" and "this" may be what was spoken of.
_ALL = re.compile(
    r"(?:all|everything)|(?:all )?(?:of )?(?:the |these |your |my )?"
    r"(?:documents|files|texts|papers)"
    r"|(?:the|this|your|my) (?:whole |entire )?(?:folder|collection)"
    r"|(?:所有|全部|这些|這些|你的)(?:的)?(?:文档|文檔|文件|资料|資料|内容|內容)"
    r"|(?:文档|文檔|文件|资料|資料)|(?:alle )?(?:die )?dokumente|tous les documents"
    r"|todos los documentos|все документы|(?:すべて|全て|全部)の文書|모든 문서",
    re.IGNORECASE,
)
_SAID_BY_ALL = re.compile(
    r"what do (?:all )?(?:the|these|your|my) (?:documents|files|texts|papers) "
    r"(?:say|tell(?: me| us)?)"
    r"|what is (?:said|written) in (?:all )?(?:the|these|your|my) (?:documents|files|texts|papers)"
    r"|(?:所有|全部|这些|這些)(?:的)?(?:文档|文檔|文件|资料|資料)(?:里|裡|中)?(?:都|各)(?:讲|講|说|說|写|寫)"
    r"(?:了)?(?:些|哪些)?(?:什么|什麼|内容|內容)"
    r"|was (?:steht in|sagen) (?:den |die |all(?:en)? )?(?:dokumenten?|unterlagen)"
    r"|(?:fasse? )?alle dokumente (?:kurz )?zusammen(?:fassen)?"
    r"|que disent (?:tous )?(?:les|ces) documents|résume[zr]?(?:-moi)? tous les documents"
    r"|qué dicen (?:todos )?(?:los|estos) documentos|resume todos los documentos"
    r"|(?:о чём|что) говорится во всех документах|(?:обобщи|кратко изложи) все документы"
    r"|(?:すべて|全て|全部)の文書を?(?:要約|まとめ).*|모든 문서를? ?(?:요약|정리).*",
    re.IGNORECASE,
)


def asks_overview_of_all(text: str) -> bool:
    """Whether a text asks an overview of all documents."""
    said = text.strip(_EDGES)
    if _SAID_BY_ALL.fullmatch(said):
        return True
    for form in _OVERVIEWS:
        match = form.fullmatch(said)
        if match is not None:
            return _ALL.fullmatch(match["topic"].strip(_EDGES)) is not None
    return False


def overview_topic(text: str) -> str | None:
    """What a text asks an overview of; None where it asks none, or of everything."""
    said = text.strip(_EDGES)
    for form in _OVERVIEWS:
        match = form.fullmatch(said)
        if match is not None:
            topic = match["topic"].strip(_EDGES)
            everything = _EVERYTHING.fullmatch(topic) or _ALL.fullmatch(topic)
            return None if everything or _ASKS_FACT.search(topic) else topic
    return None

"""Simplified Chinese."""

from bot.presentation.catalogue.words import SIMPLIFIED, Words

WORDS = Words(
    language=SIMPLIFIED,
    name="简体中文",
    hello="你好，{name}！请用任何语言提问，我会用文档里的原句回答，并注明出处；文档里没有的，我会直说没有。",
    try_one="不妨先试试这些问题：",
    help=(
        "直接发来问题即可；编辑问题，答案会跟着更新。可以追问，例如“那2022年呢？”。\n"
        "答案下面的按钮会打开原文段落，原句已加粗；“更多”列出其他相关段落。\n"
        "在群里请用 /ask 提问，或回复我的消息；在任何聊天里输入 {bot} 加问题也可以。\n"
        "\n"
        "/ask 提问\n/sources 有哪些文档\n/new 忘掉前面的问题，重新开始\n"
        "/lang 选择语言\n/about 文档数量、日期和索引时间\n/privacy 保存了什么，如何删除"
    ),
    help_admin="/reindex 重建索引\n/stats 使用统计\n/unanswered 没有答案的问题",
    ask_what="请把问题写在命令后面，例如：/ask 新增就业多少人？",
    looking="正在查找…",
    sources="来源",
    passages="相关段落",
    not_found="文档中没有找到答案。",
    nearest="相近的主题：",
    no_index="还没有可以查询的文档，请稍后再试。",
    refusals={
        "empty": "这里面没有问题。请写出你想知道的事。",
        "no_word": "这里面没有可以查询的文字。请写出你想知道的事。",
        "too_long": "问题太长了（{length}字，最多{most}字）。请说得简短些。",
        "too_many_tokens": "问题太长了，没法一次读完。请说得简短些。",
        "bad_history": "前面的问题读不出来了。请发 /new 忘掉它们，再问一次。",
    },
    only_text="我只能读文字。请把问题打出来发给我。",
    unknown_command="没有这个命令。/help 列出所有命令。",
    failed="出了点问题，这个问题没能回答。请再发一次。",
    expired="这个按钮已过期，请重新提问。",
    changed="文档后来有改动，这是当时显示的段落。",
    at_the_end="没有更多段落了。",
    forgotten="好的，前面的问题我已忘掉。请提新问题。",
    choose_language="请选择语言：",
    language_set="以后用简体中文和你说话。",
    documents="共{count}份文档",
    about=(
        "问答（Wenda）只用文档里的原句回答。\n文档：{documents}份，{paragraphs}段\n"
        "日期：{dates}\n索引：{age}建成（{created}）"
    ),
    no_dates="未注明",
    privacy=(
        "为了让按钮和追问可用，这里保存你的问题和看到的答案，{days}天后自动删除；"
        "追问用的上下文一小时后删除；你选的语言保留到你删除为止。"
        "你按的 👍 👎 和对应的问题会保留，供改进用。"
        "没有答案的问题，管理员可以看到，但看不到是谁问的。\n"
        "目前保存：{answers}个答案，{turns}条上下文，{unanswered}个没有答案的问题。\n"
        "你的 Telegram 编号是 {user}。按下按钮会全部删除，包括 👍 👎 和语言选择。"
    ),
    delete="删除关于我的一切",
    deleted="已全部删除。",
    slow="问得太快了，请等{seconds}秒再问。",
    banned="消息太多，{minutes}分钟内我不再回复。",
    not_allowed="这个机器人只对部分人开放。请把你的编号 {user} 告诉管理员。",
    admins_only="这个命令只有管理员可以用。",
    thanks="谢谢！",
    stats=(
        "今天：{today}个问题，回答了{today_answered}个\n七天：{week}个问题，回答了{week_answered}个\n"
        "七天内的用户：{people}\n👍 {helpful}　👎 {unhelpful}\n等待回答：{waiting}"
    ),
    unanswered="最近没有答案的问题：",
    none_unanswered="最近没有未能回答的问题。",
    rebuilding="正在重建索引…",
    rebuilt="索引已重建：新增{added}，改动{changed}，删除{removed}，未变{unchanged}，跳过{skipped}；共{paragraphs}段。",
    up_to_date="索引已是最新：{unchanged}份文档没有变化，跳过{skipped}份。",
    rebuild_failed="索引重建失败：{error}",
    skipped="跳过的文件：",
    more="更多",
    back="‹‹ 返回",
    previous="‹ 上一段",
    next="下一段 ›",
    open="打开文档",
    line="第{}行",
    lines="第{}–{}行",
    page="第{}页",
    minutes="{}分钟前",
    hours="{}小时前",
    days="{}天前",
    commands={
        "ask": "提问",
        "sources": "有哪些文档",
        "new": "忘掉前面的问题",
        "lang": "选择语言",
        "about": "文档和索引的情况",
        "privacy": "保存了什么，如何删除",
        "help": "怎么用",
    },
    admin_commands={
        "reindex": "重建索引",
        "stats": "使用统计",
        "unanswered": "没有答案的问题",
    },
)

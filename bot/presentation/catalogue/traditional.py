"""Traditional Chinese."""

from bot.presentation.catalogue.words import TRADITIONAL, Words

WORDS = Words(
    language=TRADITIONAL,
    name="繁體中文",
    hello="你好，{name}！請用任何語言提問，我會用文件裡的原句回答，並註明出處；文件裡沒有的，我會直說沒有。",
    try_one="不妨先試試這些問題：",
    help=(
        "直接發來問題即可；編輯問題，答案會跟著更新。可以追問，例如「那2022年呢？」。\n"
        "答案下面的按鈕會打開原文段落，原句已加粗；「更多」列出其他相關段落。\n"
        "在群組裡請用 /ask 提問，或回覆我的訊息；在任何聊天裡輸入 {bot} 加問題也可以。\n"
        "\n"
        "/ask 提問\n/sources 有哪些文件\n/new 忘掉前面的問題，重新開始\n"
        "/lang 選擇語言\n/about 文件數量、日期和索引時間\n/privacy 保存了什麼，如何刪除"
    ),
    help_admin="/reindex 重建索引\n/stats 使用統計\n/unanswered 沒有答案的問題",
    ask_what="請把問題寫在指令後面，例如：/ask 新增就業多少人？",
    looking="正在查找…",
    sources="來源",
    passages="相關段落",
    not_found="文件中沒有找到答案。",
    nearest="相近的主題：",
    no_index="還沒有可以查詢的文件，請稍後再試。",
    refusals={
        "empty": "這裡面沒有問題。請寫出你想知道的事。",
        "no_word": "這裡面沒有可以查詢的文字。請寫出你想知道的事。",
        "too_long": "問題太長了（{length}字，最多{most}字）。請說得簡短些。",
        "too_many_tokens": "問題太長了，沒法一次讀完。請說得簡短些。",
        "bad_history": "前面的問題讀不出來了。請發 /new 忘掉它們，再問一次。",
    },
    only_text="我只能讀文字。請把問題打出來發給我。",
    unknown_command="沒有這個指令。/help 列出所有指令。",
    failed="出了點問題，這個問題沒能回答。請再發一次。",
    expired="這個按鈕已過期，請重新提問。",
    changed="文件後來有改動，這是當時顯示的段落。",
    at_the_end="沒有更多段落了。",
    forgotten="好的，前面的問題我已忘掉。請提新問題。",
    choose_language="請選擇語言：",
    language_set="以後用繁體中文和你說話。",
    documents="共{count}份文件",
    about=(
        "問答（Wenda）只用文件裡的原句回答。\n文件：{documents}份，{paragraphs}段\n"
        "日期：{dates}\n索引：{age}建成（{created}）"
    ),
    no_dates="未註明",
    privacy=(
        "為了讓按鈕和追問可用，這裡保存你的問題和看到的答案，{days}天後自動刪除；"
        "追問用的上下文一小時後刪除；你選的語言保留到你刪除為止。"
        "你按的 👍 👎 和對應的問題會保留，供改進用。"
        "沒有答案的問題，管理員可以看到，但看不到是誰問的。\n"
        "目前保存：{answers}個答案，{turns}條上下文，{unanswered}個沒有答案的問題。\n"
        "你的 Telegram 編號是 {user}。按下按鈕會全部刪除，包括 👍 👎 和語言選擇。"
    ),
    delete="刪除關於我的一切",
    deleted="已全部刪除。",
    slow="問得太快了，請等{seconds}秒再問。",
    banned="訊息太多，{minutes}分鐘內我不再回覆。",
    not_allowed="這個機器人只對部分人開放。請把你的編號 {user} 告訴管理員。",
    admins_only="這個指令只有管理員可以用。",
    thanks="謝謝！",
    stats=(
        "今天：{today}個問題，回答了{today_answered}個\n七天：{week}個問題，回答了{week_answered}個\n"
        "七天內的使用者：{people}\n👍 {helpful}　👎 {unhelpful}\n等待回答：{waiting}"
    ),
    unanswered="最近沒有答案的問題：",
    none_unanswered="最近沒有未能回答的問題。",
    rebuilding="正在重建索引…",
    rebuilt="索引已重建：新增{added}，改動{changed}，刪除{removed}，未變{unchanged}，跳過{skipped}；共{paragraphs}段。",
    up_to_date="索引已是最新：{unchanged}份文件沒有變化，跳過{skipped}份。",
    rebuild_failed="索引重建失敗：{error}",
    skipped="跳過的檔案：",
    more="更多",
    back="‹‹ 返回",
    previous="‹ 上一段",
    next="下一段 ›",
    open="打開文件",
    line="第{}行",
    lines="第{}–{}行",
    page="第{}頁",
    minutes="{}分鐘前",
    hours="{}小時前",
    days="{}天前",
    commands={
        "ask": "提問",
        "sources": "有哪些文件",
        "new": "忘掉前面的問題",
        "lang": "選擇語言",
        "about": "文件和索引的情況",
        "privacy": "保存了什麼，如何刪除",
        "help": "怎麼用",
    },
    admin_commands={
        "reindex": "重建索引",
        "stats": "使用統計",
        "unanswered": "沒有答案的問題",
    },
)

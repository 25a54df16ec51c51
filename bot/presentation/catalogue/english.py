"""English."""

from bot.presentation.catalogue.words import ENGLISH, Words

WORDS = Words(
    language=ENGLISH,
    name="English",
    hello=(
        "Hello, {name}! Ask in any language. I answer with the exact sentence from the documents "
        "and say where it stands; what they do not hold, I do not make up."
    ),
    try_one="You could start with one of these:",
    help=(
        "Just send a question; edit it and the answer follows. You may build on the one before: "
        "“And in Panjin?”\n"
        "The buttons below an answer open the paragraph it is from, with the sentence in bold; "
        "“More” lists other passages.\n"
        "In groups use /ask, or reply to me; in any chat you can type {bot} and a question.\n"
        "\n"
        "/ask a question\n/sources which documents there are\n"
        "/new forget the questions before\n/lang choose the language\n"
        "/about documents, dates and age of the index\n/privacy what is kept, and how to delete it"
    ),
    help_admin=(
        "/reindex rebuild the index\n/stats how much was asked\n/unanswered what found no answer"
    ),
    ask_what="Write the question after the command: /ask How many jobs were created?",
    looking="Looking…",
    sources="Sources",
    passages="Passages",
    not_found="The documents do not answer this.",
    nearest="Nearest topics:",
    no_index="There are no documents to ask about yet. Please try again later.",
    refusals={
        "empty": "There is no question in this. Write what you would like to know.",
        "no_word": "There is no word in this to look for. Write what you would like to know.",
        "too_long": (
            "The question is too long: {length} characters, at most {most}. Use fewer words."
        ),
        "too_many_tokens": "The question is too long to be read whole. Use fewer words.",
        "bad_history": (
            "The questions before cannot be read. Send /new to forget them, then ask again."
        ),
    },
    only_text="I can only read text. Please type your question.",
    unknown_command="There is no such command. /help lists them all.",
    failed="Something went wrong and this was not answered. Please send it again.",
    expired="This button is too old. Please ask again.",
    changed="The document has changed since; this is the paragraph that was shown.",
    at_the_end="There are no more paragraphs.",
    forgotten="The questions before are forgotten. Ask a new one.",
    choose_language="Choose a language:",
    language_set="I will speak English with you from now on.",
    documents="{count} documents",
    about=(
        "Wenda answers only with sentences of the documents.\n"
        "Documents: {documents}, with {paragraphs} paragraphs\nDates: {dates}\n"
        "Index: built {age} ({created})"
    ),
    no_dates="not given",
    privacy=(
        "So that buttons and follow-ups work, your questions and the answers you saw are kept and "
        "deleted after {days} days; what follow-ups need, after an hour. The language you chose "
        "stays until you delete it. Your 👍 and 👎 stay, with the question, to make answers "
        "better. Administrators see which questions found no answer, but not who asked them.\n"
        "Kept now: {answers} answers, {turns} questions for follow-ups, {unanswered} questions "
        "without an answer. Your number in Telegram is {user}.\n"
        "The button deletes all of it, with 👍, 👎 and the chosen language."
    ),
    delete="Delete everything about me",
    deleted="Everything is deleted.",
    slow="That was too fast. Please wait {seconds} seconds.",
    banned="Too many messages. I will not reply for {minutes} minutes.",
    not_allowed="This bot is for some people only. Give your number {user} to its administrator.",
    admins_only="Only administrators can use this command.",
    thanks="Thank you!",
    stats=(
        "Today: {today} questions, {today_answered} answered\n"
        "Seven days: {week} questions, {week_answered} answered\nPeople in seven days: {people}\n"
        "👍 {helpful}   👎 {unhelpful}\nWaiting: {waiting}"
    ),
    unanswered="Questions without an answer, newest first:",
    none_unanswered="No question went without an answer lately.",
    rebuilding="Rebuilding the index…",
    rebuilt=(
        "The index is rebuilt: {added} added, {changed} changed, {removed} removed, {unchanged} "
        "unchanged, {skipped} skipped; {paragraphs} paragraphs."
    ),
    up_to_date="The index is up to date: {unchanged} documents unchanged, {skipped} skipped.",
    rebuild_failed="The index was not rebuilt: {error}",
    skipped="Skipped files:",
    more="More",
    back="‹‹ Back",
    previous="‹ Previous",
    next="Next ›",
    open="Open the document",
    line="line {}",
    lines="lines {}–{}",
    page="page {}",
    minutes="{} minutes ago",
    hours="{} hours ago",
    days="{} days ago",
    commands={
        "ask": "Ask a question",
        "sources": "Which documents there are",
        "new": "Forget the questions before",
        "lang": "Choose the language",
        "about": "Documents, dates and age of the index",
        "privacy": "What is kept, and how to delete it",
        "help": "How it works",
    },
    admin_commands={
        "reindex": "Rebuild the index",
        "stats": "How much was asked",
        "unanswered": "What found no answer",
    },
)

"""The command line tells people and programs what happened, in words and exit codes."""

import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.answering.answer import Answer
from rag.answering.calibration import DEFAULT, DEFAULT_THRESHOLD
from rag.answering.conversation import Turn
from rag.answering.service import Service
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from tests.fakes import (
    CALIBRATION,
    HASHING_SCALE,
    MEGABYTE,
    hashing_model,
    open_index,
    write_files,
)
from tests.wenda.conftest import Ran, Shell
from wenda import __version__, console
from wenda.commands import evaluate as evaluating

pytestmark = pytest.mark.slow

JOBS = "# 就业\n\n城镇新增就业3960人。居民很满意。\n"
ROADS = "# 公路\n\n修建農村公路12.5公里。\n"
PARKS = "# Parks\n\nThe city opened seven new parks. People are content.\n"
FILES: dict[str, str | bytes] = {"jobs.md": JOBS, "地方/roads.md": ROADS, "parks.md": PARKS}
BAD: dict[str, str | bytes] = {
    "binary.txt": bytes(range(256)) * 8,
    "empty.md": b"",
    "latin.txt": "caf\u00e9".encode("latin-1") + b"\0",
    "photo.jpg": b"\xff\xd8\xff",
}
UNKNOWN = "Wie heißt der höchste Berg?"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents and their index, made once: a reader's process takes its time."""
    folder = tmp_path_factory.mktemp("project")
    write_files(folder / "seeds", FILES)
    model = hashing_model("bundled", folder, silent)
    indexer = Indexer(Store(folder / ".wenda"), lambda: model, silent, MEGABYTE)
    indexer.index_folder(folder / "seeds")
    return folder


@pytest.fixture
def indexed(shell: Shell, clean: Path, project: Path) -> Shell:
    """A shell in a folder whose documents are indexed."""
    shutil.copytree(project, clean, dirs_exist_ok=True)
    return shell


def write_bad(seeds: Path) -> list[str]:
    """Writes files that cannot be read; returns their names."""
    write_files(seeds, BAD)
    outside = seeds.parent / "outside.txt"
    outside.write_text("就业。", encoding="utf-8")
    (seeds / "link.txt").symlink_to(outside)
    return [*BAD, "link.txt"]


def failed(ran: Ran, code: int, *words: str) -> None:
    """Nothing but a message came out, without a traceback, and it has the words."""
    assert (ran.code, ran.out) == (code, "")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


# index


def test_index_tells_what_was_added(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", FILES)
    ran = shell("index")
    assert ran.code == console.DONE
    for path in FILES:
        assert f"    added  {path}\n" in ran.out
    assert "3 added, 0 changed, 0 removed, 0 unchanged, 0 skipped\n" in ran.out
    assert "Indexed 3 paragraphs and 5 sentences (" in ran.out
    assert "reading documents" in ran.err
    assert "embedding sentences 100 %" in ran.err


def test_index_says_when_it_is_up_to_date(indexed: Shell) -> None:
    ran = indexed("index")
    assert ran.code == console.DONE
    assert ran.out.startswith("0 added, 0 changed, 0 removed, 3 unchanged, 0 skipped\n")
    assert f"The index is up to date: {open_index(Path('.wenda')).name}\n" in ran.out


def test_index_follows_changes(indexed: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"jobs.md": JOBS + "\n再就业。\n", "new.txt": "新的。"})
    (clean / "seeds/parks.md").unlink()
    ran = indexed("index")
    for line in ("added  new.txt", "changed  jobs.md", "removed  parks.md"):
        assert line in ran.out
    assert "1 added, 1 changed, 1 removed, 1 unchanged, 0 skipped\n" in ran.out


def test_index_full_embeds_everything_anew(indexed: Shell) -> None:
    ran = indexed("index", "--full")
    assert "3 unchanged" in ran.out
    assert "Indexed 3 paragraphs and 5 sentences (" in ran.out
    assert "(0 embedded)" not in ran.out


def test_many_files_are_counted_rather_than_listed(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {f"{n:02}.txt": f"第{n}个。" for n in range(25)})
    ran = shell("index")
    assert ran.out.count("added  ") == 21
    assert "added  and 5 more\n" in ran.out


def test_folders_can_be_named(shell: Shell, clean: Path) -> None:
    seeds = write_files(clean / "my reports 📁", FILES)
    home = clean / 'it\'s "here" 家'
    assert shell("index", "--seeds", seeds, "--home", home).code == console.DONE
    CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    ran = shell("ask", "城镇新增就业多少人", "--home", home)
    assert ran.code == console.DONE
    assert "my reports 📁/jobs.md" in ran.out
    failed(shell("ask", "城镇新增就业多少人"), console.FAILED, "There is no index in .wenda yet")


def test_no_folder_of_documents(shell: Shell, clean: Path) -> None:
    failed(shell("index"), console.FAILED, "seeds", "does not exist. Create it")
    (clean / "file").write_text("就业。", encoding="utf-8")
    failed(shell("index", "--seeds", "file"), console.FAILED, "file is a file, not a folder")


def test_an_empty_folder(shell: Shell, clean: Path) -> None:
    (clean / "seeds").mkdir()
    failed(shell("index"), console.FAILED, "seeds holds no documents", "then run wenda index")


def test_a_folder_with_only_bad_files_names_each(shell: Shell, clean: Path) -> None:
    names = write_bad(clean / "seeds")
    failed(
        shell("index"), console.FAILED, "No file in seeds can be used", *(f"{n}: " for n in names)
    )


def test_bad_files_are_named_and_do_not_stop_the_good(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", FILES)
    names = write_bad(clean / "seeds")
    ran = shell("index")
    assert ran.code == console.DONE
    assert "3 added, 0 changed, 0 removed, 0 unchanged, 5 skipped\n" in ran.out
    for name in names:
        assert f"  skipped  {name}: " in ran.out


def test_one_byte_over_and_over_is_no_text(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"ff.txt": b"\xff" * 500})
    failed(shell("index"), console.FAILED, "ff.txt: ")


def test_a_home_inside_the_documents_is_refused(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", FILES)
    failed(shell("index", "--home", "seeds/.wenda"), console.FAILED, "WENDA_HOME", "outside")


ODD = ["two words.md", 'it\'s "quoted".md', "🎉 party.md", "[red]x[[/red].md", "%s {0} $HOME.md"]


def test_odd_names_are_printed_as_they_are(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {name: f"第{n}个社区。" for n, name in enumerate(ODD)})
    ran = shell("index")
    for name in ODD:
        assert f"added  {name}\n" in ran.out
    ran = shell("ask", "第2个社区", "-k", "5")
    for name in ODD:
        assert f"seeds/{name} 第1行" in ran.out


# ask


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("城镇新增就业多少人？", ["城镇新增就业3960人。", "来源", "seeds/jobs.md 第3行"]),
        ("修建農村公路多少公里？", ["修建農村公路12.5公里。", "來源", "seeds/地方/roads.md 第3行"]),
        (
            "The city opened how many new parks?",
            ["The city opened seven new parks.", "Sources", "seeds/parks.md line 3"],
        ),
    ],
)
def test_an_answer_has_its_sources_in_the_language_of_the_question(
    indexed: Shell, question: str, lines: list[str]
) -> None:
    ran = indexed("ask", question)
    assert (ran.code, ran.err) == (console.DONE, "")
    printed = ran.out.splitlines()
    assert printed[0].startswith(lines[0])
    assert printed[2] == lines[1]
    assert printed[3].startswith("[1] ")
    assert lines[2] in printed[3]


@pytest.mark.parametrize(
    ("question", "not_found", "nearest"),
    [
        (UNKNOWN, "The documents do not answer this.", "Nearest topics:"),
        ("谁写了红楼梦这本书？", "文档中没有找到答案。", "相近的主题："),
        ("誰寫了紅樓夢這本書？", "文件中沒有找到答案。", "相近的主題："),
    ],
)
def test_no_answer_is_said_with_the_nearest_topics(
    indexed: Shell, question: str, not_found: str, nearest: str
) -> None:
    ran = indexed("ask", question)
    assert ran.code == console.NOT_FOUND
    first, second, *topics = ran.out.splitlines()
    assert (first, second) == (not_found, nearest)
    assert {topic.strip(" ·") for topic in topics} == {"就业", "公路", "Parks"}


def test_passages_are_printed_when_they_are_counted(indexed: Shell) -> None:
    assert "相关段落" not in indexed("ask", "城镇新增就业多少人？").out
    ran = indexed("ask", "城镇新增就业多少人？", "-k", "2")
    assert ran.code == console.DONE
    _, passages = ran.out.split("相关段落\n")
    assert [line[:3] for line in passages.splitlines() if line.startswith("[")] == ["[1]", "[2]"]
    assert "    城镇新增就业3960人。居民很满意。" in passages


ANSWER = {
    "question", "answered", "answer", "citations", "passages", "suggestions", "confidence",
    "generation", "took_ms", "understood_as", "short_answer", "short_answers",
    "kind", "reply", "listing", "narrowed", "parts", "curated", "written", "did_you_mean",
}  # fmt: skip
CITATION = {
    "id", "document_id", "title", "path", "date", "language", "section", "paragraph", "lines",
    "page", "quote", "start", "end", "omitted", "url", "script", "kind", "recognized",
}  # fmt: skip
PASSAGE = {
    "rank", "score", "document_id", "title", "path", "date", "section", "paragraph", "lines",
    "page", "text", "start", "end", "highlights", "url", "language", "script", "kind",
    "recognized",
}  # fmt: skip


def test_json_is_the_answer_object_and_its_citations_hold(indexed: Shell) -> None:
    ran = indexed("ask", "城镇新增就业多少人？", "--json")
    assert (ran.code, ran.err) == (console.DONE, "")
    assert "城镇新增就业" in ran.out
    answer = json.loads(ran.out)
    assert set(answer) == ANSWER
    assert answer["answered"] is True
    assert answer["suggestions"] == []
    assert [set(citation) for citation in answer["citations"]] == [CITATION]
    assert [set(passage) for passage in answer["passages"]] == [PASSAGE] * 3
    corpus = open_index(Path(".wenda")).corpus
    for citation in answer["citations"]:
        document = corpus.document(citation["document_id"])
        assert document is not None
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["quote"] in answer["answer"]
    for passage in answer["passages"]:
        assert all(passage["text"][a:b] for a, b in passage["highlights"])


def test_json_of_no_answer(indexed: Shell) -> None:
    ran = indexed("ask", UNKNOWN, "--json", "-k", "1")
    assert ran.code == console.NOT_FOUND
    answer = json.loads(ran.out)
    assert set(answer) == ANSWER
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, None, [])
    assert (len(answer["passages"]), len(answer["suggestions"])) == (1, 3)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty"),
        (" \t\n", "The question is empty"),
        ("问" * 10_000, "10000 characters, at most 1000"),
        ("？！……", "no word in it"),
        ("😀", "no word in it"),
        ("\udcff", "The question is empty"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(indexed: Shell, question: str, message: str) -> None:
    failed(indexed("ask", question), console.WRONG_USAGE, message)


def test_without_an_index_the_remedy_is_named(shell: Shell) -> None:
    for command in (["ask", "就业？"], ["info"]):
        failed(shell(*command), console.FAILED, "no index in .wenda yet", "wenda index")


def test_an_index_of_another_model_is_refused_with_the_remedy(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENDA_MODEL", "BAAI/bge-m3")
    ran = indexed("ask", "就业？")
    failed(ran, console.FAILED, "WENDA_MODEL is BAAI/bge-m3", "wenda index", "WENDA_MODEL=bundled")
    assert indexed("index").code == console.DONE
    other = HASHING_SCALE.replace("bundled", "BAAI/bge-m3")
    CALIBRATION.save(Path(".wenda/calibration.json"), other)
    assert indexed("ask", "城镇新增就业多少人？").code == console.DONE


def test_a_damaged_index_is_refused_with_the_remedy(indexed: Shell) -> None:
    folder, _ = Store(Path(".wenda")).current()
    (folder / "names.npy").write_bytes(b"")
    failed(indexed("ask", "就业？"), console.FAILED, "names.npy has changed", "wenda index --full")


def test_a_damaged_calibration_is_refused_with_the_remedy(indexed: Shell) -> None:
    Path(".wenda/calibration.json").write_text("{", encoding="utf-8")
    failed(indexed("ask", "就业？"), console.FAILED, "calibration.json is damaged", "--calibrate")


def test_the_threshold_can_be_set(indexed: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENDA_MIN_SCORE", "0")
    assert indexed("ask", UNKNOWN).code == console.DONE
    monkeypatch.setenv("WENDA_MIN_SCORE", "1")
    assert indexed("ask", "城镇新增就业多少人？").code == console.NOT_FOUND


def test_questions_come_from_standard_input_one_a_line(indexed: Shell) -> None:
    lines = ["城镇新增就业多少人？", "", "？！", UNKNOWN, "The city opened how many new parks?"]
    ran = indexed("ask", "--json", stdin="\n".join(lines))
    assert ran.code == console.DONE
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [(a["question"], a["answered"]) for a in answers] == [
        (lines[0], True),
        (lines[3], False),
        (lines[4], True),
    ]
    assert "no word in it" in ran.err


def test_the_lines_of_standard_input_are_questions_each_by_itself(indexed: Shell) -> None:
    lines = ["修建農村公路多少公里？", "很满意呢？"]
    ran = indexed("ask", "--json", stdin="\n".join(lines))
    alone = indexed("ask", "--json", "很满意呢？")
    score = json.loads(alone.out)["passages"][0]["score"]
    assert json.loads(ran.out.splitlines()[1])["passages"][0]["score"] == score


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_typed_at_the_prompt_is_a_conversation(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["城镇新增就业多少人？", "居民呢？", ""])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    monkeypatch.setattr(io, "StringIO", Terminal)
    asked: list[list[Turn]] = []
    ask = Service.ask_question

    def remember(self: Service, question: str, passages: int, history: Any) -> Answer:
        asked.append(list(history))
        return ask(self, question, passages, history)

    monkeypatch.setattr(Service, "ask_question", remember)
    assert indexed("ask").code == console.DONE
    assert asked == [[], [Turn("城镇新增就业多少人？", "城镇新增就业3960人。")]]


def test_no_questions_on_standard_input_are_no_failure(indexed: Shell) -> None:
    assert indexed("ask", stdin="\n \n") == Ran(console.DONE, "", "")


HOSTILE = "城镇[red]新增[/red][/bold]就业[link=file:///etc/passwd]3960[/link]人:smile:。"


def test_markup_in_documents_and_questions_is_only_text(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"[b]a.md": f"# [red]题[/red]\n\n`{HOSTILE}`\n"})
    assert shell("index").code == console.DONE
    ran = shell("ask", HOSTILE, "-k", "1")
    assert ran.code == console.DONE
    assert ran.out.startswith(HOSTILE + "\n")
    assert "[red]题[/red] · seeds/[b]a.md" in ran.out
    ran = shell("ask", f"[/]{UNKNOWN}[bold]")
    assert ran.code == console.NOT_FOUND
    assert "· [red]题[/red]" in ran.out
    failed(shell("ask", "[/]" * 400), console.WRONG_USAGE, "1200 characters")
    failed(shell("index", "--seeds", "[/red]"), console.FAILED, "[/red]")


def test_escape_sequences_in_texts_do_not_reach_the_terminal(shell: Shell, clean: Path) -> None:
    text = "# \x1b[31m题\n\n城镇新增\x1b]0;pwned\x07就业3960人。\x1b[2J\n"
    write_files(clean / "seeds", {"a.md": text})
    assert shell("index").code == console.DONE
    printed = ""
    for question in ("城镇新增就业多少人？\x1b[2J", f"{UNKNOWN}\x1b[2J\x07"):
        ran = shell("ask", question, "-k", "3")
        assert ran.code in (console.DONE, console.NOT_FOUND)
        printed += ran.out + ran.err + shell("ask", question, "--json").out
    assert "3960" in printed
    assert "\x1b" not in printed
    assert "\x07" not in printed


def test_escape_sequences_in_names_do_not_reach_the_terminal(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"\x1b[2Ja.md": JOBS, "\x1b[2Jb.jpg": b"x"})
    ran = shell("index")
    assert ran.code == console.DONE
    printed = ran.out + ran.err + shell("info").out + shell("ask", "就业多少人？", "-k", "1").out
    assert "a.md" in printed
    assert "\x1b" not in printed


# eval


Context = tuple[str, Sequence[tuple[str, str | None]]]


def squad(*paragraphs: Context) -> str:
    """SQuAD's JSON of contexts, each with questions and their answers (None: impossible)."""
    made = [
        {
            "context": context,
            "qas": [
                {"question": q, "answers": [{"text": a}] if a else [], "is_impossible": a is None}
                for q, a in asked
            ],
        }
        for context, asked in paragraphs
    ]
    return json.dumps({"data": [{"paragraphs": made}]}, ensure_ascii=False)


CONTEXTS: tuple[Context, ...] = (
    ("城镇新增就业3960人。", [("城镇新增就业多少人？", "3960人")]),
    ("修建农村公路12.5公里。", [("修建农村公路多少公里？", "12.5公里"), (UNKNOWN, None)]),
)
FIGURES = {
    "questions", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "answer_hit",
    "refused", "auroc", "ms_median", "ms_p95", "misses",
    "auroc_near", "refused_at_5", "ece", "reliability", "thresholds", "threshold",
}  # fmt: skip


def figures(ran: Ran) -> dict[str, Any]:
    assert ran.code == console.DONE
    found: dict[str, Any] = json.loads(ran.out)
    assert set(found) >= FIGURES
    assert found["unverified"] == []
    return found


def test_eval_of_a_squad_file_needs_no_index(shell: Shell, clean: Path) -> None:
    write_files(clean, {"q.json": squad(*CONTEXTS)})
    found = figures(shell("eval", "q.json", "--json"))
    assert (found["questions"], found["recall@1"], found["mrr@10"]) == (3, 1.0, 1.0)
    assert (found["answer_hit"], found["refused"], found["auroc"]) == (1.0, 1.0, 1.0)
    assert found["misses"] == []
    failed(shell("info"), console.FAILED, "no index in .wenda yet")


def test_eval_for_people_lists_the_misses(shell: Shell, clean: Path) -> None:
    asked: list[tuple[str, str | None]] = [("[red]Was?[/red] 就业", "[b]nichts")]
    write_files(clean, {"q.json": squad(CONTEXTS[1], ("城镇新增就业3960人。", asked))})
    ran = shell("eval", "q.json")
    assert ran.code == console.DONE
    assert "       questions  3         questions asked\n" in ran.out
    assert "1 misses; all with --json or --report\n" in ran.out
    assert "  ? [red]Was?[/red] 就业\n    refused though answerable\n" in ran.out
    assert "    expected [b]nichts; rank " in ran.out


def test_escape_sequences_in_questions_do_not_reach_the_terminal(shell: Shell, clean: Path) -> None:
    write_files(clean, {"q.json": squad(("就业。", [("就业\x1b[2J?", "nichts")]))})
    ran = shell("eval", "q.json")
    assert ran.code == console.DONE
    assert "1 misses" in ran.out
    assert "\x1b" not in ran.out


def test_eval_with_the_questions_of_a_parallel_file(shell: Shell, clean: Path) -> None:
    english: list[Context] = [
        ("Jobs: 3960.", [("城镇新增就业 how many?", "3960")]),
        ("Roads: 12.5 km", [("公路 12.5公里 how long?", "12.5"), ("Who?", None)]),
    ]
    write_files(clean, {"zh.json": squad(*CONTEXTS), "en.json": squad(*english)})
    found = figures(shell("eval", "zh.json", "--questions", "en.json", "--json"))
    assert (found["questions"], found["recall@1"], found["answer_hit"]) == (3, 1.0, 1.0)
    write_files(clean, {"one.json": squad(english[0])})
    ran = shell("eval", "zh.json", "--questions", "one.json")
    failed(ran, console.FAILED, "one.json has 1 questions, zh.json has 3")


LINES: list[dict[str, Any]] = [
    {"question": "城镇新增就业多少人？", "must": ["3960"], "document": "jobs.md"},
    {"question": "修建農村公路多少公里？", "must": ["12.5", "公里"]},
    {"question": UNKNOWN},
]


def json_lines(entries: Sequence[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)


def test_eval_of_json_lines_asks_the_index(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines(LINES)})
    for more in ([], ["--corpus", "seeds"]):
        found = figures(indexed("eval", "q.jsonl", "--json", *more))
        assert (found["questions"], found["recall@1"], found["answer_hit"]) == (3, 1.0, 1.0)
        assert (found["refused"], found["misses"]) == (1.0, [])


def test_eval_of_json_lines_without_an_index(shell: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines(LINES)})
    failed(shell("eval", "q.jsonl"), console.FAILED, "no index in .wenda yet", "wenda index")


def test_eval_with_unrelated_questions(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines(LINES[:2]), "u.jsonl": json_lines(LINES)})
    found = figures(indexed("eval", "q.jsonl", "--unrelated", "u.jsonl", "--json"))
    assert (found["questions"], found["refused"]) == (5, 0.3333)
    assert len(found["misses"]) == 2


def test_eval_asks_a_squad_files_questions_of_the_index(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.json": squad(CONTEXTS[0])})
    found = figures(indexed("eval", "q.json", "--corpus", "seeds", "--json"))
    assert (found["questions"], found["answer_hit"]) == (1, 1.0)


def test_calibrate_stores_the_mapping_beside_the_index(shell: Shell, clean: Path) -> None:
    stored = clean / ".wenda/calibration.json"
    stored.unlink()
    contexts: list[Context] = [
        (f"第{n}个社区新增就业{n}人。", [(f"第{n}个社区新增就业多少人？", f"{n}人")])
        for n in range(100, 130)
    ]
    write_files(clean, {"q.json": squad(*contexts)})
    found = figures(shell("eval", "q.json", "--calibrate", "--json"))
    assert found["calibration"]["stored"] == ".wenda/calibration.json"
    made = json.loads(stored.read_text(encoding="utf-8"))
    assert made.pop("made_for") == HASHING_SCALE
    assert {"stored": ".wenda/calibration.json", **made} == found["calibration"]
    assert made["mapping"] != DEFAULT.to_json()["mapping"]


def test_a_calibration_for_another_model_is_not_used(
    indexed: Shell, clean: Path, caplog: pytest.LogCaptureFixture
) -> None:
    never = CALIBRATION.with_threshold(1.0)
    never.save(clean / ".wenda/calibration.json", HASHING_SCALE)
    assert indexed("ask", "城镇新增就业多少人").code == console.NOT_FOUND
    assert not caplog.messages
    never.save(clean / ".wenda/calibration.json", "another model")
    indexed("ask", "城镇新增就业多少人")
    assert "made for another model" in caplog.text


def test_calibrate_without_a_home_makes_one(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines(LINES)})
    ran = indexed("eval", "q.jsonl", "--calibrate")
    assert ran.code == console.DONE
    assert (
        f"Calibration stored in .wenda/calibration.json, threshold {DEFAULT_THRESHOLD}\n" in ran.out
    )


def test_eval_counts_a_repeated_question_once(shell: Shell, clean: Path) -> None:
    write_files(clean, {"q.json": squad(*CONTEXTS, *CONTEXTS, ("别的。", CONTEXTS[0][1]))})
    found = figures(shell("eval", "q.json", "--json"))
    assert (found["questions"], found["recall@1"], found["misses"]) == (3, 1.0, [])


ARTICLES = {
    "q.zh.json": (
        ("城镇新增就业3960人。", "就业多少人？", "3960"),
        ("修了公路。", "修了什么？", "公路"),
    ),
    "q.en.json": (
        ("Towns added 3960 jobs.", "How many jobs?", "3960"),
        ("Roads were built.", "Which roads?", "Roads"),
    ),
}


def translations(clean: Path) -> None:
    """Two files of two articles each, with questions of the same ids."""
    for name, articles in ARTICLES.items():
        data = []
        for at, (context, question, gold) in enumerate(articles):
            qa = {"id": f"q{at}", "question": question, "answers": [{"text": gold}]}
            data.append({"paragraphs": [{"context": context, "qas": [qa]}]})
        write_files(clean, {name: json.dumps({"data": data}, ensure_ascii=False)})


def test_eval_of_several_files_as_one_folder(shell: Shell, clean: Path) -> None:
    translations(clean)
    both = ("--questions", "q.zh.json", "--questions", "q.en.json")
    mixed = figures(shell("eval", "q.zh.json", "--with", "q.en.json", *both, "--json"))
    assert {name: its["count"] for name, its in mixed["by_language"].items()} == {
        "zh→en+zh": 2,
        "en→en+zh": 2,
    }
    assert (mixed["questions"], mixed["own_language_first"]) == (4, 1.0)
    assert list(mixed["by_file"]) == ["q.zh.json", "q.en.json"]
    chinese = figures(shell("eval", "q.zh.json", "--with", "q.en.json", "--json"))
    assert list(chinese["by_language"]) == ["zh→en+zh"]


def test_eval_of_halves(shell: Shell, clean: Path) -> None:
    translations(clean)
    both = ("--questions", "q.zh.json", "--questions", "q.en.json")
    ran = shell("eval", "q.zh.json", "--with", "q.en.json", *both, "--halves", "--json")
    assert {name: its["count"] for name, its in figures(ran)["by_language"].items()} == {
        "zh→zh": 1,
        "zh→en": 1,
        "en→zh": 1,
        "en→en": 1,
    }
    failed(shell("eval", "q.zh.json", "--halves"), console.WRONG_USAGE, "--halves", "--with")


def test_files_that_make_no_folder_together(shell: Shell, clean: Path) -> None:
    write_files(clean, {"q.json": squad(*CONTEXTS), "q.jsonl": json_lines(LINES)})
    ran = shell("eval", "q.json", "--with", "q.jsonl")
    failed(ran, console.FAILED, "q.jsonl brings no contexts to make a folder of")


def test_eval_reads_conversations_answers_and_kinds(indexed: Shell, clean: Path) -> None:
    answers = [{"document": "jobs.md", "must": ["3960"]}, {"document": "parks.md", "must": ["x"]}]
    lines = [
        {"question": "城镇新增就业多少人？", "answers": answers, "kind": "ambiguous"},
        {**LINES[1], "history": [{"question": "就业呢？", "answer": None}], "kind": "[b]next"},
    ]
    write_files(clean, {"q.jsonl": json_lines(lines)})
    found = figures(indexed("eval", "q.jsonl", "--json"))
    assert (found["recall@1"], found["answer_hit"], found["all_shown"]) == (1.0, 0.5, 0.0)
    assert [kind["count"] for kind in found["by_kind"].values()] == [1, 1]
    assert "         [b]next  count 1, recall@1 1.0, " in indexed("eval", "q.jsonl").out


def test_eval_writes_a_report_and_says_where(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines([*LINES, {"question": "就业？", "must": ["没有"]}])})
    ran = indexed("eval", "q.jsonl", "--report", "report.html")
    assert ran.code == console.DONE
    assert ran.out.endswith("\nThe report is in report.html\n")
    assert "就业？" in (clean / "report.html").read_text(encoding="utf-8")
    assert (clean / "report.reliability.png").read_bytes().startswith(b"\x89PNG")
    ran = indexed("eval", "q.jsonl", "--report", "report.html", "--json")
    assert figures(ran)["questions"] == 4
    assert "The report is in report.html" in ran.err


def test_a_report_that_cannot_be_written_is_told_before_anything_is_asked(
    indexed: Shell, clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "evaluate_files", lambda *_, **__: pytest.fail("it ran"))
    write_files(clean, {"q.jsonl": json_lines(LINES), "file": ""})
    (clean / "folder.html").mkdir()
    for path in ("folder.html", "nowhere/report.html", "file/report.html"):
        ran = indexed("eval", "q.jsonl", "--report", path)
        failed(ran, console.FAILED, f"The report {path} cannot be written (", "Name a file")
    ran = indexed("eval", "q.jsonl", "--report", "q.jsonl")
    failed(ran, console.WRONG_USAGE, "--report", "ends in .html")
    assert (clean / "q.jsonl").read_text(encoding="utf-8") == json_lines(LINES)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.json", None, ["none.json cannot be read"]),
        ("q.json", "", ["q.json is not in SQuAD format"]),
        ("q.json", '{"data": []}', ["q.json holds no questions"]),
        ("q.jsonl", '{"question": "a"}\n{"q": 1}', ["q.jsonl, line 2"]),
        ("q.jsonl", b"\xff\xff", ["q.jsonl cannot be read"]),
    ],
)
def test_files_of_questions_that_cannot_be_used(
    shell: Shell, clean: Path, name: str, content: str | bytes | None, words: list[str]
) -> None:
    if content is not None:
        write_files(clean, {name: content})
    failed(shell("eval", name), console.FAILED, *words)


def test_a_corpus_that_the_file_does_not_bring(indexed: Shell, clean: Path) -> None:
    write_files(clean, {"q.jsonl": json_lines(LINES)})
    ran = indexed("eval", "q.jsonl", "--corpus", "file")
    failed(ran, console.FAILED, "q.jsonl brings no contexts. Use --corpus seeds")
    failed(indexed("eval", "q.jsonl", "--corpus", "x"), console.WRONG_USAGE, "--corpus", "'seeds'")


# info


def test_info_shows_the_live_index(indexed: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"bad [/b].bin": b"x", "d.txt": "新的。"})
    indexed("index")
    ran = indexed("info")
    assert (ran.code, ran.err) == (console.DONE, "")
    assert f"index  {open_index(Path('.wenda')).name} in .wenda, checked: whole\n" in ran.out
    assert "documents  4 of the folder seeds\n" in ran.out
    assert "paragraphs  4, with 6 sentences\n" in ran.out
    assert "model  bundled (hashing-bund)\n" in ran.out
    assert "skipped  bad [/b].bin: Files of this kind are not read." in ran.out


def test_info_for_programs(indexed: Shell) -> None:
    facts = json.loads(indexed("info", "--json").out)
    generation = open_index(Path(".wenda"))
    assert facts["generation"] == generation.name
    assert (facts["documents"], facts["paragraphs"], facts["sentences"]) == (3, 3, 5)
    assert (facts["model"], facts["home"], facts["folder"]) == ("bundled", ".wenda", "seeds")
    assert (facts["healthy"], facts["skipped"]) == (True, [])
    assert "manifest.json" in facts["bytes"]
    assert all(size > 0 for size in facts["bytes"].values())


# usage


@pytest.mark.parametrize("command", ["index", "ask", "eval", "info"])
def test_help_has_an_example(shell: Shell, command: str) -> None:
    ran = shell(command, "--help")
    assert ran.code == console.DONE
    assert f"Example: wenda {command}" in ran.out


def test_help_names_the_commands(shell: Shell) -> None:
    assert all(name in shell("--help").out for name in ("index", "ask", "eval", "info"))


def test_version(shell: Shell) -> None:
    assert shell("--version") == Ran(console.DONE, f"wenda {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nothing"],
        ["index", "--nothing"],
        ["nothing"],
        ["ask", "a", "b"],
        ["ask", "a", "-k", "0"],
        ["ask", "a", "-k", "51"],
        ["ask", "a", "-k", "viele"],
        ["eval"],
    ],
)
def test_wrong_usage(indexed: Shell, arguments: list[str]) -> None:
    failed(indexed(*arguments), console.WRONG_USAGE, "Usage: ")


@pytest.mark.parametrize("command", [["index"], ["ask", "就业？"], ["info"], ["eval", "q.json"]])
def test_a_bad_setting_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("WENDA_MIN_SCORE", "7")
    failed(
        shell(*command), console.FAILED, "WENDA_MIN_SCORE='7' cannot be used", "less than or equal"
    )


def test_an_interruption_says_that_the_work_is_kept(
    shell: Shell, clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write_files(clean / "seeds", FILES)
    monkeypatch.setattr(Indexer, "index_folder", interrupted)
    failed(shell("index"), 130, "What was embedded is kept")

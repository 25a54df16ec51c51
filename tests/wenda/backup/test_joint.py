"""A backup of all collections at once: each whole, what they share once, nothing else."""

import io
import json
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from rag.answering.service import Service
from rag.errors import StoreError
from rag.index.generations import Store
from rag.progress import silent
from rag.serving.feedback import FeedbackStore
from tests.fakes import CALIBRATION, ENCODER_FILE, HASHING_SCALE, index, open_index
from tests.wenda.backup.test_backup import PRAISE, Change, member, rewritten
from wenda.backup.contents import DIGESTS, HEADER
from wenda.backup.making import make_backup, make_joint_backup
from wenda.backup.reading import read_header
from wenda.backup.restoring import restore_backup

TEXTS = {
    "jobs": {"same.txt": "城镇新增就业3960人。居民很满意。"},
    "parks": {"same.txt": "The city opened seven new parks."},
}
ASKED = ("城镇新增就业多少人？", "How many new parks has the city opened?")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of three collections, one of which has no index yet, and its backup."""
    folder = tmp_path_factory.mktemp("joint")
    home = folder / "home"
    for name, texts in TEXTS.items():
        index(home / "collections" / name, texts)
        CALIBRATION.save(home / "collections" / name / "calibration.json", HASHING_SCALE)
    feedback = FeedbackStore(home / "collections" / "new" / "feedback.sqlite")
    feedback.add_feedback(PRAISE)
    feedback.close()
    database = sqlite3.connect(home / "telegram.sqlite")
    database.execute("CREATE TABLE kept (words TEXT)")
    database.commit()
    database.close()
    header, unindexed = make_joint_backup(home, stores(home), folder / "all.tar", silent)
    assert (header.collections, unindexed) == (("jobs", "parks", "new"), ["new"])
    return folder


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "all.tar", tmp_path))


def stores(home: Path) -> dict[str, Store]:
    return {name: Store(home / "collections" / name) for name in (*TEXTS, "new")}


def answers(home: Path) -> list[object]:
    """What each collection answers, but for the time it took."""
    found = list[object]()
    for name in TEXTS:
        service = Service(open_index(home / "collections" / name), CALIBRATION)
        found += [service.ask_question(question).to_json() | {"took_ms": 0} for question in ASKED]
    return found


def test_all_are_restored_and_answer_alike(made: Path, backup: Path, tmp_path: Path) -> None:
    header, live = restore_backup(backup, Store(tmp_path / "new"), silent)
    assert live
    assert header == read_header(backup)
    assert answers(tmp_path / "new") == answers(made / "home")
    assert (tmp_path / "new" / "telegram.sqlite").is_file()
    feedback = FeedbackStore(tmp_path / "new" / "collections" / "new" / "feedback.sqlite")
    assert feedback.counts() == (1, 0)
    feedback.close()
    assert not list((tmp_path / "new").rglob(".restoring-*"))


def test_what_indexes_have_alike_is_stored_once(backup: Path, tmp_path: Path) -> None:
    with tarfile.open(backup) as archive:
        names = archive.getnames()
        digests = json.loads(archive.extractfile(DIGESTS).read())  # type: ignore[union-attr]
    of_encoder = [name for name in digests if ENCODER_FILE in name]
    assert len(of_encoder) == 2
    assert len([name for name in names if name in of_encoder]) == 1
    restore_backup(backup, Store(tmp_path / "new"), silent)
    found = list((tmp_path / "new" / "collections").glob(f"*/generations/*/{ENCODER_FILE}"))
    assert len(found) == 2
    assert found[0].read_bytes() == found[1].read_bytes()


def test_one_of_them_is_restored_into_a_home_of_its_own(backup: Path, tmp_path: Path) -> None:
    restore_backup(backup, Store(tmp_path / "one"), silent, only="parks")
    service = Service(open_index(tmp_path / "one"), CALIBRATION)
    assert "seven" in (service.ask_question(ASKED[1]).answer or "")
    assert not (tmp_path / "one" / "telegram.sqlite").exists()
    assert not (tmp_path / "one" / "collections").exists()
    with pytest.raises(StoreError, match="no collection board; it has: jobs, parks, new"):
        restore_backup(backup, Store(tmp_path / "other"), silent, only="board")


def test_nothing_is_restored_over_any_of_them(backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "used"
    index(home / "collections" / "parks", TEXTS["parks"])
    with pytest.raises(StoreError, match="nothing can be lost"):
        restore_backup(backup, Store(home), silent)
    assert not list((home / "collections" / "jobs").glob("CURRENT"))


def leave_out(name: str) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[:] = [each for each in members if each[0].name != name]

    return change


def put(name: str, content: object) -> Change:
    """Another content of a small file of the archive."""

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        at = next(at for at, (info, _) in enumerate(members) if info.name == name)
        members[at] = (members[at][0], json.dumps(content).encode())

    return change


@pytest.mark.parametrize(
    "change",
    [
        member("collections/board/feedback.sqlite"),
        member("collections/jobs/../parks/feedback.sqlite"),
        member("collections/../../feedback.sqlite"),
        member("feedback.sqlite"),
        member("index/manifest.json"),
        member("collections/jobs/elsewhere.sqlite"),
        leave_out("collections/jobs/vectors.cache"),
        leave_out("telegram.sqlite"),
        leave_out(DIGESTS),
        put(HEADER, {"format": 2, "index": "", "index_format": 1, "collections": ["../x"]}),
        put(DIGESTS, {"collections/../x": "0"}),
    ],
)
def test_what_was_changed_is_refused_and_nothing_is_left(
    backup: Path, tmp_path: Path, change: Change
) -> None:
    changed, home = rewritten(backup, change), tmp_path / "new"
    with pytest.raises(StoreError):
        restore_backup(changed, Store(home), silent)
    left = [path for path in home.rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []


def test_what_people_left_is_never_shared(backup: Path, tmp_path: Path) -> None:
    """Two databases may be equal; were they one file, each would get what the other is told."""
    with tarfile.open(backup) as archive:
        content = archive.extractfile("collections/new/feedback.sqlite")
        assert content is not None
        assert io.BytesIO(content.read()).getbuffer().nbytes
        digests = json.loads(archive.extractfile(DIGESTS).read())  # type: ignore[union-attr]
    digests["collections/jobs/feedback.sqlite"] = digests["collections/new/feedback.sqlite"]
    changed = rewritten(backup, put(DIGESTS, digests))
    with pytest.raises(StoreError, match="has changed"):
        restore_backup(changed, Store(tmp_path / "new"), silent)


def test_one_home_is_written_as_older_versions_read_it(made: Path, tmp_path: Path) -> None:
    make_backup(Store(made / "home" / "collections" / "jobs"), tmp_path / "one.tar", silent)
    with tarfile.open(tmp_path / "one.tar") as archive:
        facts = json.loads(archive.extractfile(HEADER).read())  # type: ignore[union-attr]
    assert facts["format"] == 1
    assert set(facts) == {"format", "index", "index_format", "version", "created"}

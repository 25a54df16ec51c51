"""How the server fares, for those who watch it."""

import re
from pathlib import Path

from api.metrics import ServerMetrics
from rag.answering.service import Service
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.progress import Progress
from tests.api.conftest import ADMIN, AS_ADMIN, JOBS, UNKNOWN, BuildSite, Site, problem
from tests.fakes import CALIBRATION, open_hashing_encoder


def test_health_and_readiness(site: Site) -> None:
    assert site.client.get("/healthz").json() == {"status": "ok", "version": "0"}
    ready = site.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready",
        "generation": site.serving.service.generation.name,
        "bot": "off",
        "problem": None,
    }


def test_without_an_index_it_lives_but_is_not_ready(tmp_path: Path, build: BuildSite) -> None:
    site = build(tmp_path / "nowhere", bot_state=lambda: "running")
    assert site.client.get("/healthz").status_code == 200
    found = problem(site.client.get("/readyz"), 503, "unavailable")
    assert "wenda index" in found["detail"]
    assert found["bot"] == "running"


def test_a_first_index_that_failed_says_why(tmp_path: Path, build: BuildSite) -> None:
    def rebuild(_progress: Progress) -> dict[str, object]:
        raise OSError

    site = build(tmp_path / "nowhere", admin_token=ADMIN, rebuild=rebuild)
    path = site.client.post("/index/rebuild", headers=AS_ADMIN).headers["location"]
    site.client.get(path, headers={"Accept": "text/event-stream"})
    assert "failed" in problem(site.client.get("/readyz"), 503, "unavailable")["detail"]


def test_a_problem_with_a_newer_index_is_told(home: Path, site: Site) -> None:
    (home / "CURRENT").write_text("none", encoding="utf-8")
    for folder in (home / "generations").iterdir():
        (folder / "manifest.json").write_text("{", encoding="utf-8")
    site.serving.refresh()
    ready = site.client.get("/readyz")
    assert ready.status_code == 200
    assert "damaged" in ready.json()["problem"]
    assert _metrics(site)["wenda_index_problem"] == 1


def _metrics(site: Site) -> dict[str, float]:
    text = site.client.get("/metrics").text
    return {
        name: float(value) for name, value in re.findall(r"^(wenda_\S+) (\S+)$", text, re.MULTILINE)
    }


def test_questions_refusals_and_times_are_counted(site: Site) -> None:
    for question in (JOBS, JOBS, UNKNOWN, "？"):
        site.client.get("/ask", params={"q": question})
    site.client.get("/nothing/PRIVATE")
    counted = _metrics(site)
    assert counted['wenda_questions_total{channel="ask"}'] == 3
    assert counted['wenda_abstentions_total{channel="ask"}'] == 1
    assert counted['wenda_errors_total{code="question"}'] == 1
    assert counted['wenda_requests_total{method="GET",route="/ask",status="200"}'] == 3
    assert counted['wenda_stage_seconds_count{stage="queue"}'] == 4
    assert counted['wenda_stage_seconds_count{stage="work"}'] == 4
    assert counted["wenda_documents"] == 3
    assert counted["wenda_generation_age_seconds"] >= 0
    assert "PRIVATE" not in site.client.get("/metrics").text


def test_rebuilds_are_counted_once(home: Path, build: BuildSite) -> None:
    site = build(home, admin_token=ADMIN)
    for _ in range(3):
        path = site.client.post("/index/rebuild", headers=AS_ADMIN).headers["location"]
        site.client.get(path, headers={"Accept": "text/event-stream"})
    assert _metrics(site)['wenda_rebuilds_total{state="done"}'] == 3
    assert _metrics(site)['wenda_rebuilds_total{state="done"}'] == 3


def test_what_clients_choose_does_not_become_a_label(site: Site) -> None:
    for method in ("BREW", "FETCH"):
        site.client.send(method, "/ask")
    assert _metrics(site)['wenda_requests_total{method="other",route="/ask",status="405"}'] == 2


def test_without_an_index_metrics_are_there(tmp_path: Path, build: BuildSite) -> None:
    text = build(tmp_path / "nowhere").client.get("/metrics").text
    assert "wenda_documents NaN" in text
    assert "wenda_index_problem 1.0" in text


def test_encoding_is_a_stage_of_its_own(home: Path) -> None:
    metrics = ServerMetrics()
    opened = open_generation(Store(home), metrics.timing(open_hashing_encoder))
    Service(opened, CALIBRATION).ask_question(JOBS)
    assert b'wenda_stage_seconds_count{stage="encode"} 1.0' in metrics.exposition()

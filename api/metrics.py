"""Counters and timings for Prometheus."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from rag import Answer, EncodedQuestion, Encoder, OpenEncoder
from rag.errors import StoreError
from rag.serving.collections import View
from rag.serving.live import LiveService
from rag.serving.rebuilds import JobState, Rebuilds

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})


class ServerMetrics:
    """The metrics of one application. May be used by several threads at once.

    No label has values that clients choose freely: memory would grow with each.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = self._counter("questions", "Questions answered or not.", "channel")
        self._abstentions = self._counter("abstentions", "Questions not answered.", "channel")
        self._feedback = self._counter("feedback", "Words on answers.", "helpful")
        self._written = self._counter(
            "written", "Answers for a language model to write, by what came of it.", "outcome"
        )
        self._rebuilds = self._counter("rebuilds", "Rebuilds of the index that ended.", "state")
        self._errors = self._counter("errors", "Requests refused or failed, by code.", "code")
        self._requests = self._counter("requests", "Requests.", "route", "method", "status")
        self._stages = self._histogram(
            "stage_seconds",
            "Seconds in a stage: queue, encode, work (with encode), total.",
            "stage",
        )
        self._newest: dict[Rebuilds, str] = {}
        self._running: dict[Rebuilds, set[str]] = defaultdict(set)
        self._looking = threading.Lock()

    def count_question(self, channel: str, answer: Answer) -> None:
        self._questions.labels(channel).inc()
        if not answer.answered and answer.kind is None:
            self._abstentions.labels(channel).inc()

    def count_written(self, outcome: str) -> None:
        self._written.labels(outcome).inc()

    def count_feedback(self, *, helpful: bool) -> None:
        self._feedback.labels(str(helpful).lower()).inc()

    def observe_stage(self, name: str, seconds: float) -> None:
        self._stages.labels(name).observe(seconds)

    def count_request(self, route: str, method: str, status: int, code: str | None) -> None:
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        if code is not None:
            self._errors.labels(code).inc()

    def count_rebuilds(self, rebuilds: Rebuilds) -> None:
        """Counts each rebuild that has ended, once. Call it often, so that none is missed."""
        with self._looking:
            last = rebuilds.last_job
            running = self._running[rebuilds]
            if last is not None and last.id != self._newest.get(rebuilds):
                self._newest[rebuilds] = last.id
                running.add(last.id)
            for identity in list(running):
                job = rebuilds.job(identity)
                if job is None or job.state is not JobState.RUNNING:
                    running.remove(identity)
                    self._rebuilds.labels((job.state if job else JobState.FAILED).value).inc()

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def timing(self, open_encoder: OpenEncoder) -> OpenEncoder:
        """Wraps `open_encoder`: the time of its encoders is observed as the stage `encode`."""
        return lambda folder: _TimedEncoder(open_encoder(folder), self)

    def watch_indexes(self, view: View) -> None:
        """Adds gauges of the indexes that are served, NaN while there is none; with the names of
        collections where they have one.
        """

        def reading(fact: Callable[[LiveService], float], live: LiveService) -> Callable[[], float]:
            def read() -> float:
                try:
                    return fact(live)
                except StoreError:
                    return float("nan")

            return read

        facts: dict[str, tuple[str, Callable[[LiveService], float]]] = {
            "generation_age_seconds": ("Seconds since the served index was built.", _age),
            "documents": ("Documents of the served index.", lambda s: _count(s, "documents")),
            "paragraphs": ("Paragraphs of the served index.", lambda s: _count(s, "paragraphs")),
            "index_problem": (
                "1 when the newest index cannot be served.",
                lambda s: float(s.problem is not None),
            ),
        }
        for name, (words, fact) in facts.items():
            labels = ("collection",) if view.named else ()
            gauge = Gauge(f"wenda_{name}", words, labels, registry=self._registry)
            for each in view.collections:
                of_one = gauge.labels(each.name) if view.named else gauge
                of_one.set_function(reading(fact, each.backend.live))

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"wenda_{name}", words, labels, registry=self._registry)

    def _histogram(self, name: str, words: str, *labels: str) -> Histogram:
        return Histogram(f"wenda_{name}", words, labels, registry=self._registry, buckets=_BUCKETS)


class _TimedEncoder:
    """An encoder whose time is observed."""

    def __init__(self, encoder: Encoder, metrics: ServerMetrics) -> None:
        self._encoder = encoder
        self._metrics = metrics

    def encode(self, question: str) -> EncodedQuestion:
        began = time.perf_counter()
        try:
            return self._encoder.encode(question)
        finally:
            self._metrics.observe_stage("encode", time.perf_counter() - began)


def _age(serving: LiveService) -> float:
    created = datetime.fromisoformat(serving.service.generation.manifest.created)
    return (datetime.now(UTC) - created).total_seconds()


def _count(serving: LiveService, name: str) -> float:
    return float(serving.service.generation.manifest.counts.get(name, 0))

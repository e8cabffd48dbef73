"""The benchmark of traces: what it sends is what real agents send, and what it says follows from what it saw."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from rich.console import Console

from flywheel.archive import open_archive
from flywheel.bench_traces.__main__ import main
from flywheel.bench_traces.bodies import make_bodies
from flywheel.bench_traces.cpu import tree_cpu_seconds
from flywheel.bench_traces.figures import Figures, Grown, Load, document, percentile, spread
from flywheel.bench_traces.fresh import in_fresh_process, in_fresh_processes
from flywheel.bench_traces.ingesting import Ingested, Mark, ingest, rebuild, windows
from flywheel.bench_traces.limit import limit_seconds
from flywheel.bench_traces.measuring import LoadWatch, measure
from flywheel.bench_traces.phoenix import VARIABLE, PhoenixReceived, phoenix_python, phoenix_receives
from flywheel.bench_traces.plan import plan_for
from flywheel.bench_traces.quiet import Quiet, idle_share
from flywheel.bench_traces.receiving import Received, receive_bodies
from flywheel.bench_traces.searching import RATES, Asked, Searched, search_all
from flywheel.bench_traces.sending import sender
from flywheel.bench_traces.showing import growth, headlines, plot
from flywheel.bench_traces.store import write_segments
from flywheel.bench_traces.vocabulary import WORDS, Texts, rank_at, share, word
from flywheel.bench_traces.workload import Workload, marker
from flywheel.errors import FlywheelError
from flywheel.observer import SilentObserver
from traces.embedded import EmbeddedIndex
from traces.index import Query
from traces.normal import assemble, is_run
from traces.otlp.decode import decode_spans
from traces.segments import read_spans
from traces.span import Span
from traces.store import TraceStore
from traces.translate import translate_spans

_SPANS = 1200


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> TraceStore:
    """A small store with its index."""
    found = TraceStore(root=tmp_path_factory.mktemp("bench"))
    write_segments(found.root, _SPANS, 7)
    ingest(found.root)
    return found


def _spans(bodies: int = 2, **options: int) -> list[Span]:
    workload = Workload(**({"seed": 1} | options))
    return [span for _ in range(bodies) for span in decode_spans(workload.body(), json=False).spans]


def test_no_two_words_are_alike() -> None:
    """Else a search would find more than the rank says."""
    words = [word(rank) for rank in range(WORDS)]

    assert len(set(words)) == WORDS
    assert all("," not in found and " " not in found for found in words)


def test_shares_of_words_are_a_distribution() -> None:
    """The first are the most frequent, and all together make up a text."""
    shares = [share(rank) for rank in range(WORDS)]

    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_words_occur_as_often_as_their_rank_says(rate: float) -> None:
    """So that searches can be made for words of any frequency."""
    texts = Texts(np.random.default_rng(3))
    wanted = word(rank_at(rate, words=100))

    found = sum(wanted in texts.text(700).split(", ") for _ in range(3000))

    assert found / 3000 == pytest.approx(rate, rel=0.35)


def test_texts_are_as_long_as_asked_for_and_repeat_themselves() -> None:
    """As real ones do: of a hundred words, some sixty are different."""
    texts = Texts(np.random.default_rng(3))

    lengths = [len(texts.text(700)) for _ in range(200)]
    words = texts.text(700).split(", ")

    assert np.mean(lengths) == pytest.approx(700, rel=0.05)
    assert 50 <= len(set(words)) <= 75
    assert len(words) == 100


@pytest.mark.parametrize("span_bytes", [1024, 10_240])
def test_spans_have_the_size_that_they_should(span_bytes: int) -> None:
    """On the wire, on average."""
    workload = Workload(seed=1, span_bytes=span_bytes)

    assert len(workload.body()) / 512 == pytest.approx(span_bytes, rel=0.05)


def test_spans_are_runs_of_agents_in_normal_form() -> None:
    """About twenty spans each, children before their root; nothing in them needs a translation."""
    spans = _spans(4)
    runs: dict[str, list[Span]] = {}
    for span in spans:
        runs.setdefault(span.trace_id, []).append(span)
    whole = list(runs.values())[:-1]

    assert all(is_run(run) and run[-1].parent_id is None for run in whole)
    assert np.mean([len(run) for run in whole]) == pytest.approx(20, abs=2)
    assert all(len(assemble(run).model_calls) == len(run) // 2 for run in whole)
    assert translate_spans(spans) == spans


def test_ids_are_unique_and_repeatable() -> None:
    """The same seed gives the same bodies, another one shares no id with it."""
    ids = [(span.trace_id, span.span_id) for span in _spans()]
    others = {(span.trace_id, span.span_id) for span in _spans(seed=2)}

    assert len(set(ids)) == len(ids) == 1024
    assert others.isdisjoint(ids)
    assert Workload(seed=5).body() == Workload(seed=5).body()


def test_tools_fail_and_are_used_unequally() -> None:
    """Facets have something to count."""
    tools = Counter(
        str(span.attributes["gen_ai.tool.name"])
        for span in _spans(4)
        if "gen_ai.tool.name" in span.attributes
    )
    errors = [span for span in _spans(4) if span.status == "error"]

    assert tools["bash"] > 1.5 * tools["read_file"] > 1.5 * tools["edit_file"]
    assert 0.05 < len(errors) / tools.total() < 0.12


def test_secrets_among_the_spans_are_redacted(store: TraceStore) -> None:
    """One in a thousand has one: redaction is part of what is measured."""
    texts = [str(span.attributes) for span in read_spans(store.foreign)]

    assert sum("[redacted:github-token]" in text for text in texts) == 1


def test_only_the_last_span_of_a_body_has_its_marker(tmp_path: Path) -> None:
    """Who finds it, finds all that was sent before it in the same request."""
    bodies = make_bodies(tmp_path / "bodies", 600, seed=9, span_bytes=1024)

    assert (bodies.count, bodies.spans) == (2, 1024)
    assert bodies.markers == (marker(9, 0), marker(9, 1))
    for content, found in zip(bodies.read(), bodies.markers, strict=True):
        *others, last = decode_spans(content, json=False).spans
        assert found in str(last.attributes)
        assert not any("marker" in str(span.attributes) for span in others)


def test_the_bare_limit_writes_every_span_so_that_it_can_be_searched(tmp_path: Path) -> None:
    """It is a limit of the same thing, not of less."""
    bodies = make_bodies(tmp_path / "bodies", 1024, seed=1, span_bytes=1024)

    seconds = limit_seconds(bodies.folder, tmp_path / "limit.sqlite")

    with closing(sqlite3.connect(tmp_path / "limit.sqlite")) as connection:
        (spans,) = connection.execute("SELECT count(DISTINCT span) FROM spans").fetchone()
        (found,) = connection.execute(
            "SELECT count(*) FROM words WHERE words MATCH ?", (bodies.markers[1],)
        ).fetchone()
    assert (spans, found) == (1024, 1)
    assert seconds > 0


def test_fresh_work_is_done_elsewhere() -> None:
    """Each piece in a process of its own, all at once."""
    first, second = in_fresh_processes(os.getpid, [(), ()])

    assert len({first, second, os.getpid()}) == 3


def test_the_memory_of_fresh_work_is_watched() -> None:
    """That of its process, from outside."""
    found = in_fresh_process(time.sleep, 0.6)

    assert found.result is None
    assert 3 < found.peak_memory_mb < 200


def test_time_on_a_core_is_told_of_a_process_and_its_children() -> None:
    """Each by its id, and nobody else's."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = tree_cpu_seconds(os.getpid())
        assert child.stdin is not None
        child.stdin.close()

    assert {os.getpid(), child.pid} <= found.keys()
    assert os.getppid() not in found
    assert found[os.getpid()] > 0


def test_work_that_fails_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """The reason is on stderr, from the process itself."""
    with pytest.raises(RuntimeError, match="failed"):
        in_fresh_process(int, "seven")

    assert "ValueError" in capfd.readouterr().err


def test_a_store_is_indexed_whole_and_can_be_built_anew(store: TraceStore, tmp_path: Path) -> None:
    """Every span, once; both ways give the same."""
    write_segments(tmp_path, 300, 8)

    found = ingest(tmp_path)

    assert (found.spans, found.marks[-1].spans) == (300, 300)
    assert rebuild(tmp_path) > 0
    assert found.index_bytes > 300 * 500
    with EmbeddedIndex(TraceStore(root=tmp_path).index) as index:
        assert index.stats().spans == 300
        assert index.search(Query(text=marker(8, 0))).total == 1
    with EmbeddedIndex(store.index) as index:
        assert index.stats().spans == _SPANS


def _ingested(*marks: tuple[int, float]) -> Ingested:
    spans, _ = marks[-1]
    found = tuple(Mark(count, seconds, seconds / 2) for count, seconds in marks)
    return Ingested(spans=spans, runs=spans // 20, marks=found, index_bytes=1500 * spans)


def test_rates_of_windows_come_from_the_marks_around_them() -> None:
    """In between two transactions time passes evenly."""
    found = _ingested((1000, 1.0), (2000, 3.0))

    assert found.per_s == pytest.approx(2000 / 3)
    assert found.window(0, 1000).per_s == pytest.approx(1000)
    assert found.window(1000, 2000).per_s == pytest.approx(500)
    assert found.window(500, 1500).per_s == pytest.approx(1000 / 1.5)
    assert found.window(1000, 2000).cpu_us == pytest.approx(1000)


def test_windows_follow_each_other() -> None:
    """The first begins with the first span; sizes beyond the end have none."""
    found = windows(_ingested((1000, 1.0), (2000, 3.0)), [500, 1500, 2000, 9000])

    assert [(size, window.spans) for size, window in found.items()] == [(500, 500), (1500, 1000), (2000, 500)]
    assert found[500].per_s == pytest.approx(1000)
    assert found[2000].per_s == pytest.approx(500)


def test_every_query_is_asked_in_every_pass(store: TraceStore) -> None:
    """Words of each rate in turn; measured rates are near the wanted ones where the store is large enough."""
    found = search_all(store.root, queries=8, passes=2)

    assert [asked.rate for asked in found.asked] == list(RATES)
    assert [len(times) for times in found.latencies()] == [8, 8]
    assert found.asked[-1].matches / _SPANS == pytest.approx(0.1, rel=0.5)
    assert found.beyond[-1].matches > found.beyond[0].matches
    assert found.spans == _SPANS
    assert min(*found.facets_ms, found.first_ms, found.memory_mb) > 0


def test_percentiles_and_spreads() -> None:
    """Of few values, too."""
    assert percentile([5.0], 95) == 5.0
    assert percentile([float(value) for value in range(101)], 95) == 95.0
    assert spread([3.0, 1.0, 2.0]) == {"median": 2, "min": 1, "max": 3}
    assert spread([1.234], 1) == {"median": 1.2, "min": 1.2, "max": 1.2}


def _asked(rate: float, *times: float, capped: int = 0) -> Asked:
    return Asked(rate=rate, matches=rate * 1000, capped=capped, passes=(times,))


def _grown(spans: int, rate: float) -> Grown:
    searched = Searched(
        spans=spans,
        first_ms=30.0,
        asked=(_asked(0.001, 1.0, 2.0), _asked(0.1, 3.0, 40.0)),
        beyond=(_asked(0.5, 60.0, capped=1),),
        facets_ms=(4.0, 5.0),
        memory_mb=90.0,
    )
    return Grown(
        spans=spans,
        store_per_s=20_000.0,
        ingested=(_ingested((round(0.9 * spans), 0.9 * spans / rate), (spans, spans / rate)),),
        ingest_memory_mb=200.0,
        searched=searched,
        reindex_per_s=(rate - 1000,),
        reindex_memory_mb=210.0,
        received=_received(10.0),
    )


def _received(seconds: float) -> Received:
    return Received(
        spans=160_000,
        durable_seconds=seconds / 2,
        searchable_seconds=seconds,
        peak_memory_mb=300.0,
        cpu_seconds=(8.0, 2.0, 2.0),
    )


@pytest.fixture
def figures() -> Figures:
    """A run in which everything was as it should be."""
    return Figures(
        limits=(40_000.0, 39_000.0, 41_000.0),
        received=(_received(10.0), _received(9.0), _received(11.0)),
        received_large=(_received(80.0),),
        span_bytes=1023.4,
        large_span_bytes=10_215.0,
        phoenix=PhoenixReceived(version="20", spans=5120, durable_per_s=5000.0, searchable_per_s=160.0),
        grown=(_grown(10_000, 16_000.0), _grown(1_000_000, 12_000.0)),
        load=Load(before=0.1, highest=2.5),
        waited_seconds=3.0,
        seconds=400.0,
        commit="c" * 40,
    )


def test_the_document_begins_with_ratios_of_medians(figures: Figures) -> None:
    """What must be looked at first; the rest follows from it."""
    found = document(figures)

    assert list(found)[:3] == ["receive_over_limit", "receive_over_phoenix", "rate_1m_over_10k"]
    assert found["cpu_rate_1m_over_10k"] == 0.75
    assert found["receive_over_limit"] == 0.4
    assert found["receive_over_phoenix"] == 100.0
    assert found["rate_1m_over_10k"] == 0.75
    assert (found["receive_spans_per_s"], found["limit_spans_per_s"]) == (16_000, 40_000)
    assert (found["reindex_spans_per_s"], found["receive_10kb_spans_per_s"]) == (11_000, 2000)
    assert (found["spans"], found["commit"], found["load_highest"]) == (1_000_000, "c" * 40, 2.5)
    assert found["detail"]["receive"]["cpu_us_per_span"]["median"] == 75.0
    assert found["detail"]["receive"]["cpu_us_per_span_of_busiest"]["median"] == 50.0
    assert json.loads(json.dumps(found)) == found


def test_the_headline_latency_is_that_of_rates_up_to_a_tenth(figures: Figures) -> None:
    """What matches more is told apart, with how many answers were capped."""
    found = document(figures)
    by_rate = found["detail"]["growth"][-1]["search_by_rate"]

    assert 3.0 < found["search_p95_ms_1m"] < 40.0
    assert [(asked["rate"], asked["capped"]) for asked in by_rate] == [(0.001, 0), (0.1, 0), (0.5, 1)]


def test_without_phoenix_there_is_no_ratio(figures: Figures) -> None:
    """Nothing is made up."""
    found = document(Figures(**{**vars(figures), "phoenix": None}))

    assert (found["phoenix_spans_per_s"], found["receive_over_phoenix"]) == (None, None)
    assert found["detail"]["phoenix"] is None


def _printed(*shown: Any) -> str:
    stream = io.StringIO()
    Console(file=stream, width=140).print(*shown)
    return stream.getvalue()


def test_tables_show_every_figure_with_its_target(figures: Figures) -> None:
    """And each size of store in a column."""
    found = document(figures)

    shown = _printed(headlines(found), growth(found))

    assert "≥ 15,000" in shown
    assert "16,000" in shown
    assert "(capped)" in shown
    assert "1,000,000" in shown


def test_what_was_not_measured_is_a_dash(figures: Figures) -> None:
    """Phoenix is an extra."""
    assert "–" in _printed(headlines(document(Figures(**{**vars(figures), "phoenix": None}))))


def test_the_plot_has_two_charts_one_above_the_other(figures: Figures) -> None:
    """Well-formed, with a dot for each store's reindex rate and each rate of matches."""
    root = ET.fromstring(plot(document(figures)))
    charts = [element for element in root if element.tag.endswith("svg")]

    assert [chart.get("y") for chart in charts] == ["0", "220"]
    assert all(chart.find("{*}title") is not None for chart in charts)
    assert sum(element.tag.endswith("circle") for element in charts[1].iter()) == 6


def test_a_quick_plan_measures_little() -> None:
    """But of everything something; the sizes ascend and none comes twice."""
    whole, quick = plan_for(1_000_000, quick=False), plan_for(1000, quick=True)

    assert whole.sizes == (10_000, 100_000, 1_000_000)
    assert whole.disk_bytes <= 12_000_000_000
    assert quick.sizes == (1000,)
    assert (whole.patience_seconds, quick.patience_seconds) == (240.0, 0.0)
    assert quick.small < whole.small


def test_too_small_a_disk_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(FlywheelError, match="TMPDIR"):
        measure(plan_for(10**12, quick=True), tmp_path, SilentObserver())

    assert not list(tmp_path.iterdir())


def test_phoenix_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no part of this project's environment."""
    monkeypatch.setenv(VARIABLE, "/opt/phoenix/bin/python")

    assert phoenix_python() == "/opt/phoenix/bin/python"


def test_the_highest_load_is_noted() -> None:
    """Figures of a busy machine must show that it was."""
    with LoadWatch(every_seconds=0.01) as watch:
        time.sleep(0.05)

    assert 0 <= watch.load.before <= watch.load.highest


def test_a_busy_machine_is_waited_for_but_not_for_ever() -> None:
    """Somebody counts meanwhile; the patience has an end, and the time is told."""
    stop = threading.Event()
    busy = threading.Thread(target=_count_until, args=(stop,))
    quiet = Quiet(0.2, look_seconds=0.05)
    busy.start()
    idle = quiet.wait()
    stop.set()
    busy.join()

    assert 0 <= idle < 1
    assert quiet.waited_seconds <= 0.5


def _count_until(stop: threading.Event) -> None:
    while not stop.is_set():
        sum(range(1000))


def test_idleness_is_a_share() -> None:
    """Of all cores' time."""
    assert 0 <= idle_share(0.05) <= 1


class _Sink(BaseHTTPRequestHandler):
    """Takes bodies and notes how many spans each had."""

    protocol_version = "HTTP/1.1"
    spans: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _Sink.spans.append(len(decode_spans(body, json=False).spans))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def sink() -> Iterator[str]:
    """The address of a server that takes everything."""
    _Sink.spans.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Sink) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.enable_socket
def test_a_sender_waits_for_the_word_and_sends_everything(sink: str, tmp_path: Path) -> None:
    """It has read its bodies by then, so that reading is not measured."""
    bodies = make_bodies(tmp_path / "bodies", 1024, seed=1, span_bytes=1024)

    with sender(sink, bodies) as sending:
        before = len(_Sink.spans)
        is_early = sending.is_done(0.05)
        sending.go()
        sent = sending.result()

    assert (before, is_early) == (0, False)
    assert _Sink.spans == [512, 512]
    assert 0 < sent.end - sent.begin < 60


@pytest.mark.enable_socket
def test_phoenix_is_started_fed_and_asked_what_it_has(tmp_path: Path) -> None:
    """Here a stand-in takes its place: an interpreter that serves what Phoenix would serve."""
    python = tmp_path / "python"
    python.write_text(f"#!{sys.executable}\n" + _STAND_IN, encoding="utf-8")
    python.chmod(0o755)
    warm = make_bodies(tmp_path / "warm", 1, seed=2, span_bytes=1024)
    bodies = make_bodies(tmp_path / "bodies", 1024, seed=1, span_bytes=1024)

    found = phoenix_receives(str(python), tmp_path / "work", warm, bodies)

    assert (found.version, found.spans) == ("stand-in", 1024)
    assert found.durable_per_s >= found.searchable_per_s > 0


_STAND_IN = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
if sys.argv[1] == "-c":
    sys.exit(print("stand-in"))
assert sys.argv[1:] == ["-m", "phoenix.server.main", "serve"]
class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    spans = 0
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Server.spans += 512 * (self.path == "/v1/traces")
        count = {"node": {"recordCount": Server.spans}}
        answer = json.dumps({"data": {"projects": {"edges": [count]}}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_):
        pass
ThreadingHTTPServer((os.environ["PHOENIX_HOST"], int(os.environ["PHOENIX_PORT"])), Server).serve_forever()
"""


@pytest.mark.enable_socket
def test_phoenix_that_does_not_start_is_told(tmp_path: Path) -> None:
    """With what it said."""
    bodies = make_bodies(tmp_path / "bodies", 1, seed=1, span_bytes=1024)

    with pytest.raises(RuntimeError, match="No module named 'phoenix'"):
        phoenix_receives(sys.executable, tmp_path / "work", bodies, bodies)


@pytest.mark.enable_socket
def test_what_is_sent_to_a_receiver_is_found(tmp_path: Path) -> None:
    """Real processes; what was there before stays, and is not counted."""
    root = open_archive(tmp_path).store.root
    write_segments(root, 100, 7)
    ingest(root)

    found = receive_bodies(tmp_path, make_bodies(tmp_path / "bodies", 1024, seed=2, span_bytes=1024))

    assert found.spans == 1024
    assert found.durable_seconds <= found.searchable_seconds
    assert found.peak_memory_mb > 50
    assert found.cpu_seconds[0] == max(found.cpu_seconds) > 0


@pytest.mark.enable_socket
def test_a_receiver_that_does_not_start_is_told(tmp_path: Path) -> None:
    """With what it said."""
    bodies = make_bodies(tmp_path / "bodies", 1, seed=1, span_bytes=1024)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "policy.toml").write_text("[redaction\n", encoding="utf-8")

    with pytest.raises(RuntimeError, match=r"does not start.*policy.toml"):
        receive_bodies(tmp_path / "store", bodies)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_a_quick_run_measures_everything_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real receivers, senders and stores."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()

    assert main(["--quick", "--spans", "1000", "--output", str(tmp_path / "out")]) == 0

    found = json.loads((tmp_path / "out" / "traces.json").read_text())
    assert found["quick"] is True
    assert found["receive_spans_per_s"] > 0
    assert 0 < found["ingest_peak_memory_mb"] < 500
    assert ET.fromstring((tmp_path / "out" / "traces.svg").read_text()) is not None
    assert not list((tmp_path / "work").iterdir())

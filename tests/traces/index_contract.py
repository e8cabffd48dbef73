"""What every index must do: a test file is this class and one fixture."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from traces import attributes as names
from traces.errors import QueryError
from traces.index import Query, Sort, TraceIndex
from traces.normal import assemble
from traces.run import Run
from traces.span import AttributeValue
from traces.testing import START_NS, TraceBuilder, small_run
from traces.where import parse_where


def run_id(number: int) -> str:
    """The id of ``small_run(number)``."""
    return f"{number:032x}"


def numbers_in(index: TraceIndex, *where: str, text: str = "") -> list[int]:
    """The numbers of the runs that match, ascending."""
    page = index.search(Query(text=text, where=tuple(map(parse_where, where)), limit=200))
    return sorted({int(hit.run_id, 16) for hit in page.hits})


def in_order(index: TraceIndex, query: Query) -> list[int]:
    """The numbers of the runs, as often and in the order in which they come."""
    return [int(hit.run_id, 16) for hit in index.search(query).hits]


def said(number: int, *texts: str, outcome: str = "failed", **more: AttributeValue) -> Run:
    """A run of tool calls, each with a result."""
    trace = TraceBuilder(run_id(number), start_ns=START_NS + number * 10**12)
    calls = [trace.tool("grep", {}, text) for text in texts]
    return assemble([*calls, trace.root(outcome, **more)])


def fill(index: TraceIndex, numbers: Sequence[int] = range(1, 6)) -> None:
    """Runs that failed, and passed where the number is even."""
    index.add(small_run(number, "failed" if number % 2 else "passed") for number in numbers)


class IndexContract:
    """The tests; a subclass's module defines the fixture ``index``, an empty one."""

    def test_an_empty_index_answers_with_an_empty_page(self, index: TraceIndex) -> None:
        """Also to text, conditions and facets."""
        page = index.search(Query(text="word", where=(parse_where("steps>1"),), facets=("tool", "label")))

        assert (page.hits, page.total, page.facets) == ((), 0, {"tool": {}, "label": {}})
        assert not page.capped

    def test_adding_counts_spans(self, index: TraceIndex) -> None:
        """Each span is a document."""
        assert index.add([small_run(1), small_run(2)]) == 6
        assert index.search(Query()).total == 6

    def test_adding_again_replaces(self, index: TraceIndex) -> None:
        """A run is there once, with its latest content, also in the full text."""
        fill(index)
        index.add([said(1, "needle")])

        assert index.search(Query(where=(parse_where(f"run={run_id(1)}"),))).total == 2
        assert numbers_in(index, text="needle") == [1]
        assert numbers_in(index, text="pytest") == [2, 3, 4, 5]

    def test_a_hit_tells_where_it_is(self, index: TraceIndex) -> None:
        """Run, span, name, the text around the match, and the fields that are not empty."""
        fill(index)
        (hit,) = index.search(Query(text="pytest", where=(parse_where("task=task-3"),))).hits

        assert (hit.run_id, hit.span_id, hit.name) == (run_id(3), f"{2:016x}", "execute_tool bash")
        assert "pytest -q" in hit.snippet
        assert (hit.fields["outcome"], hit.fields["kind"], hit.fields["tool"]) == ("failed", "tool", "bash")
        assert (hit.fields["seconds"], hit.fields["steps"], hit.fields["tokens"]) == (3.0, 1, 110)
        assert hit.fields["duration"] == 0.5
        assert "experiment" not in hit.fields
        assert hit.similarity is None

    @pytest.mark.parametrize(
        ("where", "numbers"),
        [
            ("outcome=failed", [1, 3, 5]),
            ("outcome!=failed", [2, 4]),
            ("seconds>3", [4, 5]),
            ("seconds<=2", [1, 2]),
            ("seconds=4", [4]),
            ("steps=1", [1, 2, 3, 4, 5]),
            ("tokens>=110", [1, 2, 3, 4, 5]),
            ("cost>0", []),
            ("duration<1", [1, 2, 3, 4, 5]),
            ("tool=bash", [1, 2, 3, 4, 5]),
            ("tool=read_file", []),
            ("kind=agent", [1, 2, 3, 4, 5]),
            ("name=execute_tool bash", [1, 2, 3, 4, 5]),
            ("model=simulated:coder", [1, 2, 3, 4, 5]),
            ("time<2023-11-15", [1]),
            ("end>2023-11-15T02:00:00", [4, 5]),
            ("error=", [1, 2, 3, 4, 5]),
            ("error!=", []),
            ("agent=", [1, 2, 3, 4, 5]),
            ("run=" + "0" * 31 + "2", [2]),
            ("run!=" + "0" * 31 + "2", [1, 3, 4, 5]),
            ("task=task-2' OR 1=1 --", []),
            ("task=`task-2` || outcome:=passed", []),
        ],
    )
    def test_conditions(self, index: TraceIndex, where: str, numbers: list[int]) -> None:
        """Equality on texts, comparisons on numbers and times; values are never syntax."""
        fill(index)

        assert numbers_in(index, where) == numbers

    def test_conditions_must_all_hold(self, index: TraceIndex) -> None:
        """Together with the text, on runs and on spans."""
        fill(index)

        assert numbers_in(index, "outcome=failed", "seconds>1", text="tests") == [3, 5]
        assert numbers_in(index, "outcome=failed", "kind=tool", text="tests") == []

    def test_a_model_is_of_its_call_and_else_of_the_run(self, index: TraceIndex) -> None:
        """Other spans are found by the run's first model."""
        trace = TraceBuilder(run_id(1))
        first, second = trace.chat("one", response_model="large"), trace.chat("two", response_model="small")
        index.add([assemble([first, second, trace.tool("bash", {}, "three"), trace.root()])])
        page = index.search(Query(where=(parse_where("model=large"),), facets=("model",)))

        assert {hit.span_id for hit in page.hits} == {first.span_id, f"{3:016x}", "f" * 16}
        assert page.facets["model"] == {"large": 3}

    def test_words_must_all_occur(self, index: TraceIndex) -> None:
        """In one span, in any order and case; identifiers are found whole."""
        index.add([said(1, "ERROR in test_add_numbers: 1 failed", "nothing else"), said(2, "failed")])

        assert numbers_in(index, text="failed error") == [1]
        assert numbers_in(index, text="failed nothing") == []
        assert numbers_in(index, text="test_add_numbers") == [1]
        assert numbers_in(index, text="absent failed") == []

    def test_phrases_stay_together(self, index: TraceIndex) -> None:
        """In quotation marks, alone or with other words."""
        index.add([said(1, "one test failed here"), said(2, "here failed one test")])

        assert numbers_in(index, text='"test failed"') == [1]
        assert numbers_in(index, text='"failed one" here') == [2]

    def test_facets_count_spans(self, index: TraceIndex) -> None:
        """The most frequent first; spans without a value are not counted, and the text and conditions apply."""
        fill(index)
        facets = index.search(Query(facets=("outcome", "tool", "experiment", "kind"), limit=0)).facets
        narrow = index.search(
            Query(text="pytest", where=(parse_where("outcome=passed"),), facets=("outcome",))
        )

        assert list(facets["outcome"].items()) == [("failed", 9), ("passed", 6)]
        assert facets["tool"] == {"bash": 5}
        assert facets["experiment"] == {}
        assert facets["kind"] == {"agent": 5, "model": 5, "tool": 5}
        assert narrow.facets == {"outcome": {"passed": 2}}

    def test_by_run_there_is_one_hit_for_each(self, index: TraceIndex) -> None:
        """Totals and facets count runs then, each once for all its spans."""
        index.add([said(1, "alpha", "alpha beta"), said(2, "alpha", "gamma", outcome="passed")])
        page = index.search(Query(text="alpha", by_run=True, facets=("outcome", "tool")))
        plain = index.search(Query(by_run=True, facets=("tool", "kind"), limit=1))

        assert sorted(hit.run_id for hit in page.hits) == [run_id(1), run_id(2)]
        assert (page.total, page.facets["tool"]) == (2, {"grep": 2})
        assert page.facets["outcome"] == {"failed": 1, "passed": 1}
        assert (plain.total, plain.facets["kind"]) == (2, {"agent": 2, "tool": 2})

    def test_by_run_leaves_out_what_no_agent_did(self, index: TraceIndex) -> None:
        """Spans of other traces are found, but make no run."""
        web = TraceBuilder(run_id(9))
        index.add([assemble([web.span("GET /"), web.span("SELECT")]), small_run(1)])

        assert index.search(Query()).total == 5
        assert index.search(Query(by_run=True)).total == 1
        assert numbers_in(index, "kind=other") == [9]

    def test_the_newest_run_comes_first(self, index: TraceIndex) -> None:
        """And its spans in their order, where nothing else is asked for."""
        fill(index, [2, 1, 3])
        hits = index.search(Query()).hits

        assert [int(hit.run_id, 16) for hit in hits] == [3, 3, 3, 2, 2, 2, 1, 1, 1]
        assert [hit.span_id for hit in hits[:3]] == [f"{1:016x}", f"{2:016x}", "f" * 16]
        assert in_order(index, Query(by_run=True)) == [3, 2, 1]

    def test_sorting(self, index: TraceIndex) -> None:
        """By numbers, times and texts, up and down, by several; equals come by run."""
        fill(index, [3, 1, 2])

        def ordered(*sort: Sort) -> list[int]:
            return in_order(index, Query(sort=sort, by_run=True))

        assert ordered(Sort(field="seconds")) == [1, 2, 3]
        assert ordered(Sort(field="seconds", descending=True)) == [3, 2, 1]
        assert ordered(Sort(field="time")) == [1, 2, 3]
        assert ordered(Sort(field="task", descending=True)) == [3, 2, 1]
        assert ordered(Sort(field="outcome"), Sort(field="seconds", descending=True)) == [3, 1, 2]
        assert ordered(Sort(field="steps")) == [1, 2, 3]
        assert ordered(Sort(field="run", descending=True)) == [3, 2, 1]

    def test_sorting_spans(self, index: TraceIndex) -> None:
        """By fields that the spans of a run do not share; by run, the first of each counts."""
        fill(index, [1, 2])
        by_kind = index.search(Query(sort=(Sort(field="kind"), Sort(field="seconds", descending=True))))
        best = index.search(Query(sort=(Sort(field="kind", descending=True),), by_run=True))

        assert [hit.fields["kind"] for hit in by_kind.hits] == ["agent"] * 2 + ["model"] * 2 + ["tool"] * 2
        assert [hit.run_id for hit in by_kind.hits[:2]] == [run_id(2), run_id(1)]
        assert [hit.fields["kind"] for hit in best.hits] == ["tool", "tool"]

    def test_pages_add_up(self, index: TraceIndex) -> None:
        """Page by page, each hit comes once and in the same order; the total is of all."""
        fill(index)
        for whole in (
            Query(limit=100),
            Query(text="tests", limit=100),
            Query(by_run=True, limit=100),
            Query(sort=(Sort(field="outcome"),), limit=100),
        ):
            page = index.search(whole)
            parts = [
                index.search(
                    Query(text=whole.text, sort=whole.sort, by_run=whole.by_run, limit=2, offset=offset)
                )
                for offset in range(0, page.total + 2, 2)
            ]

            assert tuple(hit for part in parts for hit in part.hits) == page.hits
            assert {part.total for part in parts} == {page.total} == {len(page.hits)}

    def test_annotations(self, index: TraceIndex) -> None:
        """Several values each; set anew they replace the old ones, and others stay."""
        fill(index)
        index.annotate(run_id(1), {"signal": ["loop", "no_tests"], "label": ["odd"]})
        index.annotate(run_id(2), {"signal": ["loop", "loop"]})
        index.annotate(run_id(1), {"signal": ["no_tests"]})

        assert numbers_in(index, "signal=loop") == [2]
        assert numbers_in(index, "signal!=loop") == [1, 3, 4, 5]
        assert numbers_in(index, "signal=") == [3, 4, 5]
        assert numbers_in(index, "signal!=") == [1, 2]
        assert numbers_in(index, "label=odd", "signal=no_tests") == [1]
        assert index.search(Query(facets=("signal",))).facets == {"signal": {"loop": 3, "no_tests": 3}}
        assert index.search(Query(facets=("signal",), by_run=True)).facets["signal"] == {
            "loop": 1,
            "no_tests": 1,
        }

    def test_annotations_outlast_their_run(self, index: TraceIndex) -> None:
        """A run may be added again, or only later."""
        fill(index, [1])
        index.annotate(run_id(1), {"pattern": ["p1"]})
        index.annotate(run_id(7), {"pattern": ["p1"]}, vector=[1.0, 0.0])
        index.add([small_run(1), small_run(7)])

        assert numbers_in(index, "pattern=p1") == [1, 7]
        assert in_order(index, Query(near=(1.0, 0.0), by_run=True)) == [7]

    def test_similar_runs_by_vector(self, index: TraceIndex) -> None:
        """By angle, not by length; runs without a vector are not similar to anything, and conditions hold."""
        fill(index)
        for number, vector in ((1, [0.0, 5.0]), (2, [3.0, 3.0]), (3, [9.0, 0.1])):
            index.annotate(run_id(number), {}, vector=vector)
        page = index.search(Query(near=(1.0, 0.0), by_run=True))

        assert [int(hit.run_id, 16) for hit in page.hits] == [3, 2, 1]
        assert [hit.similarity for hit in page.hits] == pytest.approx([0.99994, 0.70711, 0.0], abs=1e-3)
        assert page.total == 3
        assert (
            in_order(index, Query(near=(1.0, 0.0), where=(parse_where("outcome=failed"),)))
            == [3] * 3 + [1] * 3
        )

    def test_text_and_vector_together(self, index: TraceIndex) -> None:
        """The text must match; the order is mixed, and who is near comes before who is not."""
        index.add(said(number, "common word") for number in range(1, 4))
        index.add([said(4, "otherwise")])
        for number, vector in ((1, [0.0, 1.0]), (2, [1.0, 0.0]), (4, [1.0, 0.0])):
            index.annotate(run_id(number), {}, vector=vector)

        assert in_order(index, Query(text="word", near=(1.0, 0.0))) == [2, 1, 3]

    def test_a_vector_must_fit(self, index: TraceIndex) -> None:
        """All are of one length, and of finite numbers."""
        index.annotate(run_id(1), {}, vector=[1.0, 0.0])

        with pytest.raises(QueryError, match="2 numbers, not 3"):
            index.annotate(run_id(2), {}, vector=[1.0, 0.0, 0.0])
        with pytest.raises(QueryError, match="2 numbers, not 1"):
            index.search(Query(near=(1.0,)))
        with pytest.raises(QueryError, match="finite"):
            index.annotate(run_id(2), {}, vector=[1.0, float("nan")])

    def test_deleting_runs(self, index: TraceIndex) -> None:
        """Those for which all conditions hold, with all their spans and words."""
        fill(index)
        index.annotate(run_id(2), {"label": ["odd"]})

        assert index.delete([parse_where("outcome=failed"), parse_where("seconds>1")]) == 2
        assert index.delete([parse_where("label=odd")]) == 1
        assert index.delete([parse_where("task=nobody's")]) == 0
        assert numbers_in(index) == [1, 4]
        assert numbers_in(index, text="pytest") == [1, 4]
        assert index.search(Query(facets=("outcome",))).facets["outcome"] == {"failed": 3, "passed": 3}

    def test_a_deletion_names_runs(self, index: TraceIndex) -> None:
        """Not everything at once, and not by what only some spans of a run have."""
        with pytest.raises(QueryError, match="at least one"):
            index.delete([])
        with pytest.raises(QueryError, match="tool is of spans"):
            index.delete([parse_where("tool=bash")])

    def test_mistakes_are_query_errors(self, index: TraceIndex) -> None:
        """An unknown field, a facet of a number, an annotation that is none, a negative page, no letters."""
        fill(index)
        with pytest.raises(QueryError, match="no field 'colour'; choose from run, outcome"):
            index.search(Query(facets=("colour",)))
        with pytest.raises(QueryError, match="seconds is a number and has no facets"):
            index.search(Query(facets=("seconds",)))
        with pytest.raises(QueryError, match="sort by another"):
            index.search(Query(sort=(Sort(field="signal"),)))
        with pytest.raises(QueryError, match="choose from signal, pattern, label"):
            index.annotate("a" * 32, {"outcome": ["passed"]})
        with pytest.raises(QueryError, match="negative"):
            index.search(Query(offset=-1))
        with pytest.raises(QueryError, match="letters or digits"):
            index.search(Query(text="?!"))

    def test_any_trace_text_can_be_indexed(self, index: TraceIndex) -> None:
        """NUL, lone surrogates, hostile names and a long text do no harm."""
        trace = TraceBuilder(run_id(1))
        call = trace.tool("b\0ash\ud800", {"k": "\ud800"}, "before\0after " + "x " * 150_000)
        index.add([assemble([call, trace.root(task="`a` && b:=c", reason="é")])])

        assert index.search(Query(text="after")).total == 1
        assert numbers_in(index, "task=`a` && b:=c", "reason=é") == [1]

    def test_fields_of_imported_runs(self, index: TraceIndex) -> None:
        """Where they came from, who acted, and the error that a call met."""
        trace = TraceBuilder(run_id(1))
        broken = trace.tool("bash", {}, "", status="error", error_type="Timeout")
        root = trace.root("", source="codex-rollout", agent_name="codex", conversation="c-1", run_cost=0.25)
        index.add([assemble([broken, root])])
        (hit,) = index.search(Query(where=(parse_where("error=Timeout"),))).hits

        assert hit.fields["error"] == "Timeout"
        assert numbers_in(index, "source=codex-rollout", "agent=codex", "conversation=c-1", "cost=0.25") == [
            1
        ]
        assert names.SOURCE in root.attributes

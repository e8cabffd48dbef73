"""The commands that read traces: facets, pages, held-out runs, and hostile text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flywheel.cli import run
from flywheel.mine_index import stored_runs
from flywheel.project import Project
from harness.runs import run_id
from traces import attributes
from traces.segments import SegmentWriter
from traces.span import Span

HOSTILE = "\x1b]0;owned\x07\u202eevil"


def search(project: Project, *words: str) -> list[str]:
    """The words of a search in a project."""
    return ["traces", "search", "-C", str(project.repository.path), *words]


def answer(capsys: pytest.CaptureFixture[str], words: list[str]) -> Any:
    """What a command writes with ``--json``."""
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def hostile(project: Project) -> str:
    """A run whose model called a tool that does not exist, under a name that acts on terminals; its id."""
    trace = run_id("mine/hostile")
    root = Span(
        trace_id=trace,
        span_id="a" * 16,
        parent_id=None,
        name="invoke_agent coder",
        start_ns=1,
        end_ns=9,
        attributes={
            attributes.OPERATION: "invoke_agent",
            attributes.OUTCOME: "failed",
            attributes.SPLIT: "mine",
            attributes.RUN_KEY: "mine/hostile",
        },
    )
    call = Span(
        trace_id=trace,
        span_id="b" * 16,
        parent_id="a" * 16,
        name=f"execute_tool {HOSTILE}",
        start_ns=2,
        end_ns=3,
        attributes={attributes.OPERATION: "execute_tool", attributes.TOOL_NAME: HOSTILE},
    )
    with SegmentWriter(project.segments) as writer:
        writer.append(call)
        writer.append(root)
    return trace


@pytest.mark.parametrize("command", ["search", "show", "span"])
def test_a_hostile_tool_name_cannot_act_on_the_terminal(
    command: str, hostile: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of spans and values of facets come from a model: their controls are written out."""
    show = ["traces", "show", hostile, "-C", str(project.repository.path)]
    words = {
        "search": search(project, "--facet", "tool"),
        "show": show,
        "span": [*show, "--span", "b" * 16],
    }

    code = run(words[command])

    shown = capsys.readouterr().out
    assert code == 0
    assert "owned" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_pages_follow_each_other(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Limit and offset cut the same list: no hit twice, none left out, the total always the whole."""
    whole = answer(capsys, search(copied, "--limit", "6"))
    pages = [answer(capsys, search(copied, "--limit", "2", "--offset", str(at))) for at in (0, 2, 4)]

    assert [hit["span"] for page in pages for hit in page["hits"]] == [hit["span"] for hit in whole["hits"]]
    assert {page["total"] for page in pages} == {whole["total"]}


def test_facets_count_what_was_found(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Each wanted field is counted, conditions are joined, and the text shows the same counts."""
    words = search(copied, "--where", "outcome=failed", "--where", "split=mine")
    document = answer(capsys, [*words, "--facet", "outcome", "--facet", "tool"])
    run([*words, "--facet", "outcome", "--limit", "1"])
    shown = capsys.readouterr().out

    assert set(document["facets"]) == {"outcome", "tool"}
    assert set(document["facets"]["outcome"]) == {"failed"}
    assert document["facets"]["outcome"]["failed"] == document["total"] > 0
    assert f"{document['total']} spans match" in shown
    assert f"  {document['total']:6} failed" in shown


def test_nothing_found_is_no_error(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty page with its total of zero."""
    assert answer(capsys, search(copied, "xyzzy-plugh-nowhere")) == {
        "total": 0,
        "capped": False,
        "hits": [],
        "facets": {},
    }


def test_searching_held_out_runs_is_told_apart_from_the_answer(
    copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The look is recorded and said on standard error; standard output stays one JSON document."""
    looks = len(copied.ledger.entries("look"))

    code = run([*search(copied, "--held-out", "--facet", "split", "--limit", "250"), "--json"])

    said = capsys.readouterr()
    assert code == 0
    assert "gate" in json.loads(said.out)["facets"]["split"]
    assert "recorded as a look" in said.err
    assert len(copied.ledger.entries("look")) == looks + 1


def test_a_closed_search_never_shows_a_held_out_run(
    copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even one that is asked for by its split."""
    looks = len(copied.ledger.entries("look"))

    document = answer(capsys, search(copied, "--where", "split=gate"))

    assert document["total"] == 0
    assert len(copied.ledger.entries("look")) == looks


@pytest.mark.parametrize(
    "words",
    [("--limit", "0"), ("--limit", "10001"), ("--offset", "-1"), ("--facet", "nonsense")],
    ids=" ".join,
)
def test_a_search_out_of_bounds_is_wrong_use(
    words: tuple[str, str], copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line that names the option or the field."""
    code = run(search(copied, *words))

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert words[0].strip("-") in said.err or words[1] in said.err


def test_a_span_is_shown_raw(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The beginning of its id is enough; it is ASCII JSON with everything that was recorded."""
    found = next(found for found in stored_runs(copied) if found.split == "mine")
    call = found.tool_calls[0]

    code = run(
        ["traces", "show", found.run_id, "-C", str(copied.repository.path), "--span", call.span_id[:12]]
    )

    shown = capsys.readouterr().out
    assert code == 0
    assert shown.isascii()
    assert call.span_id in json.dumps(json.loads(shown))


def test_a_run_as_json_has_its_calls(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts and calls are those of the stored run."""
    found = next(found for found in stored_runs(copied) if found.split == "mine")

    document = answer(capsys, ["traces", "show", found.run_id, "-C", str(copied.repository.path)])

    assert document["run"] == found.run_id
    assert document["model_calls"] == len(found.model_calls)
    assert [call["span"] for call in document["tool_calls"]] == [call.span_id for call in found.tool_calls]
    assert document["input_tokens"] == found.usage.input_tokens


def test_showing_a_held_out_run_says_that_it_is_a_look(
    copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once per reading, before anything of the run is on standard output."""
    held = next(found for found in stored_runs(copied) if found.split == "sealed")
    looks = len(copied.ledger.entries("look"))

    document = answer(capsys, ["traces", "show", held.run_id, "-C", str(copied.repository.path)])

    assert document["run"] == held.run_id
    assert len(copied.ledger.entries("look")) == looks + 1


def test_reindexing_a_new_repository_finds_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """No run yet is no error."""
    document = answer(capsys, ["traces", "reindex", "-C", str(project.repository.path)])

    assert document == {"runs": 0, "spans": 0, "damaged": 0}


def test_reindexing_counts_a_damaged_record(
    hostile: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a crash cut short is skipped and said; the rest is indexed."""
    segment = next(path for path in sorted(project.segments.rglob("*")) if path.is_file())
    intact = segment.read_bytes()
    segment.write_bytes(intact[:-10])

    document = answer(capsys, ["traces", "reindex", "-C", str(project.repository.path)])
    code = run(["traces", "reindex", "-C", str(project.repository.path)])

    assert document["spans"] == 1
    assert code == 0
    assert "indexed 1 span of" in capsys.readouterr().out

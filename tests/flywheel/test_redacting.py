"""The policy's rules of redaction apply to everything that is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from flywheel.archive import Archive, create_archive
from flywheel.cli import run
from flywheel.project import Project, open_executor, open_project
from flywheel.redacting import rules_of
from harness.repository import HarnessRepository
from harness.template import coder_template
from tests.flywheel.plain_folder import POLICY, SECRET, write_spans
from traces.testing import TraceBuilder


def stored(folder: Path) -> bytes:
    """All that lies below a folder's state, in one piece."""
    return b"".join(path.read_bytes() for path in sorted((folder / ".flywheel").rglob("*")) if path.is_file())


@pytest.fixture
def secretive(tmp_path: Path) -> Path:
    """A file with a secret that only the policy knows, and an e-mail address."""
    trace = TraceBuilder()
    spans = [trace.tool("bash", {"command": f"login {SECRET} ada@example.org"}, "ok"), trace.root("")]
    return write_spans(tmp_path / "spans.jsonl", spans)


@pytest.fixture
def strict(tmp_path: Path) -> Project:
    """A harness repository with rules of its own."""
    tree = {**coder_template(model="simulated:coder"), "policy.toml": POLICY.encode()}
    HarnessRepository.init(tmp_path / "strict", tree, "Start", clock=lambda: 1_700_000_000.0)
    return open_project(tmp_path / "strict")


def test_a_plain_folder_has_a_policy_where_it_wants_one(
    tmp_path: Path, secretive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rules beside the traces are applied before the first write, and counted."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "policy.toml").write_text(POLICY)

    code = run(["traces", "ingest", str(secretive), "-C", str(folder)])

    assert code == 0
    assert SECRET[5:].encode() not in stored(folder)
    assert b"ada@example.org" not in stored(folder)
    assert "1 acme-key" in capsys.readouterr().err


def test_a_folder_without_a_policy_has_the_usual_rules(tmp_path: Path, secretive: Path) -> None:
    """What only a policy would know stays."""
    run(["traces", "ingest", str(secretive), "-C", str(tmp_path)])

    assert SECRET.encode() in stored(tmp_path)
    assert "email" not in {rule.name for rule in rules_of(create_archive(tmp_path))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICY.replace("(?P<", "(?P("), "no valid pattern"),
        ('[redaction]\noff = ["jwtt"]\n', "no redaction rule 'jwtt'"),
        ("[redaction\n", "policy.toml"),
    ],
    ids=["no pattern", "unknown", "no toml"],
)
def test_a_bad_policy_stops_before_anything_is_read(
    text: str, said: str, tmp_path: Path, secretive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the file and the line; nothing is stored unredacted."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "policy.toml").write_text(text)

    code = run(["traces", "ingest", str(secretive), "-C", str(folder)])

    message = capsys.readouterr().err
    assert code == 2
    assert said in message
    assert "policy.toml:" in message
    assert not list((folder / ".flywheel").rglob("*.segment"))


def test_a_harness_has_the_rules_of_its_current_commit(strict: Project, secretive: Path) -> None:
    """What was imported there is redacted by them."""
    run(["traces", "ingest", str(secretive), "-C", str(strict.repository.path)])

    assert {"acme-key", "email"} <= {rule.name for rule in rules_of(Archive.of(strict))}
    assert SECRET[5:].encode() not in stored(strict.repository.path)


def test_a_label_and_its_ledger_entry_are_redacted(strict: Project, secretive: Path) -> None:
    """A reason that was pasted may hold a secret."""
    folder = str(strict.repository.path)
    run(["traces", "ingest", str(secretive), "-C", folder])

    run(["traces", "label", "a" * 32, "--stars", "2", "--reason", f"used {SECRET}", "-C", folder])

    assert SECRET[5:].encode() not in stored(strict.repository.path)
    assert strict.ledger.entries("label")[-1].body["reason"] == "used acme_[redacted:acme-key]"


def test_runs_of_a_harness_are_redacted_by_its_policy(strict: Project) -> None:
    """The executor hands the rules to each worker."""
    with open_executor(strict, in_flight=1) as executor:
        assert {"acme-key", "email"} <= {rule.name for rule in executor._rules}

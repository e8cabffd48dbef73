"""A run is read once for all detectors, and without how it was judged."""

from __future__ import annotations

from analyzers.account import account_of
from analyzers.testing import Story, looping_run, verified_run
from traces.outcome import Outcome


def test_an_account_holds_nothing_of_the_verdict() -> None:
    """A detector could not read it if it tried; all else is the run's."""
    run = verified_run(1, "passed")
    account = account_of(run)

    assert (account.outcome, account.score, account.reason, account.cause) == (Outcome.UNKNOWN, None, "", "")
    assert (account.run_id, account.steps) == (run.run_id, run.steps)


def test_an_account_of_an_account_is_itself() -> None:
    """So that nothing is read twice."""
    account = account_of(looping_run(1))

    assert account_of(account) is account
    assert account.acts is account.acts


def test_edits_that_were_undone_are_not_kept() -> None:
    """By name, or all at once."""
    story = Story().edit("a.py").edit("b.py").shell("git checkout a.py")
    files = [file for _, file in account_of(story.run()).kept_edits]

    assert files == ["b.py"]
    assert account_of(story.shell("git reset --hard").run()).kept_edits == ()


def test_a_script_that_the_agent_made_is_its_own_file() -> None:
    """One that was there before, or that stands in a folder, is not."""
    story = Story().shell("cat > repro.py <<'E'\nx\nE").edit("repro.py")
    story.calls("write_file", {"path": "notes.py", "content": "x"}, "written")
    story.edit("lib.py").shell("echo x > lib.py").shell("echo x > tests/test_a.py")

    assert account_of(story.run()).own_files == {"repro.py", "notes.py"}


def test_agents_with_files_are_told_from_those_without() -> None:
    """A customer service neither edits nor tests."""
    service = Story().calls("get_order_details", {"order_id": "#W1"}, "{}").says("Done.").run()

    assert not account_of(service).works_on_files
    assert account_of(verified_run(1, "passed")).works_on_files


def test_handing_over_is_an_ending() -> None:
    """The agent was not cut off: it gave the task to a person."""
    run = Story().calls("transfer_to_human_agents", {"summary": "x"}, "ok").run()

    assert account_of(run).final_answer is not None

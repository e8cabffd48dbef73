"""ToolOutputTruncation under a real agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langgraph.types import Command

from middleware.tool_output_truncation import ToolOutputTruncation


def count_to(number: int) -> list[tuple[str, dict[str, Any]]]:
    """A turn whose output is as long as its number is large."""
    return [("bash", {"command": f"seq {number}"})]


def results(played: Any) -> list[str]:
    """Texts of the tool results."""
    return [message.text for message in played.messages if isinstance(message, ToolMessage)]


def test_short_results_pass_unchanged(play: Any, tmp_path: Path) -> None:
    """Nothing is cut, kept or announced."""
    played = play([ToolOutputTruncation(folder=str(tmp_path / "kept"))], [count_to(5), "done"])

    assert results(played) == ["1\n2\n3\n4\n5\n[exit code: 0]"]
    assert played.activations == []
    assert not (tmp_path / "kept").exists()


def test_long_results_keep_head_and_tail_and_a_file(play: Any, tmp_path: Path) -> None:
    """What is left is within the limit, and the file it points to holds all."""
    folder = tmp_path / "kept"
    played = play([ToolOutputTruncation(max_characters=600, folder=str(folder))], [count_to(5000), "done"])

    (text,) = results(played)
    (file,) = folder.iterdir()
    assert len(text) <= 600
    assert text.startswith("1\n2\n")
    assert text.endswith("5000\n[exit code: 0]")
    assert str(file) in text
    assert file.read_text() == "\n".join(map(str, range(1, 5001))) + "\n[exit code: 0]"
    assert played.activations == [("ToolOutputTruncation", f"{len(file.read_text())} characters cut to 600")]


def test_the_file_is_written_where_the_runtime_says(play: Any) -> None:
    """A supplied writer gets path and text; parallel results never share a path."""
    written: dict[str, str] = {}
    middleware = ToolOutputTruncation(max_characters=500, write_file=written.__setitem__)
    played = play([middleware], [[*count_to(1000), *count_to(2000), *count_to(2000)], "done"])

    assert len(written) == 2
    assert all(path.startswith("/tmp/tool-output/bash-") for path in written)
    assert len(results(played)) == 3


def test_a_full_disk_still_cuts(play: Any) -> None:
    """The model learns that the rest is lost, and the run goes on."""

    def full(path: str, text: str) -> None:
        raise OSError(28, "No space left on device")

    middleware = ToolOutputTruncation(max_characters=500, write_file=full)
    played = play([middleware], [count_to(1000), "done"])

    assert "the rest is lost (OSError)" in results(played)[0]
    assert len(results(played)[0]) <= 500


def test_text_blocks_are_cut_and_others_are_not(play: Any, tmp_path: Path) -> None:
    """Of a mixed result only the long text changes; a Command passes as it is."""
    image = {"type": "image", "base64": "A" * 5000, "mime_type": "image/png"}

    @tool
    def look() -> list[Any]:
        """Show an image and a long text."""
        return [image, {"type": "text", "text": "x" * 5000}, {"type": "text", "text": "short"}]

    middleware = ToolOutputTruncation(max_characters=500, folder=str(tmp_path))
    played = play([middleware], [[("look", {})], "done"], tools=[look])

    content = next(m.content for m in played.messages if isinstance(m, ToolMessage))
    assert content[0] == image
    assert len(content[1]["text"]) <= 500
    assert content[2]["text"] == "short"


def test_a_command_passes_as_it_is() -> None:
    """Tools that update the state themselves are left alone."""
    command: Command[Any] = Command(update={"messages": ["x" * 9000]})

    assert ToolOutputTruncation().wrap_tool_call(None, lambda _: command) is command  # type: ignore[arg-type]


def test_truncating_twice_changes_nothing(play: Any, tmp_path: Path) -> None:
    """A cut result is within the limit, so a second instance has nothing to do."""
    pair = [
        ToolOutputTruncation(max_characters=500, folder=str(tmp_path), name="Outer"),
        ToolOutputTruncation(max_characters=500, folder=str(tmp_path)),
    ]
    played = play(pair, [count_to(3000), "done"])

    assert [name for name, _ in played.activations] == ["ToolOutputTruncation"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_characters": 10}, "max_characters >= 400"),
        ({"folder": " "}, "folder of 1 to"),
        ({"folder": "/x" * 300}, "folder of 1 to"),
    ],
)
def test_senseless_limits_are_refused(parameters: dict[str, Any], message: str) -> None:
    """The error names the parameter and what it needs."""
    with pytest.raises(ValueError, match=message):
        ToolOutputTruncation(**parameters)

"""Dockerfiles: what a plain sandbox can do of them, and the rest by its reason."""

from __future__ import annotations

import pytest

from benchmarks.imports.formats.dockerfile import read_dockerfile
from benchmarks.imports.refusal import Reason

CONTEXT = {"a.py": b"a", "data/x.csv": b"x", "data/y/z.csv": b"z"}
HEAD = "FROM python:3.11-slim\nWORKDIR /app\n"


def reasons(text: str) -> list[Reason]:
    return [refusal.reason for refusal in read_dockerfile(text, CONTEXT).needs]


@pytest.mark.parametrize(
    "base",
    [
        "python:3.13-slim-bookworm",
        "ubuntu:24.04",
        "debian",
        "docker.io/library/python:3.11",
        "--platform=linux/amd64 ubuntu:22.04",
        "ghcr.io/laude-institute/t-bench/ubuntu-24-04:20250624",
        f"python@sha256:{'0' * 64}",
    ],
)
def test_plain_bases_need_nothing(base: str) -> None:
    """What they hold, this machine has."""
    assert reasons(f"FROM {base}\nWORKDIR /app\n") == []


@pytest.mark.parametrize(
    "base", ["alpine:3", "ghcr.io/other/python:1", "swebench/x:latest", "python-evil", "$BASE"]
)
def test_other_bases_need_their_image(base: str) -> None:
    """A name that only looks like a plain one does not pass."""
    assert reasons(f"FROM {base}\nWORKDIR /app\n") == [Reason.NEEDS_IMAGE]


@pytest.mark.parametrize(
    ("copy", "files"),
    [
        ("COPY a.py /app/", {"a.py"}),
        ("COPY a.py .", {"a.py"}),
        ("COPY a.py /app", {"a.py"}),
        ("COPY a.py b.py", {"b.py"}),
        ("COPY ./data /app/in", {"in/x.csv", "in/y/z.csv"}),
        ("COPY data/ ./", {"x.csv", "y/z.csv"}),
        ("COPY . /app", {"a.py", "data/x.csv", "data/y/z.csv"}),
        ('COPY ["a.py", "data/x.csv", "/app/d/"]', {"d/a.py", "d/x.csv"}),
        ("COPY --chown=me:me a.py \\\n  /app/c.py", {"c.py"}),
        ("ADD a.py /app/", {"a.py"}),
    ],
)
def test_copied_files_are_the_workspace(copy: str, files: set[str]) -> None:
    """Single files, folders, lists and continued lines, as Docker places them."""
    image = read_dockerfile(HEAD + copy, CONTEXT)

    assert set(image.files) == files
    assert image.needs == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("RUN pip install numpy", Reason.NEEDS_PACKAGES),
        ("RUN apt-get update && \\\n    apt-get install -y gcc", Reason.NEEDS_PACKAGES),
        ("RUN git init && git commit", Reason.NEEDS_DOCKER),
        ("RUN mkdir -p /x && rm -rf /y", Reason.NEEDS_DOCKER),
        ("COPY --from=builder /bin/x /app/x", Reason.NEEDS_DOCKER),
        ("COPY a.py /etc/a.py", Reason.NEEDS_DOCKER),
        ("COPY gone.py /app/", Reason.NEEDS_DOCKER),
        ("COPY ../../secret /app/", Reason.NEEDS_DOCKER),
        ("ADD https://example.org/x /app/", Reason.NEEDS_DOCKER),
        ("COPY <<EOF /app/x", Reason.NEEDS_DOCKER),
        ("ENV A=$HOME/x", Reason.NEEDS_DOCKER),
        ("VOLUME /data", Reason.NEEDS_DOCKER),
        ("FROM python:3.12", Reason.NEEDS_DOCKER),
        ("COPY 'a.py", Reason.NEEDS_DOCKER),
    ],
)
def test_what_only_a_container_can_do_is_named(line: str, reason: Reason) -> None:
    """Nothing is passed over in silence."""
    assert reason in reasons(HEAD + line)


def test_harmless_lines_need_nothing() -> None:
    """Comments, labels, users, commands that start the container, folders to make."""
    text = (
        HEAD
        + "# RUN x\nLABEL a=b\nUSER root\nCMD sleep infinity\nRUN mkdir -p /app/out\nENV A=1 B='two x'\nENV C 3 4\n"
    )
    image = read_dockerfile(text, CONTEXT)

    assert image.needs == ()
    assert image.environment == {"A": "1", "B": "two x", "C": "3 4"}


def test_the_last_working_directory_is_the_workspace() -> None:
    """Also a relative one; what was copied elsewhere is out of it."""
    image = read_dockerfile(HEAD + "COPY a.py /app/a.py\nWORKDIR sub\nCOPY a.py b.py\n", CONTEXT)

    assert (image.workdir, set(image.files)) == ("/app/sub", {"b.py"})
    assert [refusal.reason for refusal in image.needs] == [Reason.NEEDS_DOCKER]


def test_without_a_working_directory_there_is_no_workspace() -> None:
    """The root of a file system is none."""
    assert reasons("FROM ubuntu:24.04\n") == [Reason.NEEDS_DOCKER]

"""``flywheel traces receive``: take in the telemetry of running agents."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from flywheel.archive import create_archive
from flywheel.commands.common import DAY_SECONDS, GIGABYTE, HERE, FolderOption, JsonOption, write_json
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.redacting import rules_of
from traces.receiver.config import MEBIBYTE, ReceiverConfig
from traces.receiver.receive import Listening, ReceiverReport, receive
from traces.terminal import one_line


def command(
    folder: FolderOption = HERE,
    *,
    host: Annotated[str, typer.Option(help="The address or name to listen at.")] = "localhost",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 4318,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes; 0: one for each core.")] = 0,
    token_variable: Annotated[
        str | None,
        typer.Option(help="The environment variable that holds the bearer token which senders must give."),
    ] = None,
    max_body_mb: Annotated[int, typer.Option(min=1, max=4096, help="The largest request.")] = 64,
    durable: Annotated[
        bool, typer.Option("--durable", help="Acknowledge only what is on the disk, not what the system has.")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name of this machine that senders may use; repeatable.")
    ] = None,
    keep_days: Annotated[
        float | None, typer.Option(min=0, help="Remove what was written longer ago, whole traces only.")
    ] = None,
    keep_gigabytes: Annotated[
        float | None, typer.Option(min=0, help="Remove the oldest until the rest is no larger.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Take OTLP over HTTP (protobuf or JSON, gzip) until Ctrl-C, and make it searchable as it comes.

    Point an agent's exporter at it: `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318`. A request is
    acknowledged when its spans are stored; what they claim decides no verdict.
    Example: `flywheel traces receive`
    """
    archive = create_archive(folder)
    try:
        config = ReceiverConfig(
            store=archive.store,
            host=host,
            port=port,
            workers=workers,
            max_body_bytes=max_body_mb * MEBIBYTE,
            token=_token(token_variable),
            allowed_hosts=tuple(allow_host or ()),
            durability="batch" if durable else "system",
            rules=rules_of(archive),
            keep_seconds=None if keep_days is None else keep_days * DAY_SECONDS,
            keep_bytes=None if keep_gigabytes is None else int(keep_gigabytes * GIGABYTE),
        )
    except ValueError as error:
        raise FlywheelError(str(error)) from error
    if config.is_open:
        sys.stderr.write(f"anybody who reaches {host} can send traces: --token-variable asks for a token\n")
    report = receive(config, on_ready=_say_where)
    if as_json:
        write_json({"seconds": round(report.seconds, 1), **report.counts.to_json()})
    else:
        _print(report)
    return ExitCode.DONE


def _token(variable: str | None) -> str | None:
    if variable is None:
        return None
    token = os.environ.get(variable, "")
    if not token:
        raise FlywheelError(f"the environment variable {variable} is empty; put the token there")
    return token


def _say_where(listening: Listening) -> None:
    sys.stderr.write(f"receiving at {listening.url}; Ctrl-C ends it\n")


def _print(report: ReceiverReport) -> None:
    counts = report.counts
    typer.echo(
        f"{report.seconds:.0f} s: received {_listed(counts.received)}; stored {_listed(counts.stored)}"
    )
    for title, found in (
        ("dropped", counts.dropped),
        ("rejected", counts.rejected),
        ("refused requests", counts.refused),
        ("redacted", counts.redacted),
    ):
        if found:
            typer.echo(f"{title}: {_listed(found)}")
    for name, words in report.complaints.items():
        typer.echo(f"{name} complained: {one_line(words, 160)}")
    if report.restarts:
        typer.echo(f"{report.restarts} processes had to be started again")
    typer.echo("`flywheel traces search TEXT` finds spans, `flywheel analyze` tells why runs fail")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "nothing"

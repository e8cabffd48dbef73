"""The machine under the agent failed: no network, no space, no memory, no container."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"No space left on device|\bENOSPC\b|Network is unreachable|Temporary failure in name resolution"
    r"|could not resolve host|Name or service not known|\bEAI_AGAIN\b|\bENETUNREACH\b|Failed to establish a new connection"
    r"|Cannot allocate memory|\bENOMEM\b|out of memory|OCI runtime|container\b[^\n]{0,80}\b(?:is not running|no such|exited)"
    r"|No such container|Cannot connect to the Docker daemon|Bad file descriptor|Input/output error|Transport endpoint"
    r"|Resource temporarily unavailable|^spawn \S{1,200} E[A-Z]+|tool_error: spawn \S",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = (
    "no space",
    "enospc",
    "unreachable",
    "name resolution",
    "resolve host",
    "not known",
    "eai_again",
    "enetunreach",
    "new connection",
    "allocate memory",
    "enomem",
    "out of memory",
    "oci runtime",
    "container",
    "docker daemon",
    "bad file desc",
    "input/output",
    "transport endpoint",
    "temporarily unavail",
    "spawn",
)


def sandbox_trouble() -> TextMatch:
    """Sees two or more calls that failed for the machine's sake: infrastructure, or a network that is closed."""
    return TextMatch(
        name="sandbox_trouble",
        title="Works on a machine that fails or has no network",
        expression=_EXPRESSION,
        words=_WORDS,
        sentence="{count} calls failed for want of network, space, memory or the container itself.",
        least=2,
    )

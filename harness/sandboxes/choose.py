"""Chooses the sandbox that this machine has."""

from __future__ import annotations

import logging

from harness.errors import BrokenSystemError
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.namespace import NamespaceSandbox

_LOG = logging.getLogger(__name__)


def choose_sandbox() -> Sandbox:
    """Namespaces where opening one really works, else a directory, which says that it is no security boundary."""
    sandbox = NamespaceSandbox()
    reason = why_not(sandbox)
    if reason is None:
        return sandbox
    sandbox.close()
    _LOG.warning("no namespaces (%s): commands run in a temporary directory, no security boundary", reason)
    return DirectorySandbox()


def why_not(sandbox: Sandbox) -> str | None:
    """Why this machine cannot open ``sandbox``, or ``None`` if it can."""
    try:
        with sandbox.open({"probe": b""}) as session:
            session.execute(("true",), timeout=10.0)
    except (BrokenSystemError, OSError) as error:
        return str(error)
    return None

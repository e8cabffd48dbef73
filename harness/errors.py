"""Errors of this room.

HarnessError
├── ManifestError      harness.toml or policy.toml is wrong: names file, line and valid choices
├── EditError          an edit does not fit the tree it is applied to, or changes nothing
├── RepositoryError    the repository is not in a state for what was asked (dirty, not one, busy)
├── SurfaceError       a change touches what no proposal may touch
├── StaleError         a promotion whose control is no longer the current tree
├── LedgerError        the ledger branch is missing, broken, or moved under an append
└── BrokenSystemError  infrastructure failed: disk full, no fork server, no sandbox (exit code 4)
"""

from __future__ import annotations


class HarnessError(Exception):
    """Base of all errors of ``harness``; the message is one line that names the way out."""


class ManifestError(HarnessError):
    """A configuration file is wrong."""


class EditError(HarnessError):
    """An edit cannot be applied."""


class RepositoryError(HarnessError):
    """The repository cannot take what was asked of it."""


class SurfaceError(HarnessError):
    """A change leaves the surfaces."""


class StaleError(HarnessError):
    """The control of an experiment is no longer the current harness."""


class LedgerError(HarnessError):
    """The ledger cannot be read or appended to."""


class BrokenSystemError(HarnessError):
    """Infrastructure failed; says nothing about a harness."""

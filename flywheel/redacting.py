"""Which secrets an archive's traces are freed of: the policy's rules, of a harness or of a plain folder."""

from __future__ import annotations

from flywheel.archive import Archive
from harness.policy import parse_policy
from harness.tree_paths import POLICY_PATH
from traces.redaction_rules import Rule


def rules_of(archive: Archive) -> tuple[Rule, ...]:
    """The rules of the current commit's ``policy.toml``, or of that in the folder where there is no harness.

    Raises ``ManifestError`` naming file and line for a policy that makes no sense.
    """
    if archive.project is not None:
        return archive.project.policy().redaction.rules()
    path = archive.store.root.parent / POLICY_PATH
    tree = {POLICY_PATH: path.read_bytes()} if path.is_file() else {}
    return parse_policy(tree).redaction.rules()

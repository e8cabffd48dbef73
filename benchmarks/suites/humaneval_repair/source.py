"""The suite's tasks, from the cache or made anew."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.suite_cache import read_cached, write_cached
from benchmarks.suites.humaneval_repair.assembly import NAME, assemble
from benchmarks.suites.humaneval_repair.blueprint import Blueprint
from benchmarks.suites.humaneval_repair.generation import Progress, generate
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.task import Task
from harness.sandbox import Sandbox

VERSION = 2  # of the generator: raise it whenever the same seed would give other tasks


@dataclass(frozen=True, kw_only=True)
class HumanEvalRepair:
    """Repair tasks of ``problems`` for ``seed``; the sandbox is only opened when the cache has none."""

    problems: tuple[Problem, ...]
    seed: int
    cache: Path
    sandbox: Sandbox
    progress: Progress | None = None

    def tasks(self) -> Iterable[Task]:
        """All tasks, in the order of the problems; raises ``SuiteError`` when they cannot be made."""
        by_id = {problem.id: problem for problem in self.problems}
        return tuple(assemble(blueprint, by_id[blueprint.problem]) for blueprint in self._blueprints())

    def _blueprints(self) -> tuple[Blueprint, ...]:
        file, key = self._file(), self._key()
        kept = read_cached(file, key=key)
        if kept is not None:
            return tuple(Blueprint.from_record(record) for record in kept)
        made = generate(self.problems, seed=self.seed, sandbox=self.sandbox, progress=self.progress)
        write_cached(file, key=key, records=[blueprint.to_record() for blueprint in made])
        return made

    def _file(self) -> Path:
        digest = hashlib.sha256(json.dumps(self._key(), sort_keys=True).encode()).hexdigest()[:16]
        return self.cache / "suites" / f"{NAME}-{self.seed}-{digest}.json"

    def _key(self) -> Mapping[str, str]:
        content = json.dumps([asdict(problem) for problem in self.problems]).encode()
        return {
            "suite": NAME,
            "version": str(VERSION),
            "seed": str(self.seed),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "problems": hashlib.sha256(content).hexdigest(),
        }

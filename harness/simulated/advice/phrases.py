"""Words for one idea each, as pieces of regular expressions over normalised sentences."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_IRREGULAR: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "run": ("run", "running"), "rerun": ("rerun", "rerunning"), "see": ("seen", "seeing"),
        "make": ("made", "making"), "give": ("given", "giving"), "take": ("taken", "taking"),
        "read": ("read", "reading"), "reread": ("reread", "rereading"), "prove": ("proven", "proving"),
        "find": ("found", "finding"), "get": ("got", "getting"), "keep": ("kept", "keeping"),
        "cut": ("cut", "cutting"), "go": ("gone", "going"), "ensure": ("ensured", "ensuring"),
        "know": ("known", "knowing"), "think": ("thought", "thinking"), "leave": ("left", "leaving"),
        "do": ("done", "doing"), "show": ("shown", "showing"), "put": ("put", "putting"),
        "learn": ("learned", "learning"), "look": ("looked", "looking"), "scan": ("scanned", "scanning"),
        "map": ("mapped", "mapping"), "trim": ("trimmed", "trimming"), "cap": ("capped", "capping"),
        "skim": ("skimmed", "skimming"), "dump": ("dumped", "dumping"), "skip": ("skipped", "skipping"),
        "tick": ("ticked", "ticking"), "meet": ("met", "meeting"), "forget": ("forgotten", "forgetting"),
        "ls": ("listed", "listing"), "try": ("tried", "trying"), "verify": ("verified", "verifying"),
        "break": ("broken", "breaking"), "come": ("come", "coming"), "begin": ("begun", "beginning"),
    }
)  # fmt: skip


def either(phrases: str) -> str:
    """A group that matches any of the phrases, which ``|`` separates."""
    return f"(?:{phrases})"


def participles(bases: str) -> str:
    """The past participles of verbs given in their base form."""
    return either("|".join(_inflect(base.strip(), 0) for base in bases.split("|")))


def gerunds(bases: str) -> str:
    """The gerunds of verbs given in their base form."""
    return either("|".join(_inflect(base.strip(), 1) for base in bases.split("|")))


def _inflect(phrase: str, which: int) -> str:
    verb, _, rest = phrase.partition(" ")
    made = _IRREGULAR[verb][which] if verb in _IRREGULAR else _regular(verb, which)
    return f"{made} {rest}".strip()


def _regular(verb: str, which: int) -> str:
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    if which == 1:
        return f"{stem}ing"
    return f"{verb[:-1]}ied" if verb.endswith("y") and verb[-2] not in "aeo" else f"{stem}ed"


FEW = r"(?: [\w']+){0,3}?"
SOME = r"(?: [\w']+){0,6}?"

TESTS = either(
    "tests?|test suite|test suites|suite|checks|check script|testscript|test script|test run|unit tests?|verification|"
    "validation|test cases?|test command|self test|selftest|test file|visible examples|visible check|examples|"
    "acceptance tests?|regression tests?|specs|test harness"
)
WORK = either(
    "(?:your|the|this|that|each|every|any|all|its|whatever you|last|latest|final|proposed|our) (?:\\w+ )?(?:fix|fixes|change|"
    "changes|edit|edits|solution|work|patch|patches|code|repair|repairs|result|results|implementation|program|function|"
    "behaviou?r|modification|modifications|correction|outcome)|it works?|it really works|it|everything|they work|"
    "(?:everything|all|the (?:fix|code|program|change|repair|edit|function|patch)|your (?:fix|code|program|change|repair|edit|patch)) "
    "(?:\\w+ )?(?:works?|passes|is correct|behaves|holds|succeeds|runs|does)|what you (?:did|changed|wrote|edited|have done)|correctness|"
    "(?:fix|change|edit|solution|work|patch|code|repair|changes|edits)"
)
PASSING = either(
    "pass|passes|passed|passing|is green|are green|green|succeed|succeeds|succeeded|is clean|are happy|is happy|are satisfied"
)
DEMANDS = either(
    "instructions?|requirements?|task descriptions?|task statement|problem statement|assignment|brief|prompt|constraints?|"
    "acceptance criteria|original (?:request|task|question|message|wording|text)|user ?'s (?:request|message|words)|"
    "what (?:you were|was|is being|is|has been) asked(?: of you| for)?|conditions|demands|wording|specification|spec|"
    "the request|the task|task text|the task 's text|the ticket|the issue|your task|todo list|checklist|the question|obligations|"
    "the order|stipulations?|the goal|the statement|asks?"
)
FILES = either(
    "files?|folders?|director(?:y|ies)|workspace|working (?:directory|folder|tree)|repository|repo|project(?: \\w+)?|layout|"
    "codebase|code base|file names?|filenames?|paths?|surroundings|contents|structure|tree|environment|file system|"
    "filesystem|listing|what is (?:there|here)|what exists|what there is|location|locations|lay of the land|cwd"
)
OUTPUT = either(
    "outputs?|logs?|stdout|verbosity|printouts?|tool results?|results of commands|command results?|dumps?|noise|"
    "terminal text|traces?|tool responses?|test results|console text|what (?:commands|you|they|it|tools|your commands) prints?|responses from tools"
)

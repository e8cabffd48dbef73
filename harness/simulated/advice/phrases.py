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
        "cut": ("cut", "cutting"), "go": ("gone", "going"), "know": ("known", "knowing"),
        "leave": ("left", "leaving"), "show": ("shown", "showing"), "think": ("thought", "thinking"),
        "scan": ("scanned", "scanning"), "map": ("mapped", "mapping"), "trim": ("trimmed", "trimming"),
        "cap": ("capped", "capping"), "dump": ("dumped", "dumping"), "skip": ("skipped", "skipping"),
        "meet": ("met", "meeting"), "forget": ("forgotten", "forgetting"), "ls": ("listed", "listing"),
        "bring": ("brought", "bringing"), "hold": ("held", "holding"), "tell": ("told", "telling"),
        "send": ("sent", "sending"), "set": ("set", "setting"), "omit": ("omitted", "omitting"),
        "put": ("put", "putting"), "crop": ("cropped", "cropping"), "clip": ("clipped", "clipping"),
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

TESTS = either(
    "tests?|test suites?|suite|checks|check scripts?|testscript|test scripts?|test run|test runs|unit tests?|verification|"
    "validation|test cases?|test command|self ?tests?|test files?|examples|acceptance tests?|regression tests?|specs|"
    "test program|test output|test results?|checker|test harness"
)
DEMANDS = either(
    "instructions?|requirements?|task descriptions?|task statement|problem statement|assignment|brief|prompt|constraints?|"
    "acceptance criteria|original (?:request|task|question|message|wording|text)|first message|user ?'s (?:request|message|words)|"
    "what (?:\\w+ )?(?:you were|was|is being|is|has been|the \\w+) (?:\\w+ )?(?:asked?|asks|demanded|requested|required|wanted|wants)"
    "(?: of you| for)?|demands|wording|specification|spec|the request|your request|the task|task text|the ticket|"
    "the issue|your task|checklist|the question|obligations|stipulations?|the goal|the statement|the ask"
)
FILES = either(
    "files|file(?= (?:is|are|exists?|lives?|really|actually))|folders?|director(?:y|ies)|workspace|working (?:directory|folder|tree)|repository|repo|project(?: \\w+)?|layout|"
    "codebase|code base|file names?|filenames?|paths?|surroundings|contents|structure|tree|environment|file system|"
    "filesystem|listing|what is (?:there|here)|what exists|what there is|locations?|cwd"
)
OUTPUT = either(
    "outputs?|logs?|stdout|verbosity|printouts?|tool (?:results?|responses?)|results of commands|command results?|dumps?|noise|"
    "terminal text|traces|test results|console text|"
    "(?:what|text|lines|everything) (?:that )?(?:your |the |a )?(?:commands?|you|they|it|tools?|tests?|scripts?) "
    "(?:prints?|produces?|emits?|writes?|returns?|outputs?)"
)

"""Wordings of: list and inspect what is there before you assume paths."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import FILES, either
from harness.simulated.advice.rule import Rule, actions, remarks, requests

_KIND = Advice.LOOK_FIRST
_INSPECT = (
    "list|look at|look around|look through|look into|look over|look round|inspect|explore|survey|find out|discover|examine|"
    "get an overview of|get a listing of|familiari[sz]e yourself with|familiari[sz]e|map|map out|take stock of|locate|ls|enumerate|"
    "get to know|get an overview|orient yourself in|scout|study|check out|investigate|take a look at|have a look at|"
    "have a look around|take a look around|glance at|peek at|peek into|scope out|take inventory of|inventory"
)
_SEE = "see|scan|browse|view|learn|know|walk|show|print|obtain|get|request|ask for|identify|gather|review"
_ESTABLISH = "check|verify|confirm|make sure|ensure|establish|determine|figure out|look up|validate|work out|doublecheck|ascertain"
_WHERE = either(
    "paths?|file names?|filenames?|locations?|where|folders?|director(?:y|ies)|what (?:files|exists|the (?:files|layout))|"
    "which files|files?|layout|structure|project layout|exists?|sources|location of"
)


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    there = (
        rf"(?:{FILES}(?! (?:was|were|returns|has been))|(?:which|what) (?:files?|folders?|paths?|is|are|exists?|there)(?: [\w']+){{0,4}}|"
        r"where (?:\w+ ){0,4}?(?:is|are|lives?|sits?|resides?|stands?))"
    )
    known = (
        r"(?:(?:the|a|any|that|which|what|whether|if|every|each|all|your|where|its|for|you|know|actual|real|current|exact|first) ){0,5}"
        rf"(?:{FILES}|files? exists?|exists?|(?:is|are) (?:present|in (?:the|this)|there)|things are|(?:it|they|the \w+) (?:lives?|sits?|exists?))"
        r"(?! (?:is|are) (?:met|satisfied|correct|green)| (?:arguments?|parameters?|values?|variables?|strings?|fields?|attributes?)\b)"
    )
    seen = (
        r"(?:files(?! (?:was|were|are|to|in the (?:tool|cache)))|folder|directory|workspace|repository|repo|listing|layout|codebase|surroundings|"
        r"(?:which|what) (?:files?|folders?|exists?|is (?:there|here)|there is)|where (?:\w+ ){0,4}?(?:is|are|lives?))"
    )
    yield from actions(_KIND, _INSPECT, there, gap=r"(?: [\w']+){0,4}?")
    yield from actions(_KIND, _SEE, seen)
    yield from actions(_KIND, _ESTABLISH, known, gap="")
    yield from _no_guessing()
    yield from _listing()


def _no_guessing() -> Iterator[Rule]:
    guess = either(
        "guess|assume|invent|make up|presume|hallucinate|fabricate|take for granted|speculate|suppose|imagine|rely on|make assumptions|"
        "make any assumptions?|jump to conclusions|take it for granted|guessing|assuming|inventing|making up|presuming|hallucinating|"
        "fabricating|speculating|making assumptions|guesswork|guesses|assumptions"
    )
    yield from remarks(
        _KIND,
        rf"(?:not|never|without|avoid|stop|rather than|instead of|before|no|than|refrain from|resist|make no)(?: (?:to|ever|just|simply|by|you|blindly|any|start|try|relying on|blind))* {guess}(?: [\w']+){{0,5}}? {_WHERE}",
        rf"{_WHERE}(?: [\w']+){{0,4}}? (?:must|should|are to|have to|need to|are)(?: \w+)? (?:be )?(?:not be guessed|never be guessed|not to be guessed|looked up|verified first|not be assumed|not (?:be )?assumed|discovered|listed before|listed first|never to be)",
        r"(?:not|never) (?:to )?(?:be )?(?:guessed|assumed|invented|made up)",
        rf"{_WHERE}(?: [\w']+){{0,6}}? (?:guess\w*)(?: [\w']+){{0,4}} (?:waste\w*|cost\w*|instead|list|fail\w*)",
        rf"{_WHERE}(?: [\w']+){{0,4}}? (?:by|with|instead of|rather than) guess\w*",
        r"(?:not|never) (?:just )?(?:assume|guess)(?: it| that| blindly)? ?[,:;.–—-] ?(?:\w+ )?(?:look|check|list|see|find out|inspect|ls|verify)",
        r"look before you (?:leap|open|read|edit|act|touch|jump)",
        firm=True,
    )


def _listing() -> Iterator[Rule]:
    listing = either(
        "listcommand|ls|(?:directory |file )?listing|look around|survey|tour|inventory|overview of the \\w+"
    )
    yield from requests(
        _KIND,
        rf"(?:run|use|do|try|call|start with|issue|execute|make|get|begin with|perform|take|open with)(?: [\w']+){{0,4}}? {listing}",
        r"(?:look|glance|poke|nose|have a look|take a look|scout) (?:around|about)(?! at)",
        r"(?:orient|orientate) yourself",
        r"get (?:your bearings|oriented|the lay of the land)",
        r"know your (?:surroundings|way around)",
        r"(?:read|look|inspect|view|open) (?:\w+ ){0,3}before (?:you )?(?:assum\w+|guess\w+)",
    )
    yield from remarks(
        _KIND,
        r"(?:have|did) you (?:actually |already |even |yet )*(?:looked|look|listed|list|seen|see|checked|check|inspected|inspect|explored|explore)(?: [\w']+){0,4}? (?:workspace|directory|folder|files|repository|repo|what is|exists|is there|around)",
        r"(?:do you|are you) (?:\w+ )?(?:know|sure)(?: [\w']+){0,3}? (?:which files|where|that (?:file|path|folder)|what files|exists|what is in|the (?:file|path) exists)",
        rf"{listing}(?: [\w']+){{0,6}}? (?:first|before|comes first|to start|at the start|at the beginning|up front|is your first|prior to)",
        rf"(?:first|start|begin|before|initially)(?: [\w',]+){{0,8}}? {listing}(?! (?:at|above|below)\b)",
    )

"""Wordings of: read the instruction again and check that all of it is done."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import DEMANDS, TESTS, either
from harness.simulated.advice.rule import Rule, actions, remarks, requests

_KIND = Advice.REREAD
_AGAIN = (
    "reread|re - read|read|review|revisit|recheck|re - check|doublecheck|check|consult|go over|go through|go back to|go back over|"
    "return to|refer back to|refer to|look at|look back at|look over|look again at|walk through|compare with|compare|reexamine|"
    "examine|study|recall|remember|recollect|verify|confirm|revise|tick off|check off|cross - check|inspect|scan|skim|"
    "step through|turn back to|think back to|reconsider|remind yourself of|bear in mind|mind|come back to|run through|consider|"
    "match|work through|take another look at|have another look at|take a second look at|glance back at|look again|refresh|"
    "measure|reflect on|satisfy|fulfil|fulfill|cover|honou?r|comply with|meet|respect"
)
_EVERY = r"(?:every|all|each|any|everything|the full|none|the other|both|no|one|part|parts|points?|remaining|whole|entire|complete|a|another|more than one)"
_ITEM = either(
    "requirements?|constraints?|instructions?|conditions? (?:of|in|stated|that) |demands?|points?|items?|part|parts|obligations?|criteri\\w+|rules?|"
    "details?|wish|wishes|requests?|clauses?|sentences?|bullets?|deliverables?|stipulations?|asks?"
)
_MET = either(
    "met|satisfied|fulfilled|covered|addressed|followed|done|honou?red|respected|completed|complied|handled|dealt with|observed|"
    "kept|obeyed|in place|checked|implemented|ticked|taken care of|carried out|accounted for|attended to|complete|adhered to|"
    "fulfil|fulfill|missing|forgotten|overlooked|open|left|missed|outstanding"
)


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    yield from actions(
        _KIND, _AGAIN, rf"{DEMANDS}(?! (?:file|txt|virtual|set|filename))", gap=r"(?: [\w']+){0,6}?"
    )
    lose = "overlook|forget|miss|neglect|ignore|omit|lose sight of|lose track of|skip|leave out|disregard"
    yield from actions(_KIND, lose, rf"(?:[\w']+ ){{0,6}}?{DEMANDS}", gap="", waives=True)
    yield from requests(
        _KIND,
        rf"(?:keep|bear|have)(?: [\w']+){{0,2}}? {DEMANDS}(?: [\w']+){{0,4}}? in (?:mind|view|sight)",
        rf"(?:keep|bear|have) in mind(?: [\w']+){{0,5}}? {DEMANDS}",
        r"(?:make sure|ensure|see to it|be sure|check|verify|confirm|ask yourself)(?: [\w']+){0,5}? (?:nothing|no \w+)(?: [\w']+){0,4}? (?:missing|left out|overlooked|forgotten|missed|undone|left undone|neglected|omitted|outstanding|open)",
        r"(?:read|check|look at|study|go over|go through)(?: [\w']+){0,2}? (?:it|them|that|the (?:task|text|message|wording|instructions?)(?: \w+)?)(?: \w+)? (?:again|once more|a second time|another time|one more time|from the (?:top|start|beginning))(?! and)",
        r"(?:make sure|ensure|check|verify|confirm|be sure)(?: [\w']+){0,4}? (?:you )?(?:cover|meet|satisfy|fulfil|fulfill|address|handle|complete|honou?r|did|do|have done)(?: [\w']+){0,2}? (?:them all|all of (?:them|it)|everything (?:that )?(?:was|is|you|the|it))",
    )
    yield from _questions()
    yield from _completeness()


def _questions() -> Iterator[Rule]:
    asked = either(
        rf"{DEMANDS}|requirement|constraint|instruction|asked|requested|demanded|assignment|brief|task|prompt|required|statement"
    )
    yield from remarks(
        _KIND,
        rf"^(?:\w+ ){{0,3}}?(?:[:,-] )?(?:is|are|did|does|do|have|has|was|were|what|which|would|ask (?:yourself )?(?:whether|if))\b(?!.*\b(?:{TESTS})\b)(?:(?! [?]).)*? {asked}(?![\w'])(?:(?! [?]).)* \?",
        r"(?:did you|have you|are you|you may have|you might have|could you have|perhaps you|whether you)(?: [\w']+){0,3}? (?:miss|missed|missing|forget|forgotten|forgot|overlook|overlooked|skip|skipped|leave out|left out|neglect\w*)(?: [\w']+){0,2}? (?:anything|something|any|a|one|part|parts|some)",
        rf"(?:ask(?: yourself)?|check|see|make sure|ensure|confirm|verify|whether)(?: [\w',]+){{0,5}}? (?:you )?(?:compl(?:y|ied|ies)|met|satisf\w+|fulfil\w*|follow\w*|did|do|done|cover\w*|address\w*|honou?r\w*)(?: [\w']+){{0,2}}? (?:with )?{_EVERY}(?: [\w']+){{0,5}}? (?:{_ITEM}|(?:was|were|is|the task|the user|the instructions?|you were) ?(?:asked|asks?|requires?|required|demands?|demanded|wanted|wants|requested|told|says?))",
        r"what (?:else )?(?:did|does|do) (?:the )?(?:task|instructions?|user|assignment|brief|prompt|request)(?: \w+)? (?:ask|say|require|demand|want|call)",
    )


def _completeness() -> Iterator[Rule]:
    check = either(
        "make sure|ensure|check|verify|confirm|be sure|see to it|doublecheck|see|certain|ask yourself|whether|must|should|need to|have to|has to|needs to"
    )
    yield from remarks(
        _KIND,
        rf"{check}(?: [\w',]+){{0,6}}? {_EVERY}(?: [\w']+){{0,5}}? {_ITEM}(?: [\w']+){{0,8}}? {_MET}",
        rf"(?:every|all|each)(?: [\w']+){{0,4}}? {_ITEM}(?: [\w']+){{0,6}}? (?:must|should|needs? to|has to|have to|matters?|counts?)(?: [\w']+){{0,3}}? (?:be )?{_MET}",
        rf"(?:every|all|each)(?: [\w']+){{0,2}}? {_ITEM}(?: [\w']+){{0,5}}? (?:matters?|counts?)",
        r"(?:complian\w+|compl(?:y|ies)) with (?:every|all|each|the (?:task|instruction|requirement)\w*)",
        r"(?:against|with) (?:the|each|every|all|what)(?: [\w']+){0,4}? (?:instructions?|requirements?|constraints?|assignment|brief|task description|task statement|task text|asked(?: for| of you)?|criteria|wording|conditions)",
        r"(?:task|assignment|instructions?|brief) (?:may |might |also |probably )*(?:has|have|contains?|asks?|asked|includes?|lists?|mentions?|names?|demands?)(?: for)? (?:\w+ )?(?:more|other|further|additional|several|another|also)(?: than)?",
    )

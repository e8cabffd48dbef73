"""Wordings of: run the tests before you finish."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import TESTS, either
from harness.simulated.advice.rule import Rule, actions, remarks, requests

_KIND = Advice.VERIFY
_RUN = "run|rerun|execute|reexecute|launch|invoke|exercise|perform|trigger|fire up|kick off|carry out|conduct|redo"
_CHECK = (
    "verify|validate|confirm|doublecheck|sanitycheck|test|retest|prove|demonstrate|revalidate|reverify|try out|try|check|"
    "exercise|recheck|substantiate|test - drive"
)
_OWN = either("your|the|this|that|each|every|any|all|its|whatever you|last|latest|final|proposed|our|an|a")
_WORK = either(
    rf"{_OWN} (?:\w+ )?(?:fix|fixes|changes?|edits?|solution|work|patch|patches|code|repairs?|results?|implementation|program|"
    r"function|behaviou?r|modifications?|corrections?|outcome)|it works?|it (?:really|actually) works|it|everything|they work|"
    r"(?:everything|all|(?:the|your) (?:fix|code|program|change|repair|edit|function|patch|solution|modification)) (?:\w+ )?"
    r"(?:works?|passes|is correct|behaves|holds|succeeds|runs|does|solves)|what you (?:did|changed|wrote|edited|have done)|correctness|"
    r"(?:fix|change|edit|solution|work|patch|code|repair|changes|edits)"
)
_PASSING = either("pass|passes|passed|passing|green|succeeds?|succeeded|clean|happy|satisfied|ok|okay")
_DONE = (
    r"(?:finish\w*|done|stop\w*|end|ends|ending|submit\w*|conclud\w*|complet\w*|declar\w*|claim\w*|answer\w*|hand\w* (?:in|over|this in|it in)|"
    r"call\w* it|finali[sz]\w*|success|close|closing|report\w*|leave|quit|rest|accept\w*|trust\w*|move on|sign off|final|ship\w*|"
    r"deliver\w*|tell me|acceptable|commit\w*|consider\w*|say|fixed|wrap\w*|merge\w*)"
)
_PROOF = (
    rf"(?:{TESTS}|verif\w+|validat\w+|tested|testing|proven|proof|evidence|passing|pass|passes|green|confirm\w+|checked|ran it|"
    r"run it|executed|running (?:it|the program)|seen it (?:work|pass|run)|exercis\w+)"
)


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    other = r"(?! (?:servers?|data|database|environment|framework|names?|fixtures?|coverage|suite for)\b)"
    yield from actions(_KIND, _RUN, TESTS + other)
    elsewhere = r"(?! (?:against|with the (?:instruction|requirement|task))| (?:exists?|is there))"
    yield from actions(_KIND, _CHECK, rf"(?:(?:that|whether|if|out) )?{_WORK}{elsewhere}")
    yield from actions(
        _KIND,
        "run|rerun|execute|exercise|launch",
        r"(?:it|(?:your|the|this|something|what you)(?: \w+)? (?:code|program|function|fix|repair|change|changed|wrote|something))",
    )
    skipped = rf"(?:the |any |all |running |your |more )*{TESTS}"
    yield from actions(
        _KIND,
        "skip|omit|forgo|ignore|bypass|leave out|dispense with|do without",
        skipped,
        gap="",
        waives=True,
    )
    yield from _ensuring()
    yield from _conditions()
    yield from _doubts()


def _ensuring() -> Iterator[Rule]:
    ensure = either(
        "make sure|ensure|confirm|verify|check|see|see to it|be sure|be certain|prove|show|doublecheck|get|watch|make|want|"
        "convince yourself|demonstrate|establish|observe|(?:keep going|keep working|wait|iterate|carry on|work|continue|hold on) until"
    )
    assure = either(
        "make sure|ensure|confirm|verify|check|see|see to it|be sure|be certain|prove|demonstrate|establish|convince yourself"
    )
    evidence = either(
        rf"{TESTS}|evidence|proof|trial run|dry run|passing run|green run|sanity check|check of your (?:work|fix)|test - run|smoke test"
    )
    yield from requests(
        _KIND,
        rf"{ensure}(?: [\w']+){{0,6}}? {TESTS}(?: [\w']+){{0,3}}? {_PASSING}",
        rf"{assure}(?: that)?(?: [\w']+){{0,4}}? (?:really |actually |still |now )?(?:works|passes|(?:does|they|will|changes|edits) work|is green)(?! (?:for|with|on|when|in|of|and)\b)",
        r"(?:see|watch|observe|witness) (?:it|them|that|the \w+|your \w+)(?: \w+)? (?:pass|work|succeed|run)",
        rf"(?:get|have|give|do|make|take|show|provide|obtain|seek|collect|present|perform|see|want|look at|look for|insist on|need|produce)(?: [\w']+){{0,5}}? {evidence}",
        r"testscript(?: [\w']+){0,3} (?:before|after|once|until|prior to)",
        r"(?:aim|go|strive|work) for (?:a )?green",
        r"(?:trust|rely on)(?: [\w']+){0,2} (?:tests?|test output|evidence)(?: [\w']+){0,3}? (?:not|over|rather|more)",
        r"trust ,? ?but ,? ?verify",
        r"verify(?= ?(?:[.:!,]|$))",
    )


def _conditions() -> Iterator[Rule]:
    yield from remarks(
        _KIND,
        rf"(?:not|never|no|nothing|none|nobody|only|refuse to|hold off|hardly|avoid|refrain from)(?: [\w']+){{0,7}}? {_DONE}(?: [\w',]+){{0,7}}? (?:without|until|till|unless|before|when|once|if|after|with|while|as long as)(?: [\w']+){{0,7}}? {_PROOF}",
        rf"(?:hold|wait|withhold|delay|postpone|defer|keep)(?: [\w']+){{0,6}}? (?:until|till|for)(?: [\w']+){{0,6}}? {_PROOF}(?! data)",
        rf"{_DONE}(?: [\w']+){{0,6}}? only (?:\w+ )?(?:when|once|if|after|with)(?: [\w']+){{0,6}}? {_PROOF}",
        rf"(?:without|until|unless)(?: [\w']+){{0,5}}? {_PROOF}(?: [\w']+){{0,3}} ,(?: [\w']+){{0,6}}? (?:not|nothing|no|never)(?: [\w']+){{0,5}}? {_DONE}",
        rf"{TESTS} (?:must be |are |is |all )*(?:{_PASSING}|first)(?: [,-])?(?: [\w']+){{0,2}}? (?:then|before|and then|only then)(?: [\w',]+){{0,4}}? {_DONE}",
        rf"(?:before|prior to|ahead of)(?: [\w']+){{0,5}}? {_DONE}(?: [\w']+){{0,5}}? ?[,:-](?: [\w']+){{0,4}}? (?:passing |green )?(?:test run|tests?|verification|testscript|run of the tests)(?: [\w']+){{0,3}} (?:is|are|comes|must|should|first)",
        r"(?:green|passing|clean|successful) (?:test |\w+ )?(?:run|result|tests?|suite|bar|check|checks|output)(?: [\w']+){0,6} (?:before|yet|first|in hand|required|mandatory|until|needed|prior|is what)",
        r"(?:edit|change|fix|repair|patch|modification|step|work)(?: [\w']+){0,3}? (?:must|should|has to|needs to|ought to)(?: \w+)? be (?:followed|accompanied|backed|confirmed|proven|tested|verified|validated|checked)",
        r"(?:must|should|have to|has to|needs? to|ought to) (?:all |still |first |always )?(?:pass|be green|succeed)(?! (?:the|a|an|on|in)\b)",
        rf"(?:{TESTS}|testing) (?:is|are|remains?) (?:mandatory|required|obligatory|a must|expected|essential|non - negotiable|nonnegotiable|not optional|part of (?:the|your) (?:job|work|task))(?! by| for the build)",
        rf"{TESTS} (?:before|prior to)(?: [\w']+){{0,3}}? {_DONE}",
        firm=True,
    )


def _doubts() -> Iterator[Rule]:
    untested = either("untested|unverified|unchecked|unproven|unvalidated|unexercised")
    yield from remarks(
        _KIND,
        r"(?:not|never|do not|rather than|stop|without)(?: just| simply| merely| ever| to)* (?:assum\w+|believ\w+|trust\w*|guess\w*|presum\w+|hop\w+|take it for granted|suppos\w+|rely)(?: [\w']+){0,6}? (?:works?|worked|is (?:right|correct|fine|fixed)|are (?:right|correct|fine)|passes|succeeded|correctness|looks right)",
        rf"{untested}(?: [\w']+){{0,2}}? (?:changes?|code|edits?|work|fix|fixes|patch|patches|solution|program|repair|is|are|counts?)",
        rf"(?:edits?|changes?|fix|work|code|patch|solution|repair|it|that|this|program)(?: [\w']+){{0,3}}? (?:is|are|remains?|still|has gone|went|have gone|stays?)(?: \w+)? {untested}",
        rf"(?:have|has|did|do|does|was|were|is|are|got)(?: [\w']+){{0,3}}? {TESTS}(?: [\w']+){{0,4}}? (?:pass|passed|passing|succeed|succeeded|green|say|report|show|run|happy|yet)(?: [\w']+){{0,6}} \?",
        rf"no {TESTS}(?: [\w']+){{0,3}}? (?:run|been|has|have|happened|since|after|yet|were)(?: [\w']+){{0,3}}? (?:run|since|yet|edit|change|after|been|happened|last)",
        r"(?:not|never)(?: [\w']+){0,3}? (?:been )?(?:seen|watched|observed|shown)(?: [\w']+){0,4} (?:pass|work|run|passing)",
        r"how (?:do|can|would|did) you know(?: [\w']+){0,4}? (?:works?|right|correct|fixed|passes|solved)",
        r"(?:are you|be) (?:sure|certain|confident|positive)(?: \w+){0,4} (?:works?|passes|correct|right|fixed)(?: [\w']+){0,4} \?",
        r"(?:have|did) you (?:actually |really |ever |already |even )*(?:see|seen|watched|watch|observed)(?: [\w']+){0,3}? (?:pass|work|run|succeed|green|passing|working)",
        r"(?:got|had)(?: [\w']+){0,3} (?:green|passing|clean)(?: [\w']+){0,4} \?",
        r"when did you last (?:run|test|check|execute|verify)",
        r"what (?:do|did|does|would) (?:the|your) (?:visible )?(?:tests?|checks|suite|test run) (?:say|show|report|tell)",
        r"(?:an?|any|every) (?:edit|change|fix) (?:that )?you have not (?:tested|run|exercised|verified|checked)",
        rf"{_PROOF}(?: [\w']+){{0,3}}? (?:has|have) not (?:yet )?(?:been )?(?:run|executed|happened|seen)",
        firm=True,
    )

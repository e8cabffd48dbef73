"""Wordings of: you repeat yourself, step back and try something else."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import either
from harness.simulated.advice.rule import Rule, remarks, requests

_KIND = Advice.RECONSIDER
_WAY = either(
    "approach(?:es)?|strateg(?:y|ies)|hypothes[ie]s|ideas?|tactics?|angles?|direction|routes?|paths?|theor(?:y|ies)|explanations?|"
    "methods?|fix|solution|course|tack|causes?|lines? of (?:attack|thought|reasoning)|way|plan|diagnosis|perspective|avenues?|"
    "thing|track|assumptions?|reasoning|thinking|options?|interpretations?|reading|spot|place|line|edits?|changes?|conclusion|premise"
)
_OTHER = either(
    "different|another|new|fresh|other|alternative|alternate|else|opposite|second|novel|further|unexplored"
)
_TIMES = (
    r"(?:(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|a few|a number of|repeated|numerous|countless) times|"
    r"twice|thrice|repeatedly|again and again|over and over|time and again|time after time|in a row|back to back|once more)"
)
_DEED = either(
    "edits?|changes?|fix|fixes|commands?|calls?|thing|things|approach|mistakes?|line|idea|actions?|attempts?|steps?|moves?|patch|modifications?|tool calls?"
)


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    yield from _appeals()
    yield from _other_ways()
    yield from _no_repetition()
    yield from _observations()
    yield from _hints()
    keep = rf"(?:keep|stick to|stick with|stay with|continue with|carry on with|stay on|hold on to)(?: (?:your|the|this|current|present|on|same|chosen|original))* {_WAY}"
    yield from requests(_KIND, keep, waives=True)


def _appeals() -> Iterator[Rule]:
    yield from requests(
        _KIND,
        r"(?:take (?:a|one|two) (?:\w+ )?steps? back(?:ward)?|step back(?! (?:\w+ ){0,2}(?:index|indices|elements?|positions?|characters?|lines?|places?|days?)\b)|stand back|step away|zoom out|take a breath|draw back|back up|back off)",
        r"(?:stop and think|pause(?! for \w+ seconds)|rethink|reconsider|reassess|reevaluate|re - think|think (?:\w+ )?(?:again|afresh|anew|differently)|start (?:over(?! (?:at|with) (?:index|zero|the))|afresh|again|anew|fresh|from scratch)|begin again|regroup|reflect|rediagnose)",
        r"break (?:out of )?(?:the|this|that|your) (?:loop|cycle|circle|pattern|habit|deadlock|rut)",
        r"(?:get|snap|climb) out of (?:the|this|that|your) (?:loop|cycle|circle|rut|hole)",
        r"(?:look at|see|view|approach|attack|tackle|come at)(?: [\w']+){0,4}? (?:from (?:a |an )?(?:\w+ )?(?:angle|side|direction|perspective|viewpoint|standpoint)|with (?:fresh|new) eyes|afresh|anew)",
    )


def _other_ways() -> Iterator[Rule]:
    search = either(
        "try|find|look for|choose|pick|take|form|formulate|consider|develop|explore|seek|use|adopt|make|come up with|think of|"
        "think about|look at|attack|approach|move to|switch to|go for|go with|test|generate|propose|imagine|attempt|tackle|"
        "brainstorm|list|work out|examine|pursue|investigate|need|entertain|devise|invent|turn to|go down|search for|try out|have"
    )
    leave = either(
        "change|switch|alter|adjust|revise|revisit|question|challenge|drop|abandon|discard|leave|review|examine|doubt|ditch|give up|"
        "let go of|scrap|move away from|move on from|reject|rework|vary|rethink|reconsider|suspect|forget"
    )
    yield from requests(
        _KIND,
        rf"{search}(?: [\w']+){{0,6}}? {_OTHER}(?: [\w']+){{0,2}}? {_WAY}",
        rf"{search}(?: out)? (?:something|anything|somewhere|things)(?: \w+)? (?:else|different|differently|new|elsewhere)",
        r"(?:do|try|attempt|approach|tackle|go at|think|proceed|go about|attack|work|handle)(?: [\w']+){0,4}? differently",
        rf"{leave}(?: on)?(?: up)?(?: (?:your|this|the|that|current|present|old|first|original|underlying|own|basic|initial|failing|working|every|all|of|existing|whole))* {_WAY}(?! (?:file|names?|manager))",
        r"(?:look|search|dig)(?: \w+){0,4} elsewhere",
    )


def _no_repetition() -> Iterator[Rule]:
    repeat = either(
        "repeat(?:ing)?|retry(?:ing)?|redo(?:ing)?|reapply(?:ing)?|recycl(?:e|ing)|cycling|looping|hammering|oscillating|flipping|toggling|"
        "going (?:back and forth|round|in circles)|mak(?:e|ing)|apply(?:ing)?|undo(?:ing)?|tweak(?:ing)?|fiddl(?:e|ing)|try(?:ing)?|"
        "send(?:ing)?|issu(?:e|ing)|do(?:ing)?|edit(?:ing)?|attempt(?:ing)?"
    )
    again = either(
        "same(?! (?:code|logic|word|text|name|key|value|test))|again|circles|yourself|forth|over|identical|third time|second time|once more|already failed|another time"
    )
    yield from remarks(
        _KIND,
        rf"(?:cease|quit|stop|end|avoid|refrain from|do not keep|do not go on|do not continue|no more|never|do not|instead of|rather than)(?: \w+)? {repeat}(?: [\w']+){{0,6}}? {again}",
        r"(?:do not|never|stop|avoid|quit|instead of|rather than|no more) (?:just |simply )?(?:repeat|retry|redo|reapply|recycl|repeating|retrying|redoing|reapplying|recycling)(?:e|ing)? (?:the|an?|your|that|this|failed|failing|what|edits?|it|yourself)(?! (?:\w+ )?(?:tests?|checks?|verification|run|code|logic|words?|text|names?|values?)\b)",
        r"(?:repeating|redoing|retrying|reapplying|doing (?:it|that|this|the same(?: thing)?)(?: \w+)? again|trying (?:it|that|the same)(?: [\w']+){0,3}?)(?: [\w']+){0,6}? (?:will|would|can|does|is|could|helps|won|fails?|never)",
        rf"(?:doing|making|trying|repeating) (?:the )?(?:same|identical) {_DEED}(?: [\w']+){{0,5}}? (?:not|nothing|same|fail|never|rarely)",
        r"enough of (?:this|that|these|the same)",
        firm=True,
    )


def _observations() -> Iterator[Rule]:
    you = r"(?:you|your|yours|yourself)"
    done = either(
        "edited|changed|modified|rewritten|touched|made|tried|attempted|run|applied|issued|called|used|sent|undone|reverted|done|executed|submitted|written|repeated"
    )
    yield from remarks(
        _KIND,
        rf"{you}(?: (?!not\b)[\w']+){{0,6}}? (?:repeating|repeat(?! (?:the|this|your) (?:test|run|check))|repeated|repetitive|repetition|looping|loop|loops|circles?|oscillat\w+|stuck|deadlock\w*|dead end|rut|spinning|treading|back and forth|going nowhere|no progress|flipping|toggling|cycl\w+|alternating|hammering|retrying|wheels)",
        rf"{you}(?: [\w']+){{0,4}}? (?:not (?:\w+ )?(?:progress\w*|working|getting anywhere|converging|helping|help|helped))",
        rf"{you}(?: [\w']+){{0,4}}? {done}(?: [\w'(),]+){{0,9}}? {_TIMES}",
        rf"{you}(?: [\w']+){{0,6}}? (?:the )?(?:same|identical|exact same|very same) (?:\w+ )?{_DEED}",
        rf"(?:{_DEED}|this|that|it|file|filename)(?: [\w']+){{0,5}}? (?:been |was |were )(?:now |already )?{done}(?: [\w']+){{0,6}}? {_TIMES}(?! (?:a|per|by|last|in the) )",
        rf"(?:edits? to|changes? to)(?: [\w']+){{0,5}}? {_TIMES}",
        rf"(?:the )?(?:same|identical|exact same|very same) (?:\w+ )?{_DEED}(?: [\w',]+){{0,6}}? (?:again|over|{_TIMES}|keeps?|failing|fails|failed|never|not|third|fourth|fifth|second time)",
        rf"{_DEED}(?: [\w']+){{0,4}}? (?:were|was|are|is) (?:all |exactly |nearly |almost )*(?:identical|the same)",
        r"(?:this|that) is (?:now )?(?:already )?(?:the|your) (?:second|third|fourth|fifth|sixth|\d+(?:nd|rd|th)) (?:time|attempt|identical|edit|try)(?: [\w']+){0,8}",
        r"(?:repeated|repeating|repetitive|identical|same|several|multiple) (?:edits?|attempts?|changes|tool calls?|calls|commands|fixes|actions|behaviou?r)(?: [\w']+){0,8}? (?:suggest|show|detected|noticed|mean|not|rarely|never|indicate|signal|hint|fail\w*|in vain)",
        r"(?:loop|repetition) (?:detected|noticed)",
        r"(?:going|running|moving|walking|went) (?:round |around )?in circles",
        r"(?:been|gone) (?:around|round|down) this (?:block|road|path|track|loop)",
    )


def _hints() -> Iterator[Rule]:
    yield from remarks(
        _KIND,
        r"(?:what|whatever) you are (?:doing|trying)(?: \w+)? (?:is|does) not",
        r"(?:this|that|your|the current|current|the present|the same|the chosen|the present one) (?:\w+ )?(?:approach|strategy|edits?|attempts?|idea|line|path|fixes|way|tactic|theory|hypothesis|plan|changes|one) (?:is|are|does|do|has|have|did|may|might|seems?|must|keeps?|clearly|obviously|evidently|just|simply)(?: \w+){0,2}? (?:not(?! be changed)|wrong|failing|fail|failed|fails|mistaken|unproductive|futile|leading nowhere|no)",
        r"(?:chosen|current|present) (?:\w+ )?(?:approach|path|strategy) (?:does not|leads nowhere|is not)",
        r"no (?:\w+ )?progress(?! bar)",
        rf"(?:time|need|room|moment) (?:for|has come for) (?:a |an |some )?(?:\w+ )?(?:change|rethink|new|fresh|different|other|another)(?: \w+)? ?(?:{_WAY}|of)?",
        r"(?:insanity|definition of madness|beating a dead horse|flogging a dead horse|barking up the wrong tree)",
        rf"(?:a|some) {_OTHER} {_WAY}(?: \w+){{0,2}}? (?:is|may|might|could|would|should|has) (?:be |been )?(?:needed|required|called|help\w*|better|due|necessary|in order|warranted|work|overdue)",
        r"what (?:else|other \w+) (?:could|might|can|would|fits?|explains?)",
        r"(?:bug|cause|problem|fault|mistake|error|culprit|root cause|issue|trouble)(?: [\w']+){0,4}? (?:elsewhere|somewhere else|in another|in a different|not where you)",
        r"(?:could|might|may) (?:the|your) (?:\w+ )?(?:diagnosis|assumption|hypothesis|theory|premise) (?:be|lie) (?:wrong|mistaken|off|false)",
        r"(?:is|are) there (?:another|other|any other|a different|an alternative|alternative)(?: \w+){0,2}? (?:explanations?|causes?|way|ways|place|reason|possibility|hypothesis)",
        r"why (?:did |do |have )?(?:the |your )?(?:previous|earlier|last|other|past)(?: \w+)? (?:edits?|attempts?|changes|fixes|tries)(?: \w+){0,2} (?:not help|not work|fail)",
        r"(?:different|new|another) (?:approach|strategy|hypothesis|tactic|angle)(?: ?[.!]| please| now| next)",
    )

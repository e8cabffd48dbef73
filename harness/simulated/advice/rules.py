"""How each kind of advice may be worded: an action with its object, or a remark that amounts to advice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.mood import Reading, read_base, read_gerund, read_participle
from harness.simulated.advice.phrases import (
    DEMANDS,
    FEW,
    FILES,
    OUTPUT,
    PASSING,
    SOME,
    TESTS,
    WORK,
    either,
    gerunds,
    participles,
)

Read = Callable[[str, str], Reading]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A wording of one kind of advice; ``read`` judges the verb's mood, ``None`` for remarks.

    ``waives`` is set when the wording itself asks not to do it.
    """

    advice: Advice
    pattern: re.Pattern[str]
    read: Read | None = None
    waives: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    """All rules; compiled once."""
    return (*_verify(), *_reconsider(), *_look_first(), *_wrap_up(), *_reread(), *_short_output())


def _action(
    advice: Advice, verbs: str, objects: str, *, gap: str = FEW, waives: bool = False
) -> Iterator[Rule]:
    """Rules for a verb in all its forms with an object behind it, or before it in the passive."""
    for verb, read in (
        (either(verbs), read_base),
        (participles(verbs), read_participle),
        (gerunds(verbs), read_gerund),
    ):
        yield Rule(advice=advice, pattern=_plainly(rf"{verb}{gap} {objects}"), read=read, waives=waives)
    passive = rf"(?P<subject>{objects})(?: [\w']+){{0,5}}? (?P<verb>{participles(verbs)})"
    yield Rule(advice=advice, pattern=_words(passive), read=read_participle, waives=waives)


def _remarks(advice: Advice, *patterns: str) -> Iterator[Rule]:
    for pattern in patterns:
        yield Rule(advice=advice, pattern=_words(pattern))


def _requests(advice: Advice, *patterns: str) -> Iterator[Rule]:
    for pattern in patterns:
        yield Rule(advice=advice, pattern=_plainly(pattern), read=read_base)


def _plainly(pattern: str) -> re.Pattern[str]:
    """Compile, letting no negation hide among the words between a verb and its object."""
    return _words(pattern.replace(r"(?: [\w']+)", r"(?: (?!(?:not|never|without|instead|nor|than)\b)[\w']+)"))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w']){pattern}(?![\w'])")


def _verify() -> Iterator[Rule]:
    kind = Advice.VERIFY
    run = "run|rerun|execute|reexecute|launch|invoke|exercise|perform|trigger|start|use|repeat|fire up|call|apply|kick off|carry out"
    check = "verify|validate|confirm|doublecheck|sanitycheck|test|retest|prove|demonstrate|revalidate|reverify|try out|try|check|exercise|cross - check"
    yield from _action(kind, run, TESTS)
    yield from _action(
        kind,
        check,
        rf"(?:(?:that|whether|if|out) )?{WORK}(?! (?:against|with the (?:instruction|requirement|task))| (?:exists?|is there))",
    )
    yield from _action(
        kind,
        "run|rerun|execute|exercise",
        r"(?:it|(?:your|the|this) (?:\w+ )?(?:code|program|function|fix|repair|change))",
    )
    yield from _action(
        kind,
        "skip|omit|forgo|ignore|bypass|leave out",
        rf"(?:the |any |all |running |your )*{TESTS}",
        gap="",
        waives=True,
    )
    ensure = either(
        "make sure|ensure|confirm|verify|check|see|see to it|be sure|be certain|prove|show|double ?check|get|watch|make|want|convince yourself|demonstrate|establish|keep going until|keep working until|wait until|iterate until|carry on until|work until|continue until|need"
    )
    yield from _requests(
        kind,
        rf"{ensure}{SOME} {TESTS}(?: [\w']+){{0,3}}? {PASSING}",
        rf"{ensure}(?: that)?(?: [\w']+){{0,4}}? (?:really |actually |still )?(?:works?|passes|is green)",
        rf"(?:get|have|give|do|make|take|show|provide|obtain|seek|collect|present|perform|see|want|look at|look for|insist on)(?: [\w']+){{0,5}}? (?:{TESTS}|evidence|proof|trial run|dry run|passing run|green run|sanity check|check of your (?:work|fix))",
        r"testscript(?: [\w']+){0,3} (?:before|after|once|until|prior to)",
        r"(?:aim|go|strive|work) for (?:a )?green",
    )
    done = r"(?:finish\w*|done|stop\w*|end|ending|submit\w*|conclud\w*|complet\w*|declar\w*|claim\w*|answer\w*|hand\w* (?:in|over)|call\w* it|finali[sz]\w*|success|close|report\w*|leave|quit|rest|accept\w*|trust\w*|move on|sign off|final)"
    proof = rf"(?:{TESTS}|verif\w+|validat\w+|tested|testing|proven|proof|evidence|passing|green|confirm\w+|checked|ran it|run it|executed|seen it (?:work|pass|run))"
    yield from _remarks(
        kind,
        rf"(?:not|never|no|nothing|none|only|refuse to|hold off|hardly|avoid)(?: [\w']+){{0,6}}? {done}(?: [\w',]+){{0,6}}? (?:without|until|till|unless|before|when|once|if|after|with)(?: [\w']+){{0,6}}? {proof}",
        rf"{done}(?: [\w']+){{0,5}}? only (?:when|once|if|after|with)(?: [\w']+){{0,5}}? {proof}",
        rf"(?:without|until|unless)(?: [\w']+){{0,5}}? {proof}(?: [\w']+){{0,3}} ,(?: [\w']+){{0,6}}? (?:not|nothing|no)(?: [\w']+){{0,5}}? {done}",
        r"(?:not|never|do not|rather than)(?: just| simply| merely| ever)? (?:assume|believe|trust|guess|presume|hope|take it for granted|suppose)(?: [\w']+){0,4}? (?:works?|is (?:right|correct|fine|fixed)|are (?:right|correct|fine)|passes|succeeded|correctness)",
        r"(?:untested|unverified|unchecked|unproven|unvalidated)(?: [\w']+){0,2}? (?:change|changes|code|edit|edits|work|fix|fixes|patch|patches|solution|program|repair|is|are|counts?)",
        r"(?:edit|edits|change|changes|fix|work|code|patch|solution|repair|it|that|this|program)(?: [\w']+){0,3}? (?:is|are|remains?|still|has gone|went|have gone|stays?)(?: \w+)? (?:untested|unverified|unchecked|unproven|unvalidated)",
        rf"(?:have|has|did|do|does|was|were|is|are)(?: [\w']+){{0,3}}? {TESTS}(?: [\w']+){{0,3}}? (?:pass|passed|passing|succeed|succeeded|green|say|report|show)(?: [\w']+){{0,6}} \?",
        r"(?:edit|change|fix|repair|patch|modification|step)(?: [\w']+){0,3}? (?:must|should|has to|needs to|ought to)(?: \w+)? be (?:followed|accompanied|backed|confirmed|proven|tested|verified|validated|checked)",
        r"(?:must|should|have to|has to|needs? to|ought to) (?:all |still |first |always )?(?:pass|be green|succeed)(?! (?:the|a|an|on|in)\b)",
        rf"no {TESTS}(?: [\w']+){{0,3}}? (?:run|been run|has|have|happened|since|after|yet|were run since)(?: [\w']+){{0,3}}? (?:run|since|yet|edit|change|after|been|happened|last)",
        rf"{TESTS} (?:is|are) (?:mandatory|required|obligatory|a must|expected|essential|non - negotiable|nonnegotiable|not optional)(?! by| for the build)",
        r"testing (?:is|remains) (?:mandatory|required|obligatory|a must|expected|essential|part of|not optional)",
        r"how (?:do|can|would|did) you know(?: [\w']+){0,4}? (?:works?|right|correct|fixed|passes|solved)",
        r"(?:are you|be) (?:sure|certain|confident|positive)(?: \w+){0,3} (?:works?|passes|correct|right|fixed)(?: [\w']+){0,4} \?",
        r"(?:have|did) you (?:actually |really |ever |already |even )*(?:see|seen|watched|watch|observed)(?: [\w']+){0,3}? (?:pass|work|run|succeed|green|passing|working)",
        rf"{TESTS} (?:first|before|again)(?: [\w']+){{0,2}}? (?:then|before|you|,)?(?: [\w']+){{0,3}}? (?:finish|finishing|stop|stopping|done|end|answer|submit)",
        r"(?:green|passing) (?:test run|tests?|suite|run|bar)(?: [\w']+){0,3}? (?:is|before|comes|required|first)(?: [\w']+){0,5}? (?:required|mandatory|expected|finish\w*|done|end|submit\w*|stop\w*|needed|answer)",
        r"when did you last (?:run|test|check|execute|verify)",
        r"what (?:do|did|does|would) (?:the|your) (?:visible )?(?:tests?|checks|suite|test run) (?:say|show|report|tell)",
    )


def _reconsider() -> Iterator[Rule]:
    kind = Advice.RECONSIDER
    way = either(
        "approach(?:es)?|strateg(?:y|ies)|hypothes[ie]s|idea|ideas|tactics?|angle|direction|route|path|theory|explanations?|method|fix|solution|course|tack|cause|causes|line of (?:attack|thought|reasoning)|way|plan|diagnosis|perspective|avenue|thing|track|assumptions?|reasoning|thinking|option|interpretation|reading|spot|place|line|edit|edits|change"
    )
    other = either(
        "different|another|new|fresh|other|alternative|alternate|entirely different|else|opposite|second|completely different|novel"
    )
    yield from _requests(
        kind,
        r"(?:take (?:a|one|two) (?:\w+ )?steps? back(?:ward)?|step back|stand back|step away|zoom out|take a breath|draw back)",
        r"(?:stop and think|pause(?! for \w+ seconds)|rethink|reconsider|reassess|reevaluate|re - think|think (?:\w+ )?(?:again|afresh|anew|differently)|start (?:over|afresh|again|anew|fresh|from scratch)|begin again|regroup|reflect)",
        rf"(?:try|find|look for|choose|pick|take|form|formulate|consider|develop|explore|seek|use|adopt|make|come up with|think of|think about|look at|attack|approach|move to|switch to|go for|go with|test|generate|propose|imagine|attempt|tackle|brainstorm|list|work out|examine|pursue|investigate|need|entertain|devise|invent)(?: [\w']+){{0,6}}? {other}(?: [\w']+){{0,2}}? {way}",
        r"(?:try|do|attempt|consider|change|look|think of|think about|find|go|look for|search) (?:out )?(?:something|anything|somewhere|things|it|elsewhere|the cause|the bug)(?: \w+)? (?:else|different|differently|new|elsewhere)",
        rf"(?:change|switch|alter|adjust|revise|revisit|question|challenge|drop|abandon|discard|leave|review|examine|doubt|test|ditch|give up|let go of|scrap|move away from|move on from|reject|rework|vary)(?: on)?(?: up)?(?: (?:your|this|the|that|current|present|old|first|original|underlying|own|basic|initial|failing|working|every|all|of))* {way}(?! (?:file|names?))",
        r"(?:look|search)(?: \w+){0,3} elsewhere",
        r"break (?:out of )?(?:the|this|that|your) (?:loop|cycle|circle|pattern|habit|deadlock|rut)",
        r"(?:get|snap|climb) out of (?:the|this|that|your) (?:loop|cycle|circle|rut|hole)",
        r"(?:look at|see|view|approach|attack|tackle|come at) (?:it|this|the \w+|things)(?: \w+){0,2}? from (?:a |an )?(?:\w+ )?(?:angle|side|direction|perspective|viewpoint|standpoint)",
        r"(?:cease|quit|stop|end|avoid|refrain from|do not keep|do not go on|do not continue|no more|never|do not)(?: \w+)? (?:repeat|repeating|retrying|retry|redo|redoing|re - ?doing|reapplying|reapply|recycling|cycling|looping|hammering|oscillating|flipping|toggling|re - ?applying|going back and forth|going round|going in circles|making|make|applying|apply|undoing|tweaking|fiddling|trying|try|sending|issuing)(?: [\w']+){0,4}? (?:same|edit|edits|change|changes|again|fix|fixes|circles|yourself|forth|line|command|call|calls|over|what|mistake|loop|that|this|it|between)",
        r"do not (?:repeat|retry|redo|reapply|recycle)",
    )
    yield Rule(
        advice=kind,
        pattern=_words(
            rf"(?:keep|stick to|stick with|stay with|continue with|stay on)(?: (?:your|the|this|current|present|on|same|chosen|original))* {way}"
        ),
        read=read_base,
        waives=True,
    )
    times = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|a few|a number of|repeated|numerous|umpteen|often) times|(?:twice|thrice|repeatedly|again and again|over and over|time and again|time after time|in a row|back to back|once more)"
    you = r"(?:you|your|yours|yourself)"
    yield from _remarks(
        kind,
        rf"{you}(?: [\w']+){{0,6}}? (?:repeating|repeat(?! (?:the|this|your) (?:test|run|check))|repeated|repetitive|repetition|looping|loop|loops|circles?|oscillat\w+|stuck|deadlock\w*|dead end|rut|spinning|treading|back and forth|going nowhere|no progress|not (?:\w+ )?(?:progress\w*|working|getting anywhere|converging|helping)|flipping|toggling|cycling|alternating|undoing|hammering|retrying|wheels)",
        rf"{you}(?: [\w']+){{0,4}}? (?:edited|changed|modified|rewritten|touched|made|tried|attempted|run|applied|issued|called|used|sent|undone|reverted|done|executed|submitted|written)(?: [\w'(),]+){{0,9}}? (?:{times})",
        rf"(?:edited|changed|modified|rewritten|touched|edits? to|changes? to)(?: [\w']+){{0,5}}? (?:{times})(?! (?:a|per|by|last|in the) (?:day|week|year|\w+s))",
        rf"{you}(?: [\w']+){{0,4}}? (?:the )?(?:same|identical|exact same|very same) (?:\w+ )?(?:edit|edits|change|changes|fix|fixes|command|commands|call|calls|thing|things|approach|mistake|mistakes|line|idea|action|attempt|attempts)",
        rf"(?:the )?(?:same|identical|exact same|very same) (?:\w+ )?(?:edit|edits|change|changes|fix|fixes|command|commands|call|calls|thing|approach|action|attempt|attempts|idea|steps?|move|moves|result|failure|error)(?: [\w']+)*?(?: ,)?(?: [\w']+){{0,6}}? (?:again|over|{times}|keeps?|failing|fails|failed|never|not|third|fourth|fifth|second time)",
        r"(?:this|that) is (?:now )?(?:already )?(?:the|your) (?:second|third|fourth|fifth|sixth|\d+(?:nd|rd|th)) (?:time|attempt|identical|edit|try)(?: [\w']+){0,8}",
        r"(?:what|whatever) you are (?:doing|trying)(?: \w+)? (?:is|does) not",
        r"(?:this|that|your|the current|current|the present|the same) (?:\w+ )?(?:approach|strategy|edits?|attempts?|idea|line|path|fixes|way|tactic|theory|hypothesis|plan|changes) (?:is|are|does|do|has|have|did|may|might|seems?|must|keeps?|clearly|obviously|evidently|just|simply)(?: \w+){0,2}? (?:not|wrong|failing|fail|failed|fails|mistaken|unproductive|futile|leading nowhere|no)",
        r"no (?:\w+ )?progress(?! bar)",
        r"(?:going|running|moving|walking) (?:round |around )?in circles",
        r"(?:time|need|room) for (?:a |an |some )?(?:\w+ )?(?:change|rethink|new|fresh|different|other|another)(?: \w+)? ?(?:approach|idea|ideas|strategy|thinking|direction|course|plan|angle|tack|of)?",
        r"(?:insanity|definition of madness|beating a dead horse|flogging a dead horse|going nowhere|barking up the wrong tree)",
        r"(?:a|some) (?:different|new|fresh|other|another) (?:approach|idea|strategy|hypothesis|angle|line of attack|direction|theory|tack|explanation)(?: \w+){0,2}? (?:is|may|might|could|would|should) (?:be )?(?:needed|required|called|help\w*|better|due|necessary|in order|warranted|work)",
        r"what (?:else|other \w+) (?:could|might|can|would)(?: [\w']+){0,5} (?:be|wrong|cause|explain|fail|happen)",
        r"(?:could|might|may) (?:the|your) (?:\w+ )?(?:bug|cause|problem|fault|mistake|error|diagnosis|assumption|hypothesis) (?:be|lie) (?:elsewhere|somewhere|wrong|in another|mistaken)",
        r"(?:is|are) there (?:another|other|any other|a different|an alternative|alternative)(?: \w+){0,2}? (?:explanation|cause|causes|explanations|way|place|reason|possibility|hypothesis|ways)",
        r"(?:repeated|repeating|repetitive|identical|same) (?:edits?|attempts?|changes|tool calls?|calls|commands|fixes|actions|behaviou?r)(?: [\w']+){0,6}? (?:suggest|show|detected|noticed|mean|will not|do not|does not|are not|is not|have not|rarely|never|indicate|signal|hint)",
        r"loop (?:detected|noticed)|repetition (?:detected|noticed)",
    )


def _look_first() -> Iterator[Rule]:
    kind = Advice.LOOK_FIRST
    see = "list|look at|look around|look through|look into|look over|look round|inspect|explore|survey|see|find out|discover|examine|scan|browse|view|get an overview of|get a listing of|familiari[sz]e yourself with|familiari[sz]e|learn|map|map out|take stock of|locate|ls|enumerate|get to know|get an overview|orient yourself in|know|scout|study|walk|show|check out|investigate|print|obtain|get|request|ask for|take a look at|have a look at|have a look around|take a look around|glance at|peek at|peek into|scope out|take inventory of|inventory"
    there = rf"(?:{FILES}(?! (?:was|were|returns|has been))|(?:which|what) (?:files?|folders?|paths?|is|are|exists?|there)(?: [\w']+){{0,4}}|where (?:\w+ ){{0,4}}?(?:is|are|lives?|sits?|resides?|stands?))"
    yield from _action(kind, see, there, gap=r"(?: [\w']+){0,4}?")
    yield from _action(
        kind,
        "check|verify|confirm|make sure|ensure|establish|determine|figure out|look up|validate|work out|doublecheck|ascertain",
        rf"(?:(?:the|a|any|that|which|what|whether|if|every|each|all|your|file|directory|folder|where|its|for|you|know|actual|real|current|exact) ){{0,5}}(?:{FILES}|files? exists?|exists?|is (?:in|inside) the (?:folder|directory|workspace)|things are|(?:it|they|the \w+) (?:is|are|lives?|sits?|exists?))(?! (?:is|are) (?:met|satisfied|correct|green))",
        gap="",
    )
    guess = either(
        "guess|assume|invent|make up|presume|hallucinate|fabricate|take for granted|speculate|suppose|imagine|rely on|make assumptions|jump to conclusions|take it for granted"
    )
    guessing = either(
        "guessing|assuming|inventing|making up|presuming|hallucinating|fabricating|speculating|making assumptions|guesswork|guesses|assumptions|blind guesses"
    )
    where = either(
        "paths?|file names?|filenames?|locations?|where|folders?|director(?:y|ies)|file (?:paths?|locations?)|what (?:files|exists|the (?:files|layout))|which files|files?|layout|structure|names?|project layout|exist|exists"
    )
    yield from _remarks(
        kind,
        rf"(?:not|never|without|avoid|stop|rather than|instead of|before|no|than|refrain from|resist)(?: (?:to|ever|just|simply|by|you|blindly|any|start|try|relying on))* (?:{guess}|{guessing})(?: [\w']+){{0,5}}? {where}",
        rf"{where}(?: [\w']+){{0,4}}? (?:must|should|are to|have to|need to)(?: \w+)? (?:be )?(?:not be guessed|never be guessed|looked up|checked|verified|confirmed|not be assumed|not (?:be )?assumed|discovered|listed|known)",
        r"(?:not|never) (?:be )?(?:guessed|assumed|invented|made up)",
        rf"{where}(?: [\w']+){{0,4}}? (?:by|with|instead of|rather than) guess\w*",
        r"look before you (?:leap|open|read|edit|act|touch|jump)",
        r"no (?:blind )?(?:guessing|guesses|guesswork|assumptions)(?: \w+){0,3} (?:paths?|file|files|names?|where|location|locations|layout)",
        r"(?:have|did) you (?:actually |already |even |yet )*(?:looked|look|listed|list|seen|see|checked|check|inspected|inspect|explored|explore)(?: [\w']+){0,4}? (?:workspace|directory|folder|files|repository|repo|what is|exists|is there|around)",
        r"(?:do you|are you) (?:\w+ )?(?:know|sure)(?: [\w']+){0,3}? (?:which files|where|that (?:file|path|folder)|what files|exists|what is in)",
        r"(?:listing|ls|listcommand|look around|directory listing|overview|inventory|survey)(?: [\w']+){0,6}? (?:first|before|comes first|to start|at the start|at the beginning|up front|is your first|prior to)",
        r"(?:first|start|begin|before|initially|open)(?: [\w',]+){0,8}? (?:listcommand|listing|look around|ls|overview of the|inventory of)(?! (?:at|above|below)\b)",
    )
    yield from _requests(
        kind,
        r"(?:run|use|do|try|call|start with|issue|execute|make|get|begin with|perform|take)(?: [\w']+){0,4}? (?:listcommand|ls|directory listing|file listing|listing|look around|survey|tour|inventory)",
        r"(?:look|glance|poke|nose|have a look|take a look|scout) (?:around|about)(?! at)",
        r"(?:orient|orientate) yourself",
        r"get (?:your bearings|oriented|the lay of the land)",
        r"(?:read|look|inspect|view|open) (?:\w+ ){0,3}before (?:you )?(?:assum\w+|guess\w+)",
    )


def _wrap_up() -> Iterator[Rule]:
    kind = Advice.WRAP_UP
    time = either(
        "time|budget|clock|minutes?|seconds?|deadline|allowance|time limit|time budget|cutoff|cut - off|allotted time|session|limit|hour ?glass|timer|timebox|quota|wall clock|wallclock|tokens?|turns|steps|calls"
    )
    nearly = either(
        "nearly|almost|about to|close to|running|runs|run|short|low|few|little|soon|shortly|imminent\\w*|approaching|looming|expir\\w+|exhaust\\w+|over|up|gone|out|ending|ends|spent|scarce|tight|near|nigh|dwindling|depleted|used up|ticking|evaporating|any moment|at hand|slipping|finished|thin|in sight"
    )
    small = r"(?:only|just|barely|merely|hardly|scarcely|less than|under|fewer than|not even|not much more than|a mere|no more than|at most)"
    units = r"(?:seconds?|secs?|s|minutes?|mins?|min|moments?|steps?|calls?|turns?|percent(?: of)?|of)"
    rest = r"(?:left|remain|remains|remaining|to go|to spare|available|before|until|till|of your|of the)"
    yield from _remarks(
        kind,
        rf"(?:{small}|a) (?:about |roughly |some |another |a )?(?:\w+ )?{units}(?: [\w']+){{0,5}}? {rest}(?! (?:the )?(?:test|function|process|file))",
        rf"{small} (?:\w+ ){{0,4}}?(?:time|budget|seconds|minutes)(?: [\w']+){{0,3}}? {rest}",
        r"(?:[1-9]|[1-9]\d|1\d\d) (?:more )?(?:seconds?|secs?|s) (?:\w+ ){0,3}?(?:left|remain|remains|remaining|to go|until|before)",
        r"(?:1|2|3|one|two|three|a) (?:more )?(?:minutes?|mins?) (?:\w+ ){0,3}?(?:left|remain|remains|remaining|to go)",
        rf"(?:7[05]|[89]\d|7[6-9]) percent (?:of )?(?:[\w']+ ){{0,5}}?(?:{time}|used|spent|gone|consumed|elapsed|over|passed)",
        r"(?:used|consumed|spent|burn\w*|exhausted|gone through|eaten)(?: [\w']+){0,3}? (?:7[05]|[89]\d|7[6-9]) percent",
        r"(?:[1-9]|1\d|2[0-5]|30) percent (?:of )?(?:[\w']+ ){0,5}?(?:left|remain|remains|remaining|to go)",
        rf"(?:your|the|you|this|of|that|allotted|remaining)(?: [\w']+){{0,2}}? {time}(?: [\w']+){{0,2}}? (?:is|are|has|have|will|gets?|getting|grows?|about|runs?|running|draws?|drawing|nearly|almost)(?: [\w']+){{0,4}}? {nearly}(?! (?:of|by|in|a|the|an)\b| \d)",
        rf"{time} (?:is|are|has|will be|gets?|is getting|is growing|runs?|has run)(?: (?:nearly|almost|very|about to|soon|running|practically|now|just|be|about|quite|close to|to|being|all but|virtually|run|getting))* (?:up|out|gone|over|short|low|exhausted|used up|spent|tight|scarce|expir\w+|run out|imminent|near|approaching|looming|upon you|done|nearly|depleted|end|at hand|thin)",
        r"(?:you|your run|the run|we) (?:\w+ )?(?:\w+ )?(?:run|running|ran|runs) (?:\w+ )?(?:out of|low on|short of|short on) (?:time|budget|seconds|minutes|steps|tokens|calls|turns)",
        r"(?:running|run|getting|short|low|nearly out|almost out|close to out|out) (?:out )?(?:of|on) (?:time|budget|seconds|minutes|steps|turns)",
        r"(?:little|not much|hardly any|barely any|almost no|scarcely any|next to no|very little|no) (?:more )?(?:time|budget)(?: \w+)? (?:left|remains|remaining|is left|to spare|to lose)",
        r"(?:time|budget|clock|deadline) (?:\w+ ){0,2}?(?:nearly|almost) (?:up|out|over|gone|exhausted|used|spent|done)",
        r"(?:almost|nearly|virtually|practically) (?:all|the whole|the entire|the full)(?: of)? (?:your |the |allotted )*(?:time|budget|allowance)",
        r"(?:most of|the bulk of|the better part of) (?:your |the |its )*(?:\w+ )?(?:time|budget|allowance)(?: [\w']+){0,3}? (?:gone|spent|used|over|passed|elapsed|consumed)",
        r"(?:will|about to|going to|is to|to) be (?:cut off|stopped|terminated|killed|ended|interrupted|aborted|cut short)",
        r"time 's (?:up|almost|nearly|running|short)",
        r"time (?:is )?(?:up|almost up|nearly up)",
        r"(?:time|deadline|budget) (?:warning|pressure|alert)",
        r"out of time",
        r"last (?:chance|call|minute|minutes|seconds|moments)(?: \w+){0,2} (?:to|before|left|remain|:)",
        r"(?:final|last) (?:minutes?|seconds?|moments|stretch)",
    )
    now = r"(?:now|soon|at once|immediately|promptly|quickly|right away|straight away|shortly|without delay|as soon as possible|asap|fast|swiftly|in (?:the )?next (?:step|call|turn|message|few)|here|within|rapidly)"
    end = either(
        "finish|finish up|conclude|end|close|complete|stop|finali[sz]e|submit|wrap it up|wrap things up|answer|deliver|terminate|come to an end|wrap|hand in|bring|land|settle|quit"
    )
    yield from _requests(
        kind,
        r"wrap (?:\w+ )?up",
        r"(?:wind|wrap|finish|close|tie|round|button) (?:\w+ ){0,2}?(?:down|up|off)(?: (?:now|the task|the work|your work|loose ends|soon|quickly|what you))?",
        rf"{end}(?: [\w']+){{0,5}}? {now}(?! (?:the|as)\b)",
        rf"(?:now|quickly|promptly) {end}(?: (?:up|the (?:task|work|job|run)|your (?:task|work|answer)))?(?= ?$| [,.;!])",
        r"(?:deliver|submit|hand in|give|return|present|finish with|end with|go with|settle for|stop with|hand over|leave it with|report|ship|answer with|conclude with|turn in|commit)(?: [\w']+){0,3}? (?:what|whatever) (?:you have|you got|you 've|there is|works|is there|you already have|is done)",
        r"(?:bring|draw)(?: [\w']+){0,4}? (?:to (?:a|an|its|the) (?:\w+ )?(?:close|end|finish|conclusion)|home)",
        r"(?:give|provide|send|produce|write|state|commit to|commit|make|deliver|submit)(?: [\w']+){0,2}? (?:final|best)(?: [\w']+){0,3}? (?:answer|fix|guess|result|effort|edit|version)(?: [\w']+){0,2}? (?:now|and (?:end|stop|finish|close|conclude)|immediately|at once|and)",
        r"(?:hurry|hurry up|speed up|make haste|be quick|be fast|move fast|do not dawdle|pick up the pace)",
        r"(?:stop|quit|cease)(?: further)? (?:exploring|experimenting|investigating|searching|thinking|analy[sz]ing|refining|polishing|deliberating|working)",
        r"call it (?:a day|done|quits)",
        r"skip (?:further|any further|all remaining|remaining|everything) (?:\w+ )?(?:and finish|exploration|investigation|non\w*)",
    )


def _reread() -> Iterator[Rule]:
    kind = Advice.REREAD
    again = "reread|re - read|read|review|revisit|recheck|re - check|doublecheck|check|consult|go over|go through|go back to|return to|refer back to|refer to|look at|look back at|look over|look again at|walk through|compare with|compare|reexamine|examine|study|recall|remember|recollect|verify|confirm|revise|tick off|check off|cross - check|inspect|scan|skim|step through|turn back to|think back to|reconsider|remind yourself of|keep in mind|bear in mind|mind|come back to|run through|consider|match|work through|take another look at|have another look at|take a second look at|glance back at|hold"
    yield from _action(
        kind, again, rf"{DEMANDS}(?! (?:file|txt|virtual|set|filename))", gap=r"(?: [\w']+){0,6}?"
    )
    yield from _action(
        kind,
        "overlook|forget|miss|neglect|ignore|omit|lose sight of|lose track of|skip",
        rf"(?:[\w']+ ){{0,6}}?{DEMANDS}",
        gap="",
        waives=True,
    )
    every = r"(?:every|all|each|any|everything|the full|none|the other|both|no|one|part|parts|points?|the remaining|remaining|whole|entire|complete)"
    met = either(
        "met|satisfied|fulfilled|covered|addressed|followed|done|honou?red|respected|completed|complied|handled|dealt with|observed|kept|obeyed|in place|checked|implemented|ticked|taken care of|carried out|accounted for|attended to|complete|adhered to|fulfil|fulfill|missing|forgotten|overlooked|open|left"
    )
    item = either(
        "requirements?|constraints?|instructions?|conditions?|demands?|points?|items?|part|parts|obligations?|criteri\\w+|rules?|detail|details|wish|wishes|request|requests|clause|clauses|sentence|sentences|bullet|bullets|deliverables?|stipulations?|asks?"
    )
    yield from _remarks(
        kind,
        rf"(?:make sure|ensure|check|verify|confirm|be sure|see to it|doublecheck|see|certain|ask yourself|did you|have you|is|are|was|were|do you|does|whether|must|should|need to)(?: [\w',]+){{0,6}}? {every}(?: [\w']+){{0,5}}? {item}(?: [\w']+){{0,8}}? {met}",
        rf"(?:make sure|ensure|check|verify|confirm|be sure|see to it|doublecheck|ask yourself|did you|have you|do you|does)(?: [\w',]+){{0,6}}? (?:met|satisf\w+|fulfil\w*|cover\w*|address\w*|follow\w*|honou?r\w*|respect\w*|complet\w+|compl\w+|obey\w*|observ\w+|adher\w+|implement\w*|meet|meets|handle\w*|done)(?: [\w']+){{0,2}}? {every}(?: [\w']+){{0,4}}? (?:{item}|(?:you were|was|were|is|the task|the user|the instructions?) ?(?:asked|asks?|requires?|required|demands?|wanted|wants|requested|told|says|say))",
        r"(?:did you|have you|are you|you may have|you might have|could you have|perhaps you)(?: [\w']+){0,3}? (?:miss|missed|missing|forget|forgotten|forgot|overlook|overlooked|skip|skipped|leave out|left out|neglect\w*|do|done|handled|addressed|complete|completed)(?: [\w']+){0,4}? (?:anything|something|everything|any|a|all|part|parts|one|what)(?: [\w']+){0,6}? (?:instruction|instructions|task|requirement|requirements|asked|brief|assignment|prompt|request|constraints?|details?|statement|required|demanded|order|\?)",
        r"did you (?:\w+ )?(?:miss|forget|overlook|leave out|skip) (?:anything|something|any)",
        r"(?:is|are|was|were)(?: [\w']+){0,2}? (?:anything|something|everything|any \w+|all)(?: [\w']+){0,6}? (?:missing|left|undone|open|overlooked|forgotten|outstanding|required|asked for|done|complete|addressed|remaining|unaddressed)(?: [\w']+){0,6}",
        r"(?:nothing|no \w+|anything)(?: [\w']+){0,6}? (?:is|was|has been|been|gets|be|remains)? ?(?:missing|left out|overlooked|forgotten|missed|undone|left undone|neglected|unaddressed|omitted|outstanding)",
        r"(?:read|check|look at|study)(?: [\w']+){0,2}? (?:it|them|that|the \w+(?: \w+)?)(?: \w+)? (?:again|once more|a second time|another time|one more time)(?! and)",
        r"(?:against|with) (?:the|each|every|all|what)(?: [\w']+){0,4}? (?:instructions?|requirements?|constraints?|assignment|brief|task(?: description| statement)?|asked(?: for| of you)?|criteria|prompt|request|specification|spec|statement|wording|conditions)",
        r"(?:what (?:else )?(?:did|does|do) (?:the )?(?:task|instructions?|user|assignment|brief|prompt|request)(?: \w+)? (?:ask|say|require|demand|want|call))",
        rf"{every}(?: [\w']+){{0,4}}? {item}(?: [\w']+){{0,5}}? (?:must|should|needs? to|has to|have to|matters?|counts?)(?: [\w']+){{0,3}}? ?(?:be )?{met}?",
        r"(?:task|assignment|instructions?) (?:may |might |also |probably )*(?:has|have|contains?|asks?|asked|includes?|lists?|mentions?|names?|states?|demands?)(?: for)? (?:\w+ )?(?:more|other|further|additional|several|several|smaller|another|also)(?: than)?",
    )


def _short_output() -> Iterator[Rule]:
    kind = Advice.SHORT_OUTPUT
    cut = "limit|cut|cut down|trim|truncate|shorten|restrict|cap|reduce|bound|filter|pipe|redirect|quiet|silence|suppress|minimi[sz]e|compress|condense|curb|crop|tame|constrain|shrink|throttle|clip|abbreviate|narrow|narrow down|summari[sz]e|prune|send|save|page through|page|ration|contain|moderate|mute|turn down|tone down|lower|squelch|be sparing with|go easy on"
    yield from _action(
        kind, cut, rf"{OUTPUT}(?! (?:list|array|value|of the function|format))", gap=r"(?: [\w']+){0,5}?"
    )
    big = either(
        "whole files?|entire files?|full files?|large files?|long (?:outputs?|logs?|files?)|huge (?:outputs?|logs?|files?)|complete files?|everything|full (?:outputs?|logs?)|big (?:outputs?|files?|logs?)|verbose (?:outputs?|logs?|flags?|modes?|options?)|more (?:\\w+ ){0,3}?than|megabytes|thousands of lines|pages of|reams of|entire logs?|walls? of text|all of it|verboseflag|masses of|large (?:outputs?|dumps?|amounts)|too much|excessive \\w+|massive \\w+|unnecessary output|noisy \\w+|hundreds of lines|verbosely|verbosity|lengthy \\w+|chatty \\w+|raw (?:logs?|dumps?)"
    )
    yield from _action(
        kind,
        "print|dump|output|cat|flood|show|use|display|produce|emit|generate|fill|load|pull|read|request|run|request|paste|stream|log|add|pass|turn on|enable|swamp|bring|drown|overwhelm|clutter|pollute|spill|list|switch on|set",
        rf"(?:[\w']+ ){{0,3}}?(?:{big}|context with \w+|conversation with \w+|your context)",
        gap="",
        waives=True,
    )
    yield Rule(
        advice=kind,
        pattern=_words(
            r"avoid(?:ing)?(?: [\w']+){0,3}? (?:verbose\w*|verboseflag|verbosity|noisy|chatty|long outputs?|large outputs?|huge|printing|dumping|flooding|lengthy)"
        ),
        read=read_base,
    )
    small = either(
        "short|small|brief|concise|compact|terse|minimal|lean|limited|to a minimum|low|down|manageable|quiet|tight|under|below|within|focused|succinct|narrow|modest|readable|in check|bounded|targeted|relevant|sparse|at bay|little|less|shorter|smaller|to the point|economical"
    )
    yield from _requests(
        kind,
        rf"(?:keep|make|leave|hold|have)(?: [\w']+){{0,4}}? (?:{OUTPUT}|what (?:\w+ )?(?:commands|you|it) prints?)(?: [\w']+){{0,4}}? {small}",
        rf"(?:prefer|use|ask for|request|favou?r|aim for|produce|want|choose|go for|opt for|seek|stick to|generate|print|emit|get)(?: [\w']+){{0,3}}? (?:{small}|less|smaller|shorter|fewer|summary|short|summari[sz]ed)(?: [\w']+){{0,2}}? (?:{OUTPUT}|lines|listings?|reports?|summaries|modes?|printing|commands|summary)",
        r"(?:use|pass|prefer|add|switch to|choose|enable|set|run (?:\w+ ){0,3}?(?:with|in)|turn on|try|append)(?: [\w']+){0,4}? (?:quietflag|quiet|silent|shortcommand|head|tail|grep|summary) ?(?:flag|flags|mode|option|options|switch|setting)?(?= ?$| [,.;:!(]| (?:when|to|for|if|on|or|and|so|with|where|flag|flags|mode|whenever|in|instead|rather|while|it|as))",
        r"(?:pipe|send|route|feed|run|pass)(?: [\w']+){0,5}? (?:through|to|into|via|by)(?: [\w']+){0,2}? (?:shortcommand|head|tail|grep|a file|less|a pager)",
        r"(?:read|look at|show|print|display|view|fetch|take|request|see|inspect|output|report|emit|cat|open|list)(?: [\w']+){0,2}? (?:only|just|no more than|at most|merely|nothing but)(?: [\w']+){0,4}? (?:lines?|part|parts|failures?|failing|relevant|need|necessary|errors?|tail|head|end|summary|section|sections|portion|pieces?|matters?|important|excerpt|excerpts|last|first|essentials?|needed)",
        r"(?:only|just) (?:read|look at|show|print|display|view|fetch|take|request|see|inspect|output|report)(?: [\w']+){0,4}? (?:lines?|part|parts|failures?|failing|relevant|need|necessary|errors?|tail|head|end|summary|sections?|portion|matters?|last|first|essentials?)",
        r"(?:print|show|output|display|emit|produce|write|log)(?: [\w']+){0,2}? (?:as )?(?:little|less|fewer)(?: \w+)?",
        r"(?:run|call|execute|invoke|use|do)(?: [\w']+){0,4}? (?:without|minus|sans) (?:the |any |a )*(?:verbose\w*|verboseflag|verbosity|extra output|codeword)",
        r"(?:run|execute|do)(?: [\w']+){0,4}? (?:quietly|silently|in quiet mode|tersely)",
        r"make (?:commands|tests|them|it|tools|the \w+)(?: [\w']+){0,3}? print (?:as )?(?:little|less|only)",
        r"(?:be|stay) (?:sparing|economical|frugal|careful|stingy)(?: [\w']+){0,4}? (?:output|print|logs?|context)",
        r"(?:drop|remove|leave out|omit|leave off|turn off|disable|ditch|lose|do away with|switch off|do without)(?: [\w']+){0,3}? (?:verbose\w*|verboseflag|verbosity)",
        r"(?:save|spare|protect|preserve|conserve)(?: [\w']+){0,2}? context",
    )
    yield from _remarks(
        kind,
        rf"(?:long|large|big|huge|verbose|lengthy|full)?(?: ?)(?:{OUTPUT})(?: [\w']+){{0,3}}? (?:must|should|has to|needs to|ought to|have to|is to|are to|shall)(?: \w+)? (?:be |stay |remain )(?:\w+ly )?(?:kept )?(?:{small}|truncated|cut|trimmed|filtered|piped|redirected|limited|capped|shortened)",
        r"(?:output|outputs|logs?) (?:is|was|are|were|looks?|seems?) (?:far |much |way |very )?(?:too|excessively) (?:long|large|big|verbose|much|noisy|lengthy)",
        r"(?:the )?less (?:\w+ )?(?:output|you print|printed|commands print)",
    )

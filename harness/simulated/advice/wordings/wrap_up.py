"""Wordings of: time is nearly used up, finish now."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import either
from harness.simulated.advice.rule import Rule, remarks, requests, statements

_KIND = Advice.WRAP_UP
_TIME = either(
    "time|budget|clock|minutes?|seconds?|deadline|allowance|time limit|time budget|cutoff|cut - off|allotted time|session|limit|"
    "timer|timebox|quota|wall clock|wallclock|tokens?|turns|steps|calls|end of (?:your|the) (?:time|run|session)|hour"
)
_SOON = either(
    "nearly|almost|about to|close to|running|runs|run|short|low|few|little|soon|shortly|imminent\\w*|approaching|looming|expir\\w+|"
    "exhaust\\w+|over|up|gone|out|ending|ends|spent|scarce|tight|near|nigh|dwindling|depleted|used up|ticking|evaporating|"
    "any moment|at hand|slipping|finished|thin|in sight"
)
_MOST = r"(?:7[05-9]|[89]\d)"


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    yield from _little_left()
    yield from _much_used()
    yield from _running_out()
    yield from _endings()
    yield from _haste()


def _little_left() -> Iterator[Rule]:
    small = r"(?:only|just|barely|merely|hardly|scarcely|less than|under|fewer than|not even|not much more than|a mere|no more than|at most|about|roughly|perhaps)"
    units = r"(?:seconds?|secs?|s|minutes?|mins?|min|moments?|steps?|calls?|turns?|percent(?: of)?|of)"
    rest = r"(?:left|remain|remains|remaining|to go|to spare|available|before|until|till)"
    few = r"(?:\d{1,2}|1\d\d|one|two|three|a|a few|a couple of|half a|another)"
    yield from statements(
        _KIND,
        rf"(?:only|just|barely|merely|hardly|scarcely|less than|under|fewer than|not even|a mere|no more than|at most) (?:about |roughly |some |another |a )?(?:\w+ )?{units}(?! of (?:the|a|an|each|this) (?!time|budget|limit|allowance|session|run|allotted|total))(?: [\w']+){{0,5}}? {rest}(?! (?:the )?(?:test|function|process|file))",
        rf"{small} {few} (?:more )?(?:seconds?|secs?|s|minutes?|mins?|min|moments?) (?:\w+ ){{0,3}}?{rest}",
        r"(?:[1-9]|[1-9]\d|1\d\d) (?:more )?(?:seconds?|secs?|s) (?:\w+ ){0,3}?(?:left|remain|remains|remaining|to go|until|before)",
        r"(?:1|2|3|one|two|three|a|a few|a couple of) (?:more )?(?:minutes?|mins?|moments?|seconds?) (?:\w+ ){0,3}?(?:left|remain|remains|remaining|to go)",
        r"only (?:\w+ ){0,5}?(?:time|budget|seconds|minutes)(?: [\w']+){0,3}? (?:left|remains?|remaining|to go)",
        r"(?:[1-9]|1\d|2[0-5]|30) percent (?:of )?(?:[\w']+ ){0,5}?(?:left|remain|remains|remaining|to go)",
        r"(?:only |just |a )?(?:a )?(?:tenth|fraction|sliver|fifth|small part|handful|few percent) (?:of )?(?:[\w']+ ){0,4}?(?:left|remain|remains|remaining|to go)",
        r"(?:little|not much|hardly any|barely any|almost no|scarcely any|next to no|very little|no) (?:more )?(?:time|budget)(?: \w+)? (?:left|remains|remaining|is left|to spare|to lose|for)",
        r"(?:this is|these are|it is|you are in) (?:the|your) (?:very )?(?:last|final) (?:minutes?|seconds?|moments|stretch|chance|call|opportunity)|^last (?:call|chance)",
    )


def _much_used() -> Iterator[Rule]:
    yield from statements(
        _KIND,
        rf"{_MOST} percent (?:of )?(?:[\w']+ ){{0,6}}?(?:used|spent|gone|consumed|elapsed|over|passed|behind|up|exhausted)",
        rf"(?:used|consumed|spent|burn\w*|exhausted|gone through|eaten)(?: [\w']+){{0,3}}? {_MOST} percent",
        r"(?:almost|nearly|virtually|practically) (?:all|the whole|the entire|the full)(?: of)? (?:your |the |allotted )*(?:time|budget|allowance)",
        r"(?:most of|the bulk of|the better part of) (?:your |the |its )*(?:\w+ )?(?:time|budget|allowance)(?: [\w']+){0,3}? (?:gone|spent|used|over|passed|elapsed|consumed)",
    )


def _running_out() -> Iterator[Rule]:
    yield from statements(
        _KIND,
        rf"(?:your|the|you|this|of|that|allotted|remaining)(?: [\w']+){{0,2}}? {_TIME}(?: [\w']+){{0,2}}? (?:is|are|has|have|will|gets?|getting|grows?|about|runs?|running|draws?|drawing|nearly|almost)(?: [\w']+){{0,4}}? {_SOON}(?! (?:of|by|in|a|the|an)\b| \d)",
        rf"{_TIME} (?:is|are|has|will be|gets?|runs?|has run)(?: (?:nearly|almost|very|about to|soon|running|practically|now|just|be|about|quite|close to|to|being|all but|virtually|run|getting|growing|fast))* (?:up|out|gone|over|short|low|exhausted|used up|spent|tight|scarce|expir\w+|run out|imminent|near|approaching|looming|upon you|done|nearly|depleted|end|at hand|thin)",
        r"(?:deadline|time limit|cutoff|end) (?:approaching|looming|imminent|near|ahead|close|nears|approaches|looms)",
        r"(?:nearly|almost|close|about|very near) (?:at|to|past|out of)? ?(?:the|your|its) (?:deadline|end|limit|time limit|end of (?:the|your) time)",
        r"(?:you|your run|the run|we) (?:\w+ )?(?:\w+ )?(?:run|running|ran|runs) (?:\w+ )?(?:out of|low on|short of|short on) (?:time|budget|seconds|minutes|steps|tokens|calls|turns)",
        r"(?:running|run|getting|short|low|nearly out|almost out|close to out|out) (?:out )?(?:of|on) (?:time|budget|seconds|minutes|steps|turns)",
        r"(?:time|budget|clock|deadline) (?:\w+ ){0,2}?(?:nearly|almost) (?:up|out|over|gone|exhausted|used|spent|done)",
        r"(?:you|your \w+|the run|this run|the session|it) (?:will|are about to|are going to|is about to|is going to|shall) (?:soon |shortly )?be (?:cut off|stopped|terminated|killed|ended|interrupted|aborted|cut short|halted)(?! (?:by|when|if|after|unless) )",
        r"(?:cut off|stopped|terminated|killed|ended|halted) (?:soon|shortly|any moment|in (?:a few|less than|\w+) \w+)",
        r"time(?: 's| is)? (?:up|almost up|nearly up|almost|nearly|short)",
        r"(?:time|deadline|budget) (?:warning|pressure|alert)",
        r"out of time",
    )


def _endings() -> Iterator[Rule]:
    now = r"(?:now|soon|at once|immediately|promptly|quickly|right away|straight away|shortly|without delay|as soon as possible|asap|fast|swiftly|in (?:the )?next (?:step|call|turn|message|few)|here|rapidly|this instant|up)"
    end = either(
        "finish|finish up|conclude|end|close|complete|stop|finali[sz]e|submit|wrap it up|wrap things up|answer|deliver|terminate|wrap|hand in|bring|land|settle|quit|close out"
    )
    best = either(
        "give|provide|send|produce|write|state|commit to|commit|make|deliver|submit|hand in|finali[sz]e|turn in|return|present|ship"
    )
    yield from requests(
        _KIND,
        r"wrap (?:\w+ )?up",
        r"(?:wind|wrap|close|tie|round|button) (?:\w+ ){0,2}?(?:down|up|off|out)(?: (?:now|the task|the work|your work|loose ends|soon|quickly|what you))?(?! of\b)",
        rf"{end}(?: (?!(?:are|is|was|were|has|have)\b)[\w']+){{0,5}}? {now}(?! (?:the|as|when|to)\b)",
        rf"(?:now|quickly|promptly) {end}(?: (?:up|the (?:task|work|job|run)|your (?:task|work|answer)))?(?= ?$| [,.;!])",
        r"(?:deliver|submit|hand in|give|return|present|finish with|end with|go with|settle for|stop with|hand over|leave it with|report|ship|answer with|conclude with|turn in|commit)(?: [\w']+){0,3}? (?:(?:what|whatever|the \w+) (?:you have|you got|you 've|there is|works|is there|you already have|is done)|(?:best )?current (?:best )?\w+)",
        r"(?:bring|draw)(?: [\w']+){0,4}? (?:to (?:a|an|its|the) (?:\w+ )?(?:close|end|finish|conclusion)|home)",
        rf"{best}(?: [\w']+){{0,2}}? (?:final|best)(?: [\w']+){{0,3}}? (?:answer|fix|guess|result|effort|edit|version)(?: [\w']+){{0,2}}? (?:now|and (?:end|stop|finish|close|conclude)|immediately|at once)",
        r"finali[sz]e (?:your|the|this) (?:\w+ )?(?:answer|work|solution|result|fix)",
        r"call it (?:a day|quits)",
        r"end here",
    )


def _haste() -> Iterator[Rule]:
    yield from requests(
        _KIND,
        r"(?:hurry|hurry up|speed up|make haste|be quick|be fast|move fast|pick up the pace)",
        r"(?:stop|quit|cease)(?: further| all)? (?:exploring|experimenting|investigating|searching|thinking|analy[sz]ing|refining|polishing|deliberating|working)",
        r"skip (?:further|any further|all remaining|remaining|everything) (?:\w+ )?(?:and finish|exploration|investigation|non\w*)",
        r"start nothing new",
    )
    yield from remarks(
        _KIND,
        r"no (?:more )?time for (?:further|more|any|other|additional|experiments)",
        r"do not (?:start|begin) anything new",
        firm=True,
    )

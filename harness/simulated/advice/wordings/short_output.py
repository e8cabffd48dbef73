"""Wordings of: keep what commands print small."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.phrases import OUTPUT, either
from harness.simulated.advice.rule import Rule, actions, remarks, requests

_KIND = Advice.SHORT_OUTPUT
_CUT = (
    "limit|cut|cut down|trim|truncate|shorten|restrict|cap|reduce|bound|filter|pipe|redirect|quiet|silence|suppress|minimi[sz]e|"
    "compress|condense|curb|crop|tame|constrain|shrink|throttle|clip|abbreviate|narrow|narrow down|summari[sz]e|prune|"
    "page through|page|ration|contain|moderate|mute|turn down|tone down|lower|be sparing with|go easy on|keep down|control"
)
_VERBOSE = either("verbose\\w*|verboseflag|verbosity|noisy|chatty|long - winded|wordy")
_SMALL = either(
    "short|small|brief|concise|compact|terse|minimal|lean|limited|to a minimum|low|down|manageable|quiet|tight|under|below|within|"
    "focused|succinct|narrow|modest|readable|in check|bounded|targeted|relevant|sparse|at bay|little|less|shorter|smaller|"
    "to the point|economical|tidy|light"
)
_BIG = either(
    "whole files?|entire files?|full files?|large files?|long (?:outputs?|logs?|files?|listings?)|huge (?:outputs?|logs?|files?)|"
    "complete files?|everything|full (?:outputs?|logs?)|big (?:outputs?|files?|logs?)|verbose (?:outputs?|logs?|flags?|modes?|options?|runs?|test runs?)|"
    "more (?:\\w+ ){0,3}?than|megabytes|thousands of lines|pages of|reams of|entire logs?|walls? of text|all of it|verboseflag|masses of|"
    "large (?:outputs?|dumps?|amounts)|too much|excessive \\w+|massive \\w+|unnecessary output|noisy \\w+|hundreds of lines|"
    "verbosely|verbosity|lengthy \\w+|chatty \\w+|raw (?:logs?|dumps?)"
)
_LINES = either(
    "lines?|part|parts|failures?|failing|relevant|need|necessary|errors?|tail|head|end|summary|sections?|portion|pieces?|matters?|"
    "important|excerpts?|last|first|essentials?|needed|beginning"
)


def wordings() -> Iterator[Rule]:
    """All rules of this kind."""
    yield from actions(
        _KIND, _CUT, rf"{OUTPUT}(?! (?:list|array|value|of the function|format))", gap=r"(?: [\w']+){0,5}?"
    )
    flood = (
        "print|dump|output|cat|flood|show|use|display|produce|emit|generate|fill|load|pull|read|request|run|paste|stream|log|add|"
        "pass|turn on|enable|swamp|bring|drown|overwhelm|clutter|pollute|spill|switch on|set|ask for"
    )
    yield from actions(
        _KIND,
        flood,
        rf"(?:[\w']+ ){{0,3}}?(?:{_BIG}|context with \w+|conversation with \w+|your context)",
        gap="",
        waives=True,
    )
    yield from requests(
        _KIND,
        rf"(?:avoid|refrain from|do without|steer clear of|stay away from|shun)(?: [\w']+){{0,3}}? (?:{_VERBOSE}|long outputs?|large outputs?|huge|printing|dumping|flooding|lengthy)",
        rf"(?:drop|remove|leave out|omit|leave off|turn off|disable|ditch|do away with|switch off|turn|switch)(?: [\w']+){{0,3}}? {_VERBOSE}(?: (?:off|down))?",
    )
    yield from _small_output()
    yield from _parts_only()
    yield from _observations()


def _small_output() -> Iterator[Rule]:
    yield from requests(
        _KIND,
        rf"(?:keep|make|leave|hold|have)(?: [\w']+){{0,6}}? {OUTPUT}(?: [\w']+){{0,4}}? {_SMALL}",
        rf"(?:keep|make|hold)(?: [\w']+){{0,3}}? (?:amount|volume|quantity|size|length)(?: [\w']+){{0,6}}? {_SMALL}",
        rf"(?:prefer|use|ask|ask for|request|favou?r|aim for|produce|want|choose|go for|opt for|seek|stick to|generate|print|emit|get|select)(?: [\w']+){{0,4}}? (?:{_SMALL}|fewer|summary|summari[sz]ed|silent)(?: [\w']+){{0,2}}? (?:{OUTPUT}|lines|listings?|reports?|summaries|modes?|printing|commands|summary|variants?|forms?|versions?|flavou?rs?|switch|options?|runs?)",
        r"(?:use|pass|prefer|add|switch to|choose|enable|set|run (?:\w+ ){0,3}?(?:with|in)|turn on|try|append)(?: [\w']+){0,4}? (?:quietflag|quiet|silent|shortcommand|head|tail|grep|summary) ?(?:flags?|mode|options?|switch|setting)?(?= ?$| [,.;:!(]| (?:when|to|for|if|on|or|and|so|with|where|whenever|in|instead|rather|while|it|as))",
        r"(?:pipe|send|route|feed|run|pass)(?: [\w']+){0,5}? (?:through|to|into|via|by)(?: [\w']+){0,2}? (?:shortcommand|head|tail|grep|a file|less|a pager)",
        r"(?:print|show|output|display|emit|produce|write|log)(?: [\w']+){0,2}? (?:as )?(?:little|less|fewer|few)(?: \w+)?",
        rf"(?:run|call|execute|invoke|use|do)(?: [\w']+){{0,4}}? (?:without|minus|sans) (?:the |any |a )*(?:{_VERBOSE}|extra output)",
        r"(?:run|execute|do)(?: [\w']+){0,4}? (?:quietly|silently|in quiet mode|tersely|with less output)",
        r"(?:be|stay) (?:sparing|economical|frugal|careful|stingy|mindful)(?: [\w']+){0,4}? (?:outputs?|print|prints|logs?|context|verbosity)",
        r"(?:save|spare|protect|preserve|conserve)(?: [\w']+){0,2}? context",
    )


def _parts_only() -> Iterator[Rule]:
    read = either(
        "read|look at|show|print|display|view|fetch|take|request|see|inspect|output|report|emit|cat|open|list"
    )
    yield from requests(
        _KIND,
        rf"{read}(?: [\w']+){{0,2}}? (?:only|just|no more than|at most|merely|nothing but)(?: [\w']+){{0,4}}? {_LINES}",
        rf"(?:only|just) {read}(?: [\w']+){{0,4}}? {_LINES}",
        rf"(?:limit|restrict|confine) (?:yourself|it|them|commands?) to(?: [\w']+){{0,6}}? {_LINES}",
    )


def _observations() -> Iterator[Rule]:
    yield from remarks(
        _KIND,
        rf"(?:{OUTPUT}|commands?|tests?)(?: [\w']+){{0,3}}? (?:must|should|has to|needs to|ought to|have to|is to|are to|shall)(?: \w+)? (?:be |stay |remain |print |produce )(?:\w+ly )?(?:kept )?(?:as )?(?:{_SMALL}|few|truncated|cut|trimmed|filtered|piped|redirected|limited|capped|shortened)",
        r"(?:outputs?|logs?) (?:is|was|are|were|looks?|seems?) (?:far |much |way |very )?(?:too|excessively) (?:long|large|big|verbose|much|noisy|lengthy)",
        r"(?:printed|produced|emitted|returned|printing|prints|print|wrote)(?: [\w']+){0,2}? (?:far |much |way |rather )?too (?:much|many|long)",
        r"less (?:\w+ ){0,3}?(?:output|prints?|printed|text)(?: \w+)? ?,? (?:the better|is better|is more)",
    )
    yield from remarks(
        _KIND,
        r"(?:quietflag|shortcommand)(?: [\w']+){0,4} (?:when|for|if|on|with|instead|to keep)",
        r"^(?:please )?(?:prefer|use|try) (?:\w+ )?(?:quietflag|testscript quietflag)",
        r"summar(?:y|ies) (?:is|are) better than",
        firm=True,
    )

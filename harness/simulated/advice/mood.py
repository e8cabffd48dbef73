"""Whether a verb in a sentence asks the reader to act, and whether it is negated."""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ADVERBS = _words(
    "actually again all also always briefly carefully certainly definitely double each either even ever "
    "explicitly finally first firstly fully immediately instead just kindly lastly least maybe next now "
    "once one only perhaps please possibly properly quickly quietly rather really regularly secondly "
    "simply still then therefore thoroughly thus time today too usually well yet therefore afterwards "
    "twice before finishing both"
)
_NEGATORS = _words(
    "not never no none nothing nobody without avoid avoiding skip skipping forget forgetting omit "
    "omitting neglect neglecting fail refrain unnecessary needless pointless hardly neither nor instead "
    "overlook miss missed missing"
)
_AFTER_TO = _words(
    "need needed needs have has ought remember sure forget neglect fail omit hesitate want wants try "
    "trying time important essential crucial vital wise wiser best better good idea required expected "
    "supposed advisable careful moment minute second like worth going helpful useful necessary obliged "
    "prudent smart sensible safe safer mind unnecessary reason pointless not asked told urged encouraged "
    "advised intend aim certain chance habit bother hurt plan meant reminded reminder permitted"
)
_WISHES = _words("like want need expect ask advise remind urge require encourage invite")
_STEPS = _words("step thing job move rule priority duty action advice recommendation suggestion task goal")
_MODALS = _words("should must shall could might will would need had better")
_ADDRESSEES = _words("you we one agent agents assistant everyone everybody yourself always")
_OTHERS = _words(
    "the a an this that it ci they i he she our its these those there some many most developers users "
    "people anyone someone nobody tests programs"
)
_OPENERS = _words(", : ; ( ) – — - . ! ?")
_YOU_FRAMES = _words(
    "did do could would can will shall should must have had sure that ensure certain recommend suggest "
    "expect prefer insist until unless before want help let lets require"
)
_COORDINATORS = _words("and or then but so plus nor & & yet")
_GERUND_FRAMES = _words(
    "consider try recommend suggest by worth without about insist start begin keep continue practise mean "
    "means involves requires forget avoid skip stop before after with prefer instead than"
)
_HARMLESS_NEGATIONS = re.compile(
    r"\b(?:can|could|does|would|will|do) not hurt to|\bnot only\b|\bno matter\b|\bwhy not\b|\bif not\b|\bno later than\b"
    r"|\bno more than\b|\bwithout (?:delay|further ado|exception|fail)\b|\bnot sure\b|\bno excuses\b|\bnot later\b"
    r"|\bif in doubt\b|\bnot just\b|\bno fewer\b|\bnot merely\b|\bno less than\b|\bno (?:additional|extra) \w+\b"
)
_UNNEEDED = re.compile(
    r"^(?: \w+){0,3}? (?:is|are|was|were|would be|will be|seems) (?:not (?:\w+ )?(?:needed|necessary|required|worth|allowed|"
    r"expected|mandatory|important|wanted)|unnecessary|optional|pointless|forbidden|discouraged|superfluous|useless|"
    r"a waste)|^(?: \w+){0,3}? (?:need|must|should) not\b"
)
_NEEDED = re.compile(
    r"^(?: \w+){0,6}? (?:is|are|remains?) (?:a must|always |absolutely |strictly |still )*(?:required|mandatory|expected|"
    r"essential|a must|not optional|obligatory|non - negotiable|nonnegotiable|important|crucial|compulsory|part of|vital|the)"
)
_FINISHING = re.compile(
    r"\b(?:finish\w*|done|stop\w*|end(?:s|ed|ing)?|submit\w*|conclud\w+|complet\w+|declar\w+|claim\w*|wrap\w*|sign\w* off|"
    r"hand\w* (?:in|over)|call\w* it|clos(?:e|ed|ing)|answer\w*|deliver\w*|report\w*|consider\w*|success|"
    r"move\w* on|final\w*|quit\w*|leav(?:e|ing)|say|saying|announc\w+|exit\w*|accept\w*|trust\w*|count\w*)\b"
)
_DEPENDENT = re.compile(
    r" (?:if|when|whenever|while|where|how|that|which|who|whose|until|unless|prints?|shows?|returns?|after) "
)
_OPTIONAL = re.compile(
    r"\boptionally\b|\bif you (?:want|like|wish|prefer|care|feel like)\b|\bfeel free\b|\bas you (?:like|please)\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|when|whenever|in case|unless|should) (?:you|it|they|this|that|the \w+|your \w+) "
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a verb is meant: as a request, and if so whether as one not to act."""

    is_request: bool
    is_negated: bool


NO_REQUEST = Reading(is_request=False, is_negated=False)


def is_about_finishing(text: str) -> bool:
    """Whether a phrase speaks of ending the work or reporting on it."""
    return bool(_FINISHING.search(text))


def read_base(prefix: str, suffix: str) -> Reading:
    """How a verb in its base form is meant, by the words before it and after its object."""
    if _OPTIONAL.search(f"{prefix} {suffix}"):
        return NO_REQUEST
    words = _strip(prefix.split())
    return Reading(is_request=_frames_base(words, prefix), is_negated=is_negated(prefix, suffix))


def read_participle(prefix: str, suffix: str) -> Reading:
    """How a past participle is meant: a question to the reader or something still lacking is a request."""
    plain = f" {prefix} "
    words = _strip(prefix.split(), also=frozenset({"been", "yet", "already"}))
    before, tail = words[:-1], words[-1:]
    if re.search(r" (?:i|we) (?:have|had|did)(?: \w+)? ", plain):
        return NO_REQUEST
    if re.search(
        r" (?:have|has|had|is|are|was|were|get|got) (?:yet )?(?:not|never)(?: yet| been| even| ever| actually)* $",
        plain,
    ):
        return Reading(is_request=True, is_negated=False)
    if tail == ["you"] and before[-1:] and before[-1] in {"have", "had"}:
        return Reading(is_request=True, is_negated=False)
    if re.search(r"(?:^|[,:;.?!-] )(?:has|have|had|were|was|is|are)(?: \w+){1,4} (?:been )?$", f"{prefix} "):
        return Reading(is_request=True, is_negated=False)
    if re.search(
        r" (?:must|should|needs? to|ha(?:s|ve) to|ought to|shall|to) (?:always |first |then |also )*be (?:\w+ly )?$",
        plain,
    ):
        return Reading(is_request=True, is_negated=is_negated(prefix, suffix))
    waits = re.search(
        r" (?:until|unless|once|after|when|before|if|that|sure)(?: \w+){0,4} (?:have|has|had|is|are|been|get|gets) (?:been )?$",
        plain,
    )
    return Reading(is_request=bool(waits) and is_about_finishing(prefix + suffix), is_negated=False)


def read_gerund(prefix: str, suffix: str) -> Reading:
    """How a gerund is meant: recommended, demanded, or warned against."""
    words = _strip(prefix.split())
    if not words or words[-1] in _OPENERS:
        needed = bool(_NEEDED.search(suffix))
        return Reading(
            is_request=needed or bool(_UNNEEDED.search(suffix)), is_negated=bool(_UNNEEDED.search(suffix))
        )
    last = words[-1]
    if last in {"without", "before", "after"}:
        even = count_negators(prefix) - (last == "without") > 0 or " only " in f" {prefix} "
        return Reading(is_request=even and is_about_finishing(prefix), is_negated=False)
    if last in {"instead", "than", "of"}:
        return Reading(is_request=last != "of" or "instead" in words[-2:], is_negated=True)
    return Reading(is_request=last in _GERUND_FRAMES, is_negated=is_negated(prefix, suffix))


def read_statement(prefix: str, suffix: str) -> Reading:
    """How a statement about time is meant: of the reader's own, unless it hangs on a condition or another subject."""
    whole = f" {prefix} {suffix} "
    is_own = bool(re.search(r" (?:you|your|we|our) ", whole))
    is_dependent = bool(_DEPENDENT.search(f" {prefix} "))
    return Reading(is_request=is_own or not is_dependent, is_negated=is_negated(prefix, suffix))


def is_negated(prefix: str, suffix: str = "") -> bool:
    """Whether an odd number of negations governs what follows the prefix."""
    return (count_negators(prefix, suffix) % 2 == 1) != bool(_UNNEEDED.search(suffix))


def count_negators(prefix: str, suffix: str = "") -> int:
    """How many negations govern what follows the prefix; a condition on finishing counts as one more."""
    text = _HARMLESS_NEGATIONS.sub(" ", _scope(prefix, suffix)).replace("rather than", "instead")
    words = text.split()
    count = sum(word in _NEGATORS for word in words)
    count += sum(word in {"stop", "stops", "quit"} for word in words[-1:])
    waits = {"until", "unless", "before", "till"} & set(words)
    if waits and count and is_about_finishing(text):
        count += 1
    if _CONDITIONAL.search(text) and re.search(r"\b(?:have|has|did) not\b", text):
        count += 1
    return count


def _scope(prefix: str, suffix: str) -> str:
    clause = re.split(r" ?(?:;|:|—|–|-|\bbut\b|\bso\b|\bthen\b|\binstead ,)(?= |$)", prefix)[-1]
    pieces = clause.split(" , ") if not clause.endswith(" ,") else [*clause[:-2].split(" , "), ""]
    last = pieces[-1]
    is_list = re.match(r"^(?:or|nor)\b", last.strip()) or re.match(r"^ ?,? (?:or|nor)\b", suffix)
    if len(pieces) > 1 and not is_list and not _is_conditioned(pieces):
        return last
    return clause


def _is_conditioned(pieces: list[str]) -> bool:
    """Whether the last piece continues a negated sentence, as in "never , under any circumstances , finish"."""
    return bool(re.search(r"\b(?:never|not|no|without)$", pieces[0].strip()))


def _strip(words: list[str], also: frozenset[str] = frozenset()) -> list[str]:
    kept = list(words)
    while kept and (
        kept[-1] in _ADVERBS or kept[-1] in also or (kept[-1].endswith("ly") and kept[-1] != "rely")
    ):
        kept.pop()
    return kept


def _frames_base(words: list[str], prefix: str) -> bool:
    words = _strip_negation(words)
    if not words or words[-1] in _OPENERS:
        return not _is_list_of_facts(words)
    last, before = words[-1], _strip(words[:-1])
    if last == "to":
        return _frames_to(before)
    if last in _MODALS:
        return _is_addressed(before)
    if last in _COORDINATORS:
        return _coordinates(words[:-1], prefix)
    return _ends_frame(last, before)


def _ends_frame(last: str, before: list[str]) -> bool:
    if last in {"you", "we"}:
        return bool(before) and before[-1] in _YOU_FRAMES and not (before[-1] == "that" and "said" in before)
    if last in {"us", "lets", "why", "bother", "go", "do"}:
        return last != "us" or before[-1:] == ["let"]
    return last == "is" and bool(_STEPS & set(before))


def _strip_negation(words: list[str]) -> list[str]:
    kept = list(words)
    while kept and kept[-1] in {"not", "never", "do", "does"}:
        kept = _strip(kept[:-1])
    return kept


def _is_list_of_facts(words: list[str]) -> bool:
    return words[-1:] == [","] and words[0] in {"i", "he", "she", "they", "ci"}


def _frames_to(before: list[str]) -> bool:
    before = _strip_negation(before)
    if not before:
        return False
    if before[-1] in {"is", "are"}:
        return bool(_STEPS & set(before)) or before[-2:-1] == ["you"]
    if before[-1] in {"needs", "has", "wants", "going", "need", "have", "want", "plan"}:
        subject = [
            word for word in before[:-1] if word not in _ADVERBS | _MODALS | {"are", "is", "do", "not"}
        ]
        return not subject or subject[-1] in _ADDRESSEES | _OPENERS | {"no", "and", "still", "may"}
    if before[-1] == "you":
        return before[-2:-1] != [] and before[-2] in _WISHES
    return before[-1] in _AFTER_TO


def _is_addressed(before: list[str]) -> bool:
    subject = [word for word in before if word not in _ADVERBS | _MODALS]
    return not subject or subject[-1] in _ADDRESSEES | _OPENERS


def _coordinates(words: list[str], prefix: str) -> bool:
    if not words:
        return True
    if re.search(r"\byou (?:should|must|need|have|ought|can|could|may|might)\b", prefix):
        return True
    clause = re.split(r" , ", " ".join(words))[-1].split()
    return not clause or clause[0] not in _OTHERS

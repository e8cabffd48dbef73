"""Log records: where they begin, what belongs to them."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HEAD = re.compile(r"(\d{4}-\d\d-\d\dT\S+) (DEBUG|INFO|WARNING|ERROR|CRITICAL) ([\w.]+): ")


@dataclass
class Record:
    time: datetime
    level: str
    logger: str
    text: str


def parse_time(text):
    """A point in time; without an offset it is UTC."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def read_records(lines):
    """Yield the records of a log, each with the lines that belong to it."""
    record = None
    for line in lines:
        head = read_head(line)
        if head:
            if record:
                yield record
            record = Record(*head, line)
        elif record:
            record.text += line
    if record:
        yield record


def read_head(line):
    """Time, level and logger, if a record begins with this line."""
    match = HEAD.match(line)
    if not match:
        return None
    try:
        return (parse_time(match[1]), *match.groups()[1:])
    except ValueError:
        return None


def matches(record, level=None, since=None, until=None, logger=None):
    """Whether a record meets all conditions that are given."""
    if level and LEVELS.index(record.level) < LEVELS.index(level):
        return False
    if since and record.time < since:
        return False
    if until and record.time > until:
        return False
    return not logger or record.logger == logger or record.logger.startswith(logger + ".")

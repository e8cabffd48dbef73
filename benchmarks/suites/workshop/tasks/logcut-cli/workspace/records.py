"""Log records: where they begin, what belongs to them."""

import re
from dataclasses import dataclass

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HEAD = re.compile(r"(\d{4}-\d\d-\d\dT\S+) (DEBUG|INFO|WARNING|ERROR|CRITICAL) ([\w.]+): ")


@dataclass
class Record:
    time: str
    level: str
    logger: str
    text: str


def read_records(lines):
    """Yield the records of a log."""
    for line in lines:
        match = HEAD.match(line)
        if match:
            record = Record(*match.groups(), line)
            yield record
        elif line.strip():
            yield Record("", "INFO", "", line)


def matches(record, level=None, since=None, until=None, logger=None):
    """Whether a record meets all conditions that are given."""
    if level and LEVELS.index(record.level) < LEVELS.index(level):
        return False
    if since and record.time < since:
        return False
    if until and record.time > until:
        return False
    return not logger or record.logger.startswith(logger)

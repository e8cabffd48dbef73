"""Inherited sections and references."""

import re

from tierconf.errors import ConfigError
from tierconf.values import Template

NAME = r"[A-Za-z0-9_-]+"
REFERENCE = re.compile(rf"\$\$\{{|\$\{{\s*(?:({NAME})\.)?({NAME})\s*\}}|\$\{{")


def resolve(sections, parents):
    """Replace everything that is written by what it means."""
    for child in parents:
        ancestors(child, parents, sections)
    merged = {name: merge(name, sections, parents) for name in sections}
    return {
        name: {key: Resolver(merged).value(name, key, line) for key, (_, line) in entries.items()}
        for name, entries in merged.items()
    }


def ancestors(name, parents, sections):
    """A section's parents, nearest first."""
    found, seen = [], {name}
    while name in parents:
        name, line = parents[name]
        if name not in sections:
            raise ConfigError(line, f"there is no section {name}")
        if name in seen:
            raise ConfigError(line, f"{name} inherits from itself")
        seen.add(name)
        found.append(name)
    return found


def merge(name, sections, parents):
    """A section's entries with all that it inherits."""
    entries = {}
    for section in reversed([name, *ancestors(name, parents, sections)]):
        entries |= sections[section]
    return entries


class Resolver:
    """Works out one value; knows which values it is in the middle of."""

    def __init__(self, sections):
        self._sections, self._open = sections, []

    def value(self, section, key, line):
        """The value of a key; ``line`` is where it is asked for."""
        if key not in self._sections.get(section, {}):
            raise ConfigError(line, f"there is no {section}.{key}")
        if (section, key) in self._open:
            raise ConfigError(line, f"{section}.{key} refers to itself")
        self._open.append((section, key))
        written, own_line = self._sections[section][key]
        if isinstance(written, list):
            result = [self._item(item, section, own_line) for item in written]
        else:
            result = self._expand(written, section, own_line)
        self._open.pop()
        return result

    def _item(self, item, section, line):
        value = self._expand(item, section, line)
        if isinstance(value, list):
            raise ConfigError(line, "a list in a list")
        return value

    def _expand(self, written, section, line):
        if not isinstance(written, Template):
            return written
        whole = REFERENCE.fullmatch(written.text)
        if whole and whole[2]:
            return self.value(whole[1] or section, whole[2], line)
        return REFERENCE.sub(lambda match: self._text(match, section, line), written.text)

    def _text(self, match, section, line):
        if match[0] == "$${":
            return "${"
        if not match[2]:
            raise ConfigError(line, "a broken reference")
        value = self.value(match[1] or section, match[2], line)
        if isinstance(value, list):
            raise ConfigError(line, "a list within text")
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)

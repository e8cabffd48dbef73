"""Reads configuration files; FORMAT.md describes them."""

from tierconf.errors import ConfigError
from tierconf.reader import read

__all__ = ["ConfigError", "read"]

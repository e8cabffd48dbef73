"""Cuts records out of a log; see README.md."""

import argparse
import sys

from records import LEVELS, matches, read_records


def parser():
    options = argparse.ArgumentParser(prog="logcut", description="Cut records out of a log.")
    options.add_argument("--level", choices=LEVELS, help="this level and above")
    options.add_argument("--since", metavar="TIME", help="not before this time")
    options.add_argument("--until", metavar="TIME", help="not after this time")
    options.add_argument("--logger", metavar="NAME", help="this logger and those below it")
    options.add_argument("--count", action="store_true", help="print how many records match")
    options.add_argument("file", nargs="?", metavar="FILE", help="the log; standard input without it")
    return options


def cut(lines, options):
    """The records that match the options."""
    wanted = {"level": options.level, "since": options.since, "until": options.until, "logger": options.logger}
    return [record for record in read_records(lines) if matches(record, **wanted)]


def main(arguments=None):
    options = parser().parse_args(arguments)
    if options.file:
        with open(options.file, encoding="utf-8") as file:
            found = cut(file, options)
    else:
        found = cut(sys.stdin, options)
    if options.count:
        print(len(found))
    else:
        for record in found:
            sys.stdout.write(record.text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

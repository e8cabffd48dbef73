BOOT = "2023-07-09T23:59:59.900-02:00 INFO boot.loader: ready\n"
CRASH = (
    "2023-07-10T02:00:00Z ERROR jobs.mail: worker died\n"
    "Traceback (most recent call last):\n"
    '  File "mail.py", line 7, in <module>\n'
    "\n"
    "MailError: 2023-07-10T02:00:00Z ERROR is not a head: really\n"
)
SLOW = "2023-07-10T04:30:00+02:00 WARNING jobsite: slow\n"
NOTE = "2023-07-10T02:45:00 DEBUG jobs: queue\n{\n  \"size\": 4\n}\n"
LAST = "2023-07-09T22:00:00-05:00 CRITICAL jobs.mail.smtp: down"
LOG = "stray line\n\n" + BOOT + CRASH + SLOW + NOTE + LAST


def cut(program, *options, log=LOG):
    code, output, errors, _ = program.run("logcut.py", *options, "in.log", files={"in.log": log})
    return code, output, errors


def expect(program, options, output, log=LOG):
    result = cut(program, *options, log=log)
    assert result[:2] == (0, output), result


def verify_stack_traces_stay_with_their_record(program):
    expect(program, ["--level", "ERROR"], CRASH + LAST)


def verify_no_continuation_without_its_record(program):
    log = BOOT + CRASH + BOOT + NOTE
    code, output, _ = cut(program, "--since", "2023-07-10T02:30:00Z", log=log)
    assert (code, output) == (0, NOTE)
    code, output, _ = cut(program, "--logger", "boot", log=log)
    assert (code, output) == (0, BOOT + BOOT)


def verify_all_records_but_no_stray_lines(program):
    expect(program, [], BOOT + CRASH + SLOW + NOTE + LAST)


def verify_since_compares_moments(program):
    expect(program, ["--since", "2023-07-10T02:30:00Z"], SLOW + NOTE + LAST)
    expect(program, ["--since", "2023-07-10T04:31:00+02:00"], NOTE + LAST)


def verify_until_compares_moments(program):
    expect(program, ["--until", "2023-07-10T05:00:00+03:00"], BOOT + CRASH)
    expect(program, ["--until", "2023-07-10T02:00:00"], BOOT + CRASH)


def verify_fractions_count(program):
    expect(program, ["--until", "2023-07-10T01:59:59.9Z"], BOOT)
    assert cut(program, "--until", "2023-07-10T01:59:59.8Z")[:2] == (1, "")


def verify_both_ends_are_included(program):
    expect(program, ["--since", "2023-07-09T22:30:00-04:00", "--until", "2023-07-10T02:30:00Z"], SLOW)


def verify_loggers_are_a_hierarchy(program):
    expect(program, ["--logger", "jobs"], CRASH + NOTE + LAST)
    expect(program, ["--logger", "jobs.mail"], CRASH + LAST)


def verify_counting_counts_records(program):
    expect(program, ["--count"], "5\n")
    expect(program, ["--count", "--level", "WARNING", "--logger", "jobs"], "2\n")


def verify_nothing_found(program):
    assert cut(program, "--logger", "mail")[:2] == (1, "")
    assert cut(program, "--count", "--since", "2024-01-01")[:2] == (1, "0\n")


def verify_wrong_use(program):
    for options in (["--since", "yesterday"], ["--level", "LOUD"], ["--until", "2023-13-01T00:00:00Z"]):
        code, output, errors = cut(program, *options)
        assert code == 2 and not output and errors.strip() and "Traceback" not in errors
    code, output, errors, _ = program.run("logcut.py", "nowhere.log")
    assert code == 2 and not output and errors.strip() and "Traceback" not in errors


def verify_standard_input(program):
    code, output, _, _ = program.run("logcut.py", "--level", "CRITICAL", stdin=LOG + "\n\ttail\n")
    assert (code, output) == (0, LAST + "\n\ttail\n")

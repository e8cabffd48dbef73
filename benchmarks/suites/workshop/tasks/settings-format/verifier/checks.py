PROBE = """
def probe(text):
    import tierconf
    try:
        return tierconf.read(text)
    except tierconf.ConfigError as error:
        good = str(error).startswith(f"line {error.line}: ")
        return f"error in line {error.line}" if good else "badly worded"
"""


def read(program, *lines):
    return program.probe(PROBE, "\n".join(lines))


def error(line):
    return f"error in line {line}"


def verify_version_1_stays(program):
    text = ("alpha = 1", "[k-2]", 'x = " 7 "', "y = a # b", "z = false", "w = $5 {ok}", "[k-2]", "n = 0012", 'q = "${x}"')
    expected = {"": {"alpha": 1}, "k-2": {"x": " 7 ", "y": "a # b", "z": False, "w": "$5 {ok}", "n": 12, "q": "${x}"}}
    assert read(program, *text) == expected
    assert read(program, "[k]", "x = 1", "[k]", "x = 2") == error(4)
    assert read(program, 'x = "a" b') == error(1)


def verify_lists(program):
    text = ("a = [one, 2, true, \"x, y\", two words]", "b = []", "c = [ -4 , ]", 'd = ["]", "\\""]', "e = [ ]")
    expected = {"a": ["one", 2, True, "x, y", "two words"], "b": [], "c": [-4], "d": ["]", '"'], "e": []}
    assert read(program, *text) == {"": expected}


def verify_lists_over_lines(program):
    text = ("[s]", "a = [", "  p,", "", "  # q,", '  "r # t"', "]", "b = [1,", "2]", "c = 3")
    assert read(program, *text) == {"": {}, "s": {"a": ["p", "r # t"], "b": [1, 2], "c": 3}}


def verify_bad_lists(program):
    assert read(program, "a = 1", "b = [c,,d]") == error(2)
    assert read(program, "b = [c, [d]]") == error(1)
    assert read(program, "", "b = [c,", "d", "e = 1") == error(2)
    assert read(program, "b = [,]") == error(1)


def verify_references_keep_kinds(program):
    text = ("n = 7", "[s]", "on = true", "l = [1, x]", "a = ${on}", "b = ${s.l}", "c = ${t.n}", "[t]", "n = -3", "d = ${s.a}")
    result = read(program, *text)
    assert result["s"] == {"on": True, "l": [1, "x"], "a": True, "b": [1, "x"], "c": -3}
    assert result["t"]["d"] is True and result["t"]["n"] == -3


def verify_references_within_text(program):
    text = ("[s]", "url = http://${host}:${net.port}/${deep}", "host = h.example", "deep = <${net.tls}>", 'quoted = "a b"', "both = ${quoted}${quoted}", "[net]", "port = 80", "tls = false")
    result = read(program, *text)["s"]
    assert result["url"] == "http://h.example:80/<false>" and result["both"] == "a ba b"


def verify_escaped_references(program):
    assert read(program, "a = 1", "b = $${a} is ${a}", 'c = "${a}"', "d = $${a}")[""] == {"a": 1, "b": "${a} is 1", "c": "${a}", "d": "${a}"}


def verify_references_in_lists(program):
    assert read(program, "n = 5", "l = [${n}, x${n}, '${n}']")[""]["l"] == [5, "x5", "'5'"]
    assert read(program, "l = [1]", "m = [${l}]") == error(2)
    assert read(program, "l = [1]", "", "m = x${l}") == error(3)


def verify_bad_references(program):
    assert read(program, "a = ${nothing}") == error(1)
    assert read(program, "a = 1", "[s]", "b = x ${t.a}") == error(3)
    assert read(program, "[s]", "a = ${b}", "b = <${a}>") in (error(2), error(3))
    assert read(program, "a = 2", "c = ${c}") == error(2)


def verify_inheritance(program):
    text = ("[c : b]", "x = 1", "[a]", "x = 3", "y = 3", "z = [3]", "[b:a]", "x = 2", "y = 2", "[c]", "w = 0")
    result = read(program, *text)
    assert result["c"] == {"x": 1, "y": 2, "z": [3], "w": 0}
    assert result["b"] == {"x": 2, "y": 2, "z": [3]} and result["a"] == {"x": 3, "y": 3, "z": [3]}


def verify_inherited_references_are_the_childs(program):
    text = ("[base]", "port = 1", "url = h:${port}", "fixed = ${base.port}", "[live : base]", "port = 2", "own = ${url}")
    result = read(program, *text)
    assert result["live"] == {"port": 2, "url": "h:2", "fixed": 1, "own": "h:2"}
    assert result["base"]["url"] == "h:1"


def verify_bad_inheritance(program):
    assert read(program, "x = 1", "[a : b]") == error(2)
    assert read(program, "[a : b]", "[b : a]") in (error(1), error(2))
    assert read(program, "[a]", "[b]", "[c : a]", "[c : b]") == error(4)
    assert read(program, "[a]", "v = 1", "[c : a]", "[c : a]") == {"": {}, "a": {"v": 1}, "c": {"v": 1}}
    assert read(program, "[a : a]") == error(1)

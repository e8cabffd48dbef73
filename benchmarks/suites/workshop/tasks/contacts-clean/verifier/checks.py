HEAD = "name,email,phone,since"


def clean(program, *lines, keep=("out.csv", "bad.csv")):
    text = "\n".join(lines) + "\n"
    return program.run("clean_contacts.py", "in.csv", "out.csv", "bad.csv", files={"in.csv": text}, keep=keep)


def rows(program, *lines):
    code, output, errors, kept = clean(program, *lines)
    assert code == 0, errors
    out, bad = kept["out.csv"], kept["bad.csv"]
    assert out.startswith(HEAD + "\n") and out.endswith("\n") and "\r" not in out + bad
    assert bad.startswith("line,reason\n") and bad.endswith("\n")
    found, rejected = out.splitlines()[1:], bad.splitlines()[1:]
    assert output == f"{len(found)} contacts, {len(rejected)} rejected\n"
    return found, rejected


def each(program, column, cases):
    """Clean one field of good lines at a time; ``None`` stands for a rejected one."""
    good = {"name": "Ole Dahl", "email": "", "phone": "", "since": "2020-02-02"}
    lines, expected = [], []
    for place, (text, result) in enumerate(cases.items()):
        row = {**good, "email": f"m{place:02}@mail.example", column: text}
        quoted = ['"' + value.replace('"', '""') + '"' for value in row.values()]
        lines.append(",".join(quoted))
        expected.append(result)
    found, rejected = rows(program, HEAD, *lines)
    numbers = {line.split(",")[0]: line.split(",", 1)[1] for line in rejected}
    kept = iter(found)
    for place, result in enumerate(expected):
        reason = numbers.get(str(place + 2))
        if result is None:
            assert reason, (column, place)
        else:
            fields = next(kept).split(",")
            assert reason is None and fields[["name", "email", "phone", "since"].index(column)] == result, (column, place)
    return rejected


def verify_names(program):
    each(program, "name", {
        "Holm, Ida": "Ida Holm", "  Ida \t Holm ": "Ida Holm", "IDA HOLM-BERG": "Ida Holm-Berg", "ida o'neil": "Ida O'neil",
        "Lee McRae": "Lee McRae", "van Dyk,Jan": "Jan van Dyk", "ÅSE ØSTBY": "Åse Østby", "HOLM, IDA": "Ida Holm", "de la Cruz": "de la Cruz",
    })


def verify_emails(program):
    cases = {"A.B@C.Example": "a.b@c.example", " x@y.zz ": "x@y.zz", "x+tag@y.z.example": "x+tag@y.z.example"}
    lines = [f'Ole,"{text}",,2020-01-01' for text in cases]
    found, rejected = rows(program, HEAD, *lines)
    assert sorted(line.split(",")[1] for line in found) == sorted(cases.values()) and not rejected
    wrong = ["a.example", "@b.example", "a@b", "a@b@c.example", "a@b..example", "a@.example", "a b@c.example", "a@b.example.", ""]
    found, rejected = rows(program, HEAD, *[f"Ole,{text},,2020-01-01" for text in wrong])
    assert not found and rejected == [f"{number},bad email" for number in range(2, 2 + len(wrong))]


def verify_phones(program):
    rejected = each(program, "phone", {
        "030 / 123-45 67": "+49301234567", "0041 44 123 45 67": "+41441234567", "+49 (0)30 123456": "+4930123456", "(089) 12.34.56": "+4989123456",
        "": "", " ": "", "+1-202-555-0143": "+12025550143", "0049(0)40 555555": "+4940555555", "12345678": None, "+49 30 x": None, "+123456": None,
        "+1234567890123456": None, "0": None, "+49301234567": "+49301234567",
    })
    assert {line.split(",")[1] for line in rejected} == {"bad phone"}


def verify_dates(program):
    rejected = each(program, "since", {
        "2024-02-29": "2024-02-29", "1.3.2024": "2024-03-01", "01.12.2023": "2023-12-01", "12/31/2022": "2022-12-31", "3/1/2022": "2022-03-01",
        "2023-02-29": None, "31.4.2024": None, "13/01/2024": None, "": None, "soon": None, "2024-3-1": None, "1.3.24": None, " 2021-01-01 ": "2021-01-01",
    })
    assert {line.split(",")[1] for line in rejected} == {"bad date"}


def verify_the_first_reason_counts(program):
    found, rejected = rows(program, HEAD, ",bad,1,never", "Ole,bad,1,never", "Ole,o@d.example,1,never", "Ole,o@d.example,,never", "\" \",o@d.example,,2020-01-01")
    assert not found
    assert rejected == ["2,no name", "3,bad email", "4,bad phone", "5,bad date", "6,no name"]


def verify_columns_in_any_order(program):
    found, rejected = rows(program, "id, SINCE ,Phone,Name,EMAIL", "7,2020-05-05,0301234567,Ole Dahl,O@D.example")
    assert (found, rejected) == (["Ole Dahl,o@d.example,+49301234567,2020-05-05"], [])


def verify_semicolons_and_byte_order_mark(program):
    found, rejected = rows(program, "\ufeffname;email;phone;since;notes, if any", 'Dahl, Ole;o@d.example;;1.1.2020;"a; b"', "Ida;bad;;;")
    assert (found, rejected) == (["Ole Dahl,o@d.example,,2020-01-01"], ["3,bad email"])


def verify_a_missing_column(program):
    code, output, errors, kept = clean(program, "name,mail,phone,since", "Ole,o@d.example,,2020-01-01")
    assert code == 2 and "email" in errors and "Traceback" not in errors and kept == {}


def verify_empty_lines_and_line_numbers(program):
    found, rejected = rows(program, HEAD, "", '"Ole', 'Dahl",o@d.example,,2020-01-01', ",,,", " , ,,", "Ida,bad,,2020-01-01", '"A', "", 'B",bad,,x', "Ida,bad,,2020-01-01")
    assert (found, rejected) == (["Ole Dahl,o@d.example,,2020-01-01"], ["7,bad email", "8,bad email", "11,bad email"])


def verify_the_latest_duplicate_counts(program):
    found, _ = rows(program, HEAD, "A,x@y.example,,2020-01-01", "B,X@Y.example,,1.1.2022", "C,x@y.example,,2021-01-01", "D,z@y.example,,2020-01-01", "E,z@y.example,,2020-01-01")
    assert found == ["B,x@y.example,,2022-01-01", "E,z@y.example,,2020-01-01"]


def verify_a_missing_phone_comes_from_the_duplicates(program):
    found, _ = rows(
        program, HEAD,
        "A,x@y.example,0301111111,2020-01-01", "B,x@y.example,0302222222,2021-01-01", "C,x@y.example,,2022-01-01",
        "A,z@y.example,,2022-01-01", "B,z@y.example,0303333333,2021-01-01", "C,z@y.example,0304444444,2021-01-01",
    )
    assert found == ["C,x@y.example,+49302222222,2022-01-01", "A,z@y.example,+49304444444,2022-01-01"]


def verify_sorted_by_email(program):
    found, rejected = rows(program, HEAD, *[f'"{name} K",{name}@k.example,,2020-01-0{day}' for day, name in enumerate(["q", "b", "ä", "z", "a"], 1)])
    assert [line.split(",")[1][0] for line in found] == ["a", "b", "q", "z", "ä"] and not rejected


def verify_nothing_to_do(program):
    assert rows(program, HEAD) == ([], [])

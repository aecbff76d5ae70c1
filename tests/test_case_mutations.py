"""500 damaged files of cases: each is read as what it says, or refused with words that help."""

import csv
import io
import json
import random
import re
from collections.abc import Callable

import pytest

from patientsim_core import Case, InputError
from patientsim_core.case_csv import to_csv
from patientsim_core.case_file import read_cases, to_json
from patientsim_core.case_rows import is_of_mimic
from tests.cases import CASES, release

SEEDS = range(20)
CAFE = release(hadm_id="own-é", occupation="Café owner", ward="B2")
SOURCE = [*list(CASES.values())[:5], CAFE]
NEEDED = ["hadm_id", "age", "gender", "present_illness_positive", "chiefcomplaint", "diagnosis"]
SECRET = "secret-record"
RECORDED = {
    part
    for case in SOURCE
    for text in case.model_dump(exclude={"hadm_id"}).values()
    if isinstance(text, str)
    for part in [SECRET, *text.split("; ")]
    if len(part) > 14
}
"""Words of the records, long enough to be told from words of an error."""

WRONG = [None, True, -1, 10**19, 1e308, "", "  ", [], {}, [None], [[1]], {"a": SECRET}, [SECRET, 1]]
Chance = random.Random


def rows(chance: Chance) -> list[dict]:
    return json.loads(to_json(chance.sample(SOURCE, 3)))


def dumped(rows: object) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def source(chance: Chance, kind: str) -> bytes:
    cases = chance.sample(SOURCE, 3)
    return (to_json(cases) if kind == "json" else to_csv(cases)).encode()


def table(rows: list[list[str]], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode()


def cells(chance: Chance) -> list[list[str]]:
    return list(csv.reader(io.StringIO(source(chance, "csv").decode("utf-8-sig"), newline="")))


# --- damage that any file can take ---


def flipped(chance: Chance, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8])):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def truncated(chance: Chance, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def spliced(chance: Chance, content: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(content)), 2))
    part = content[start : min(end, start + 400)]
    return content[:start] + part * chance.choice([0, 2]) + content[start + len(part) :]


def encoded(chance: Chance, content: bytes) -> bytes:
    text = content.decode("utf-8-sig").replace("ale", "âle")
    return text.encode(chance.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp037", "utf-8-sig"]))


def sprinkled(chance: Chance, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    odd = chance.choice(
        [b"\0", b"\r", b"\x1b[2J", b'"', b"\\", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xff", b"'="]
    )
    return content[:place] + odd * chance.choice([1, 3]) + content[place:]


# --- damage to JSON ---


def wrong_type(chance: Chance) -> bytes:
    found = rows(chance)
    for _ in range(chance.choice([1, 3])):
        row = chance.choice(found)
        row[chance.choice(list(row))] = chance.choice(WRONG)
    return dumped(found)


def dropped_key(chance: Chance) -> bytes:
    found = rows(chance)
    del chance.choice(found)[chance.choice(NEEDED)]
    return dumped(found)


def renamed_key(chance: Chance) -> bytes:
    found = rows(chance)
    row = chance.choice(found)
    key = chance.choice(list(row))
    row[chance.choice([key.upper(), key + "s", key[1:], key.replace("_", " "), "", "title"])] = row.pop(key)
    return dumped(found)


def doubled_key(chance: Chance) -> bytes:
    found = rows(chance)
    key = chance.choice(list(found[0]))
    again = f'"{key}": {json.dumps(chance.choice([found[0][key], SECRET]))}, '
    return dumped(found).replace(b"[{", b"[{" + again.encode(), 1)


def doubled_id(chance: Chance) -> bytes:
    found = rows(chance)
    found[0]["hadm_id"] = chance.choice([found[1]["hadm_id"], f" {found[1]['hadm_id']}\n"])
    return dumped(found)


def wrong_number(chance: Chance) -> bytes:
    found = rows(chance)
    chance.choice(found)[chance.choice(["age", "pain", "ward", "hadm_id"])] = "HERE"
    number = chance.choice(
        ["NaN", "-Infinity", "1e999", "9" * 5000, "-" + "9" * 30, "01", "1e400", "--1", "121"]
    )
    return dumped(found).replace(b'"HERE"', number.encode())


def nested(chance: Chance) -> bytes:
    found = rows(chance)
    chance.choice(found)[chance.choice(["age", "ward", "tobacco", "cefr_A1"])] = "HERE"
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('[{"b":', "}]")])
    depth = chance.choice([12, 200, 5_000, 100_000])
    return dumped(found).replace(b'"HERE"', (opening * depth + "1" + closing * depth).encode())


def giant_value(chance: Chance) -> bytes:
    found = rows(chance)
    row = chance.choice(found)
    giant = chance.choice(["x" * 20_001, "é " * 300_000, ["y"] * 30_000, {str(n): n for n in range(20_000)}])
    row[chance.choice([*list(row), "ward", "k" * 100_000])] = giant
    return dumped(found)


def other_shape(chance: Chance) -> bytes:
    found = rows(chance)
    shapes = [
        found[0],
        {"cases": found},
        [found],
        [*found, SECRET],
        [*found, None],
        [[]],
        {},
        [],
        SECRET,
        7,
        None,
    ]
    return dumped(chance.choice(shapes))


def escaped(chance: Chance) -> bytes:
    found = rows(chance)
    chance.choice(found)[chance.choice(["tobacco", "ward", "hadm_id", "gender"])] = "HERE"
    text = chance.choice([r"\ud800", r"\u0000", r"\udc00x", r"a\u202eb", r"\x41", r"\u12", r"{\ud83d\ude00}"])
    return dumped(found).replace(b"HERE", text.encode())


# --- damage to tables ---


def other_delimiter(chance: Chance) -> bytes:
    found = cells(chance)
    sign = chance.choice([";", "\t", "|", ":"])
    lines = [table([row]).replace(b"\r\n", b"") for row in found]
    for place in chance.sample(range(len(lines)), chance.randint(1, len(lines))):
        lines[place] = table([found[place]], sign).rstrip(b"\r\n")
    return b"\r\n".join(lines)


def loose_quotes(chance: Chance) -> bytes:
    content = source(chance, "csv")
    places = [place for place, byte in enumerate(content) if byte in b',"\n']
    for place in sorted(chance.sample(places, chance.choice([1, 2, 5])), reverse=True):
        content = content[:place] + b'"' + content[place + chance.choice([0, 1]) :]
    return content


def changed_columns(chance: Chance) -> bytes:
    found = cells(chance)
    place = chance.randrange(len(found[0]))
    name = found[0][place]
    change = chance.choice(["drop", "double", "rename", "upper", "none"])
    if change == "drop":
        found = [row[:place] + row[place + 1 :] for row in found]
    elif change == "double":
        found = [[*row, row[place]] for row in found]
    else:
        names = {"rename": name[:-2] + name[-1:], "upper": name.upper(), "none": ""}
        found[0][place] = names[change]
    return table(found)


def uneven_rows(chance: Chance) -> bytes:
    found = cells(chance)
    row = chance.choice(found)
    count = chance.choice([1, 2, 10])
    row[:] = row[:-count] if chance.random() < 0.5 else [SECRET] * count + row
    return table(found)


def wrong_cells(chance: Chance) -> bytes:
    found = cells(chance)
    for _ in range(chance.choice([1, 3])):
        value = chance.choice(
            ["", "-1", "1e999", "nan", SECRET, "x" * 20_001, "x" * 140_000, "=1+1", "\u202e", "7,5"]
        )
        column = found[0].index(chance.choice(["hadm_id", "age", "pain", "gender", "cefr", "provenance"]))
        chance.choice(found[1:])[column] = value
    return table(found)


ANY = [flipped, truncated, spliced, encoded, sprinkled]
JSON = [wrong_type, dropped_key, renamed_key, doubled_key, doubled_id, wrong_number, nested, giant_value,
        other_shape, escaped]  # fmt: skip
TABLE = [other_delimiter, loose_quotes, changed_columns, uneven_rows, wrong_cells]
KINDS: dict[str, tuple[str, Callable[[Chance], bytes]]] = {
    f"{ending} {damage.__name__.replace('_', ' ')}": (
        f"own cases.{ending}",
        lambda chance, damage=damage, ending=ending: damage(chance, source(chance, ending)),
    )
    for ending in ("json", "csv")
    for damage in ANY
}
KINDS |= {f"json {damage.__name__.replace('_', ' ')}": ("own cases.json", damage) for damage in JSON}
KINDS |= {f"csv {damage.__name__.replace('_', ' ')}": ("own cases.csv", damage) for damage in TABLE}
REFUSED = {"json dropped key", "json doubled key", "json doubled id", "json other shape", "json nested",
           "csv uneven rows"}  # fmt: skip
"""Damage after which no file can mean anything."""


def said_by_json(content: bytes) -> list[Case]:
    return [Case.model_validate(row) for row in json.loads(content.decode("utf-8-sig"))]


def said_by_table(content: bytes, cases: list[Case]) -> list[Case]:
    """What a table says by the plain csv module, with the delimiter that gives as many cases."""
    text = content.decode("utf-8-sig")
    for delimiter in (",", ";", "\t"):
        found = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
        if len(found) == len(cases) + 1 and len(found[0]) > 5:
            named = {re.sub(r"\W|_", "", key).lower(): key for key in Case.model_fields}
            header = [named.get(re.sub(r"\W|_", "", name).lower(), name.strip()) for name in found[0]]
            return [
                Case.model_validate(
                    {key: cell for key, cell in zip(header, row, strict=True) if cell.strip()}
                )
                for row in found[1:]
            ]
    raise AssertionError("the plain csv module finds no such table")


def plain(case: Case) -> dict:
    """What a case holds, but for its provenance, and without the apostrophes that tables add."""
    held = case.model_dump(exclude={"provenance"})
    return {key: value.replace("'", "") if isinstance(value, str) else value for key, value in held.items()}


def assert_helps(message: str, name: str) -> None:
    """An error names the file and the place or what to do, and nothing of the record or of the program."""
    assert message.startswith(name)
    assert len(message) < 6000
    assert max(map(len, message.splitlines())) < 400
    assert message.isprintable() or set(message) - {"\n"} == {sign for sign in message if sign.isprintable()}
    assert re.search(
        r"(case|row|line) \d|hadm_id|an object|must be|save|Save|export|give|write|has no case", message
    )
    assert not re.search(
        r"Traceback|Exception|Error\b|NoneType|0x|pydantic|<class|self\.|utf-8' codec", message
    )
    assert not [part for part in RECORDED if part in message]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_as_what_it_says_or_refused_in_words(kind, seed):
    name, damaged = KINDS[kind]
    content = damaged(Chance(f"{kind} {seed}"))
    try:
        cases = read_cases(content, name)
    except InputError as error:
        message = str(error)
    else:
        message = ""
    if message:
        assert_helps(message, name)
        return
    assert kind not in REFUSED
    said = said_by_json(content) if name.endswith(".json") else said_by_table(content, cases)
    assert cases
    assert list(map(plain, cases)) == list(map(plain, said))
    assert len({case.hadm_id for case in cases}) == len(cases)
    assert all(case.provenance == "credentialed" for case in cases if is_of_mimic(case.hadm_id))


def test_there_are_500_damaged_files_all_different_and_most_are_refused():
    files = {(name, make(Chance(f"{kind} {seed}"))) for kind, (name, make) in KINDS.items() for seed in SEEDS}
    refused = 0
    for name, content in files:
        try:
            read_cases(content, name)
        except InputError:
            refused += 1
    assert len(KINDS) * len(SEEDS) == 500
    assert len(files) > 400
    assert refused > 300


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_the_undamaged_files_are_read_whole(ending):
    content = (to_json(SOURCE) if ending == "json" else to_csv(SOURCE)).encode()
    assert read_cases(content, f"own.{ending}") == SOURCE

"""Every way to tamper with a certificate, one at a time, and what each verifier must then say.

A row of `TAMPERED` is a name, the certificate it starts from, and an edit: it changes the
certificate and returns the words that must appear. Edits of the list never touch fingerprints,
so the words name the row and the cell that the fingerprint itself gives back.
"""

from collections.abc import Callable
from random import Random

import pytest

from evaluations.rules.certificates import Certificate
from evaluations.rules.errors import RuleError
from evaluations.rules.seeds import readback
from tests.evaluations.rules.certificate_builders import sampled, year
from tests.evaluations.rules.draw_builders import certificate, random_match

Edit = Callable[[Certificate], tuple[str, ...]]
BACK = "改回去，指纹就与封存时相同"


def whole(kind: str) -> Certificate:
    """A certificate to tamper with: its replacements are part of it."""
    if kind == "sample":
        return sampled()
    return related() if kind == "relations" else year()[1 if kind == "experts" else 2]


def related() -> Certificate:
    """A matching with declared relations, handlers who are experts, and stand-ins."""
    for number in range(100):
        try:
            frozen = random_match(Random(number))
            if len(frozen.conflicts) == 5:
                return certificate(frozen)
        except RuleError:
            continue
    raise AssertionError("no solvable matching")


def span(lines: list[str], section: str) -> tuple[int, int]:
    """Where the rows of a section begin and end."""
    begin = lines.index(f"[{section}]") + 1
    end = next(i for i in range(begin, len(lines)) if not lines[i] or lines[i].startswith("["))
    return begin, end


def cell(section: str, row: int, column: int, value: str) -> Edit:
    """Write another value into a cell, and put the row where it then belongs."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, end = span(lines, section)
        cells = lines[begin + row].split("\t")
        old, cells[column] = cells[column], value
        assert old != value
        lines[begin + row] = changed = "\t".join(cells)
        lines[begin:end] = sorted(lines[begin:end])
        cert["freeze_text"] = "\n".join(lines)
        number = lines.index(changed) + 1
        return "名单被改动", f"名单第{number}行", f"现为“{value}”，封存时为“{old}”（{BACK}）"

    return edit


def removed(section: str, row: int) -> Edit:
    """Leave a row out."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = span(lines, section)[0] + row
        gone = lines.pop(at).replace("\t", " ")
        cert["freeze_text"] = "\n".join(lines)
        return "名单被改动", f"封存时第{at + 1}行“{gone}”被删去了（{BACK}）"

    return edit


def added(section: str, row: str) -> Edit:
    """Slip a row in, where it belongs."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, end = span(lines, section)
        lines[begin:end] = sorted([*lines[begin:end], row])
        cert["freeze_text"] = "\n".join(lines)
        shown = row.replace("\t", " ")
        number = lines.index(row) + 1
        return "名单被改动", f"名单第{number}行“{shown}”是后来添上的（{BACK}）"

    return edit


def exchanged(section: str, row: int) -> Edit:
    """Two neighbouring lines in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = span(lines, section)[0] + row
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        cert["freeze_text"] = "\n".join(lines)
        upper, lower = (line.replace("\t", " ") for line in lines[at : at + 2])
        return "名单被改动", f"名单第{at + 1}行“{upper}”被调换了次序，封存时是“{lower}”"

    return edit


def crossed(section: str, one: int, other: int, column: int) -> Edit:
    """The same cell of two rows in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, _ = span(lines, section)
        rows = [lines[begin + row].split("\t") for row in (one, other)]
        rows[0][column], rows[1][column] = rows[1][column], rows[0][column]
        assert rows[0][column] != rows[1][column]
        for row, cells in zip((one, other), rows, strict=True):
            lines[begin + row] = "\t".join(cells)
        cert["freeze_text"] = "\n".join(lines)
        now, was = rows[0][column], rows[1][column]
        first = f"名单第{begin + one + 1}行"
        return first, f"现为“{now}”，封存时为“{was}”；第{begin + other + 1}行与它对调"

    return edit


def header(key: str, value: str) -> Edit:
    """Another value of a header."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{key}="))
        old, lines[at] = lines[at].partition("=")[2], f"{key}={value}"
        cert["freeze_text"] = "\n".join(lines)
        return "名单被改动", f"名单第{at + 1}行“{key}”现为“{value}”，封存时为“{old}”（{BACK}）"

    return edit


def twice(*edits: Edit) -> Edit:
    """More than one change: the fingerprint cannot give both back, and it is said."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        for one in edits:
            one(cert)
        return ("名单被改动",)

    return edit


def said(*tokens: str) -> Callable[[Edit], Edit]:
    """Further words."""
    return lambda edit: lambda cert: (*edit(cert), *tokens)


def field(name: str, value: str, *tokens: str) -> Edit:
    """Another value in the certificate itself."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        assert cert[name] != value
        cert[name] = value
        return tokens

    return edit


def other_seed(cert: Certificate) -> tuple[str, ...]:
    """One digit of the seed."""
    cert["seed"] = cert["seed"][:-1] + str((int(cert["seed"][-1]) + 1) % 10)
    return "复读码", readback(cert["seed"], draw=cert["draw"]), cert["readback"]


def other_seed_and_code(cert: Certificate) -> tuple[str, ...]:
    """One digit of the seed, and the read-back code that fits."""
    other_seed(cert)
    cert["readback"] = readback(cert["seed"], draw=cert["draw"])
    return "结果第5行", f"seed={cert['seed']}"


def result_cell(section: str, row: int, column: int, value: str) -> Edit:
    """Another value in the result."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["result_text"].split("\n")
        at = span(lines, section)[0] + row
        cells = lines[at].split("\t")
        cells[column] = value
        lines[at] = "\t".join(cells)
        cert["result_text"] = "\n".join(lines)
        return f"结果第{at + 1}行", value

    return edit


def result_exchanged(section: str) -> Edit:
    """The first two lines of a section of the result in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["result_text"].split("\n")
        at, end = span(lines, section)
        assert end - at > 1
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        cert["result_text"] = "\n".join(lines)
        return (f"结果第{at + 1}行",)

    return edit


def replaced(number: int, key: str, value: str) -> Edit:
    """Another replacement in an event."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        assert cert["events"][number][key] != value
        due = cert["events"][number][key]
        cert["events"][number][key] = value
        return f"第{number + 1}次", f"“{value}”", f"“{due}”"

    return edit


NO_HASH = "证书所记的名单指纹被改动，名单没有变"
UNSURE = "指不出是哪一行：不止改了一处，或改动前的写法没有留存；请与签字留存的名单逐行比对"
TAMPERED: list[tuple[str, str, Edit]] = [
    ("number", "sample", cell("cases", 100, 0, "渝万援民〔2022〕999号")),
    ("type", "sample", cell("cases", 100, 1, "admin")),
    ("month", "sample", cell("cases", 100, 2, "2022-11")),
    ("firm", "sample", cell("cases", 100, 3, "L99")),
    ("left out", "sample", cell("cases", 100, 4, "ex:city2022")),
    ("row removed", "sample", removed("cases", 7)),
    ("row added", "sample", added("cases", "渝万援刑〔2021〕1号\tcriminal\t2022-01\tL00\tin")),
    ("rows exchanged", "sample", exchanged("cases", 5)),
    ("types crossed", "sample", crossed("cases", 0, 299, 1)),
    ("size", "sample", header("n", "31")),
    ("size by rule", "sample", header("size_by_rule", "31")),
    ("allocation", "sample", header("alloc", "SYS")),
    ("strata", "sample", header("strata", "month")),
    ("at least one", "sample", header("min1", "1")),
    ("list hash", "sample", field("freeze_hash", "0" * 64, NO_HASH, "0" * 64)),
    ("seed", "sample", other_seed),
    ("seed and code", "sample", other_seed_and_code),
    ("result cell", "sample", result_cell("sample", 3, 1, "渝万援民〔2022〕999号")),
    ("result rows", "sample", result_exchanged("sample")),
    ("reserve rows", "sample", result_exchanged("reserve")),
    ("result hash", "sample", field("result_hash", "1" * 64, "结果指纹", "111111111111")),
    ("replacement", "sample", replaced(0, "new", "渝万援刑〔2022〕6号")),
    ("second replacement", "sample", replaced(1, "new", "渝万援刑〔2022〕6号")),
    ("person", "experts", cell("pool", 2, 0, "C99")),
    ("firm of a person", "experts", cell("pool", 2, 1, "FM01")),
    ("specialty", "experts", cell("pool", 2, 2, "criminal,civil")),
    ("may lead", "experts", cell("pool", 2, 3, "0")),
    ("excluded", "experts", cell("pool", 2, 4, "ex:recused")),
    ("person removed", "experts", removed("pool", 2)),
    ("person added", "experts", added("pool", "B00\tFB00\tcivil\t1\tin")),
    ("persons exchanged", "experts", exchanged("pool", 4)),
    ("firms crossed", "experts", crossed("pool", 1, 6, 1)),
    ("seats", "experts", header("slots", "criminal:2,civil:4")),
    ("distinct firms", "experts", header("pair_distinct_org", "0")),
    ("hash of the pool", "experts", field("freeze_hash", "0" * 64, NO_HASH)),
    ("seed of experts", "experts", other_seed),
    ("seed and code of experts", "experts", other_seed_and_code),
    ("drawn expert", "experts", result_cell("drawn", 1, 2, "C99")),
    ("alternates exchanged", "experts", result_exchanged("alternates")),
    ("leader", "experts", result_cell("groups", 0, 2, "M99")),
    ("withdrawal's alternate", "experts", replaced(0, "new", "M99")),
    ("rank of an alternate", "match", cell("alternates", 1, 1, "009")),
    ("alternate", "match", cell("alternates", 1, 2, "C02")),
    ("type to match", "match", cell("cases", 3, 1, "admin")),
    ("firm of a case", "match", cell("cases", 3, 2, "L01")),
    ("handler", "match", cell("cases", 3, 3, "H9")),
    ("sampled or reserve", "match", cell("cases", 3, 4, "R")),
    ("firm of an expert", "match", cell("experts", 1, 1, "FX")),
    ("member", "match", cell("groups", 1, 3, "M02")),
    ("group", "match", cell("groups", 1, 0, "civil-9")),
    ("alternate removed", "match", removed("alternates", 1)),
    ("case removed", "match", removed("cases", 3)),
    ("expert removed", "match", removed("experts", 1)),
    ("group removed", "match", removed("groups", 1)),
    ("alternates swapped", "match", exchanged("alternates", 0)),
    ("cases swapped", "match", exchanged("cases", 3)),
    ("members crossed", "match", crossed("groups", 0, 2, 3)),
    ("relation added", "match", added("conflicts", "M01\tcase\t渝万援民〔2022〕2号\tdeclared")),
    ("hash of the matching", "match", field("freeze_hash", "0" * 64, NO_HASH)),
    ("seed of the matching", "match", other_seed),
    ("seed and code of the matching", "match", other_seed_and_code),
    ("assigned group", "match", result_cell("assign", 2, 3, "civil-9")),
    ("assigned expert", "match", result_cell("assign", 2, 4, "M99")),
    ("assigned rows", "match", result_exchanged("assign")),
    ("rematched panel", "match", replaced(0, "new", "civil-9")),
    ("relation's person", "relations", cell("conflicts", 2, 0, "E001")),
    ("relation's case", "relations", cell("conflicts", 2, 2, "渝万援〔2022〕99号")),
    ("relation removed", "relations", removed("conflicts", 2)),
    ("relations exchanged", "relations", exchanged("conflicts", 1)),
    ("firm where relations are", "relations", cell("cases", 4, 2, "F77")),
    (
        "two cells nothing tells of",
        "experts",
        said(UNSURE)(twice(cell("pool", 0, 1, "FX"), cell("pool", 1, 1, "FY"))),
    ),
    (
        "two cells against the result",
        "experts",
        said("名单第10行“C00”与原结果不符：", "这样的共2处（指纹不能证实只改了这里")(
            twice(cell("pool", 0, 2, "civil"), cell("pool", 1, 2, "civil"))
        ),
    ),
    (
        "two members nothing in the list gives back",
        "match",
        said("与原结果不符：原结果中这一组是“", "（指纹不能证实只改了这里")(
            twice(cell("groups", 0, 3, "M02"), cell("experts", 1, 1, "FX"))
        ),
    ),
]
each_tampered = pytest.mark.parametrize(
    ("kind", "edit"), [row[1:] for row in TAMPERED], ids=[f"{row[1]} {row[0]}" for row in TAMPERED]
)


def tampered(kind: str, edit: Edit) -> tuple[Certificate, tuple[str, ...]]:
    """The certificate after the edit, and the words that name it."""
    cert = whole(kind)
    return cert, edit(cert)

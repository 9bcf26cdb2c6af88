"""Every way to tamper with a certificate, one at a time, and what each verifier must then say.

A row of `TAMPERED` is a name, the certificate it starts from, and an edit.
"""

from random import Random

import pytest

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import Certificate
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_sample import SampleTerms, Variable, build_sample
from tests.evaluations.rules.certificate_builders import sampled, year
from tests.evaluations.rules.draw_builders import certificate, frame_cases, random_match
from tests.evaluations.rules.tampering import (
    Edit,
    added,
    cell,
    crossed,
    exchanged,
    field,
    header,
    other_seed,
    other_seed_and_code,
    removed,
    replaced,
    result_cell,
    result_exchanged,
    said,
    twice,
)


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


def recomputed() -> tuple[Certificate, str]:
    """A list with one case left out after sealing, everything computed anew, and sheet A's hash."""
    signed = sampled()["freeze_hash"]
    cases = [
        case._replace(status="ex:city2022") if case.case_no == "渝万援民〔2022〕7号" else case
        for case in frame_cases(300)
    ]
    terms = SampleTerms(n=30, strata=(Variable.TYPE,))
    return certificate(build_sample(Head("T-S1"), terms=terms, cases=cases)), signed

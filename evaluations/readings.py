"""回避名单: the lines of a file with the experts and targets they mean, or what is wrong."""

from dataclasses import dataclass

from evaluations.imports.recusals import RecusalRow, read_recusals
from evaluations.models import Plan
from evaluations.queries.recusal_targets import Directory, Target, directory
from experts.models import Expert
from experts.rules import unclear_relation
from wanzhou_eval.tables import Finding, Level
from wanzhou_eval.workbooks import read_workbook


@dataclass(frozen=True)
class MeantRow:
    """A line with the expert and the target it means."""

    row: RecusalRow
    expert: Expert
    target: Target


@dataclass(frozen=True)
class MeantList:
    """A recusal list as it would be recorded; with findings nothing may be."""

    rows: tuple[MeantRow, ...]
    findings: tuple[Finding, ...]
    sha256: str


def meant_recusals(plan: Plan, data: bytes) -> MeantList:
    """Read a recusal list against the registers. Raises `RefusedError` (422) for no list at all."""
    reading = read_recusals(read_workbook(data))
    register = directory(plan, [row.target for row in reading.rows])
    findings = list(reading.findings)
    rows = [meant(row, register, findings) for row in reading.rows]
    return MeantList(
        tuple(row for row in rows if row),
        tuple(sorted(findings, key=lambda one: (one.sheet, one.row))),
        reading.sha256,
    )


def meant(row: RecusalRow, register: Directory, findings: list[Finding]) -> MeantRow | None:
    """The line with what it means, or None with a finding."""
    expert, problem = register.expert(row.expert)
    target = register.target(row.target)
    unclear = unclear_relation(
        row.reason,
        explained=bool(row.explanation),
        of_firm=target.firm is not None,
        dated=row.left_on is not None,
    )
    if expert is None:
        findings.append(finding(row, "专家", row.expert, problem))
    elif target.problem:
        findings.append(finding(row, "对象", row.target, target.problem))
    elif unclear:
        findings.append(finding(row, "关系", row.reason, unclear))
    else:
        return MeantRow(row, expert, target)
    return None


def finding(row: RecusalRow, column: str, found: str, sentence: str) -> Finding:
    """What is wrong with a line; the sentence says what to do."""
    return Finding(
        Level.ERROR,
        "bad_recusal",
        row.sheet,
        row.row,
        column,
        found[:80],
        sentence,
        "改正后重新上传",
    )

"""What changes the pool: imports and declared relations."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from experts.imports import ExpertRow, PoolReading, read_pool
from experts.models import Expert, FormerFirm, Recusal
from experts.permissions import may_declare, may_keep_pool
from experts.rules import unclear_relation
from wanzhou_eval.actions import lock_registers, register_firms, register_people
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Firm, Person, User
from wanzhou_eval.texts import organisation_key
from wanzhou_eval.workbooks import read_workbook


@dataclass(frozen=True)
class PoolResult:
    """What an import did to the pool."""

    new: int
    changed: int
    same: int
    warnings: tuple[str, ...]


@transaction.atomic
def import_pool(data: bytes, *, file_name: str, by: User | None) -> PoolResult:
    """Fill the pool from 专家库.xlsx, all or nothing; experts not in the file stay.

    Raises `RefusedError` (422) naming the first error when the file has any.
    """
    if not may_keep_pool(by):
        raise RefusedError("专家库由科室维护。请联系公共法律服务科。", status=403)
    workbook = read_workbook(data)
    reading = read_pool(workbook)
    refuse_errors(reading)
    lock_registers()
    names = {name for row in reading.rows for name in (row.firm, row.former_firm) if name}
    firms = register_firms((organisation_key(name), name) for name in sorted(names))
    people = register_people((row.name, firms[organisation_key(row.firm)]) for row in reading.rows)
    outcomes = [store_expert(row, firms=firms, people=people) for row in reading.rows]
    result = PoolResult(
        outcomes.count("new"),
        outcomes.count("changed"),
        outcomes.count("same"),
        tuple(f"第{f.row}行{f.column}：{f.message}" for f in reading.findings),
    )
    record_event(
        "import_pool",
        by=by,
        target=file_name,
        detail={"sha256": workbook.sha256, "new": result.new, "changed": result.changed},
    )
    return result


def refuse_errors(reading: PoolReading) -> None:
    """Raise `RefusedError` (422) while any finding is an error."""
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        first = errors[0]
        raise RefusedError(
            f"专家库有{len(errors)}处错误，没有导入。例如第{first.row}行“{first.column}”："
            f"{first.message}{first.remedy}",
            status=422,
        )


def store_expert(
    row: ExpertRow, *, firms: dict[str, Firm], people: dict[tuple[str, int], Person]
) -> str:
    """Enter or update one expert; returns new, changed or same."""
    person = people[row.name, firms[organisation_key(row.firm)].pk]
    values: dict[str, Any] = {
        "criminal": "criminal" in row.specialties,
        "civil": "civil" in row.specialties,
        "is_local": row.is_local,
        "society": row.source == "society",
        "years": row.years,
        "may_lead": row.may_lead,
        "phone": row.phone,
        "remarks": row.remarks,
        "active": not row.away,
    }
    expert = Expert.objects.filter(person=person).first()
    outcome = "same"
    if expert is None:
        expert, outcome = Expert.objects.create(person=person, **values), "new"
    elif any(getattr(expert, name) != value for name, value in values.items()):
        Expert.objects.filter(pk=expert.pk).update(**values)
        outcome = "changed"
    if row.former_firm:
        FormerFirm.objects.update_or_create(
            expert=expert,
            firm=firms[organisation_key(row.former_firm)],
            defaults={"left_on": row.left_former_on},
        )
    return outcome


@transaction.atomic
def declare_recusal(  # noqa: PLR0913  # one argument per cell of a line of the declaration
    expert: Expert,
    *,
    year: int,
    reason: str,
    explanation: str,
    by: User | None,
    firm: Firm | None = None,
    person: Person | None = None,
    case_key: str = "",
    left_on: date | None = None,
    source: str = "",
) -> Recusal:
    """回避申报: a relation that keeps the expert from a firm's, a person's or one case.

    Exactly one of `firm`, `person`, `case_key`. Declarations stay on record for good. Without a
    `source` it is 本人申报 or 科室登记, whoever declares.
    """
    if not may_declare(by, expert):
        raise RefusedError("只能申报本人的回避关系，或由科室代为登记。", status=403)
    target = {"firm": firm, "person": person, "case_key": case_key}
    refuse_unclear(reason, explanation=explanation, target=target, left_on=left_on)
    if Recusal.objects.live().filter(expert=expert, year=year, **target).exists():
        raise RefusedError("这条回避关系已经登记过，不用再办。")
    own = by is not None and by.person_id == expert.person_id
    recusal = Recusal.objects.create(
        expert=expert,
        year=year,
        reason=reason,
        explanation=explanation.strip(),
        left_on=left_on,
        source=source or (Recusal.Source.OWN if own else Recusal.Source.STAFF),
        declared_by=by,
        **target,
    )
    record_event(
        "declare_recusal",
        by=by,
        year=year,
        target=expert.person.code,
        detail={"reason": reason},
    )
    return recusal


def refuse_unclear(
    reason: str, *, explanation: str, target: dict[str, Any], left_on: date | None
) -> None:
    """Raise `RefusedError` (422) for a line that nobody could check later."""
    if sum(map(bool, target.values())) != 1:
        raise RefusedError("请在承办机构、承办人、案号三项中只填一项。", status=422)
    unclear = unclear_relation(
        reason,
        explained=bool(explanation.strip()),
        of_firm=bool(target["firm"]),
        dated=left_on is not None,
    )
    if unclear:
        raise RefusedError(unclear, status=422)

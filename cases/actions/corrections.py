"""更正: one field of one case after the import, with reason and paper, until the list is sealed."""

from datetime import date
from typing import Any

from django.db import transaction

from cases.actions.exclusions import find_locked_case, join_exclusions
from cases.actions.frames import lock_frame, refuse_unless_importer, refuse_unless_reasoned
from cases.comparing import COLUMNS, shown
from cases.imports.cells import Options, read_cell
from cases.imports.checks import near_firms
from cases.models import Case, CaseHandler, CleaningLine, Correction
from cases.queries import today_of
from cases.rules import skeleton
from wanzhou_eval.actions import register_firms, register_people
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Firm, FirmAlias, User
from wanzhou_eval.texts import organisation_key

CORRECTABLE = (
    "number",
    "kind",
    "stage",
    "firm",
    "handlers",
    "assigned_on",
    "closed_on",
    "filed_on",
    "cause",
    "aid_method",
    "source",
    "recipient",
    "recipient_category",
    "subsidy",
    "regular_grade",
    "remarks",
)
REQUIRED = frozenset({"number", "kind", "firm", "handlers", "closed_on"})
NOT_NULL = frozenset({"stage", "cause", "aid_method", "source", "recipient", "recipient_category",
                      "regular_grade", "remarks"})  # fmt: skip


@transaction.atomic
def correct_case(
    case: Case,
    *,
    field: str,
    value: str,
    reason: str,
    document: str,
    by: User | None,
    new_firm: bool = False,
) -> Correction:
    """Correct one field; `value` is read by the same rules as a cell of the ledger.

    The correction, a line of the cleaning ledger and the case change together. `new_firm`: a firm
    that is in no register is to be entered. Raises `RefusedError`.
    """
    refuse_unless_importer(by)
    frame = lock_frame(case.frame)
    case = find_locked_case(frame, case)
    refuse_unfounded(field, reason=reason, document=document)
    before = facts_of(case, field)
    after = value_of(case, field, value)
    if shown(before) == shown(after):
        raise RefusedError(f"{COLUMNS[field]}与原来相同，没有更正。请核对要改的内容。", status=422)
    if field == "firm" and not new_firm:
        refuse_unknown_firm(after)
    number = case.number
    APPLY.get(field, apply_plain)(case, field, after)
    told = {"before": shown(before), "after": shown(after), "document": document.strip()}
    return keep_correction(case, number=number, field=field, reason=reason.strip(), by=by, **told)


def refuse_unfounded(field: str, *, reason: str, document: str) -> None:
    """Raise `RefusedError` (422) without a field that can be corrected, a reason and a paper."""
    if field not in CORRECTABLE:
        raise RefusedError("请从列表中选要更正的项目。", status=422)
    refuse_unless_reasoned(reason, what="更正理由")
    if not document.strip():
        raise RefusedError("更正要有依据：请填写卷宗页码或文件名称。", status=422)


def facts_of(case: Case, field: str) -> object:
    """What the case says now."""
    if field == "handlers":
        return tuple(case.handlers.values_list("person__name", flat=True))
    return case.firm.name if field == "firm" else getattr(case, field)


def refuse_unknown_firm(name: str) -> None:
    """Raise `RefusedError` (422) for a firm in no register: a slip would enter a new one."""
    key = organisation_key(name)
    if Firm.objects.filter(key=key).exists() or FirmAlias.objects.filter(key=key).exists():
        return
    alike = near_firms(name, Firm.objects.values_list("name", flat=True))
    near = f"相近的有“{alike[0]}”，" if alike else ""
    raise RefusedError(
        f"机构名册里没有“{name}”，没有更正。{near}写错的请改正；"
        "确为新机构，请勾选“登记为新机构”再更正。",
        status=422,
    )


def value_of(case: Case, field: str, text: str) -> Any:
    """The typed value. Raises `RefusedError` (422) with the sentence of the import."""
    options = Options(
        today=today_of(case.frame),
        firm_names=dict(FirmAlias.objects.values_list("key", "firm__name")),
    )
    read = read_cell(field, text.strip() or None, options)
    label = COLUMNS[field]
    if read.code:
        raise RefusedError(f"{label}：{read.message}。请{read.remedy}。", status=422)
    if read.value is None and field in REQUIRED:
        raise RefusedError(f"{label}不能为空，请填写更正后的内容。", status=422)
    if field == "stage" and isinstance(read.value, tuple):
        return read.value[1]
    return "" if read.value is None and field in NOT_NULL else read.value


def apply_plain(case: Case, field: str, value: Any) -> None:
    """A field that stands on the case itself."""
    setattr(case, field, value)
    case.save(update_fields=[field])


def apply_kind(case: Case, field: str, value: Any) -> None:
    """案件类型, as its code."""
    apply_plain(case, field, value.value)


def apply_date(case: Case, field: str, value: date | None) -> None:
    """A date, in order with the others."""
    assigned, closed = (
        value if field == name else getattr(case, name) for name in ("assigned_on", "closed_on")
    )
    if assigned and closed and closed < assigned:
        raise RefusedError(
            f"结案日期{closed}早于指派日期{assigned}。请核对两个日期后再更正。", status=422
        )
    apply_plain(case, field, value)


def apply_number(case: Case, field: str, value: str) -> None:
    """案号: no other case of the year may look alike; an excluded case keeps its number."""
    if hasattr(case, "exclusion"):
        raise RefusedError(f"{case.number}已剔除。请先撤销剔除，更正案号后再按新案号剔除。")
    others = case.frame.cases.exclude(pk=case.pk)
    other = others.filter(key=value).first() or others.filter(skeleton=skeleton(value)).first()
    if other:
        raise RefusedError(
            f"案号“{value}”与卷宗号{other.label}的“{other.number}”相同或只差写法。"
            "请核对是否同一案件。",
            status=422,
        )
    case.number, case.key, case.skeleton = value, value, skeleton(value)
    case.save(update_fields=["number", "key", "skeleton"])
    join_exclusions(case.frame)


def apply_firm(case: Case, field: str, value: str) -> None:
    """承办机构: the handlers are persons of the new firm."""
    names = facts_of(case, "handlers")
    key = organisation_key(value)
    case.firm = register_firms([(key, value)])[key]
    case.save(update_fields=["firm"])
    apply_handlers(case, "handlers", names)


def apply_handlers(case: Case, field: str, value: Any) -> None:
    """承办人, in their order."""
    people = register_people((name, case.firm) for name in value)
    case.handlers.all().delete()
    CaseHandler.objects.bulk_create(
        CaseHandler(case=case, person=people[name, case.firm_id], position=position)
        for position, name in enumerate(value, start=1)
    )


APPLY = {
    "number": apply_number,
    "kind": apply_kind,
    "firm": apply_firm,
    "handlers": apply_handlers,
    "assigned_on": apply_date,
    "closed_on": apply_date,
}


def keep_correction(case: Case, *, number: str, by: User | None, **told: str) -> Correction:
    """The correction, its line in the cleaning ledger, its line in the trail (field only)."""
    frame = case.frame
    column = COLUMNS[told["field"]]
    correction = Correction.objects.create(
        frame=frame, case=case, number=number, column=column, by=by, **told
    )
    CleaningLine.objects.create(
        batch_id=case.batch_id,
        sheet=case.sheet,
        row=case.row,
        column=column,
        before=told["before"][:200],
        after=told["after"][:200],
        rule=f"更正：{told['reason']}（依据：{told['document']}）",
        by=by,
    )
    record_event(
        "correct_case", by=by, year=frame.year, target=number, detail={"field": told["field"]}
    )
    return correction

"""评分标准: importing a version from its workbook, and adopting one for a year (article 6.1)."""

from django.db import transaction
from django.db.models import Max

from evaluations.actions.plan import lock_plan
from evaluations.imports import StandardItem, StandardReading, VetoItem, read_standard
from evaluations.models import (
    DeductionReason,
    GradeBand,
    Item,
    Method,
    Plan,
    ScoringStandard,
    Trial,
)
from evaluations.permissions.marking import may_keep_standards
from evaluations.queries.standards import load_standard, rule_band
from evaluations.rules import standards as rules
from evaluations.rules.grading import check_bands
from evaluations.rules.stages import Stage
from evaluations.rules.standard_versions import check_version
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.workbooks import read_workbook

BEFORE_MARKING = tuple(stage for stage in Stage if list(Stage).index(stage) < 6)
"""拟定 to 已匹配: the standard may still be chosen."""


@transaction.atomic
def import_standard(data: bytes, *, name: str, basis: str, by: User | None) -> ScoringStandard:
    """Read a workbook and keep it as the next version of the named standard.

    All or nothing: raises `RefusedError` (422) with the first findings when anything is wrong.
    """
    require_keeper(by)
    if not name.strip():
        raise RefusedError("请填写评分标准的名称，例如“2022年评分标准”。", status=422)
    reading = read_standard(read_workbook(data))
    _refuse_errors(reading)
    standard = ScoringStandard.objects.create(
        name=name.strip(),
        version=_next_version(name.strip(), reading),
        method=Method.LEVELS if reading.by_level else Method.POINTS,
        basis=basis.strip(),
        draft_note="；".join(note.rstrip("。；") for note in reading.notes)[:200],
        sha256=reading.sha256,
        created_by=by,
    )
    _store(standard, reading)
    detail: dict[str, object] = {"sha256": reading.sha256, "items": len(reading.items)}
    record_event("import_standard", by=by, target=str(standard), detail=detail)
    return standard


def _next_version(name: str, reading: StandardReading) -> int:
    """The number of the next version; the same file again is refused (409)."""
    same = ScoringStandard.objects.filter(name=name, sha256=reading.sha256).first()
    if same:
        raise RefusedError(f"同一份文件已经导入为“{same}”，不用再导入。")
    last = ScoringStandard.objects.filter(name=name).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def require_keeper(by: User | None) -> None:
    """Refuse (403) whoever is not of the bureau."""
    if not may_keep_standards(by):
        raise RefusedError("评分标准由公共法律服务科导入、编辑和选用。", status=403)


def _refuse_errors(reading: StandardReading) -> None:
    if reading.errors:
        first = reading.errors[0]
        raise RefusedError(
            f"评分标准有{len(reading.errors)}处错误，没有导入。第一处在“{first.sheet}”第{first.row}行"
            f"{first.column}：{first.message}；{first.remedy}。",
            status=422,
        )


def _store(standard: ScoringStandard, reading: StandardReading) -> None:
    bands = [
        GradeBand(standard=standard, name=band.name, floor=band.floor, ordinal=place)
        for place, band in enumerate(reading.bands, 1)
    ]
    bands[-1].failing = True
    method = rules.Method(standard.method)
    problems = check_bands([rule_band(band) for band in bands], method=method)
    if problems:
        raise RefusedError(f"等次表有误：{problems[0]}请改正后重新上传。", status=422)
    GradeBand.objects.bulk_create(bands)
    reasons: list[DeductionReason] = []
    for scope in reading.scopes:
        sources = reading.items_of(scope)
        rows = [_item_row(standard, source) for source in sources]
        rows += [
            _veto_row(standard, veto, scope=scope, ordinal=len(sources) + place)
            for place, veto in enumerate(reading.vetoes_of(scope), 1)
        ]
        items = Item.objects.bulk_create(rows)
        for item, source in zip(items, sources, strict=False):
            reasons.extend(_reason_rows(item, source))
    DeductionReason.objects.bulk_create(reasons)


def _item_row(standard: ScoringStandard, source: StandardItem) -> Item:
    return Item(
        standard=standard,
        scope=source.scope,
        section=_section(source.number, source.section),
        ordinal=source.ordinal,
        number=source.number,
        title=source.title,
        guidance=source.guidance,
        rule=source.rule,
        where=source.where,
        training=source.training,
        full_marks=source.full_marks,
        by_level=source.by_level,
        na_allowed=source.na_allowed,
    )


def _veto_row(standard: ScoringStandard, veto: VetoItem, *, scope: str, ordinal: int) -> Item:
    return Item(
        standard=standard,
        scope=scope,
        section=_section(veto.number, veto.section),
        ordinal=ordinal,
        number=veto.number,
        title=veto.title,
        guidance=veto.guidance,
        rule=veto.rule,
        where=veto.where,
        training=veto.training,
        full_marks=0,
        veto=True,
    )


def _section(number: str, title: str) -> str:
    letter = number.rstrip("0123456789")
    return title if title.startswith(letter) else f"{letter} {title}"


def _reason_rows(item: Item, source: StandardItem) -> list[DeductionReason]:
    return [
        DeductionReason(
            item=item,
            ordinal=key,
            text=reason.label[:120],
            low=reason.low,
            high=reason.high,
            other=reason.other,
        )
        for key, reason in enumerate(source.reasons, 1)
    ]


@transaction.atomic
def adopt_standard(plan: Plan, *, standard: ScoringStandard, by: User | None) -> Plan:
    """Choose the version that a year marks by; possible until marking opens.

    Raises `RefusedError` (409) later on: sheets keep the wording they are scored on.
    """
    plan = lock_plan(plan, in_stages=BEFORE_MARKING)
    require_keeper(by)
    standard = ScoringStandard.objects.select_for_update().get(pk=standard.pk)
    if plan.standard_id == standard.pk:
        raise RefusedError(f"{plan.year}年度已经选用“{standard}”，不用再办。")
    bands = [rule_band(band) for band in standard.bands.all()]
    problems = check_version(load_standard(standard), bands, method=rules.Method(standard.method))
    if problems:
        raise RefusedError(f"“{standard}”不能选用：{problems[0]}", status=422)
    _refuse_on_trial(plan)
    plan.standard = standard
    plan.save(update_fields=["standard"])
    record_event(
        "adopt_standard",
        by=by,
        year=plan.year,
        target=str(standard),
        detail={"sha256": standard.sha256},
    )
    return plan


def _refuse_on_trial(plan: Plan) -> None:
    """While experts score trial files their standard stays; afterwards a better one may follow."""
    if Trial.objects.filter(plan=plan, closed_at__isnull=True).exists():
        raise RefusedError("试评还在进行，现在不能改选评分标准。请等全部封存，或先结束试评。")

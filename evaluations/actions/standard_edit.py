"""评分标准 as drafts: copying a version, and editing what nobody uses yet (article 6.1).

Every act locks the row of the version. Once a year has chosen it, or anybody scored by it, the
wording stays; whoever wants another one copies the version.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from evaluations.actions.standards import require_keeper
from evaluations.models import DeductionReason, GradeBand, Item, Method, ScoringStandard
from evaluations.queries.standards import load_standard, rule_band, rule_item
from evaluations.rules.grading import BAND_PRESETS, PRESETS_OF, check_bands
from evaluations.rules.standard_versions import (
    causes_of,
    check_item,
    content_hash,
    section_letter,
    with_letter,
)
from evaluations.rules.standards import Band
from evaluations.rules.standards import Item as ItemValue
from evaluations.rules.standards import Method as RuleMethod
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

FAR = 10_000
"""Ordinals are moved out of the way before they are given anew: they are unique."""
ITEM_FIELDS = (
    "scope", "section", "ordinal", "number", "title", "guidance", "rule", "where", "training",
    "full_marks", "veto", "by_level", "na_allowed",
)  # fmt: skip


@transaction.atomic
def create_standard(*, name: str, basis: str, preset: str, by: User) -> ScoringStandard:
    """An empty draft with a preset of grades, which tells the method."""
    require_keeper(by)
    if not name.strip():
        raise RefusedError("请填写评分标准的名称，例如“2022年评分标准”。", status=422)
    method = next(method for method, names in PRESETS_OF.items() if preset in names)
    standard = _new_version(name.strip(), basis=basis.strip(), by=by, method=method.value)
    _store_bands(standard, BAND_PRESETS[preset])
    _touched(standard, by=by, what="新建")
    return standard


def _new_version(name: str, *, by: User, **fields: Any) -> ScoringStandard:
    last = ScoringStandard.objects.filter(name=name).aggregate(last=Max("version"))["last"]
    return ScoringStandard.objects.create(
        name=name, version=(last or 0) + 1, created_by=by, **fields
    )


@transaction.atomic
def copy_standard(standard: ScoringStandard, *, by: User) -> ScoringStandard:
    """The next version of the same name as a draft with the same content."""
    require_keeper(by)
    old = ScoringStandard.objects.select_for_update().get(pk=standard.pk)
    new = _new_version(
        old.name, by=by, basis=old.basis, draft_note=old.draft_note, copied_from=old,
        method=old.method,
    )  # fmt: skip
    _store_bands(new, [rule_band(band) for band in old.bands.all()])
    _copy_items(old, new)
    _fingerprint(new)
    record_event("copy_standard", by=by, target=str(new), detail={"from": str(old)})
    return new


@transaction.atomic
def convert_standard(standard: ScoringStandard, *, by: User) -> ScoringStandard:
    """The same items as a draft that takes levels: marks and amounts go, causes and wording stay.

    Only this way round: nobody can tell what a level would be in marks.
    """
    require_keeper(by)
    old = ScoringStandard.objects.select_for_update().get(pk=standard.pk)
    if old.method != Method.POINTS:
        raise RefusedError(f"“{old}”已经是逐项评等次，不用转换。")
    new = _new_version(
        f"{old.name[:73]}（评等次）", by=by, basis=old.basis, copied_from=old,
        draft_note=f"由“{old}”去掉分值和扣分转成，请核对情形和等次后选用。"[:200],
        method=Method.LEVELS,
    )  # fmt: skip
    _store_bands(new, BAND_PRESETS["three_of_five"])
    _copy_items(old, new)
    _fingerprint(new)
    record_event("copy_standard", by=by, target=str(new), detail={"from": str(old)})
    return new


def _copy_items(old: ScoringStandard, new: ScoringStandard) -> None:
    """Items with their reasons, in the method of the new version."""
    sources = list(old.items.prefetch_related("reasons"))
    values = [rule_item(source) for source in sources]
    if new.method != old.method:
        values = [causes_of(value) for value in values]
    items = [
        Item(standard=new, **{name: getattr(source, name) for name in ITEM_FIELDS})
        for source in sources
    ]
    for item, value in zip(items, values, strict=True):
        for name in ("full_marks", "by_level", "rule"):
            setattr(item, name, getattr(value, name))
    DeductionReason.objects.bulk_create(
        reason
        for item, value in zip(Item.objects.bulk_create(items), values, strict=True)
        for reason in _reasons(item, value)
    )


def _reasons(item: Item, value: ItemValue) -> list[DeductionReason]:
    return [
        DeductionReason(
            item=item, ordinal=reason.key, text=reason.text, low=reason.low, high=reason.high,
            other=reason.other,
        )
        for reason in value.reasons
    ]  # fmt: skip


def lock_draft_version(standard: ScoringStandard, *, by: User) -> ScoringStandard:
    """Lock a version's row for editing. Raises `RefusedError` when its wording has to stay."""
    require_keeper(by)
    locked = ScoringStandard.objects.select_for_update().get(pk=standard.pk)
    if locked.locked_at:
        raise RefusedError(f"“{locked}”已用于评分，内容锁定。要改请复制为新版本。")
    years = "、".join(str(year) for year in locked.plans.values_list("year", flat=True))
    if years:
        raise RefusedError(
            f"“{locked}”已由{years}年度选用，不能直接改。请复制为新版本，改好后改选。"
        )
    return locked


@transaction.atomic
def edit_standard(
    standard: ScoringStandard, *, basis: str, note: str, bands: Sequence[Band], by: User
) -> ScoringStandard:
    """依据、说明 and the whole set of grades."""
    locked = lock_draft_version(standard, by=by)
    problems = check_bands(bands, method=RuleMethod(locked.method))
    if problems:
        raise RefusedError(problems[0], status=422)
    locked.basis, locked.draft_note = basis.strip(), note.strip()
    locked.save(update_fields=["basis", "draft_note"])
    locked.bands.all().delete()
    _store_bands(locked, bands)
    _touched(locked, by=by, what="依据、说明和等次")
    return locked


@transaction.atomic
def save_item(
    standard: ScoringStandard, *, item: Item | None, value: ItemValue, place: tuple[str, str],
    by: User,
) -> Item:  # fmt: skip
    """Add or change an item; `place` is its scope and 一级指标. Numbers are given anew.

    Raises `RefusedError` (422) with everything that is wrong with the item.
    """
    locked = lock_draft_version(standard, by=by)
    scope, section = place
    others = locked.items.filter(scope=scope).exclude(pk=item.pk if item else 0)
    _refuse_unusable(others, value, scope=scope)
    row = item or Item(standard=locked)
    left = row.scope
    if left != scope:
        row.ordinal, row.number = FAR, "-"
    titles = list(dict.fromkeys(others.values_list("section", flat=True)))
    row.scope, row.section = scope, with_letter(section, known=titles)
    for name in ("title", "guidance", "rule", "where", "training", "veto", "na_allowed"):
        setattr(row, name, getattr(value, name))
    row.by_level = value.by_level
    row.full_marks = Decimal(0) if value.veto or value.by_level else value.full_marks
    row.save()
    _store_reasons(row, value)
    for each in filter(None, {scope, left}):
        _renumber(locked, each)
    _touched(locked, by=by, what=f"{scope} {value.title}")
    return Item.objects.get(pk=row.pk)


def _refuse_unusable(others: QuerySet[Item], value: ItemValue, *, scope: str) -> None:
    """Refuse (422) a second item of the same name, and one that nobody could score by."""
    if others.filter(title=value.title).exists():
        raise RefusedError(f"“{scope}”里已有一项叫“{value.title}”，请换一个名称。", status=422)
    problems = check_item(value)
    if problems:
        raise RefusedError(f"“{value.title}”还不能保存：{''.join(problems)}", status=422)


def _store_reasons(row: Item, value: ItemValue) -> None:
    row.reasons.all().delete()
    DeductionReason.objects.bulk_create(_reasons(row, value))


@transaction.atomic
def remove_item(standard: ScoringStandard, *, item: Item, by: User) -> None:
    """Take an item out of a draft."""
    locked = lock_draft_version(standard, by=by)
    scope, title = item.scope, item.title
    item.delete()
    _renumber(locked, scope)
    _touched(locked, by=by, what=f"删除{scope} {title}")


@transaction.atomic
def move_item(standard: ScoringStandard, *, item: Item, up: bool, by: User) -> None:
    """Change places with the neighbour in the same 一级指标; at the edge nothing happens."""
    locked = lock_draft_version(standard, by=by)
    same = list(locked.items.filter(scope=item.scope, section=item.section, veto=item.veto))
    at = next(place for place, each in enumerate(same) if each.pk == item.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(same):
        return
    ordered = list(locked.items.filter(scope=item.scope))
    first, second = (ordered.index(same[each]) for each in (at, other))
    ordered[first], ordered[second] = ordered[second], ordered[first]
    _renumber(locked, item.scope, ordered=ordered)
    _touched(locked, by=by, what=f"{item.scope} {item.title} 的次序")


def _renumber(standard: ScoringStandard, scope: str, *, ordered: list[Item] | None = None) -> None:
    """Ordinals and numbers of a scope anew: by 一级指标, vetoes last, B1 B2 B3 within a letter."""
    rows = ordered if ordered is not None else list(standard.items.filter(scope=scope))
    for row in rows:
        row.section = with_letter(row.section, known=[each.section for each in rows])
    order = {title: place for place, title in enumerate(dict.fromkeys(r.section for r in rows))}
    rows.sort(key=lambda row: (row.veto, order[row.section]))
    letters = {section_letter(title) for title in order}
    if len(letters) != len(order):
        raise RefusedError(
            "两个一级指标用了同一个字母，编号会重复。请改其中一个的字母。", status=422
        )
    for place, row in enumerate(rows, 1):
        row.ordinal, row.number = FAR + place, f"~{place}"
    Item.objects.bulk_update(rows, ["ordinal", "number", "section"])
    counted: dict[str, int] = {}
    for place, row in enumerate(rows, 1):
        letter = section_letter(row.section)
        counted[letter] = counted.get(letter, 0) + 1
        row.ordinal, row.number = place, f"{letter}{counted[letter]}"
    Item.objects.bulk_update(rows, ["ordinal", "number"])


def _store_bands(standard: ScoringStandard, bands: Sequence[Band]) -> None:
    ordered = sorted(bands, key=lambda band: -band.floor)
    GradeBand.objects.bulk_create(
        GradeBand(
            standard=standard, name=band.name, floor=band.floor, ordinal=place,
            failing=band.failing,
        )
        for place, band in enumerate(ordered, 1)
    )  # fmt: skip


def _touched(standard: ScoringStandard, *, by: User, what: str) -> None:
    _fingerprint(standard)
    record_event("edit_standard", by=by, target=str(standard), detail={"what": what[:200]})


def _fingerprint(standard: ScoringStandard) -> None:
    fresh = ScoringStandard.objects.get(pk=standard.pk)
    bands = [rule_band(band) for band in fresh.bands.all()]
    fresh.sha256 = content_hash(load_standard(fresh), bands)
    fresh.edited_at = database_now()
    fresh.save(update_fields=["sha256", "edited_at"])

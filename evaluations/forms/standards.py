"""Forms of 评分标准: shape only; what may be kept is `rules.standard_versions`."""

from decimal import Decimal
from typing import Any

from django import forms

from evaluations.imports.deductions import OTHER_BEGINS, parse_causes, parse_rule
from evaluations.models import Item, ScoringStandard
from evaluations.queries.standards import rule_item
from evaluations.rules.grading import BAND_PRESETS, PRESETS_OF
from evaluations.rules.standards import Band, Reason, Scope, plain
from evaluations.rules.standards import Item as ItemValue

PRESETS = (
    ("chongqing", "重庆三等：优良≥80、合格≥60、不合格"),
    ("four", "四等：优秀≥90、良好≥75、合格≥60、不合格"),
    ("three_of_five", "重庆三等：总体判断 4—5 优良、3 合格、1—2 不合格"),
    ("five", "四等：总体判断 5 优秀、4 良好、3 合格、1—2 不合格"),
)
METHOD_PRESETS = [
    (method, name, dict(PRESETS)[name]) for method, names in PRESETS_OF.items() for name in names
]
MOST_BANDS, MOST_REASONS = 6, 9


class NewStandardForm(forms.Form):
    """An empty draft."""

    name = forms.CharField(label="名称", max_length=80, help_text="例如：2023年评分标准")
    basis = forms.CharField(label="依据", max_length=200, required=False)
    preset = forms.ChoiceField(
        label="评分办法和等次",
        choices=[(name, f"{method.label}：{label}") for method, name, label in METHOD_PRESETS],
        widget=forms.RadioSelect,
        initial="chongqing",
        help_text="百分扣分：各项记分值，扣分得总分。逐项评等次：各项评 3、2、1，全卷作 1 到 5 的"
        "总体判断。建好以后不能换办法。",
    )


def presets_of(standard: ScoringStandard) -> list[tuple[str, str]]:
    """The presets of grades for the method of a draft."""
    return [(name, label) for method, name, label in METHOD_PRESETS if method == standard.method]


class FactsForm(forms.Form):
    """依据 and 说明 of a draft."""

    basis = forms.CharField(label="依据", max_length=200, required=False)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="显示在标准页最上面。"
    )


class BandForm(forms.Form):
    """One grade; a row without a name is left out."""

    name = forms.CharField(label="等次", max_length=10, required=False)
    floor = forms.DecimalField(
        label="下限（含）",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Name and floor come together."""
        data = super().clean() or {}
        if bool(data.get("name")) != (data.get("floor") is not None):
            raise forms.ValidationError("等次和下限要一起填，或一起留空。")
        return data


BandRows = forms.formset_factory(BandForm, extra=0, min_num=MOST_BANDS, max_num=MOST_BANDS)


def band_rows(standard: ScoringStandard, *, preset: str = "") -> list[dict[str, Any]]:
    """The rows that the form of grades starts with: those of the draft, or of a preset."""
    if preset in dict(presets_of(standard)):
        return [{"name": b.name, "floor": plain(b.floor)} for b in BAND_PRESETS[preset]]
    return [{"name": b.name, "floor": plain(b.floor)} for b in standard.bands.all()]


def typed_bands(formset: Any) -> list[Band]:
    """The grades as typed; the lowest is 不合格."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data.get("name")]
    lowest = min((row["floor"] for row in rows), default=None)
    return [
        Band(name=row["name"], floor=row["floor"], failing=row["floor"] == lowest) for row in rows
    ]


class ItemForm(forms.Form):
    """评估项目 without its reasons."""

    scope = forms.ChoiceField(label="适用范围")
    section = forms.CharField(
        label="一级指标",
        max_length=40,
        help_text="写已有的指标名，或新的名称；字母编号自动配，也可以自己写，例如“F 结案”。",
        widget=forms.TextInput(attrs={"list": "sections"}),
    )
    title = forms.CharField(label="评估项目", max_length=60)
    guidance = forms.CharField(
        label="评分说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    veto = forms.BooleanField(label="一票否决项：只记成立或不成立，成立即为不合格", required=False)
    full_marks = forms.DecimalField(
        label="分值", max_digits=5, decimal_places=2, min_value=0, required=False,
        help_text="一票否决项不填。",
    )  # fmt: skip
    na_allowed = forms.BooleanField(label="可以记“不适用”（折算满分）", required=False)
    rule = forms.CharField(
        label="扣分规则", max_length=300, required=False,
        help_text="原文，例如“缺1件扣2分；逾期扣1分”。下面一条情形也不填时，按这句话自动拆出情形。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    where = forms.CharField(
        label="看卷位置", max_length=80, required=False, help_text="例如：庭审笔录、卷宗目录第3栏"
    )
    training = forms.CharField(
        label="培训口径", max_length=400, required=False,
        help_text="培训时讲定的把握尺度，评分时显示在本项旁边。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, scopes: list[str], by_level: bool = False, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.by_level = by_level
        if by_level:
            del self.fields["full_marks"]
            self.fields["rule"].label, self.fields["rule"].help_text = "评等说明", LEVEL_RULE
        known = dict.fromkeys((*scopes, *Scope))
        self.fields["scope"].choices = [(str(s), str(s)) for s in known]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Marks are for scored items, and only for them."""
        data = super().clean() or {}
        marks = data.get("full_marks")
        if self.by_level:
            return data
        if not data.get("veto") and not marks:
            self.add_error("full_marks", "请填大于 0 的分值。")
        if data.get("veto") and marks:
            self.add_error("full_marks", "一票否决项不记分，请清空分值。")
        return data


LEVEL_RULE = "什么样评 3、2、1。下面一条情形也不填时，按分号拆出情形。"


class CauseForm(forms.Form):
    """A cause for a low level: words alone."""

    text = forms.CharField(label="情形", max_length=120, required=False)

    def clean_text(self) -> str:
        """；would split the cause in a workbook."""
        text: str = self.cleaned_data["text"]
        if "；" in text or ";" in text:
            raise forms.ValidationError("一行只写一种情形，不用分号。")
        return text


class ReasonForm(forms.Form):
    """扣分情形; `high` blank is a fixed amount; a row without text is left out."""

    text = forms.CharField(label="情形", max_length=120, required=False)
    low = forms.DecimalField(
        label="扣", max_digits=5, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    high = forms.DecimalField(
        label="至", max_digits=5, decimal_places=2, min_value=Decimal("0.01"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Text and amount come together; ；would split the reason in a workbook."""
        data = super().clean() or {}
        text = data.get("text", "")
        if bool(text) != (data.get("low") is not None) and not self.errors:
            raise forms.ValidationError("情形和扣分要一起填，或一起留空。")
        if "；" in text or ";" in text:
            raise forms.ValidationError("一行只写一种情形，不用分号。")
        return data


ReasonRows = forms.formset_factory(ReasonForm, extra=0, min_num=MOST_REASONS, max_num=MOST_REASONS)
CauseRows = forms.formset_factory(CauseForm, extra=0, min_num=MOST_REASONS, max_num=MOST_REASONS)


def item_start(item: Item) -> dict[str, Any]:
    """What the form of an item starts with."""
    names = ("scope", "section", "title", "guidance", "veto", "na_allowed", "rule", "where",
             "training")  # fmt: skip
    start = {name: getattr(item, name) for name in names}
    return start | {"full_marks": plain(item.full_marks) if item.full_marks else None}


def reason_rows(item: Item | None) -> list[dict[str, Any]]:
    """The rows that the form of reasons starts with."""
    reasons = rule_item(item).reasons if item else ()
    return [
        {"text": r.text, "low": plain(r.low), "high": "" if r.fixed else plain(r.high)}
        for r in reasons
    ]


def typed_item(form: ItemForm, reasons: Any) -> ItemValue:
    """The item as typed; without any reason they are read out of 扣分规则."""
    data = form.cleaned_data
    marks = data.get("full_marks") or Decimal(0)
    by_level = form.by_level and not data["veto"]
    found = (
        typed_causes(reasons, rule=data["rule"])
        if by_level
        else typed_reasons(reasons, rule=data["rule"], marks=marks)
    )
    return ItemValue(
        number="", title=data["title"], full_marks=marks, guidance=data["guidance"],
        rule=data["rule"], where=data["where"], training=data["training"], veto=data["veto"],
        na_allowed=data["na_allowed"] or data["veto"],
        reasons=() if data["veto"] else found, by_level=by_level,
    )  # fmt: skip


def typed_causes(formset: Any, *, rule: str) -> tuple[Reason, ...]:
    """The causes of a low level under their number keys; without any, those the sentence tells."""
    texts = [form.cleaned_data["text"] for form in formset if form.cleaned_data.get("text")]
    found, _ = parse_causes("；".join(texts), rule)
    return tuple(
        Reason(key=key, text=each.text, low=each.low, high=each.high, other=each.other)
        for key, each in enumerate(found, 1)
    )


def typed_reasons(formset: Any, *, rule: str, marks: Decimal) -> tuple[Reason, ...]:
    """The reasons under their number keys, 其他 last where nobody wrote one."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data.get("text")]
    found = [(row["text"], row["low"], row["high"] or row["low"]) for row in rows]
    derived = parse_rule("" if found else rule, full_marks=marks)
    if not any(text.startswith(OTHER_BEGINS) for text, _, _ in found):
        found += [(each.label, each.low, each.high) for each in derived]
    return tuple(
        Reason(key=key, text=text, low=low, high=high, other=text.startswith(OTHER_BEGINS))
        for key, (text, low, high) in enumerate(found, 1)
    )

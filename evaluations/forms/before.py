"""Forms before the first sheet: undertaking, training, trial. Shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluations.forms.recusals import CHOICES, OwnRecusalForm
from evaluations.queries.trial import TrialCandidate
from experts.models import Expert

MOST_DECLARED = 4


class DeclareForm(OwnRecusalForm):
    """A relation on the undertaking; a row without 回避对象 is left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = False
        reason: Any = self.fields["reason"]
        reason.required, reason.choices = False, [("", "—"), *CHOICES]
        for name in ("target", "left_on", "explanation"):
            self.fields[name].help_text = ""

    def clean(self) -> dict[str, Any]:
        """What is explained needs its target; a relative needs the explanation."""
        data = super().clean() or {}
        if not data.get("target"):
            if data.get("explanation") or data.get("left_on"):
                self.add_error("target", "请写回避对象，或把这一行清空。")
        elif not data.get("reason"):
            self.add_error("reason", "请选是什么关系。")
        elif data["reason"] in {"kin", "opposing"} and not data.get("explanation"):
            self.add_error("explanation", "近亲属、对方代理人必须写明是谁、什么关系。")
        return data


DeclareRows = forms.formset_factory(
    DeclareForm, extra=0, min_num=MOST_DECLARED, max_num=MOST_DECLARED
)


class UndertakingForm(forms.Form):
    """The two sentences to tick before signing, and whether there is something to declare."""

    declares = forms.ChoiceField(
        label="除本人承办、同一机构（系统自动避开）以外，有没有其他应当回避的关系",
        choices=[("no", "没有"), ("yes", "有，逐条填在下面")],
        widget=forms.RadioSelect,
    )
    secrecy = forms.BooleanField(label="我已阅读保密承诺，并将遵守")
    recusal = forms.BooleanField(label="我已阅读回避声明；遇有应回避的案件，立即停止评卷并申请回避")


def typed_relations(form: UndertakingForm, rows: Any) -> list[dict[str, Any]]:
    """The relations as `record_recusal` takes them. Adds an error where 有 or 没有 disagrees."""
    found = [dict(row.cleaned_data) for row in rows if row.cleaned_data.get("target")]
    if form.cleaned_data["declares"] == "yes" and not found:
        form.add_error("declares", "选了“有”，请在下面至少填一条。")
    elif form.cleaned_data["declares"] == "no" and found:
        form.add_error("declares", "选了“没有”，下面却填了关系。请改选“有”，或清空下面各行。")
    return found


class TrainingForm(forms.Form):
    """专项培训 as it was held."""

    held_on = forms.DateField(
        label="培训日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.CharField(label="地点", max_length=80)
    trainer = forms.CharField(label="主讲", max_length=80)
    notes = forms.CharField(
        label="讲定的口径",
        max_length=4000,
        help_text="逐条写，一条一行。专家评分时可以随时打开看；某一项的口径写在评分标准的“培训口径”里。",
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": 4000}),
    )
    experts = forms.ModelMultipleChoiceField(
        label="到场专家",
        queryset=Expert.objects.select_related("person__firm").order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, seated: Sequence[Expert], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["experts"]
        field.queryset = field.queryset.filter(pk__in=[expert.pk for expert in seated])
        field.label_from_instance = lambda expert: (
            f"{expert.person.name}（{expert.person.firm.name}）"
        )


class TrialForm(forms.Form):
    """One to four files that can never be drawn, and why these."""

    numbers = forms.MultipleChoiceField(
        label="试评卷宗", widget=forms.CheckboxSelectMultiple,
        help_text="选一至四件。只列不会被抽中的案件；有专家应当回避的不能选。",
    )  # fmt: skip
    reason = forms.CharField(
        label="为什么选这几件", max_length=300,
        help_text="例如：民事、刑事各一件，去年两评分歧最大的类型。",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offered: Sequence[TrialCandidate]) -> None:
        super().__init__(data)
        field: Any = self.fields["numbers"]
        field.choices = [(one.number, offered_words(one)) for one in offered if not one.barred]


def offered_words(one: TrialCandidate) -> str:
    """A file on the list: number, type and stage, cause, why it can never be drawn."""
    kind = f"{one.case.get_kind_display()}·{one.case.stage or '—'}"
    return f"{one.number}　{kind}　{one.case.cause or '—'}　{one.why}"

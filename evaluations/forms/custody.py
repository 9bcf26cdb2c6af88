"""Forms of 卷宗交接: what was scanned, for whom; the rules judge the file."""

from typing import Any

from django import forms

from evaluations.models import Plan
from evaluations.queries.custody import file_of, file_row, file_takers, refusal, takers
from evaluations.rules.custody import MOVE_WORDS, Move, read_code
from evaluations.rules.errors import RuleError
from experts.models import Expert
from wanzhou_eval.errors import RefusedError

SCANNED = (Move.OUT, Move.GIVE, Move.BACK, Move.RETURN)


class HandOverForm(forms.Form):
    """What is being done, and to whom the files go; stays as chosen from scan to scan."""

    move = forms.ChoiceField(label="办理", choices=[(m.value, MOVE_WORDS[m]) for m in SCANNED])
    holder = forms.ModelChoiceField(
        label="发给专家",
        queryset=Expert.objects.none(),
        required=False,
        empty_label="（发给专家时选）",
    )

    counterpart = forms.CharField(
        label="档案室经手人",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"size": 8}),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        people = file_takers(plan)
        field = self.fields["holder"]
        assert isinstance(field, forms.ModelChoiceField)
        experts = Expert.objects.filter(pk__in=[pk for pk, _ in people]).select_related("person")
        field.queryset = experts
        field.widget.choices = [("", field.empty_label), *people]

    def clean_move(self) -> Move:
        """The move as the rules know it."""
        return Move(self.cleaned_data["move"])

    def clean(self) -> dict[str, Any]:
        """Files handed to an expert need the expert."""
        data = super().clean() or {}
        if data.get("move") is Move.GIVE and not data.get("holder") and "holder" not in self.errors:
            self.add_error("holder", "请选卷宗发给哪位专家。")
        return data


class ScanForm(HandOverForm):
    """One file, by its label or its 卷宗号."""

    code = forms.CharField(
        label="扫条码或输入卷宗号",
        max_length=60,
        error_messages={"required": "没有读到条码。请再扫一次，或输入封面上的卷宗号。"},
    )

    def clean(self) -> dict[str, Any]:
        """The number behind the code, and whether this file can go this way now."""
        data = super().clean()
        if self.errors:
            return data
        try:
            data["serial"] = read_code(data.pop("code"), year=self.plan.year)
            case = file_of(self.plan, data["serial"])
        except (RuleError, RefusedError) as error:
            self.add_error("code", str(error))
            return data
        may_take = takers(self.plan) if data["move"] is Move.GIVE else {}
        row = file_row(self.plan, case)
        sentence = refusal(row, data["move"], holder=data["holder"], may_take=may_take)
        if sentence:
            self.add_error("code", sentence)
        return data


class PanelFilesForm(HandOverForm):
    """All files of a panel at once."""

    panel = forms.CharField(label="小组", max_length=40)


class MissingForm(forms.Form):
    """缺卷: where it was looked for."""

    note = forms.CharField(
        label="怎么找过",
        max_length=200,
        help_text="写明查过哪些柜架、问过谁，例如：2022年民事柜第3层查两遍，承办所确认未借出。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

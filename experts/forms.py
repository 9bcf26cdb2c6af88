"""Forms of the pool: shape only."""

from django import forms

from experts.models import Expert, Recusal
from wanzhou_eval.models import Firm, Person


class PoolUploadForm(forms.Form):
    """专家库.xlsx."""

    file = forms.FileField(
        label="专家库文件",
        help_text="表头须有姓名、工作单位、专业领域；不超过 10 MB。",
        allow_empty_file=True,
    )


class RecusalForm(forms.Form):
    """One declared relation; a firm or a person. Single cases are recused on the matching page."""

    expert = forms.ModelChoiceField(
        label="专家", queryset=Expert.objects.select_related("person__firm").order_by("pk")
    )
    reason = forms.ChoiceField(
        label="原因",
        choices=[c for c in Recusal.Reason.choices if c[0] not in {"found", "former-firm"}],
    )
    firm = forms.ModelChoiceField(
        label="承办机构", queryset=Firm.objects.order_by("name"), required=False
    )
    person = forms.ModelChoiceField(
        label="承办人",
        queryset=Person.objects.select_related("firm").order_by("name"),
        required=False,
    )
    explanation = forms.CharField(label="说明", max_length=200)

    def clean(self) -> dict[str, object]:
        """Exactly one target."""
        data = super().clean() or {}
        if sum(bool(data.get(name)) for name in ("firm", "person")) != 1:
            raise forms.ValidationError("承办机构和承办人只填一项。")
        return data

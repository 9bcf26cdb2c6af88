"""Forms of 回避: shape only."""

from django import forms

from experts.models import Expert, Recusal

CHOICES = [pair for pair in Recusal.Reason.choices if pair[0] != Recusal.Reason.FOUND]


class OwnRecusalForm(forms.Form):
    """A relation as the expert declares it about himself."""

    reason = forms.ChoiceField(label="关系", choices=CHOICES)
    target = forms.CharField(
        label="回避对象",
        max_length=80,
        help_text="机构写全称；承办人写姓名，同名的写“姓名（机构）”；只回避一件的写案号或卷宗号。",
    )
    left_on = forms.DateField(
        label="离开日期",
        required=False,
        help_text="只有曾在该机构执业才填，例如 2021-06-30；不记得就留空，一直回避。",
    )
    explanation = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="近亲属、对方代理人必须写明是谁、什么关系。",
    )


class RecusalForm(OwnRecusalForm):
    """The same, recorded by 科室 for one expert of the pool."""

    expert = forms.ModelChoiceField(
        label="专家", queryset=Expert.objects.select_related("person__firm").order_by("pk")
    )
    field_order = ("expert",)


class WithdrawForm(forms.Form):
    """Why a relation was recorded by mistake."""

    reason = forms.CharField(label="撤回原因", max_length=200)


class RecusalListForm(forms.Form):
    """回避名单.xlsx or .csv."""

    file = forms.FileField(
        label="回避名单",
        help_text="表头须有专家、关系、对象，可有离开日期、说明；.xlsx 或 .csv，不超过 10 MB。",
        allow_empty_file=True,
    )

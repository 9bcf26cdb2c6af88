"""Forms of the panels' reports and of the bureau's: shape only."""

from django import forms

from evaluations.forms.plan import DateInput


def text(label: str, *, most: int, required: bool = True, help_text: str = "") -> forms.CharField:
    """A part of a report."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class PanelReportForm(forms.Form):
    """小组汇总报告."""

    overview = text("总体情况", most=2000, help_text="评了多少件、总的质量、评分怎样把握。")
    problems = text("主要问题", most=2000, help_text="反复出现的问题，不写受援人姓名。")
    advice = text("意见建议", most=2000)


class ReportForm(forms.Form):
    """The bureau's words; a draft may have gaps."""

    overview = text("总体评价", most=4000, required=False)
    problems = text("问题分析", most=4000, required=False)
    measures = text("改进措施", most=4000, required=False)


class IssueReportForm(forms.Form):
    """印发."""

    number = forms.CharField(label="报告文号", max_length=60)
    issued_on = forms.DateField(label="印发日期", widget=DateInput())

"""Forms of the document templates: shape only."""

from django import forms

from evaluations.forms.results import OneFileField


class TemplateForm(forms.Form):
    """An edited template and what was changed."""

    file = OneFileField(
        label="改好的模板（.docx）", widget=forms.FileInput(attrs={"accept": ".docx"})
    )
    reason = forms.CharField(label="改了什么", max_length=200)

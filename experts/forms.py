"""Forms of the pool: shape only."""

from django import forms


class PoolUploadForm(forms.Form):
    """专家库.xlsx."""

    file = forms.FileField(
        label="专家库文件",
        help_text="表头须有姓名、工作单位、专业领域；不超过 10 MB。",
        allow_empty_file=True,
    )

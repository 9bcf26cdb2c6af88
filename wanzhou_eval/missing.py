"""What a form says of a field that was left empty: what to do, not only that it is needed."""

from django import forms

MISSING: dict[type[forms.Field], str] = {
    forms.Field: "还没有填，请填写。",
    forms.ChoiceField: "还没有选，请选一项。",
    forms.MultipleChoiceField: "还没有选，请至少选一项。",
    forms.BooleanField: "还没有勾选，请看过后勾选。",
    forms.FileField: "还没有选文件，请选好文件。",
}


def name_the_remedy() -> None:
    """Put these in place of the framework's words; a field takes them when it is defined."""
    for kind, sentence in MISSING.items():
        kind.default_error_messages = kind.default_error_messages | {"required": sentence}

"""Forms of the ground floor: they check the shape, they never save."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import UploadedFile

from wanzhou_eval.attachments import FILE_LIMIT, FILES_LIMIT
from wanzhou_eval.models import User


class LoginForm(forms.Form):
    """账号 and 密码."""

    username = forms.CharField(label="账号", max_length=40)
    password = forms.CharField(
        label="密码", max_length=128, strip=False, widget=forms.PasswordInput
    )


class PasswordForm(forms.Form):
    """The old password once, the new one twice."""

    old = forms.CharField(label="现在的密码", strip=False, widget=forms.PasswordInput)
    new = forms.CharField(
        label="新密码",
        help_text="至少10个字符，不能全是数字，不能是常见密码，不能与账号、姓名相近。",
        strip=False,
        widget=forms.PasswordInput,
    )
    again = forms.CharField(label="再输一遍新密码", strip=False, widget=forms.PasswordInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        """The present password, checked."""
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError("现在的密码不对，请重新输入。")
        return old

    def clean_new(self) -> str:
        """A password that keeps the rules."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any] | None:
        """Both typings of the new password are the same."""
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不同，请重新输入。")
        return data


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of (name, content); whether they may be kept is for the action to say."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Read no more files, and no more of one, than shows that it is too much."""
        files: Sequence[UploadedFile[Any]] = (data or [])[: FILES_LIMIT + 1]
        return [(file.name or "附件", file.read(FILE_LIMIT + 1)) for file in files]


class AuditFilterForm(forms.Form):
    """The filter row of 审计日志; the choices are what the trail holds."""

    year = forms.ChoiceField(label="年度", required=False)
    actor = forms.ChoiceField(label="账号", required=False)
    action = forms.ChoiceField(label="操作", required=False)
    outcome = forms.ChoiceField(
        label="结果",
        required=False,
        choices=[("", "全部"), ("done", "已办"), ("refused", "未获准")],
    )

    def __init__(
        self,
        *args: Any,
        years: Sequence[tuple[str, str]],
        actors: Sequence[tuple[str, str]],
        actions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("year", years), ("actor", actors), ("action", actions)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "全部"), *known]

"""Forms of the ground floor: they check the shape, they never save."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from wanzhou_eval.models import User


class LoginForm(forms.Form):
    """账号 and 密码."""

    username = forms.CharField(label="账号", max_length=40)
    password = forms.CharField(label="密码", max_length=128, strip=False, widget=forms.PasswordInput)


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

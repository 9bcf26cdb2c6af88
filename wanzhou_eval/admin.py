"""系统管理 pages: accounts, holidays, synonyms. Every change passes `accounts`, nothing else."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from wanzhou_eval import accounts
from wanzhou_eval.access import signed_in
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import FirmAlias, Holiday, HolidayNotice, User
from wanzhou_eval.texts import organisation_key

admin.site.unregister(Group)  # an account has one role, never a bundle of rights


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only for the type checker
    """账号: created, changed, disabled, given a new initial password; never deleted."""

    list_display = ("username", "name", "unit", "role", "is_active", "valid_to")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name", "unit")
    ordering = ("username",)
    fields = ("username", "name", "unit", "role", "person", "is_active", "valid_to")
    actions = None
    change_form_template = "admin/user_form.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filter by what the page offers: `?password__startswith=` would spell out the hash."""
        asked = lookup.partition("__")[0]
        return asked in self.list_filter and super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The login name stands in the audit trail and stays."""
        return ("username",) if obj else ()

    def get_urls(self) -> list[URLPattern]:
        """The site's addresses and 重设密码."""
        own = path(
            "<int:pk>/reset/",
            self.admin_site.admin_view(require_POST(self.reset_password)),
            name="wanzhou_eval_user_reset",
        )
        return [own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Through the actions; the initial password travels to the page only."""
        if change:
            accounts.change_account(obj, values=form.cleaned_data, by=signed_in(request))
        else:
            password = accounts.create_account(obj, by=signed_in(request))
            request.META["wanzhou.initial_password"] = password

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the initial password once."""
        return self.show_password(request, obj, request.META.pop("wanzhou.initial_password"))

    def reset_password(self, request: HttpRequest, pk: int) -> HttpResponse:
        """重设密码."""
        user = self.get_object(request, str(pk))
        if user is None:
            raise RefusedError("没有找到这个账号。请回账号列表重新选择。", status=404)
        password = accounts.reset_password(user, by=signed_in(request))
        return self.show_password(request, user, password)

    def show_password(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        """The only time that the initial password can be read."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{user.username} 的初始密码",
            "opts": self.opts,
            "account": user,
            "password": password,
        }
        return TemplateResponse(request, "admin/initial_password.html", context)


class ReferenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only for the type checker
    """Rows that are kept and removed through `accounts`, one at a time."""

    actions = None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Keep the row with its audit line."""
        accounts.keep_reference(obj, changed=form.changed_data, by=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the row with its audit line."""
        accounts.remove_reference(obj, by=signed_in(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Keep and remove the rows below, each with its audit line."""
        rows: list[Model] = formset.save(commit=False)
        fields = {id(each.instance): each.changed_data for each in formset.forms}
        for row in formset.deleted_objects:
            accounts.remove_reference(row, by=signed_in(request))
        for row in rows:
            accounts.keep_reference(row, changed=fields[id(row)], by=signed_in(request))  # type: ignore[arg-type]


class HolidayInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """放假 and 调休 days of a notice."""

    model = Holiday
    extra = 3


@admin.register(HolidayNotice)
class HolidayNoticeAdmin(ReferenceAdmin):
    """节假日通知 of a year with its days."""

    list_display = ("year", "title", "document", "issued_on")
    inlines: ClassVar = [HolidayInline]


@admin.register(Holiday)
class HolidayAdmin(ReferenceAdmin):
    """One special day."""

    list_display = ("day", "kind", "name", "notice")
    list_filter = ("notice", "kind")
    date_hierarchy = "day"


class AliasForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Another spelling as somebody wrote it; kept in the form that spellings meet in."""

    class Meta:
        model = FirmAlias
        fields: ClassVar = ["key", "firm"]
        labels: ClassVar = {"key": "别名"}

    def clean_key(self) -> str:
        """The normalised alias, different from the firm's own name."""
        key = organisation_key(self.cleaned_data["key"])
        if not key:
            raise forms.ValidationError("请填机构的另一种写法。")
        return key

    def clean(self) -> dict[str, Any]:
        """An alias leads to another name than itself."""
        data = super().clean() or {}
        firm = data.get("firm")
        if firm and data.get("key") == firm.key:
            self.add_error("key", "这就是机构本来的名称，不用登记别名。")
        return data


@admin.register(FirmAlias)
class FirmAliasAdmin(ReferenceAdmin):
    """机构别名."""

    form = AliasForm
    list_display = ("key", "firm")
    search_fields = ("key", "firm__name")

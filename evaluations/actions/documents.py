"""文书模板: the bureau's own versions, checked before they are kept; every one stays on record."""

from hashlib import sha256

from django.db import connection, transaction

from evaluations.models import DocumentTemplate
from evaluations.permissions.results import may_edit_templates
from evaluations.queries.documents import template_in_force
from evaluations.rules.document_fields import FIELDS
from evaluations.rules.documents import DocumentKind, examples_of, names_of
from wanzhou_eval.attachments import clean_file_name
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User
from wanzhou_eval.wordchecks import check_template
from wanzhou_eval.wordfiles import WordTemplate

TEMPLATES = 20220902
"""The advisory lock under which versions are numbered."""


@transaction.atomic
def store_template(
    kind: DocumentKind, *, name: str, data: bytes, reason: str, by: User
) -> DocumentTemplate:
    """Keep an edited template as the next version; a broken one is refused and nothing changes."""
    _refuse_unless_editor(by, reason)
    fields = FIELDS[kind]
    check_template(data, names_of(fields))
    WordTemplate(data).fill(examples_of(fields))
    fingerprint = sha256(data).hexdigest()
    if template_in_force(kind).sha256 == fingerprint:
        raise RefusedError(f"{kind.label}现在用的就是这份模板，没有变化。")
    kept = DocumentTemplate(name=clean_file_name(name), data=data, sha256=fingerprint)
    return _keep("store_template", kept, kind=kind, reason=reason, by=by)


@transaction.atomic
def restore_template(kind: DocumentKind, *, reason: str, by: User) -> DocumentTemplate:
    """Go back to the built-in template; the edited versions stay on record."""
    _refuse_unless_editor(by, reason)
    if template_in_force(kind).version == 0:
        raise RefusedError(f"{kind.label}现在用的就是内置模板，不用恢复。")
    kept = DocumentTemplate(built_in=True, data=b"")
    return _keep("restore_template", kept, kind=kind, reason=reason, by=by)


def _refuse_unless_editor(by: User, reason: str) -> None:
    if not may_edit_templates(by):
        raise RefusedError("文书模板由科室维护，请换用科室账号。", status=403)
    if not reason.strip():
        raise RefusedError("请写明改了什么或为什么恢复，再提交。", status=422)


def _keep(
    action: str, version: DocumentTemplate, *, kind: DocumentKind, reason: str, by: User
) -> DocumentTemplate:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TEMPLATES])
    version.kind, version.reason, version.by = kind.value, reason.strip()[:200], by
    version.version = DocumentTemplate.objects.filter(kind=kind).count() + 1
    version.save()
    record_event(
        action,
        by=by,
        target=f"{kind.label}模板第{version.version}版",
        detail={"sha256": version.sha256, "reason": version.reason},
    )
    return version

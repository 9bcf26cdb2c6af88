"""归档包: the year as files, the same to the byte whenever they are made after the closing.

Codes stand for firms and people: names in the registers may change later, codes never do. Only
rows of the year go in, and of the trail only the lines up to the closing.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db.models import Max, QuerySet

from appeals.models import (
    Appeal,
    AppealGround,
    YearArchive,
)
from appeals.queries.archive_tables import CASE, TABLES, rows_of
from evaluations.models import (
    Draw,
    Plan,
    Publication,
    Report,
)
from evaluations.queries.draws_proof import certificate_of
from evaluations.rules.certificates import certificate_file
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent
from wanzhou_eval.workdays import SHANGHAI

Files = dict[str, bytes]

README = """{year}年度法律援助案件质量评估 归档包

归档清单.txt 逐个文件列出 SHA-256；清单自己的 SHA-256 就是归档页上的“归档包指纹”：
    sha256sum -c 归档清单.txt
    sha256sum 归档清单.txt
抽选/ 里的证书可以用抽选记录页下载的核验包离线复算。
机构和人员用代码，没有受援人姓名。审计记录到归档为止，链头是第 {seq} 条。
"""


def archive_files(plan: Plan, *, audit_seq: int, appeals_upto: int) -> Files:
    """Every file of the package by name."""
    files = dict(_tables(plan))
    files |= _draws(plan) | _publications(plan) | _reports(plan)
    files["方案/方案.json"] = _json(_plan_values(plan))
    files["异议/异议.csv"], files["异议/理由和答复.csv"] = _appeals(plan, upto=appeals_upto)
    files["审计/审计记录.jsonl"] = _trail(plan, upto=audit_seq)
    files["说明.txt"] = README.format(year=plan.year, seq=audit_seq).encode()
    return dict(sorted(files.items()))


def manifest(files: Files) -> bytes:
    """归档清单: a line per file, as `sha256sum` writes it."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    return "".join(lines).encode()


def last_appeal(plan: Plan) -> int:
    """The number of the latest appeal that came in."""
    return Appeal.objects.of(plan).aggregate(last=Max("pk"))["last"] or 0


def archived_files(plan: Plan) -> Files:
    """The package of a closed year with its list.

    Raises `RefusedError` (404) before the closing, and (409) when the files no longer give the
    fingerprint that was recorded then: the year was changed behind the application.
    """
    archive = YearArchive.objects.filter(plan=plan).first()
    if archive is None:
        raise RefusedError(f"{plan.year}年度还没有归档，归档以后才有归档包。", status=404)
    files = archive_files(plan, audit_seq=archive.audit_seq, appeals_upto=archive.appeals_upto)
    listed = manifest(files)
    if hashlib.sha256(listed).hexdigest() != archive.sha256:
        raise RefusedError(
            "归档包与归档时的指纹不一致：归档以后数据被改动过。请运行核验，并报告系统管理员。"
        )
    return files | {"归档清单.txt": listed}


def _tables(plan: Plan) -> Iterator[tuple[str, bytes]]:
    for name, (_, _, columns) in TABLES.items():
        yield name, _csv(tuple(columns), rows_of(plan, name))


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table for any office program; with the mark that tells it the encoding."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    """A value in one form; a text that a spreadsheet would take for a formula gets a mark."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in {"=", "+", "-", "@"} else text


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_cell)
    return f"{text}\n".encode()


def _plan_values(plan: Plan) -> dict[str, Any]:
    left_out = {"id", "frame", "standard", "created_by", "clock_offset"}
    fields = [field for field in plan._meta.concrete_fields if field.name not in left_out]
    values: dict[str, Any] = {field.name: getattr(plan, field.attname) for field in fields}
    kept = {k: str(v) if isinstance(v, Decimal | date) else v for k, v in values.items()}
    kept |= {k: _cell(v) for k, v in values.items() if isinstance(v, datetime)}
    standard = plan.standard
    return kept | {"stage": "closed", "standard": str(standard) if standard else ""}


def _draws(plan: Plan) -> Files:
    files: Files = {}
    for draw in Draw.objects.filter(plan=plan).order_by("pk"):
        files[f"抽选/{draw.code}/名单.txt"] = draw.freeze_text.encode()
        if draw.result_hash:
            files[f"抽选/{draw.code}/证书.json"] = certificate_file(certificate_of(draw))
    return files


def _publications(plan: Plan) -> Files:
    headers = ("序号", "案号", "案件类型", "承办机构", "受援人（隐名）", "承办人", "等次")
    columns = ("ordinal", "number", "kind", "firm", "recipient", "handler", "grade")
    files: Files = {}
    for version in Publication.objects.filter(plan=plan):
        lines = version.lines.order_by("ordinal").values_list(*columns)
        name = f"公布/第{version.version}版"
        files[f"{name}.csv"] = _csv(headers, lines)
        told = ("sha256", "site", "reason", "published_at", "appeal_until")
        files[f"{name}.json"] = _json({each: getattr(version, each) for each in told})
    return files


def _reports(plan: Plan) -> Files:
    told = ("number", "issued_on", "issued_at", "overview", "problems", "measures", "facts",
            "sha256")  # fmt: skip
    issued = Report.objects.filter(plan=plan, issued_at__isnull=False)
    return {
        f"报告/评估报告第{report.version}版.json": _json(
            {each: getattr(report, each) for each in told}
        )
        for report in issued
    }


def _appeals(plan: Plan, *, upto: int) -> tuple[bytes, bytes]:
    appeals = Appeal.objects.of(plan).filter(pk__lte=upto).order_by("pk")
    columns = {
        "号": "pk", **CASE, "申辩人": "appellant__code", "方式": "channel",
        "收到": "received_at", "期限": "window_end", "受理": "accepted_at",
        "不予受理": "refused_at", "不予受理理由": "refused_reason", "撤回": "withdrawn_at",
        "反馈期限": "answer_due", "反馈": "answered_at", "结果": "result",
        "复评等次": "result_grade", "审查意见": "result_reason",
    }  # fmt: skip
    grounds: QuerySet[AppealGround] = AppealGround.objects.filter(appeal__in=appeals)
    return (
        _csv(tuple(columns), appeals.values_list(*columns.values())),
        _csv(
            ("号", "项目", "申辩理由", "答复"),
            grounds.order_by("pk").values_list("appeal_id", "item", "reason", "view"),
        ),
    )


def _trail(plan: Plan, *, upto: int) -> bytes:
    """The year's lines of the trail, each with the hashes that bind it to its neighbours."""
    columns = ("seq", "at", "actor", "role", "action", "target", "outcome", "sentence", "detail",
               "prev", "hash")  # fmt: skip
    lines = AuditEvent.objects.filter(year=plan.year, seq__lte=upto).order_by("seq")
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True, default=_cell) + "\n"
        for row in lines.values(*columns)
    ).encode()

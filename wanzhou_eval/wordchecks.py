"""An edited Word template before it is kept: what it may contain, and a clear word otherwise."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.wordfiles import FILLED_PARTS, LANGUAGE, prepared
from wanzhou_eval.workbooks.guard import Handlers, Package

Fields = Mapping[str, frozenset[str]]
"""The fields of a document; a table has the names of its columns, a plain field none."""

MAX_TEMPLATE_BYTES = 2 * 1024 * 1024
MAIN_PART = "word/document.xml"
TAG = re.compile(r"<[^>]*>")
UNWANTED = {
    "<w:ins ": "修订标记，请在“审阅”里接受全部修订",
    "<w:del ": "修订标记，请在“审阅”里接受全部修订",
    "<w:commentReference": "批注，请在“审阅”里删除全部批注",
    "<w:vanish/>": "隐藏的文字，请取消隐藏",
    "<w:object": "嵌入的对象，请删除",
    "<w:altChunk": "嵌入的文件，请删除",
    "INCLUDETEXT": "引用别的文件的域，请删除",
    "INCLUDEPICTURE": "引用外部图片的域，请删除",
    "DDEAUTO": "自动运行的域，请删除",
}
"""What a template must not carry into every document, and what to do about it."""
EXTERNAL = re.compile(r'TargetMode\s*=\s*"External"')
PLAIN_NODES = (
    nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
LOOP_WORDS = frozenset({"index", "first", "last", "length"})
SAVE_AS = "请在 Word 或 WPS 中打开，另存为 .docx 后再上传。"


def refuse(sentence: str) -> RefusedError:
    """Bad input: the answer is 422."""
    return RefusedError(sentence, status=422)


def check_template(data: bytes, fields: Fields) -> None:
    """Raise RefusedError unless the file is a plain Word document that uses known fields only."""
    sources = read_parts(data)
    used: set[str] = set()
    for source in sources:
        for word, told in UNWANTED.items():
            if word in source:
                raise refuse(f"模板里有{told}，再上传。")
        used |= used_fields(_parsed(prepared(source)), fields)
    if not used:
        raise refuse("模板里一个字段也没有，填不出内容。字段写成 {{ 案号 }}，清单见本页。")


def read_parts(data: bytes) -> list[str]:
    """The parts that are filled, as text; refused when the file is no sound .docx."""
    if not data:
        raise refuse("文件是空的（0 字节），请重新选择模板文件。")
    if len(data) > MAX_TEMPLATE_BYTES:
        raise refuse("模板超过 2 MB，请删去图片后再上传。")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(f"这是旧格式的 .doc 或加了密码的文件。{SAVE_AS}")
    try:
        package = Package(data)
        found = {name: b"".join(package.chunks(name)) for name in sorted(package.names)}
        for name in found:
            if name.endswith((".xml", ".rels")):
                package.parse(name, Handlers())
        texts = {name: part.decode("utf-8-sig") for name, part in found.items() if _read(name)}
    except (RefusedError, UnicodeDecodeError) as error:
        raise refuse(f"这份文件不是完好的 Word 文档（.docx），没有保存。{SAVE_AS}") from error
    _check_package(texts)
    return [text for name, text in texts.items() if FILLED_PARTS.fullmatch(name)]


def _read(name: str) -> bool:
    return name.endswith(".rels") or FILLED_PARTS.fullmatch(name) is not None


def _check_package(texts: Mapping[str, str]) -> None:
    if MAIN_PART not in texts:
        raise refuse(f"这份文件里没有 Word 正文，可能是表格或演示文稿。{SAVE_AS}")
    if any(name.endswith(".rels") and EXTERNAL.search(text) for name, text in texts.items()):
        raise refuse("模板里有外部链接（超链接、外部图片或外部模板），请删除链接后再上传。")


def _parsed(source: str) -> nodes.Template:
    try:
        return LANGUAGE.parse(source)
    except TemplateSyntaxError as error:
        lines = source.splitlines()[max(error.lineno - 1, 0) :][:1]
        near = TAG.sub("", lines[0] if lines else "").strip()[:40]
        place = f"“{near}”附近" if near else "末尾"
        raise refuse(
            f"模板{place}的标记不完整或不成对：字段要写成 {{{{ 案号 }}}}，"
            "{% for %} 要有 {% endfor %}，{% if %} 要有 {% endif %}。改正后再上传。"
        ) from error


def used_fields(
    tree: nodes.Node, fields: Fields, rows: Mapping[str, str] | None = None
) -> set[str]:
    """The declared fields that a template uses; anything else in it is refused."""
    rows = rows or {}
    if isinstance(tree, nodes.For):
        return _loop(tree, fields, rows)
    if isinstance(tree, nodes.Getattr):
        return _column(tree, fields, rows)
    if isinstance(tree, nodes.Name):
        return _known(tree.name, fields)
    if isinstance(tree, nodes.Output):
        _refuse_tables(tree, fields)
    if not isinstance(tree, (nodes.Template, *PLAIN_NODES)):
        raise refuse("模板里用了字段、循环和条件以外的写法，系统不执行。请只用本页列出的字段。")
    found: set[str] = set()
    for child in tree.iter_child_nodes():
        found |= used_fields(child, fields, rows)
    return found


def _known(name: str, fields: Fields) -> set[str]:
    if name not in fields:
        raise refuse(f"模板里有系统不认识的字段“{name}”。{_listed(fields)}")
    return {name}


def _refuse_tables(tree: nodes.Output, fields: Fields) -> None:
    """A table stands in a condition or a loop, never in the text itself."""
    for child in tree.nodes:
        if isinstance(child, nodes.Name) and fields.get(child.name):
            raise refuse(f"“{child.name}”是一张表，要用循环逐行写，不能直接写在文字里。")


def _loop(tree: nodes.For, fields: Fields, rows: Mapping[str, str]) -> set[str]:
    table: Any = tree.iter
    name = getattr(table, "name", "")
    if not fields.get(name) or not isinstance(tree.target, nodes.Name):
        told = "、".join(each for each, columns in fields.items() if columns)
        raise refuse(f"模板里的循环要写成 {{%tr for 行 in 表名 %}}，可用的表：{told or '没有'}。")
    inside = dict(rows) | {tree.target.name: name}
    found = {name}
    if tree.test or tree.recursive:
        raise refuse("模板里的循环不支持再加条件，请去掉循环里的 if 或 recursive。")
    for child in (*tree.body, *tree.else_):
        found |= used_fields(child, fields, inside)
    return found


def _column(tree: nodes.Getattr, fields: Fields, rows: Mapping[str, str]) -> set[str]:
    owner = getattr(tree.node, "name", "")
    if owner == "loop" and rows and tree.attr in LOOP_WORDS:
        return set()
    table = rows.get(owner)
    if table is None:
        raise refuse(f"模板里的“{owner}.{tree.attr}”不在表的循环里，请检查 {{% for %}} 的位置。")
    if tree.attr not in fields[table]:
        told = "、".join(sorted(fields[table]))
        raise refuse(f"表“{table}”里没有“{tree.attr}”这一栏。可用：{told}。")
    return set()


def _listed(fields: Fields) -> str:
    names = list(fields)
    more = "……" if len(names) > 12 else ""
    return f"可用的字段：{'、'.join(names[:12])}{more}，完整清单见本页。"

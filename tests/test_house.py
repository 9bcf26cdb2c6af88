"""Rules of the house that no linter knows, read from the source itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from evaluations.rules.stages import MOVES, Stage, mermaid
from wanzhou_eval.audit import ACTION_WORDS
from wanzhou_eval.database import APPEND_ONLY_TABLES, SEALABLE_TABLES

ROOT = Path(__file__).parents[1]
APPS = ("wanzhou_eval", "cases", "experts", "evaluations", "appeals")
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 300, 25, 100
LONG_FUNCTIONS: dict[str, int] = {
    "appeals/rehearsal/after.py:answer": 33,
    "evaluations/actions/plan.py:create_plan": 26,
    "experts/actions.py:declare_recusal": 38,
    "experts/actions.py:store_expert": 29,
    "wanzhou_eval/templatetags/charts.py:stacked_bars": 30,
    "wanzhou_eval/templatetags/specimen.py:specimen_data": 31,
}
"""Functions allowed to be longer, with their length: the list may only shrink."""
WRITERS = re.compile(
    r"(^|/)(actions(\.py$|/)|storing(\.py$|/)|management/commands/|rehearsal/)"
    r"|^wanzhou_eval/(audit|accounts|holidays|models)\.py$"
)
"""Who may write: actions, their storing parts, commands and the rehearsal that act for a person."""
WRITES = frozenset({
    "create", "save", "update", "delete", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create", "create_user", "set_password", "raw",
})  # fmt: skip
MACHINE = re.compile(r"/(?:work|tmp|root|home)/\w|pypi\.org|127\.0\.0\.1:\d+/simple")
TELL_PATHS = {"tests/test_house.py", "tests/wanzhou_eval/test_embedded.py"}
"""Tests whose subject is a path: the shortest folder for a socket."""
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def code() -> Iterator[Path]:
    """Modules without migrations."""
    return (path for path in SOURCES if "/migrations/" not in path.as_posix())


def views() -> list[Path]:
    return [p for p in code() if p.name == "views.py" or p.parent.name == "views"]


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield f"{name(path)}:{node.name}", node


def length(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end without the docstring: what the eye must hold."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_no_module_is_long() -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in code()}
    assert {each: count for each, count in lines.items() if count > LONGEST_MODULE} == {}


def test_no_function_is_long() -> None:
    lengths = {label: length(node) for path in code() for label, node in functions(path)}
    long = {label: lines for label, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert long.keys() <= LONG_FUNCTIONS.keys()
    grown = {label: lines for label, lines in long.items() if lines > LONG_FUNCTIONS[label]}
    assert grown == {}
    assert LONG_FUNCTIONS.keys() - long.keys() == set(), "shortened: take it off the list"


def test_no_template_is_long() -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in TEMPLATES}
    assert {each: count for each, count in lines.items() if count > LONGEST_TEMPLATE} == {}


def test_views_ask_queries_and_never_the_database() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in views()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert found == []


def test_only_actions_write() -> None:
    found = []
    for path in code():
        if WRITERS.search(name(path)):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in WRITES and is_database(owner, node.func.attr):
                    found.append(f"{name(path)}:{node.lineno} {owner}.{node.func.attr}")
    assert found == []


def is_database(owner: str, act: str) -> bool:
    """Whether the call goes to the database: a queryset's word, or `save` of an object."""
    queryset = re.search(r"\.objects\b|\.(filter|exclude|all)\(|\b_set\b", owner) is not None
    return queryset or (act in {"save", "set_password"} and owner not in {"book", "formset"})


def test_no_lookup_is_built_from_a_request() -> None:
    calls = [
        f"{name(path)}:{node.lineno}"
        for path in code()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"filter", "exclude", "get", "order_by"}
        and any(k.arg is None and "request" in ast.unparse(k.value) for k in node.keywords)
    ]
    assert calls == []


def test_nothing_is_marked_safe() -> None:
    word = re.compile(r"\|\s*safe\b|mark_safe|autoescape off|format_html\(|csrf_exempt")
    found = [name(p) for p in (*TEMPLATES, *code()) if word.search(p.read_text("utf-8"))]
    assert found == []


def test_no_page_has_inline_script_or_style() -> None:
    bad = re.compile(r"\sstyle=|\son[a-z]+=|<style|javascript:|<script(?![^>]*\bsrc=)(?![^>]*json)")
    found = [name(path) for path in TEMPLATES if bad.search(path.read_text("utf-8"))]
    assert found == []


def test_no_class_based_views_signals_or_save_overrides() -> None:
    word = re.compile(
        r"django\.views\.generic|django\.dispatch|\.connect\(receiver|GenericForeignKey"
        r"|def save\(self|gettext"
    )
    assert [name(p) for p in code() if word.search(p.read_text("utf-8"))] == []
    assert [name(p) for p in code() if p.name in {"utils.py", "helpers.py", "services.py"}] == []


def test_one_migration_each() -> None:
    for app in APPS:
        found = sorted(path.name for path in (ROOT / app / "migrations").glob("0*.py"))
        assert found == ["0001_initial.py"], app


def test_no_path_of_a_machine_in_what_is_kept() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    text = {".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".in", ".sql", ".json", ""}
    found = []
    for each in filter(None, listed):
        path = ROOT / each
        if path.suffix not in text or not path.is_file() or each in TELL_PATHS:
            continue
        if MACHINE.search(path.read_text(encoding="utf-8")):
            found.append(each)
    assert found == []


@pytest.mark.parametrize("app", APPS)
def test_deadlines_are_judged_by_the_database_clock(app: str) -> None:
    """`now()` and Python's clock are wrong for deadlines; only sessions and showing use them."""
    allowed = {
        "wanzhou_eval/middleware.py",  # idle sessions: the age of a session, not a deadline
        "wanzhou_eval/context.py",  # how long this session still lasts, told to the page
        "wanzhou_eval/audit.py",  # a placeholder that the trigger overwrites
    }
    word = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|\bnow\(\)|Now\(\)")
    found = []
    for path in code():
        if not name(path).startswith(f"{app}/") or name(path) in allowed:
            continue
        if path.name == "models.py" or path.parent.name == "models":
            continue  # db_default=Now() stamps rows; no deadline is judged by it
        lines = path.read_text("utf-8").splitlines()
        docs = {line for node in ast.walk(tree(path)) for line in doc_lines(node)}
        found += [
            f"{name(path)}:{number}"
            for number, line in enumerate(lines, start=1)
            if number not in docs and word.search(line.split("#")[0])
        ]
    assert found == []


def doc_lines(node: ast.AST) -> range:
    """The lines of a bare string: docstrings and notes below a constant."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


def test_the_readme_shows_the_stages_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    diagrams = re.findall(r"```mermaid\n(.*?)```", readme, re.S)
    assert mermaid() in diagrams


def triggers() -> str:
    files = [ROOT / app / "migrations" / "0001_triggers.sql" for app in APPS]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_the_trigger_knows_the_same_moves_as_the_rules() -> None:
    body = triggers().split("FUNCTION plan_move_is_lawful")[1].split("END $$")[0]
    told = set(re.findall(r"'(\w+)>(\w+)'", body))
    assert told == {(a.value, b.value) for a in Stage for b in MOVES[a]}


def test_the_grants_and_the_triggers_name_the_same_append_only_tables() -> None:
    told = re.findall(
        r"CREATE TRIGGER \w+ BEFORE UPDATE OR DELETE ON (\w+)\s+"
        r"FOR EACH ROW EXECUTE FUNCTION append_only",
        triggers(),
    )
    assert sorted(told) == sorted(APPEND_ONLY_TABLES)
    assert not set(APPEND_ONLY_TABLES) & set(SEALABLE_TABLES)


def test_every_act_of_the_trail_has_words() -> None:
    acts = set()
    for path in code():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "record_event":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    acts.add(first.value)
    assert len(acts) > 40
    assert acts - ACTION_WORDS.keys() == set()

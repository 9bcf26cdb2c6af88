"""What leaves the house after a draw: 核验包 and the list of drawn files."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from evaluations.models import Draw, DrawKind
from evaluations.queries.draws_calls import CATEGORY_LABELS, case_facts, panel_name, person_names
from evaluations.queries.draws_prepare import stratum_label
from evaluations.queries.draws_proof import certificate_of
from evaluations.queries.draws_public import public_certificate
from evaluations.queries.draws_text import sections_of
from evaluations.rules.certificates import Certificate, certificate_file
from wanzhou_eval.spreadsheets import Table

VERIFIERS = Path(__file__).resolve().parent.parent / "verifiers"
PAGE_NAME = "离线核对.html"
ZIP_DATE = (2022, 1, 1, 0, 0, 0)
README = """{code} 核验包

一、里面有什么
  名单.txt　　　封存名单，一个字节不差；它的{hash}就是签名指纹单上的名单指纹
  证书.json　　 名单、随机数、结果和换件记录
  离线核对.html　双击打开，不联网也能算
  verify_draw.py 等　有 Python 的电脑可用，几个 .py 放在同一文件夹：
  　　　　　　　python3 verify_draw.py 证书.json 指纹单上的名单指纹
  verify_short.py　只核抽案，一页纸，可以自己读懂每一行；用法相同

二、怎么核对
  1. 拿到签名的纸质指纹单（不要用电脑里显示的指纹）。
  2. 打开离线核对.html，选择证书.json，照纸录入名单指纹。
  3. 显示“一致”，说明名单、随机数、结果全部相符；不一致时会写明第一处不同。
     名单被改动时，网页和脚本尽量指出是哪一行哪一栏：有没改过的名单.txt 就用它逐行比对
     （网页要把它和证书一起选，脚本自己在同一文件夹里找），没有就逐一试算，改回去指纹
     与封存时相同的就是那一处；不止改了一处的，可能指不出来。

三、只核一件
  签号是一行文字的{hash}，例如：
  LAQD/1|case|{code}|随机数|案号
  签号小于本层末签的就是抽中。

名单和结果只用案号、机构代码和人员代码，没有姓名。
"""


def package(draw: Draw) -> bytes:
    """核验包 as a ZIP; the same draw always gives the same bytes."""
    return zip_of(draw, certificate_of(draw))


def public_package(draw: Draw) -> bytes:
    """核验包 for everybody: the same list, seed and result, without witnesses and reasons."""
    return zip_of(draw, public_certificate(draw))


def zip_of(draw: Draw, certificate: Certificate) -> bytes:
    """List, certificate, verifiers and instructions in one archive."""
    files = {
        "说明.txt": README.format(code=draw.code, hash=draw.hash_name).encode(),
        "名单.txt": draw.freeze_text.encode(),
        "证书.json": certificate_file(certificate),
    }
    for path in sorted(VERIFIERS.glob("*.html")):
        files[PAGE_NAME] = path.read_bytes()
    for path in sorted(VERIFIERS.glob("verify*.py")):
        files[path.name] = path.read_bytes()
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, data in files.items():
            entry = ZipInfo(f"{draw.code}/{name}", ZIP_DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()


def drawn_table(draw: Draw) -> Table:
    """中签名单: cases, experts or assignments in the order of the result."""
    headers, rows = TABLES[DrawKind(draw.kind)](draw)
    return Table(
        f"{draw.code}名单",
        headers,
        rows,
        filters=[f"抽选编号 {draw.code}", f"结果指纹 {draw.result_hash}"],
        year=draw.plan.year,
        personal=draw.kind != DrawKind.SAMPLE,
    )


def _sample_table(draw: Draw) -> tuple[list[str], list[list[object]]]:
    rows = sections_of(draw.result_text)["sample"]
    facts = case_facts(draw, [row[1] for row in rows])
    headers = ["签序", "卷宗号", "案号", "案件类型", "分层", "签号"]
    return headers, [
        [int(rank), *_facts(facts, number), stratum_label(stratum), ticket]
        for rank, number, stratum, ticket in rows
    ]


def _facts(facts: dict[str, tuple[str, str]], number: str) -> list[object]:
    label, kind = facts[number]
    return [label, number, kind]


def _expert_table(draw: Draw) -> tuple[list[str], list[list[object]]]:
    result = sections_of(draw.result_text)
    names = person_names({row[2] for row in result["drawn"] + result["alternates"]})
    seats = {person: (row[0], role) for row in result["groups"] for person, role in _roles(row)}
    drawn: list[list[object]] = []
    for category, rank, person, ticket in result["drawn"]:
        code, role = seats[person]
        group = "复评组" if draw.target else panel_name(code)
        drawn.append([CATEGORY_LABELS[category], int(rank), names[person], group, role, ticket])
    spare: list[list[object]] = [
        [CATEGORY_LABELS[category], int(rank), names[person], "候补", "", ticket]
        for category, rank, person, ticket in result["alternates"]
    ]
    return ["类别", "签序", "姓名", "小组", "职责", "签号"], drawn + spare


def _roles(row: list[str]) -> list[tuple[str, str]]:
    return [(row[2], "组长"), (row[3], "组员")]


def _match_table(draw: Draw) -> tuple[list[str], list[list[object]]]:
    rows = sections_of(draw.result_text)["assign"]
    facts = case_facts(draw, [row[2] for row in rows])
    names = person_names({code for row in rows for code in row[4:6]})
    headers = ["卷宗号", "案号", "案件类型", "小组", "组长", "组员", "候补代替"]
    return headers, [
        [*_facts(facts, row[2]), panel_name(row[3]), names[row[4]], names[row[5]], row[6] != "-"]
        for row in rows
    ]


TABLES = {
    DrawKind.SAMPLE: _sample_table,
    DrawKind.EXPERTS: _expert_table,
    DrawKind.REVIEW: _expert_table,
    DrawKind.MATCH: _match_table,
}

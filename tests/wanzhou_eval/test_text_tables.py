"""Tables as text: CSV and TSV in every encoding, pasted cells, HTML saved as .xls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import examples
from tests.workbook_samples import cells
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks import read_pasted, read_workbook

TABLE = "案号,承办人\r\n渝万援民〔2022〕1号,𠮷田䶮\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_in_every_encoding(encoding: str) -> None:
    read = read_workbook(TABLE.encode(encoding))
    assert cells(read) == [["案号", "承办人"], ["渝万援民〔2022〕1号", "𠮷田䶮"]]
    assert read.kind == "csv"


@settings(max_examples=examples(30, thorough=80))
@given(
    st.lists(
        st.lists(st.text("甲乙丙丁𠮷䶮abc 1,;\"'\n", max_size=6), min_size=2, max_size=4),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["utf-8-sig", "utf-16", "gb18030"]),
)
def test_csv_round_trip(rows: list[list[str]], encoding: str) -> None:
    quoted = [",".join('"' + text.replace('"', '""') + '"' for text in row) for row in rows]
    data = ("编号,姓名,单位,备注\r\n" + "\r\n".join(quoted)).encode(encoding)
    read = read_workbook(data)
    wanted = [[text if text.strip() else None for text in row] for row in rows]
    got = [row[: len(row)] for row in cells(read)[1:]]
    assert [[v for v in row if v is not None] for row in got] == [
        [v for v in row if v is not None] for row in wanted if any(v is not None for v in row)
    ]


def test_tabs_and_semicolons_and_blank_lines() -> None:
    read = read_workbook(b"a\tb\n\n1\t2,5\n")
    assert [(row.number, row.cells) for row in read.sheets[0].rows] == [
        (1, ("a", "b")),
        (3, ("1", "2,5")),
    ]
    assert cells(read_workbook(b"a;b\n1;2\n")) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("案号,承办人\n".encode() * 40 + b"\xff\xfe\n", "几处字节损坏"),
        (b"a,b\n\x80\x81\xff\n", "无法识别文字编码"),
        (b"\xff\xfea", "无法识别文字编码"),
        (b"a\x00b,c\n", "空字节"),
        (b" \n \n", "没有任何内容"),
    ],
)
def test_text_that_cannot_be_decoded_is_refused_whole(data: bytes, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        read_workbook(data)
    assert refused.value.status == 422


def test_pasted_cells_keep_line_breaks_inside_quotes() -> None:
    read = read_pasted('案号\t承办人\r\n1号\t"甲\n乙"\r\n')
    assert cells(read) == [["案号", "承办人"], ["1号", "甲\n乙"]]
    with pytest.raises(RefusedError, match="残缺的字符"):
        read_pasted("a\ud800")
    with pytest.raises(RefusedError, match="空的"):
        read_pasted("")


HTML = """<html><head><meta charset="{charset}"></head><body><table>
<tr><td colspan=2>标题</td></tr><tr><th>案号</th><th>承办人</th></tr>
<tr><td rowspan="2">1号</td><td>甲&amp;乙<br>丙</td></tr><tr><td>丁&nbsp;</td></tr>
</table><script>alert(1)</script></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_html_saved_as_xls(charset: str) -> None:
    encoding = "gb18030" if charset == "gb2312" else charset
    read = read_workbook(HTML.format(charset=charset).encode(encoding))
    assert cells(read) == [
        ["标题", None],
        ["案号", "承办人"],
        ["1号", "甲&乙\n丙"],
        [None, "丁"],
    ]
    assert [(m.top, m.left, m.bottom, m.right) for m in read.sheets[0].merges] == [
        (1, 0, 1, 1),
        (3, 0, 4, 0),
    ]
    assert read.kind == "html"

"""The named styles of the documents: GB/T 9704-2012 in what Word shows in its list of styles."""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SONG, FANGSONG, TITLE = "宋体", "仿宋_GB2312", "方正小标宋简体"
BLACK, KAI, LATIN = "黑体", "楷体_GB2312", "Times New Roman"
FALLBACKS = {
    FANGSONG: "仿宋,FangSong,FangSong_GB2312,STFangsong,Noto Serif CJK SC",
    TITLE: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,Noto Serif CJK SC",
    KAI: "楷体,KaiTi,KaiTi_GB2312,STKaiti,Noto Serif CJK SC",
    BLACK: "SimHei,Noto Sans CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}
TIGHT, LOOSE = '<w:spacing w:val="-5"/>', '<w:spacing w:val="0"/>'
"""28 characters of 16 points are 2 mm wider than the text area: each gives way a quarter point.
Not through a grid of characters, which the office suites read in different ways."""
INDENT = '<w:ind w:firstLineChars="200" w:firstLine="632"/>'
CENTRE, RIGHT = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>'
NEXT = "<w:keepNext/>"
FREE = '<w:snapToGrid w:val="0"/>'
RULE = '<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="C00000"/></w:pBdr>'
OUTLINE = '<w:outlineLvl w:val="{}"/>'


def fonts(name: str) -> str:
    """A typeface for Chinese with one for figures and letters."""
    return (
        f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:eastAsia="{name}"'
        ' w:hint="eastAsia"/>'
    )


def size(half_points: int) -> str:
    """A size in half points."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def style(
    key: str, name: str, paragraph: str, letters: str, *, based: str = "Normal", kind: str = ""
) -> str:
    """A named style that the bureau finds in Word's list."""
    after = f'<w:basedOn w:val="{based}"/>' if based else ""
    default = ' w:default="1"' if key == "Normal" else ""
    return (
        f'<w:style w:type="{kind or "paragraph"}"{default} w:styleId="{key}">'
        f'<w:name w:val="{name}"/>{after}<w:qFormat/>'
        + (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "")
        + (f"<w:rPr>{letters}</w:rPr>" if letters else "")
        + "</w:style>"
    )


def lines(exact: int, *, before: int = 0, after: int = 0) -> str:
    """Line spacing in twentieths of a point, with space before and after."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{exact}" w:lineRule="exact"/>'


def _cell(align: str) -> str:
    spacing = '<w:spacing w:before="30" w:after="30" w:line="300" w:lineRule="atLeast"/>'
    return f'<w:snapToGrid w:val="0"/>{spacing}<w:jc w:val="{align}"/>'


def _from_right(characters: int) -> str:
    return f'<w:ind w:rightChars="{characters}00" w:right="{characters * 316}"/>{RIGHT}'


def _cells(prefix: str, name: str, half_points: int) -> str:
    """The styles of a table's cells in one size."""
    letters = LOOSE + size(half_points)
    return (
        style(f"{prefix}Cell", f"{name}文字", _cell("left"), letters)
        + style(f"{prefix}CellNumber", f"{name}数字", _cell("right"), letters)
        + style(f"{prefix}CellMiddle", f"{name}居中", _cell("center"), letters)
        + style(f"{prefix}CellHead", f"{name}栏目", _cell("center"), fonts(BLACK) + letters)
    )


TEXTS = (
    ("Body", "正文缩进", INDENT, ""),
    ("Lead", "正文接下文", NEXT + INDENT, ""),
    ("To", "主送机关", "", ""),
    (
        "Issuer", "发文机关标志", RULE + lines(800, after=200) + CENTRE,
        fonts(TITLE) + '<w:color w:val="C00000"/>' + size(52),
    ),
    ("Number", "发文字号", lines(579, after=120) + CENTRE, ""),
    (
        "Title", "公文标题", FREE + lines(640, before=240, after=320) + CENTRE + OUTLINE.format(0),
        fonts(TITLE) + size(44),
    ),
    (
        "FormTitle", "表单标题", FREE + lines(600, after=160) + CENTRE + OUTLINE.format(0),
        fonts(TITLE) + size(40),
    ),
    ("FormNote", "表单说明", FREE + lines(360, after=60), LOOSE + size(24)),
    ("Heading1", "heading 1", NEXT + INDENT + OUTLINE.format(0), fonts(BLACK)),
    ("Heading2", "heading 2", NEXT + INDENT + OUTLINE.format(1), fonts(KAI)),
    (
        "FormHeading", "表单小标题", NEXT + FREE + lines(400, before=80, after=60),
        fonts(BLACK) + size(26),
    ),
    ("Sender", "署名", NEXT + lines(579, before=579) + _from_right(2), ""),
    ("Dated", "成文日期", _from_right(3), ""),
    (
        "FormIssuer", "表单机关", FREE + lines(400, after=60) + CENTRE,
        fonts(TITLE) + '<w:color w:val="C00000"/>' + size(28),
    ),
    ("Attached", "附件", "<w:pageBreakBefore/>", fonts(BLACK)),
    ("Gap", "表后空", FREE + lines(160), size(8)),
    ("PageNumber", "页码", FREE + lines(320), fonts(SONG) + LOOSE + size(28)),
)  # fmt: skip
"""Key, name in Word, paragraph and letters; in the order in which Word wants the elements."""


def styles() -> str:
    """Every style of the documents."""
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(f'<w:{side} w:w="85" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f"{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}{size(32)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
        + style("Normal", "Normal", lines(579) + '<w:jc w:val="both"/>', TIGHT, based="")
        + "".join(style(*each) for each in TEXTS)
        + _cells("", "表格", 24)
        + _cells("Small", "小表格", 21)
        + style("SmallCellSign", "签名栏目", NEXT, "", based="SmallCellHead")
        + style("SmallCellGroup", "小表格分类", _cell("left"), fonts(BLACK) + LOOSE + size(21))
        + style("Strong", "着重", "", fonts(BLACK), based="", kind="character")
        + '<w:style w:type="table" w:styleId="Lines"><w:name w:val="表格线"/><w:tblPr>'
        f"<w:tblBorders>{edge}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        "</w:style></w:styles>"
    )

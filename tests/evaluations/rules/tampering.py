"""Edits of a certificate: each changes it and returns the words that must appear.

Edits of the list never touch fingerprints, so the words name the row and the cell that the
fingerprint itself gives back.
"""

from collections.abc import Callable

from evaluations.rules.certificates import Certificate
from evaluations.rules.seeds import readback

Edit = Callable[[Certificate], tuple[str, ...]]
BACK = "改回去，指纹就与封存时相同"


def span(lines: list[str], section: str) -> tuple[int, int]:
    """Where the rows of a section begin and end."""
    begin = lines.index(f"[{section}]") + 1
    end = next(i for i in range(begin, len(lines)) if not lines[i] or lines[i].startswith("["))
    return begin, end


def cell(section: str, row: int, column: int, value: str) -> Edit:
    """Write another value into a cell, and put the row where it then belongs."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, end = span(lines, section)
        cells = lines[begin + row].split("\t")
        old, cells[column] = cells[column], value
        assert old != value
        lines[begin + row] = changed = "\t".join(cells)
        lines[begin:end] = sorted(lines[begin:end])
        cert["freeze_text"] = "\n".join(lines)
        number = lines.index(changed) + 1
        return "名单被改动", f"名单第{number}行", f"现为“{value}”，封存时为“{old}”（{BACK}）"

    return edit


def removed(section: str, row: int) -> Edit:
    """Leave a row out."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = span(lines, section)[0] + row
        gone = lines.pop(at).replace("\t", " ")
        cert["freeze_text"] = "\n".join(lines)
        return "名单被改动", f"封存时第{at + 1}行“{gone}”被删去了（{BACK}）"

    return edit


def added(section: str, row: str) -> Edit:
    """Slip a row in, where it belongs."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, end = span(lines, section)
        lines[begin:end] = sorted([*lines[begin:end], row])
        cert["freeze_text"] = "\n".join(lines)
        shown = row.replace("\t", " ")
        number = lines.index(row) + 1
        return "名单被改动", f"名单第{number}行“{shown}”是后来添上的（{BACK}）"

    return edit


def exchanged(section: str, row: int) -> Edit:
    """Two neighbouring lines in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = span(lines, section)[0] + row
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        cert["freeze_text"] = "\n".join(lines)
        upper, lower = (line.replace("\t", " ") for line in lines[at : at + 2])
        return "名单被改动", f"名单第{at + 1}行“{upper}”被调换了次序，封存时是“{lower}”"

    return edit


def crossed(section: str, one: int, other: int, column: int) -> Edit:
    """The same cell of two rows in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        begin, _ = span(lines, section)
        rows = [lines[begin + row].split("\t") for row in (one, other)]
        rows[0][column], rows[1][column] = rows[1][column], rows[0][column]
        assert rows[0][column] != rows[1][column]
        for row, cells in zip((one, other), rows, strict=True):
            lines[begin + row] = "\t".join(cells)
        cert["freeze_text"] = "\n".join(lines)
        now, was = rows[0][column], rows[1][column]
        first = f"名单第{begin + one + 1}行"
        return first, f"现为“{now}”，封存时为“{was}”；第{begin + other + 1}行与它对调"

    return edit


def header(key: str, value: str) -> Edit:
    """Another value of a header."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["freeze_text"].split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{key}="))
        old, lines[at] = lines[at].partition("=")[2], f"{key}={value}"
        cert["freeze_text"] = "\n".join(lines)
        return "名单被改动", f"名单第{at + 1}行“{key}”现为“{value}”，封存时为“{old}”（{BACK}）"

    return edit


def twice(*edits: Edit) -> Edit:
    """More than one change: the fingerprint cannot give both back, and it is said."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        for one in edits:
            one(cert)
        return ("名单被改动",)

    return edit


def said(*tokens: str) -> Callable[[Edit], Edit]:
    """Further words."""
    return lambda edit: lambda cert: (*edit(cert), *tokens)


def field(name: str, value: str, *tokens: str) -> Edit:
    """Another value in the certificate itself."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        assert cert[name] != value
        cert[name] = value
        return tokens

    return edit


def other_seed(cert: Certificate) -> tuple[str, ...]:
    """One digit of the seed."""
    cert["seed"] = cert["seed"][:-1] + str((int(cert["seed"][-1]) + 1) % 10)
    return "复读码", readback(cert["seed"], draw=cert["draw"]), cert["readback"]


def other_seed_and_code(cert: Certificate) -> tuple[str, ...]:
    """One digit of the seed, and the read-back code that fits."""
    other_seed(cert)
    cert["readback"] = readback(cert["seed"], draw=cert["draw"])
    return "结果第5行", f"seed={cert['seed']}"


def result_cell(section: str, row: int, column: int, value: str) -> Edit:
    """Another value in the result."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["result_text"].split("\n")
        at = span(lines, section)[0] + row
        cells = lines[at].split("\t")
        cells[column] = value
        lines[at] = "\t".join(cells)
        cert["result_text"] = "\n".join(lines)
        return f"结果第{at + 1}行", value

    return edit


def result_exchanged(section: str) -> Edit:
    """The first two lines of a section of the result in each other's place."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        lines = cert["result_text"].split("\n")
        at, end = span(lines, section)
        assert end - at > 1
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        cert["result_text"] = "\n".join(lines)
        return (f"结果第{at + 1}行",)

    return edit


def replaced(number: int, key: str, value: str) -> Edit:
    """Another replacement in an event."""

    def edit(cert: Certificate) -> tuple[str, ...]:
        assert cert["events"][number][key] != value
        due = cert["events"][number][key]
        cert["events"][number][key] = value
        return f"第{number + 1}次", f"“{value}”", f"“{due}”"

    return edit

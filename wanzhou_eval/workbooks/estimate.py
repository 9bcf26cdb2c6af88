"""About how many rows a file has, before anybody reads it: whether its check can wait for."""

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks.guard import Package

OLE = b"\xd0\xcf\x11\xe0"
BYTES_OF_OLD_ROW = 250
"""What a row of a ledger takes in .xls at least."""
ROW_SIGNS = (("xl/worksheets/", b"<row"), ("content.xml", b"<table:table-row"))


def rows_about(data: bytes, *, enough: int) -> int:
    """The number of rows by their signs in the file, counted no further than `enough`.

    A file that cannot be read has none: the reader says why.
    """
    if data.startswith(b"PK"):
        return _packed_rows(data, enough=enough)
    if data.startswith(OLE):
        return len(data) // BYTES_OF_OLD_ROW
    return max(data.count(b"\n"), data.count(b"<tr"))


def _packed_rows(data: bytes, *, enough: int) -> int:
    found = 0
    try:
        package = Package(data)
        for name in sorted(package.names):
            sign = next((sign for place, sign in ROW_SIGNS if name.startswith(place)), b"")
            if not sign or not name.endswith(".xml"):
                continue
            for chunk in package.chunks(name):
                found += chunk.count(sign)
                if found >= enough:
                    return found
    except RefusedError:
        return 0
    return found

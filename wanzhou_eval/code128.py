"""Code 128 barcodes: even runs of digits in set C, all else of printable ASCII in set B.

Pure. The widths of bars and spaces are those of ISO/IEC 15417; ten modules of white stand on
either side, as scanners ask for.
"""

from dataclasses import dataclass

WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
]  # a table of 107 rows of widths, not a list of words
START_B, START_C, STOP = 104, 105, 106
MODULUS = 103
QUIET = 10
HEIGHT = 30


def symbols(text: str) -> list[int]:
    """Symbol values from start to stop with the check symbol between.

    Raises ValueError for an empty text or a character outside printable ASCII.
    """
    if not text or not all(" " <= sign <= "~" for sign in text):
        raise ValueError(text)
    if text.isdigit() and len(text) % 2 == 0:
        values = [START_C, *(int(text[i : i + 2]) for i in range(0, len(text), 2))]
    else:
        values = [START_B, *(ord(sign) - 32 for sign in text)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % MODULUS
    return [*values, check, STOP]


def pattern(text: str) -> str:
    """Widths of bars and spaces in modules, one digit each, a bar first."""
    return "".join(WIDTHS[value] for value in symbols(text))


@dataclass(frozen=True)
class Bars:
    """A barcode to draw: its width in modules, the white on both sides included, and its path."""

    width: int
    path: str


def bars(text: str) -> Bars:
    """The barcode as the path of an SVG that is `HEIGHT` high (`components/barcode.html`)."""
    place, drawn = QUIET, []
    for index, width in enumerate(pattern(text)):
        if index % 2 == 0:
            drawn.append(f"M{place} 0h{width}v{HEIGHT}h-{width}z")
        place += int(width)
    return Bars(place + QUIET, "".join(drawn))

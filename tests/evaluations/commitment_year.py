"""Draws with a 承诺值: a list sealed with its hash, typed once, held; and where a value is kept."""

from django.db import connection

from evaluations.actions import draws
from evaluations.models import Draw
from tests.evaluations.draw_year import SEEDS, Year

SECRET = "0123456789abcdef" * 4
OTHER = "f" * 64
Y = "/y/2031/draws/"
CODE = f"{Y}WZ-2031-S1/"
TYPED = {"digits": SEEDS["sample"], "source": "d10", "witnesses": "纪检 甲"}
LOST = "承诺信封在保管期间遗失，纪检书面说明"


def typed(year: Year) -> Draw:
    """A list with a commitment, sheet A signed and the digits typed once."""
    draw = draws.seal_frame(year.plan, by=year.bureau, secret=SECRET)
    draws.sign_sheet_a(draw, by=year.bureau)
    return draws.enter_seed(draw, by=year.bureau, **TYPED)


def held(year: Year) -> Draw:
    return draws.hold_draw(typed(year), digits=SEEDS["sample"], secret=SECRET, by=year.clerk)


def tables_with(value: str) -> list[str]:
    """Every table of the database in which a text occurs, whatever its column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(
                f"SELECT count(*) FROM {name} AS t WHERE strpos(t::text, %s) > 0", [value]
            )
            if cursor.fetchone() != (0,):
                found.append(name)
    return found

"""Statistics after a bulk write: the planner sees rows of this very transaction."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from wanzhou_eval.models import Firm
from wanzhou_eval.statistics import take_statistics


def estimated(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT 1 FROM wanzhou_eval_firm WHERE name = %s", [code]
        )
        ((plan,),) = cursor.fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


def test_the_planner_counts_rows_written_a_moment_ago(db: None) -> None:
    Firm.objects.all().delete()
    take_statistics(Firm)
    Firm.objects.bulk_create(
        Firm(code=f"F{n:05d}", name="同名机构", key=f"机构{n}") for n in range(500)
    )
    take_statistics(Firm)
    assert estimated("同名机构") == 500


def test_a_name_that_is_no_table_reaches_no_statement(db: None) -> None:
    class Odd:
        class _meta:  # noqa: N801
            db_table = "wanzhou_eval_firm; DROP TABLE wanzhou_eval_firm"

    with pytest.raises(ProgrammingError, match="does not exist"):
        take_statistics(Odd)  # type: ignore[arg-type]

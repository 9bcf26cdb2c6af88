"""What the planner knows about rows that were written a moment ago.

Autovacuum looks at a table once a minute and never at rows of an open transaction. Until then
the planner takes a table that was empty for one row, joins such tables pair by pair, and a page
opened right after a draw can run into the statement's time limit.
"""

from django.db import connection, models


def take_statistics(*written: type[models.Model]) -> None:
    """Let the planner see what this transaction wrote in bulk into the tables of these models.

    A table that another session is analysing at this moment is passed over.
    """
    names = [model._meta.db_table for model in written]
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_statistics(%s)", [names])

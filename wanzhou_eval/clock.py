"""The one clock: PostgreSQL's, read after the lock is held.

`now()` is the start of the transaction: an act begun before a deadline and finished after it
would pass. `clock_timestamp()` after the lock judges the moment the act really happens.
"""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The present moment by the database server, aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment

"""What does a database take for a small part of the work?

Groups signups by eight selectors and tests each for a burst of an hour, in DuckDB, and prints processor
seconds: the yardstick of docs/benchmarks.md. `pip install duckdb`, then

    python3 crates/seawall-engine/benches/duckdb_burst.py world/events.parquet
"""

import resource
import sys
import time

import duckdb

SELECTORS = {
    "address": "ip",
    "network": "regexp_extract(ip, '^[0-9]+[.][0-9]+[.][0-9]+')",
    "device": "device_id",
    "ja4": "ja4",
    "domain": "split_part(email, '@', 2)",
    "template": "regexp_replace(regexp_replace(lower(username), '[a-z]+', 'w', 'g'), '[0-9]', 'd', 'g')",
    "telephone": "left(phone, 8)",
    "user_agent": "user_agent",
}
HOUR = 3600


def burst(expression: str, days: int) -> str:
    """Values of which at least eight accounts, four times the expectation, came within an hour."""
    expected = f"total * {HOUR}.0 / {days * 86400}.0"
    return f"""
    WITH signups AS (
      SELECT {expression} AS key, epoch(time) AS moment
      FROM events WHERE type = 'signup' AND {expression} IS NOT NULL
    ), shared AS (
      SELECT key, count(*) AS total FROM signups GROUP BY key HAVING count(*) >= 8
    ), windows AS (
      SELECT key, total, count(*) OVER (
        PARTITION BY key ORDER BY moment RANGE BETWEEN {HOUR} PRECEDING AND CURRENT ROW) AS inside
      FROM signups JOIN shared USING (key)
    )
    SELECT count(DISTINCT key) FROM windows
    WHERE inside >= 8 AND inside >= 4 * {expected}
      AND inside * ln(inside / ({expected})) - (inside - {expected}) >= 20
    """


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute(f"CREATE VIEW events AS SELECT * FROM '{sys.argv[1]}'")
    days, signups = database.execute(
        "SELECT date_diff('day', min(time), max(time)) + 1, count(*) FROM events WHERE type = 'signup'"
    ).fetchall()[0]
    started, processor = time.time(), processor_seconds()
    for name, expression in SELECTORS.items():
        bursting = database.execute(burst(expression, days)).fetchall()[0][0]
        print(f"{name}: {bursting} values burst", file=sys.stderr)
    processor = processor_seconds() - processor
    print(
        f"{signups} signups, eight selectors: {processor:.1f} processor s, "
        f"{processor / signups * 1e6:.1f} µs a signup, {time.time() - started:.1f} s wall"
    )


main()

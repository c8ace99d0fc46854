"""What do databases take for the first part of the core, on the same signups in the same minutes?

    python3 crates/seawall-engine/benches/core_others.py FILE [ROWS]

ROWS makes the bench `core` run first, which writes FILE. Then DuckDB and DataFusion, each in a process of its own,
take FILE into memory, and group it by each of its eight selectors and test each value for a burst just as
`hot.rs` does: the fullest window of each of four lengths against the signups of everyone at that time (a Poisson
tail), and as many values as can be believed at a false-discovery rate of 1 % within their kind. Taking FILE in is
not counted. `pip install duckdb datafusion`.
"""

import math
import os
import re
import subprocess
import sys
import time

KINDS = "ip ip_prefix device_id ja4 email_domain username_template phone_block user_agent".split()
WINDOWS = [3600, 6 * 3600, 86_400, 7 * 86_400]
EACH = range(len(WINDOWS))


def shared(kind: str) -> str:
    return f"SELECT {kind} AS key, count(*) AS accounts FROM signups WHERE {kind} <> 0 GROUP BY {kind} HAVING count(*) >= 3"


def tail(i: int) -> str:
    """Logarithm of the chance of more than m: Stirling's series, and the terms above m as a fraction."""
    above = f"1 / (1 - mean_{i} / (m_{i} + 9))"
    for k in range(8, 0, -1):
        above = f"1 + mean_{i} / (m_{i} + {k}) * ({above})"
    factorial = (
        f"m_{i} * ln(m_{i}) - m_{i} + 0.5 * ln({2 * math.pi} * m_{i})"
        f" + 1 / (12 * m_{i}) - 1 / (360 * pow(m_{i}, 3)) + 1 / (1260 * pow(m_{i}, 5))"
    )
    return (
        f"CASE WHEN m_{i} < 1 THEN 0 WHEN m_{i} <= mean_{i} THEN ln(0.5)"
        f" ELSE m_{i} * ln(mean_{i}) - mean_{i} - ({factorial}) + ln({above}) END"
    )


def bursting(kind: str, signups: int, tests: int) -> str:
    """Number of values that burst. Moments are unique, so that a frame that ends at a row has no later one; and of
    the fullest windows the last both starts and ends last, so that two packed maxima are of one window."""
    columns = lambda form: ", ".join(form(i) for i in EACH)
    return f"""
    WITH moments AS (
      SELECT {kind} AS key, row, accounts, (seconds << 32) + row AS moment
      FROM signups JOIN shared ON {kind} = key
      WHERE accounts >= 5 AND accounts < {max(signups // 20, 20)}
    ), windows AS (
      SELECT key, row, accounts, {columns(lambda i: f"count(*) OVER w{i} AS inside_{i}, first_value(row) OVER w{i} AS first_{i}")}
      FROM moments WINDOW {columns(lambda i: f"w{i} AS (PARTITION BY key ORDER BY moment RANGE BETWEEN {((WINDOWS[i] + 1) << 32) - 1} PRECEDING AND CURRENT ROW)")}
    ), fullest AS (
      SELECT max(accounts) AS accounts, {columns(lambda i: f"max((inside_{i} << 32) + first_{i}) AS from_{i}, max((inside_{i} << 32) + row) AS to_{i}")}
      FROM windows GROUP BY key
    ), expected AS (
      SELECT accounts, {columns(lambda i: f"(to_{i} >> 32) - 1.0::double AS m_{i}, greatest((accounts - 1.0::double) * (to_{i} - from_{i}) / {signups}, 1e-6::double) AS mean_{i}")}
      FROM fullest
    ), tested AS (
      SELECT least({columns(tail)}) + ln({len(WINDOWS)} * accounts) AS chance FROM expected
    ), ranked AS (
      SELECT chance, row_number() OVER (ORDER BY chance) AS rank FROM tested
    )
    SELECT coalesce(max(rank), 0) FROM ranked WHERE chance <= ln(0.01 / {tests}) + ln(rank)
    """


class DuckDB:
    def __init__(self, file: str):
        import duckdb

        self.database = duckdb.connect()
        self.database.execute("SET threads = 2; SET preserve_insertion_order = false")
        self.database.execute(f"CREATE TABLE signups AS FROM '{file}'")

    def keep(self, query: str) -> None:
        self.database.execute(f"CREATE OR REPLACE TABLE shared AS {query}")

    def number(self, query: str) -> int:
        return self.database.execute(query).fetchone()[0]


class DataFusion:
    def __init__(self, file: str):
        from datafusion import SessionConfig, SessionContext

        self.context = SessionContext(SessionConfig().with_target_partitions(2))
        self.context.register_parquet("file", file)
        self.context.register_view("signups", self.context.sql("SELECT * FROM file").cache())

    def keep(self, query: str) -> None:
        self.context.deregister_table("shared")
        self.context.register_view("shared", self.context.sql(query).cache())

    def number(self, query: str) -> int:
        return self.context.sql(query).collect()[0].column(0)[0].as_py()


def peak_mebibytes() -> int:
    return int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) // 1024


def measure(engine: type, file: str) -> None:
    asked = engine(file)
    # Makes the peak what there is now.
    open("/proc/self/clear_refs", "w").write("5")
    before, started, processor = peak_mebibytes(), time.time(), time.process_time()
    signups = asked.number("SELECT count(*) FROM signups")
    for kind in KINDS:
        asked.keep(shared(kind))
        values = asked.number("SELECT count(*) FROM shared")
        found = asked.number(bursting(kind, signups, values))
        print(f"{kind}: {found} of {values} shared values burst", flush=True)
    processor = time.process_time() - processor
    print(
        f"grouping and burst test: {processor:.2f} s, {processor / signups * 1e6:.3f} µs a signup;"
        f" wall {time.time() - started:.1f} s; peak {peak_mebibytes()} MiB, of which {before} are the signups"
    )


def run(name: str, command: list[str]) -> tuple[float, list[str]]:
    """Processor seconds for what all do, and what was found."""
    print(f"== {name}", flush=True)
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        sys.exit(f"{name} failed")
    seconds = re.search(r"^grouping and burst test: ([\d.]+) s", "".join(lines), re.MULTILINE)
    return float(seconds[1]), sorted(line for line in lines if "shared values burst" in line)


def main() -> None:
    file, *rest = os.path.abspath(sys.argv[1]), *sys.argv[2:]
    engines = {"DuckDB": DuckDB, "DataFusion": DataFusion}
    if rest and rest[0] in engines:
        return measure(engines[rest[0]], file)
    bench = f"cargo bench --locked -p seawall-engine --bench core -- {rest[0] if rest else 0} --parquet".split()
    ours = run("Seawall", [*bench, file]) if rest else None
    for name in engines:
        theirs = run(name, [sys.executable, __file__, file, name])
        if ours:
            agree = "the same values" if ours[1] == theirs[1] else "other numbers of values"
            print(f"{name} / Seawall: {theirs[0] / ours[0]:.1f} times the processor time, {agree} found")


main()

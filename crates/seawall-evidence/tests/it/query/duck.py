"""What does DuckDB answer to the SQL of queries?

usage: duck.py FOLDER, with questions.json in it: `table`, `files`, and per question `sql`, `times` (names of columns of
the answer that are times) and `answer` (a file to compare with).
"""

import json
import os
import sys

import duckdb

folder = sys.argv[1]
os.chdir(folder)
asked = json.load(open(f"{folder}/questions.json", encoding="utf-8"))
files = ", ".join(f"'{folder}/{name}'" for name in asked["files"])
duckdb.execute(f"CREATE VIEW \"{asked['table']}\" AS SELECT * FROM read_parquet([{files}])")
duckdb.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")


def shown(name, value, times):
    if name in times:
        seconds, nanoseconds = divmod(value, 10**9)
        at = duckdb.execute("SELECT strftime(make_timestamp(?), '%Y-%m-%dT%H:%M:%S')", [seconds * 10**6])
        return f"{at.fetchone()[0]}.{nanoseconds:09}Z"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


differ = 0
for question in asked["questions"]:
    cursor = duckdb.cursor()
    cursor.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
    rows = cursor.execute(question["sql"])
    names = [column[0] for column in rows.description]
    lines = []
    for row in rows.fetchall():
        line = {n: shown(n, v, question["times"]) for n, v in zip(names, row) if v is not None}
        lines.append(json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
    ours = open(f"{folder}/{question['answer']}", encoding="utf-8", newline="\n").read()
    if "".join(lines) != ours:
        differ += 1
        print(question["sql"], "".join(lines), ours, sep="\n")
print(f"{len(asked['questions'])} asked, {differ} differ")

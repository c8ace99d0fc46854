"""What is the root of a frozen dataset, from docs/reference/case-format.md alone? By DuckDB and hashlib.

usage: oracle.py MANIFEST KEY_HEX FOLDER
"""

import hashlib
import hmac
import json
import sys

import duckdb


def sha256(data):
    return hashlib.sha256(data).digest()


def tree(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:]))


def value(column, given):
    if column["type"] == "integer":
        return given if abs(given) < 2**53 else str(given)
    if column["type"] == "time":
        seconds, nanoseconds = divmod(given, 10**9)
        at = duckdb.execute("select strftime(make_timestamp(?), '%Y-%m-%dT%H:%M:%S')", [seconds * 10**6])
        return f"{at.fetchone()[0]}.{nanoseconds:09}Z"
    return given


def main():
    manifest = json.load(open(sys.argv[1], encoding="utf-8"))
    key = bytes.fromhex(sys.argv[2])
    selected = ", ".join(
        f"epoch_ns({column['name']})" if column["type"] == "time" else column["name"]
        for column in manifest["schema"]
    )
    index = 0
    groups = []
    for file in manifest["files"]:
        path = f"{sys.argv[3]}/{file['name']}"
        assert sha256(open(path, "rb").read()).hex() == file["sha256"]
        rows = duckdb.execute(
            f"select {selected} from read_parquet(?, file_row_number = true) order by file_row_number", [path]
        ).fetchall()
        for group in file["row_groups"]:
            leaves = []
            for _ in range(group["rows"]):
                given = zip(manifest["schema"], rows.pop(0))
                row = {column["name"]: value(column, cell) for column, cell in given if cell is not None}
                text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                salt = hmac.new(key, index.to_bytes(8, "big"), hashlib.sha256).digest()
                leaves.append(sha256(b"\x00" + salt + text.encode()))
                index += 1
            root = tree(leaves)
            assert root.hex() == group["root"], (file["name"], group)
            groups.append(sha256(b"\x00" + root))
        assert not rows
    print(tree(groups).hex())


main()

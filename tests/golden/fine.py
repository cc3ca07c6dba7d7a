# SPDX-License-Identifier: Apache-2.0
"""Histories of TIMESTAMP(7) to (9) in every year: fine.py writes inputs/fine_*.json.

Values lie on both sides of 1677-09-21 and 2262-04-11, where nanoseconds of 64 bits end. Keys,
partitions, clocks, folds, bounds and file indexes of them stand beside the plain columns of
int96_*. The same script gives the same files everywhere.
"""
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
TIMES = ["0001-01-01T00:00:00", "0999-12-31T12:00:00.000001", "1582-10-15T00:00:00",
         "1677-09-21T00:12:43.145224", "1969-12-31T23:59:59", "1970-01-01T00:00:00.000000001",
         "2024-02-29T12:34:56.123456789", "2262-04-11T23:47:16.854775808",
         "2999-12-31T23:59:59.5", "9999-12-31T23:59:59.999999999"]


def moment(n, zoned=False):
    return TIMES[n % len(TIMES)] + ("Z" if zoned else "")


def history(name, about, fields, keys, partitions, options, commits, reads, compact=True):
    steps = [{"cmd": "write", "write-only": True, "rows": rows} for rows in commits]
    if compact:
        steps.append({"cmd": "compact", "full": True})
    schema = {"fields": [{"name": n, "type": t} for n, t in fields], "primaryKeys": keys,
              "partitionKeys": partitions, "options": options}
    wanted = {"about": about, "release": "1.4.2", "schema": schema, "steps": steps,
              "snapshots": True,
              "reads": {f"expected.{k}.jsonl": {"filter": f} for k, f in reads.items()}}
    path = os.path.join(HERE, "inputs", name + ".json")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(wanted, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def rows(count, row, kinds=("+I",)):
    return [{"op": kinds[n % len(kinds)], "row": row(n)} for n in range(count)]


def around(column):
    return {"filter-before": {"col": column, "op": "<", "value": moment(3)},
            "filter-same": {"col": column, "op": "=", "value": moment(9)},
            "filter-after": {"col": column, "op": ">=", "value": moment(7)}}


def main():
    history("fine_keys", "TIMESTAMP(9) and TIMESTAMP_LTZ(7) in a composite key, levels and deletes",
            [("t", "TIMESTAMP(9)"), ("z", "TIMESTAMP(7) WITH LOCAL TIME ZONE"), ("v", "STRING")],
            ["t", "z"], [], {"bucket": "2"},
            [rows(20, lambda n, c=c: {"t": moment(n + c), "z": moment(n // 10 * 4, True),
                                      "v": f"{c}.{n}"}, kinds)
             for c, kinds in enumerate((("+I",), ("+I", "-D"), ("+U",)))],
            around("t"))
    history("fine_aggregates", "max, min and the like over TIMESTAMP(9), in rows and lists, too",
            [("k", "INT"), ("a", "TIMESTAMP(9)"), ("b", "TIMESTAMP(8)"), ("c", "TIMESTAMP(9)"),
             ("l", {"type": "ARRAY", "element": "TIMESTAMP(9)"})],
            ["k"], [],
            {"bucket": "1", "merge-engine": "aggregation", "fields.a.aggregate-function": "max",
             "fields.b.aggregate-function": "min",
             "fields.c.aggregate-function": "last_non_null_value",
             "fields.l.aggregate-function": "collect", "fields.l.distinct": "true"},
            [rows(12, lambda n, c=c: {
                "k": n % 4, "a": moment(n * 3 + c), "b": None if n % 5 == 0 else TIMES[(n + c) % 5],
                "c": None if n % 3 == 0 else moment(n + c), "l": [moment(n), moment(n + c)]})
             for c in range(3)], {})
    history("fine_clocks", "TIMESTAMP(9) as sequence field and as clock of a sequence group",
            [("k", "INT"), ("v", "STRING"), ("g", "TIMESTAMP(9)"), ("w", "STRING"),
             ("h", "TIMESTAMP(9) WITH LOCAL TIME ZONE")],
            ["k"], [],
            {"bucket": "1", "merge-engine": "partial-update", "fields.g.sequence-group": "v",
             "fields.h.sequence-group": "w"},
            [rows(12, lambda n, c=c: {"k": n % 5, "v": f"v{c}.{n}", "g": moment(n * 7 + c),
                                      "w": f"w{c}.{n}", "h": moment(n * 3 + c, True)})
             for c in range(3)], {})
    history("fine_partitions", "tables partitioned by TIMESTAMP(9)",
            [("p", "TIMESTAMP(9)"), ("n", "INT")], [], ["p"],
            {"partition.legacy-name": "false"},
            [rows(10, lambda n: {"p": None if n == 4 else moment(n), "n": n})],
            around("p"), compact=False)
    history("fine_orc", "TIMESTAMP(9) and (7) in ORC, with bounds of every column",
            [("k", "INT"), ("t", "TIMESTAMP(9)"), ("z", "TIMESTAMP(7) WITH LOCAL TIME ZONE"),
             ("r", {"type": "ROW", "fields": [{"id": 10, "name": "t", "type": "TIMESTAMP(8)"}]})],
            ["k"], [], {"bucket": "1", "file.format": "orc"},
            [rows(10, lambda n, c=c: {
                "k": n * 2 + c, "t": None if n == 5 else moment(n * c),
                "z": moment(n + c, True), "r": {"t": moment(n)[:-1] if n == 9 else TIMES[0]}})
             for c in (1, 3)], around("t"))
    indexes = {f"file-index.{kind}.columns": column
               for kind, column in (("bloom-filter", "a"), ("bitmap", "b"), ("bsi", "c"))}
    history("fine_indexes", "file indexes of TIMESTAMP(9), which know microseconds",
            [("n", "INT")] + [(c, "TIMESTAMP(9)") for c in "abc"], [], [],
            {**indexes, "file-index.in-manifest-threshold": "1 b"},
            [rows(30, lambda n, c=c: {"n": n, **{name: None if n % 7 == 6 else moment(n // 3 * c + i)
                                                 for i, name in enumerate("abc")}})
             for c in (1, 2)],
            {f"{k}-{name}": v for name in "abc" for k, v in around(name).items()},
            compact=False)


if __name__ == "__main__":
    main()

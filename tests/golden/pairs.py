# SPDX-License-Identifier: Apache-2.0
"""Histories that cover pairs of features: pairs.py writes inputs/pair_*.json and old_*.json.

A table has one level of each factor (engine, buckets, format, ...). Greedily chosen rows of
levels cover every pair of levels that may stand together; `old_*` tables use the features that
each older release already had; `pair_variant_*` shred variants. The same script gives the same
files everywhere.
"""
import itertools
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
COMMITS = 4
ROWS = 9
KEYS = 14

KEYED = {
    "engine": ["dedup", "dedup_seq", "dedup_desc", "partial", "groups", "aggregate", "first_row"],
    "bucket": ["1", "3", "dynamic", "mod"],
    "format": ["parquet", "orc", "avro", "levels"],
    "compression": ["default", "none", "snappy", "lz4", "zstd"],
    "partition": ["none", "string", "date", "int_string"],
    "producer": ["none", "input", "lookup", "full-compaction"],
    "stats": ["default", "none", "counts", "full", "truncate", "sparse", "first"],
    "vectors": ["off", "on", "bitmap64"],
    "compaction": ["never", "last", "middle", "auto"],
    "evolution": ["none", "add", "rename_widen", "drop_add"],
    "index": ["none", "bloom", "bitmap"],
    "values": ["plain", "scalars", "nested"],
    "thin": ["false", "true"],
    "life": ["none", "tag", "branch", "overwrite", "expire"],
}
APPEND = {
    "bucket": ["unaware", "3", "hive"],
    "format": ["parquet", "orc", "avro"],
    "compression": ["default", "none", "snappy", "lz4", "zstd"],
    "partition": ["none", "string", "date", "int_string"],
    "stats": ["default", "none", "counts", "full", "truncate", "sparse", "first"],
    "compaction": ["never", "last"],
    "evolution": ["none", "add", "rename_widen", "drop_add"],
    "index": ["none", "bloom", "bitmap", "bsi", "range-bitmap"],
    "values": ["plain", "scalars", "nested"],
    "life": ["none", "tag", "branch", "overwrite", "expire"],
}
# Factors of the releases before 1.4, with the levels that 1.0 had.
OLD = {
    "engine": ["dedup", "dedup_seq", "partial", "groups", "aggregate", "first_row"],
    "bucket": ["1", "3", "dynamic"],
    "format": ["parquet", "orc", "avro"],
    "partition": ["none", "string", "int_string"],
    "producer": ["none", "input", "lookup", "full-compaction"],
    "vectors": ["off", "on"],
    "compaction": ["never", "last", "auto"],
    "evolution": ["none", "add", "rename_widen"],
    "values": ["plain", "scalars", "nested"],
    "life": ["none", "tag", "branch", "overwrite"],
}
RELEASES = ["1.0.1", "1.1.1", "1.2.0", "1.3.1"]
# What 1.0 cannot be asked for: changes as JSON, dynamic buckets through this program.
WITHOUT = {"1.0.1": {"evolution": ["none"], "bucket": ["1", "3"]}}

# Pairs that Java refuses, or that mean nothing together.
EXCLUDED = {
    ("engine=first_row", "producer=input"), ("engine=first_row", "producer=full-compaction"),
    ("engine=first_row", "vectors=on"), ("engine=first_row", "vectors=bitmap64"),
    ("producer=full-compaction", "vectors=on"), ("producer=full-compaction", "vectors=bitmap64"),
    # Codecs that Avro does not have, or that Parquet finds no library for.
    ("format=avro", "compression=none"), ("format=avro", "compression=lz4"),
    ("format=levels", "compression=none"), ("format=levels", "compression=lz4"),
    ("format=parquet", "compression=lz4"),
}


def allowed(row):
    names = [f"{factor}={level}" for factor, level in row.items()]
    return not any((a, b) in EXCLUDED or (b, a) in EXCLUDED
                   for a, b in itertools.combinations(names, 2))


def covering(factors, rng):
    """Rows of levels that hold every allowed pair of levels."""
    names = list(factors)
    pairs = set()
    for a, b in itertools.combinations(names, 2):
        for x in factors[a]:
            for y in factors[b]:
                if allowed({a: x, b: y}):
                    pairs.add((a, x, b, y))
    rows = []
    while pairs:
        best, gain = None, -1
        for _ in range(60):
            seed = rng.choice(sorted(pairs))
            row = {name: factors[name][0] for name in names if len(factors[name]) == 1}
            row.update({seed[0]: seed[1], seed[2]: seed[3]})
            for name in rng.sample(names, len(names)):
                if name in row:
                    continue
                options = [x for x in factors[name] if allowed({**row, name: x})]
                rng.shuffle(options)
                row[name] = max(options, key=lambda x: sum(
                    (a, {**row, name: x}[a], b, {**row, name: x}[b]) in pairs
                    for a, b in itertools.combinations([n for n in names if n in row or n == name],
                                                       2)))
            row = {name: row[name] for name in names}
            new = sum((a, row[a], b, row[b]) in pairs for a, b in itertools.combinations(names, 2))
            if new > gain:
                best, gain = row, new
        rows.append(best)
        pairs -= {(a, best[a], b, best[b]) for a, b in itertools.combinations(names, 2)}
    return rows


# Columns and their values -------------------------------------------------------------------

SCALARS = [("bo", "BOOLEAN"), ("ti", "TINYINT"), ("si", "SMALLINT"), ("fl", "FLOAT"),
           ("db", "DOUBLE"), ("d9", "DECIMAL(9, 2)"), ("d30", "DECIMAL(30, 5)"), ("ch", "CHAR(4)"),
           ("vb", "VARBINARY(6)"), ("da", "DATE"), ("tm", "TIME(3)"), ("t3", "TIMESTAMP(3)"),
           ("t6", "TIMESTAMP(6)"), ("lz", "TIMESTAMP(6) WITH LOCAL TIME ZONE")]
NESTED = [("ar", {"type": "ARRAY", "element": "INT"}),
          ("mp", {"type": "MAP", "key": "STRING", "value": "BIGINT"}),
          ("ro", {"type": "ROW", "fields": [{"id": 100, "name": "x", "type": "INT"},
                                            {"id": 101, "name": "y", "type": "STRING"}]}),
          ("ra", {"type": "ARRAY", "element": {
              "type": "ROW", "fields": [{"id": 102, "name": "p", "type": "DECIMAL(10, 2)"},
                                        {"id": 103, "name": "q", "type": "STRING"}]}})]


def value_of(kind, rng):
    if rng.random() < 0.2:
        return None
    if isinstance(kind, dict):
        if kind["type"] == "ARRAY":
            return [value_of(kind["element"], rng) for _ in range(rng.randrange(3))]
        if kind["type"] == "MAP":
            return [[key, value_of(kind["value"], rng)]
                    for key in sorted(rng.sample(["a", "b", "ü"], rng.randrange(3)))]
        return {field["name"]: value_of(field["type"], rng) for field in kind["fields"]}
    word = kind.split("(")[0].split(" ")[0]
    if word == "BOOLEAN":
        return rng.random() < 0.5
    if word in ("TINYINT", "SMALLINT", "INT", "BIGINT"):
        return rng.choice([-7, 0, 1, 5, 90, {"TINYINT": 127, "SMALLINT": -32768, "INT": 2147483647,
                                             "BIGINT": 9007199254740993}[word]])
    if word in ("FLOAT", "DOUBLE"):
        return rng.choice([-0.5, 0.0, 1.25, 3.5, 1024.0])
    if word == "DECIMAL":
        scale = int(kind.split(",")[1].strip(" )")) if "," in kind else 0
        return f"{rng.randrange(-99999, 99999)}" + ("." + f"{rng.randrange(10 ** scale):0{scale}d}"
                                                    if scale else "")
    if word == "CHAR":
        return rng.choice(["abcd", "wxyz", "äöüß"])
    if word in ("STRING", "VARCHAR"):
        return rng.choice(["", "a", "b2", "longer than sixteen characters", "ünï", "zz"])
    if word in ("BYTES", "VARBINARY", "BINARY"):
        return rng.choice(["", "YWJj", "AAD/"])
    if word == "DATE":
        return rng.choice(["1969-12-31", "2024-02-29", "2030-01-01"])
    if word == "TIME":
        return rng.choice(["00:00:00.000", "12:34:56.789"])
    digits = int(kind.split("(")[1].split(")")[0])
    return (rng.choice(["1970-01-01T00:00:00.", "2024-05-06T07:08:09."])
            + "123456"[:digits] + ("Z" if "LOCAL" in kind else ""))


def fields_of(row):
    fields = []
    if row["partition"] == "string":
        fields.append(("pt", "STRING"))
    elif row["partition"] == "date":
        fields.append(("pt", "DATE"))
    elif row["partition"] == "int_string":
        fields += [("p1", "INT"), ("p2", "STRING")]
    fields += [("k", "INT"), ("s", "STRING"), ("n", "BIGINT"), ("g", "INT"), ("h", "INT")]
    if row["values"] == "scalars":
        fields += SCALARS
    elif row["values"] == "nested":
        fields += NESTED
    return fields


def options_of(row, keyed, columns):
    options = {}
    bucket = row["bucket"]
    options["bucket"] = {"dynamic": "-1", "unaware": "-1", "mod": "3", "hive": "3"}.get(bucket, bucket)
    if bucket == "dynamic":
        options["dynamic-bucket.target-row-num"] = "6"
    if bucket in ("mod", "hive"):
        options["bucket-function.type"] = bucket
    if not keyed and options["bucket"] != "-1":
        options["bucket-key"] = "k"
    if row["format"] == "levels":
        options["file.format.per.level"] = "0:avro,5:orc"
    else:
        options["file.format"] = row["format"]
    compression = row.get("compression", "default")
    if compression == "zstd":
        options["file.compression.zstd-level"] = "3"
    elif compression != "default":
        options["file.compression"] = compression
    stats = row.get("stats", "default")
    if stats in ("none", "counts", "full"):
        options["metadata.stats-mode"] = stats
    elif stats == "truncate":
        options["metadata.stats-mode"] = "truncate(3)"
    elif stats == "sparse":
        options.update({"metadata.stats-mode": "none", "fields.n.stats-mode": "full"})
        if "1.3" > row.get("release", "2"):
            options.pop("fields.n.stats-mode")
    elif stats == "first":
        options["metadata.stats-keep-first-n-columns"] = "2"
    index = row.get("index", "none")
    if index != "none":
        name = "bloom-filter" if index == "bloom" else index
        options[f"file-index.{name}.columns"] = "n" if index in ("bsi", "range-bitmap") else "s,n"
        options["file-index.in-manifest-threshold"] = "1 b" if len(columns) % 2 else "1 mb"
        if index == "bloom":
            options["file-index.bloom-filter.s.items"] = "100"
            options["file-index.bloom-filter.n.items"] = "100"
    if keyed:
        options.update(engine_options(row, columns))
        if row["producer"] != "none":
            options["changelog-producer"] = row["producer"]
        if row["vectors"] != "off":
            options["deletion-vectors.enabled"] = "true"
        if row["vectors"] == "bitmap64":
            options["deletion-vectors.bitmap64"] = "true"
        if row.get("thin") == "true":
            options["data-file.thin-mode"] = "true"
        if row["compaction"] == "auto":
            options["num-sorted-run.compaction-trigger"] = "2"
    return options


def engine_options(row, columns):
    engine = row["engine"]
    others = [name for name, _ in columns if name not in ("pt", "p1", "p2", "k", "s", "n", "g", "h")]
    if engine == "dedup":
        return {}
    if engine == "dedup_seq":
        return {"sequence.field": "g"}
    if engine == "dedup_desc":
        return {"sequence.field": "g,h", "sequence.field.sort-order": "descending"}
    if engine == "first_row":
        return {"merge-engine": "first-row", "ignore-delete": "true"}
    if engine == "partial":
        return {"merge-engine": "partial-update", "ignore-delete": "true"}
    if engine == "groups":
        return {"merge-engine": "partial-update",
                "fields.g.sequence-group": ",".join(["s"] + others),
                "fields.h.sequence-group": "n", "fields.n.aggregate-function": "sum"}
    return {"merge-engine": "aggregation", "fields.n.aggregate-function": "sum",
            "fields.g.aggregate-function": "max", "fields.g.ignore-retract": "true",
            "fields.h.aggregate-function": "last_value",
            "fields.default-aggregate-function": "last_non_null_value"}


# Steps ------------------------------------------------------------------------------------------

def record(columns, keyed, kinds, rng, other):
    row = {}
    for name, kind in columns:
        if name == "k":
            row[name] = rng.randrange(KEYS)
        elif name == "pt":
            row[name] = rng.choice(["2024-01-01", "2024-01-02"] if kind == "DATE" else ["a", other])
        elif name == "p1":
            row[name] = rng.choice([1, 2])
        elif name == "p2":
            row[name] = rng.choice(["x", "y z"])
        elif name == "n":
            row[name] = rng.choice([None, 1, 2, 30, 400, 5000000000])
        elif name in ("g", "h"):
            row[name] = rng.choice([None, 1, 2, 3, 4])
        else:
            row[name] = value_of(kind, rng)
    return {"op": rng.choice(kinds) if keyed else "+I", "row": row}


EVOLUTION = {
    "add": [{"action": "addColumn", "fieldNames": ["added"], "dataType": "STRING", "comment": None,
             "move": None}],
    "rename_widen": [{"action": "renameColumn", "fieldNames": ["s"], "newName": "s2"},
                     {"action": "updateColumnType", "fieldNames": ["h"], "newDataType": "BIGINT",
                      "keepNullability": False}],
    "drop_add": [{"action": "dropColumn", "fieldNames": ["s"]},
                 {"action": "addColumn", "fieldNames": ["s"], "dataType": "INT", "comment": None,
                  "move": None}],
}


def evolved(columns, evolution):
    if evolution == "add":
        return columns + [("added", "STRING")]
    if evolution == "rename_widen":
        return [("s2" if n == "s" else n, "BIGINT" if n == "h" else t) for n, t in columns]
    if evolution == "drop_add":
        return [c for c in columns if c[0] != "s"] + [("s", "INT")]
    return columns


def history(name, about, row, keyed, rng):
    columns = fields_of(row)
    partitions = [n for n, _ in columns if n in ("pt", "p1", "p2")]
    # A renamed column is named by options, too: those that rename keep it out of groups' way.
    options = options_of(row, keyed, columns)
    evolution = row["evolution"]
    named = json.dumps({k: v for k, v in options.items() if k.startswith(("fields.", "file-index"))})
    if evolution != "add" and evolution != "none" and '"s' in named.replace(",", '","'):
        evolution = "add"
    if evolution == "rename_widen" and row.get("engine") in ("groups", "dedup_desc", "aggregate"):
        evolution = "add"
    schema = {"fields": [{"name": n, "type": t} for n, t in columns],
              "primaryKeys": partitions + ["k"] if keyed else [], "partitionKeys": partitions,
              "options": options}
    retracting = keyed and row["engine"] in ("dedup", "dedup_seq", "dedup_desc")
    kinds = ["+I", "+I", "+U", "-D"] if retracting else ["+I"]
    # Java's lookup puts the partition into the name of a local file, slashes included, and fails.
    other = "b=c" if row.get("producer") == "lookup" else "b/c"
    write_only = row["compaction"] in ("never", "last", "middle")
    steps = []

    def write(rows, **more):
        step = {"cmd": "write", "rows": rows, **more}
        if write_only:
            step["write-only"] = True
        else:
            step["wait-compaction"] = True
        steps.append(step)

    for commit in range(COMMITS):
        if commit == 2 and evolution != "none":
            steps.append({"cmd": "alter", "changes": EVOLUTION[evolution]})
            columns = evolved(columns, evolution)
        if commit == 2 and row["compaction"] == "middle":
            steps.append({"cmd": "compact", "full": True})
        write([record(columns, keyed, kinds, rng, other) for _ in range(ROWS)])
        if commit == 1 and row["life"] in ("tag", "branch"):
            steps.append({"cmd": "manage", "action": "create-tag", "name": "t1", "at": 2})
        if commit == 1 and row["life"] == "branch":
            steps.append({"cmd": "manage", "action": "create-branch", "name": "b", "from-tag": "t1"})
    if row["life"] == "branch":
        branch_columns = fields_of(row)
        steps.append({"cmd": "write", "write-only": True, "branch": "b", "rows": [
            record(branch_columns, keyed, kinds, rng, other) for _ in range(3)]})
    if row["life"] == "overwrite":
        where = {}
        rows = [record(columns, keyed, ["+I"], rng, other) for _ in range(3)]
        write(rows, overwrite=where)
    if row["compaction"] == "last":
        steps.append({"cmd": "compact", "full": True})
    if row["life"] == "expire":
        steps.append({"cmd": "expire", "retain-max": 2, "retain-min": 2, "retain-millis": 0})
    wanted = {"about": about, "release": row["release"], "schema": schema, "steps": steps,
              "snapshots": True}
    if row["life"] in ("tag", "branch"):
        wanted["tags"] = ["t1"]
    if row["life"] == "branch":
        wanted["branches"] = ["b"]
    if keyed and row["producer"] != "none" and row["life"] != "expire":
        wanted["changelog"] = True
    wanted["reads"] = {
        "expected.filter-value.jsonl": {"filter": {"col": "n", "op": "=", "value": 30}},
        "expected.filter-key.jsonl": {"filter": {"col": "k", "op": "<", "value": 5}},
        "expected.columns.jsonl": {"columns": ["k", "g"]},
    }
    if keyed and row["engine"] not in ("partial", "groups", "aggregate", "first_row"):
        wanted["reads"]["expected.audit.jsonl"] = {"table": "db.t$audit_log"}
    return wanted


# Shredded variants ------------------------------------------------------------------------------

def variant_of(rng, depth=0):
    """A value whose members have few names and many types."""
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.choice([0, 7, -129, 40000, 3000000000, 9007199254740993])
    if kind == 3:
        return rng.choice([1.5, -0.25, 1e+300])
    if kind in (4, 5):
        return rng.choice(["", "x", "ünï", "y" * 70])
    if kind == 6:
        return [variant_of(rng, depth + 1) for _ in range(rng.randrange(4))]
    names = rng.sample(["id", "name", "tags", "é", "value", "typed_value", "z"], rng.randrange(6))
    return {name: variant_of(rng, depth + 1) for name in names}


def event(rng):
    """Mostly of the shape that the schema below has."""
    if rng.random() < 0.2:
        return variant_of(rng)
    out = {"id": rng.choice([1, 300, 70000]), "name": rng.choice(["a", "b" * 65, None]),
           "tags": [rng.choice(["t", "u", 5]) for _ in range(rng.randrange(3))],
           "at": {"x": rng.choice([0.5, 1]), "y": rng.choice([1.25, "?"])}}
    for name in rng.sample(["id", "name", "tags", "at"], rng.randrange(3)):
        del out[name]
    if rng.random() < 0.4:
        out["z"] = variant_of(rng, 1)
    return out


EVENT = {"type": "ROW", "fields": [
    {"id": 0, "name": "id", "type": "INT"},
    {"id": 1, "name": "name", "type": "STRING"},
    {"id": 2, "name": "tags", "type": {"type": "ARRAY", "element": "STRING"}},
    {"id": 3, "name": "at", "type": {"type": "ROW", "fields": [
        {"id": 4, "name": "x", "type": "DECIMAL(9, 2)"},
        {"id": 5, "name": "y", "type": "VARIANT"}]}}]}


def variants(name, about, options, keyed, compacted):
    rng = random.Random(name)
    schema = {"fields": [{"name": "k", "type": "INT"}, {"name": "v", "type": "VARIANT"},
                         {"name": "w", "type": "VARIANT"}],
              "primaryKeys": ["k"] if keyed else [], "partitionKeys": [],
              "options": {"bucket": "1" if keyed else "-1", "write-only": "true", **options}}
    steps = []
    for _ in range(3):
        rows = [{"op": "+I", "row": {
            "k": rng.randrange(20),
            "v": None if rng.random() < 0.1 else json.dumps(event(rng), ensure_ascii=False),
            "w": json.dumps(variant_of(rng), ensure_ascii=False)}} for _ in range(12)]
        steps.append({"cmd": "write", "rows": rows, "write-only": True})
    if compacted:
        steps.append({"cmd": "compact", "full": True})
    return {"about": about, "release": "1.4.2", "schema": schema, "steps": steps,
            "snapshots": True,
            "reads": {"expected.columns.jsonl": {"columns": ["k", "v"]}}}


def shredded():
    given = {"variant.shreddingSchema": json.dumps(
        {"type": "ROW", "fields": [{"id": 0, "name": "v", "type": EVENT}]})}
    found = {"variant.inferShreddingSchema": "true",
             "variant.shredding.minFieldCardinalityRatio": "0.1"}
    return {
        "pair_variant_given": ("variants shredded by a schema", given, False, False),
        "pair_variant_found": ("variants shredded as they come", found, False, False),
        "pair_variant_keyed": ("shredded variants, merged and compacted", found, True, True),
    }


def main():
    inputs = os.path.join(HERE, "inputs")
    for old in os.listdir(inputs):
        if old.startswith(("pair_", "old_")):
            os.remove(os.path.join(inputs, old))

    def dump(name, made):
        with open(os.path.join(inputs, name + ".json"), "w", encoding="utf-8", newline="\n") as f:
            json.dump(made, f, ensure_ascii=False, separators=(",", ":"))
            f.write("\n")

    def save(name, row, keyed):
        about = "pairs of features: " + ", ".join(f"{k} {v}" for k, v in row.items())
        dump(name, history(name, about, row, keyed, random.Random(name)))

    for prefix, factors, keyed in (("pair_keyed", KEYED, True), ("pair_append", APPEND, False)):
        for number, row in enumerate(covering(factors, random.Random(prefix))):
            save(f"{prefix}_{number:02d}", {**row, "release": "1.4.2"}, keyed)
    for release in RELEASES:
        factors = {**OLD, **WITHOUT.get(release, {}), "release": [release]}
        rows = covering(factors, random.Random("old" + release))
        for number, row in enumerate(random.Random(release).sample(rows, 9)):
            save(f"old_{release.replace('.', '')}_{number}", row, True)
    for name, what in shredded().items():
        dump(name, variants(name, *what))


if __name__ == "__main__":
    main()

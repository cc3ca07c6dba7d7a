# SPDX-License-Identifier: Apache-2.0
"""A file includes its own folder and lower layers; libraries stay in their rooms."""
import re
import unittest

from source_tree import ENGINE, ROOT, files, relative

# Top first; folders of one line stand side by side and never include each other.
ORDER = """
server
sql
stream
catalog
table
scan read write commit
tree
datafile
index
meta
format cdc
expr merge io
types
options
base
""".split("\n")[1:-1]
RANK = {folder: rank for rank, line in enumerate(reversed(ORDER)) for folder in line.split()}
# The tree of a bucket belongs to those who write it and to the table.
ONLY_SEEN_BY = {"tree": {"write", "table"}}

# Include prefix -> where it may stand (None: in any source, but in no header).
ROOMS = {
    "duckdb": ["src/tarn/sql/duckdb/"],
    "parquet/": ["src/tarn/format/"],
    "arrow/adapters/orc": ["src/tarn/format/"],
    "nlohmann/": None,
    "simdjson": None,
    "arrow/api.h": None,
}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def layer_faults(folder, text):
    faults = []
    for target in INCLUDE.findall(text):
        parts = target.split("/")
        if parts[0] != "tarn" or len(parts) < 3 or parts[1] == folder:
            continue
        lower = parts[1]
        if lower not in RANK:
            faults.append(f"{target}: no such layer")
        elif RANK[lower] >= RANK[folder]:
            faults.append(f"{target}: {folder} may not include {lower}")
        elif lower in ONLY_SEEN_BY and folder not in ONLY_SEEN_BY[lower]:
            faults.append(f"{target}: {lower} is not for {folder}")
    return faults


def room_faults(name, text):
    faults = []
    for target in INCLUDE.findall(text):
        for prefix, rooms in ROOMS.items():
            if not target.startswith(prefix):
                continue
            if rooms is None and name.endswith(".h"):
                faults.append(f"{target}: not in a header")
            if rooms is not None and not name.startswith(tuple(rooms)):
                faults.append(f"{target}: only in {', '.join(rooms)}")
    return faults


class Layers(unittest.TestCase):
    def test_every_folder_has_a_layer(self):
        folders = {path.name for path in ENGINE.iterdir() if path.is_dir()}
        self.assertEqual(folders - set(RANK), set())

    def test_includes_point_downwards(self):
        faults = [f"{relative(path)}: {fault}" for path in files(ENGINE, ".h", ".cc")
                  for fault in layer_faults(path.relative_to(ENGINE).parts[0],
                                            path.read_text())]
        self.assertEqual(faults, [])

    def test_libraries_stay_in_their_rooms(self):
        faults = [f"{relative(path)}: {fault}" for path in files(ROOT / "src", ".h", ".cc")
                  for fault in room_faults(relative(path), path.read_text())]
        self.assertEqual(faults, [])

    def test_a_planted_fault_is_found(self):
        self.assertTrue(layer_faults("merge", '#include "tarn/io/paths.h"'))
        self.assertTrue(layer_faults("scan", '#include "tarn/read/reader.h"'))
        self.assertTrue(layer_faults("commit", '#include "tarn/tree/levels.h"'))
        self.assertTrue(layer_faults("base", '  #  include <tarn/sql/lexer.h>'))
        self.assertFalse(layer_faults("write", '#include "tarn/tree/levels.h"'))
        self.assertTrue(room_faults("src/tarn/meta/a.h", "#include <nlohmann/json.hpp>"))
        self.assertTrue(room_faults("src/tarn/read/a.cc", "#include <parquet/page.h>"))
        self.assertFalse(room_faults("src/tarn/meta/a.cc", "#include <nlohmann/json.hpp>"))


if __name__ == "__main__":
    unittest.main()

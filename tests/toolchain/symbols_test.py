# SPDX-License-Identifier: Apache-2.0
"""No two libraries of the program `tarn` bring the same symbol: one would rebind the other."""
import collections
import os
import re
import subprocess
import unittest

PROGRAM = os.environ["TARN_PROGRAM"]

# Libraries built together share what they inline; the C and C++ runtimes are shared by design.
FAMILIES = [re.compile(r"^lib(arrow|parquet)"),
            re.compile(r"^(lib(c|m|stdc\+\+|gcc_s|pthread|dl|rt|asan|ubsan|tsan)\.so|ld-linux)")]
# Members and instantiations of std are the same code everywhere, and so is the runtime's own.
STANDARD = re.compile(r"^_Z(T[ISV]|GV|GVZ|Z)?N?K?[RO]?S[tabisod]|^__cxa_call_terminate$"
                      r"|^_(init|fini|edata|end|_bss_start)$")


def family(library):
    for number, pattern in enumerate(FAMILIES):
        if pattern.search(library):
            return number
    return library


def linked_libraries(program):
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
    return {match[0]: match[1]
            for match in re.findall(r"(\S+) => (/\S+)", listing.stdout)}


def exported(path):
    listing = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True,
                             text=True, check=True)
    rows = (line.split() for line in listing.stdout.splitlines())
    return {row[2].split("@")[0] for row in rows if len(row) == 3 and row[1] in "TDBRVWu"}


def overlaps(exports):
    """`exports`: library -> symbols. Returns the symbols that two families bring."""
    bringers = collections.defaultdict(dict)
    for library, symbols in exports.items():
        for symbol in symbols:
            if not STANDARD.search(symbol):
                bringers[symbol].setdefault(family(library), library)
    return {symbol: sorted(found.values()) for symbol, found in bringers.items()
            if len(found) > 1}


class Symbols(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.libraries = linked_libraries(PROGRAM)

    def test_the_libraries_that_matter_are_looked_at(self):
        names = " ".join(self.libraries)
        for wanted in ["libarrow.so", "libstdc++.so"]:
            self.assertIn(wanted, names)

    def test_no_symbol_comes_from_two_libraries(self):
        exports = {name: exported(path) for name, path in self.libraries.items()}
        self.assertEqual(overlaps(exports), {})

    def test_another_simdjson_stays_out_of_the_program(self):
        self.assertFalse([name for name in self.libraries if "simdjson" in name])
        self.assertFalse([symbol for symbol in exported(PROGRAM)
                          if re.search(r"(?<!_)8simdjson", symbol)])

    def test_a_planted_overlap_is_found(self):
        exports = {"liba.so.1": {"ZSTD_compress", "_ZNSt6vectorIiE4sizeEv"},
                   "libb.so.2": {"ZSTD_compress", "_ZNSt6vectorIiE4sizeEv"}}
        self.assertEqual(overlaps(exports), {"ZSTD_compress": ["liba.so.1", "libb.so.2"]})
        self.assertEqual(overlaps({"libarrow.so.1": {"x"}, "libparquet.so.1": {"x"}}), {})


if __name__ == "__main__":
    unittest.main()

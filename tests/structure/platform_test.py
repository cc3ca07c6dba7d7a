# SPDX-License-Identifier: Apache-2.0
"""Threads, clocks, randomness and files are reached through base::Context only."""
import re
import unittest

from source_tree import ENGINE, code_only, files, relative

PLATFORM = ["src/tarn/base/", "src/tarn/io/"]
# Libraries that bring threads and sockets of their own are met here.
LIBRARY_ROOMS = PLATFORM + ["src/tarn/stream/sources/", "src/tarn/catalog/",
                            "src/tarn/server/", "src/tarn/sql/duckdb/"]

# What, where it may stand, how it looks in code.
RULES = [
    ("a thread", LIBRARY_ROOMS,
     r"std::(jthread|thread|async)\b|\bpthread_create\b|<(thread|future)>"),
    ("a socket", LIBRARY_ROOMS,
     r"<(sys/socket|netinet/in|arpa/inet|netdb|poll|sys/epoll)\.h>|<boost/asio|<curl/"),
    ("a clock", PLATFORM,
     r"\b(system|steady|high_resolution|utc|tai|gps|file)_clock\b"
     r"|\b(clock_gettime|gettimeofday)\b|std::time\(|\btime\((nullptr|NULL|0)\)"
     r"|\bsleep_(for|until)\b|\b(u|nano)sleep\("),
    ("randomness", PLATFORM,
     r"<random>|\brandom_device\b|\bmt19937|\bs?rand\(|\bgetrandom\b|\barc4random"),
    ("a file", PLATFORM,
     r"<(filesystem|fstream|fcntl\.h|unistd\.h|sys/stat\.h|sys/mman\.h|dirent\.h)>"
     r"|std::filesystem|\bf(d)?open\(|std::(basic_)?[io]?fstream|(?<![\w>.])::open\("
     r"|(?<!\w)arrow::fs::|\barrow::io::(ReadableFile|FileOutputStream|MemoryMappedFile)\b"),
]


def faults(name, text):
    code = code_only(text)
    found = []
    for what, rooms, pattern in RULES:
        if name.startswith(tuple(rooms)):
            continue
        for match in re.finditer(pattern, code):
            line = code.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{line}: {what} outside its rooms: {match.group()}")
    return found


class Platform(unittest.TestCase):
    def test_the_engine_reaches_the_machine_through_its_context(self):
        found = [fault for path in files(ENGINE, ".h", ".cc")
                 for fault in faults(relative(path), path.read_text())]
        self.assertEqual(found, [])

    def test_a_planted_fault_is_found(self):
        for line in ["std::thread t(f);", "auto now = std::chrono::steady_clock::now();",
                     "std::random_device seed;", "int fd = ::open(path, 0);",
                     "#include <fstream>", "std::ofstream out(path);", "int x = rand();",
                     "#include <sys/socket.h>", "FILE* f = fopen(path, mode);"]:
            self.assertEqual(len(faults("src/tarn/merge/a.cc", line)), 1, line)
            self.assertEqual(faults("src/tarn/io/a.cc", line), [], line)

    def test_comments_and_literals_are_no_code(self):
        for line in ["// like std::thread", 'Say("std::thread and rand()");',
                     "auto s = R\"(fopen( )\";", "std::mutex lock;", "Operand(1);",
                     "bool is_clock = true;",
                     "auto reader = Reader::open(path);"]:
            self.assertEqual(faults("src/tarn/merge/a.cc", line), [], line)

    def test_a_literal_keeps_the_lines_after_it_in_place(self):
        self.assertIn(":3:", faults("src/tarn/merge/a.cc", '/* a\n */ f("x\\"//");\nrand();')[0])


if __name__ == "__main__":
    unittest.main()

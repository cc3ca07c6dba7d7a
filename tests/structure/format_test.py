# SPDX-License-Identifier: Apache-2.0
"""Every C++ file is as scripts/format leaves it."""
import shutil
import subprocess
import sys
import unittest

from source_tree import ROOT

SKIPPED = 77


class Format(unittest.TestCase):
    def test_every_file_is_formatted(self):
        check = subprocess.run([ROOT / "scripts" / "format", "--check"], capture_output=True,
                               text=True)
        self.assertEqual(check.stdout.split(), [], "run scripts/format")
        self.assertEqual(check.returncode, 0, check.stderr)


if __name__ == "__main__":
    if shutil.which("clang-format-19") is None:
        sys.exit(SKIPPED)
    unittest.main()

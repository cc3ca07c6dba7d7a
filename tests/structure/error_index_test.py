# SPDX-License-Identifier: Apache-2.0
"""An error code means one thing, its first digit tells the kind, and docs/ lists them all."""
import importlib.machinery
import importlib.util
import re
import unittest

from source_tree import ENGINE, ROOT


def load_script():
    loader = importlib.machinery.SourceFileLoader("error_index", str(ROOT / "scripts/error-index"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("error_index", loader))
    loader.exec_module(module)
    return module


script = load_script()

STATUS = (ENGINE / "base" / "status.cc").read_text()


def numbers_of(function):
    """`case ErrorKind::kX: return N;` of one switch in status.cc."""
    body = STATUS[STATUS.index(f"int {function}("):].split("\n}\n", 1)[0]
    found, waiting = {}, []
    for case, number in re.findall(r"case ErrorKind::k(\w+):|return (\d+);", body):
        if case:
            waiting.append(case)
        else:
            found.update({kind: int(number) for kind in waiting})
            waiting = []
    return found


class ErrorIndex(unittest.TestCase):
    def test_the_page_is_what_the_code_says(self):
        self.assertTrue(script.PAGE.read_text() == script.build_index().page(),
                        "docs/reference/errors.md is old: run scripts/error-index --write")

    def test_codes_begin_with_the_digit_of_their_kind(self):
        self.assertEqual(script.build_index().faults, [])

    def test_a_code_means_one_thing(self):
        self.assertEqual(script.build_index().shared(), [])

    def test_digits_and_exit_codes_are_those_of_the_program(self):
        exits = numbers_of("ExitCodeOf")
        for kind, exit_code in script.EXITS.items():
            self.assertEqual(exits[kind], exit_code, kind)
        digits = numbers_of("CodeDigitOf")
        for kind, digit in script.DIGITS.items():
            self.assertEqual(digits.get(kind, exits[kind]), digit, kind)

    def test_planted_errors_are_found(self):
        index = script.Index({
            "src/a.cc": 'return NotFound(4901, "It is " "gone:", V("x", 1));  // NotFound(4902, "no")',
            "src/b.cc": 'return\n    NotFound(4901, fmt::format("{} went away", x));',
            "src/c.cc": 'return Unsupported(5901, "A wish");',
            "src/d.cc": 'Refuse({ErrorKind::kUnsupported, 6901, "A word", span});',
            "src/e.h": '/// Codes of e.\nconstexpr int kBare = 1901;\n'
                       'constexpr int kSaid = 1902;  ///< said here\n\n',
            "src/f.cc": "at.Wrong(kSaid, text); return Invalid(kSaid);",
            "src/g.cc": 'at.Warn("W901", "Beware of {}.");',
        })
        self.assertEqual(set(index.errors), {4901, 5901, 6901, 1902})
        self.assertEqual(index.errors[4901]["NotFound", "It is gone"], {"src/a.cc"})
        self.assertEqual(index.errors[1902]["InvalidInput", "said here"], {"src/f.cc"})
        self.assertEqual(index.warnings["W901"], {"Beware of {}.": {"src/g.cc"}})
        self.assertEqual(len(index.shared()), 1)
        self.assertIn("4901", index.shared()[0])
        self.assertEqual(len(index.faults), 2)
        self.assertIn("kBare", index.faults[0] + index.faults[1])
        self.assertIn("5901 is not Unsupported's", index.faults[0] + index.faults[1])


if __name__ == "__main__":
    unittest.main()

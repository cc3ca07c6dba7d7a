#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the last line of `make test` from ctest's JUnit file; fail unless all passed.

A test that asked to be skipped is skipped; one that could not run, its program not built for
instance, has failed.
"""
import sys
import xml.etree.ElementTree

try:
    suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
except (OSError, xml.etree.ElementTree.ParseError) as error:
    sys.exit(f"0 passed, 0 failed: no test ran ({error})")

passed, failed, skipped = [], [], []
for case in suite.iter("testcase"):
    reason = case.find("skipped")
    asked = reason is not None and reason.get("message", "").startswith("SKIP_")
    if case.get("status") == "run":
        passed.append(case.get("name"))
    elif asked or case.get("status") == "disabled":
        skipped.append(case.get("name"))
    else:
        failed.append(case.get("name"))

for name in skipped:
    print(f"skipped: {name}")
for name in failed:
    print(f"failed: {name}")
line = f"{len(passed)} passed, {len(failed)} failed"
print(line + (f", {len(skipped)} skipped" if skipped else ""))
sys.exit(1 if failed or not passed else 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the last line of `make test` from ctest's JUnit file; fail unless all passed."""
import sys
import xml.etree.ElementTree

try:
    suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
except (OSError, xml.etree.ElementTree.ParseError) as error:
    sys.exit(f"0 passed, 0 failed: no test ran ({error})")

cases = {"run": 0, "fail": 0, "notrun": 0, "disabled": 0}
failed = []
for case in suite.iter("testcase"):
    outcome = case.get("status", "fail")
    cases[outcome if outcome in cases else "fail"] += 1
    if outcome not in ("run", "notrun", "disabled"):
        failed.append(case.get("name"))
skipped = cases["notrun"] + cases["disabled"]
for name in failed:
    print(f"failed: {name}")
line = f"{cases['run']} passed, {cases['fail']} failed"
print(line + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if cases["fail"] or not cases["run"] else 0)

# SPDX-License-Identifier: Apache-2.0
"""The files of the checkout, as the structure tests look at them."""
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "src" / "tarn"
SKIPPED = {".git", "build", "target", "__pycache__", "warehouse"}


def files(top, *suffixes):
    """Paths below `top`, sorted; all of them where no suffix is given."""
    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [Path(folder) / name for name in names
                  if name not in SKIPPED and name.endswith(suffixes or "")]
    return sorted(found)


def relative(path):
    return path.relative_to(ROOT).as_posix()


_NOISE = re.compile(
    r'R"([^(\s]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def code_only(text):
    """C++ `text` with comments and literals blanked and every line kept in its place."""
    def blank(match):
        return "\n" * match.group().count("\n") or " "

    # An include's quotes are no literal.
    kept = re.sub(r'#include "([^"\n]*)"', r"#include <\1>", text)
    return _NOISE.sub(blank, kept)

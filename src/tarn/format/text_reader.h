// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Open a CSV or JSON data file (Paimon `CsvFileReader`, `JsonFileReader`). Columns of
/// CSV are told by their order in `shape`, members of JSON by their name. Memory: the
/// decompressed file, 1 GiB at most, and what `MakeRowFileReader` keeps.
///
/// What is no value of its column is refused, not answered: Java makes NULL of it and of
/// the columns read behind it, drops the line, or fails, as `csv.mode` and
/// `json.ignore-parse-errors` say. Errors: those of `TextLines` and `ParseTextValues`;
/// kInvalidInput for delimiters that Java refuses; kUnsupported for those outside ASCII.
Result<std::unique_ptr<FileReader>> OpenText(const base::Context& context,
                                             const std::string& format,
                                             const std::string& path, int64_t bytes,
                                             const FileShape& shape);

}  // namespace tarn::format

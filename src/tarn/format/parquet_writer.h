// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Create a Parquet file with the schema that Java writes for `fields`
/// (`parquet_schema.h`) and no key-value metadata. Memory: one open row group, compressed
/// pages.
///
/// Dictionaries: with `options.dictionary` a column gets one where the first batch
/// suggests that its values repeat. Columns of `options.ascending` are delta-coded
/// without compression: keys and sequence numbers are read by every merge. Errors:
/// kUnsupported (codec or type), kConflict (the file exists), kUnavailable.
Result<std::unique_ptr<FileWriter>> CreateParquet(
    const base::Context& context, const std::string& path,
    const std::vector<types::DataField>& fields, const WriterOptions& options);

}  // namespace tarn::format

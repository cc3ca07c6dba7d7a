// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>
#include <parquet/type_fwd.h>

#include "tarn/format/column_file.h"

namespace tarn::format {

/// Properties of a new Parquet file as Java's defaults set them (version 1 pages of 1 MiB
/// or 20,000 rows, checksums, page index), with dictionaries chosen from a sample.
/// \param sample the first rows of the file, nullptr = none
/// Errors: kUnsupported naming a codec that Java or we cannot read.
Result<std::shared_ptr<parquet::WriterProperties>> ParquetPropertiesOf(
    const std::vector<types::DataField>& fields, const WriterOptions& options,
    const arrow::RecordBatch* sample, arrow::MemoryPool* pool);

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Create an Avro container of records with the schema of `AvroSchemaOf`. The format
/// states no statistics: `Finished::columns` are found from the values, null counts of
/// all columns, minimum and maximum of those that have an order.
/// Errors: those of `AvroSchemaOf`; kInvalidInput for a compression that Java's Avro does
/// not know ("none" is called "null" there), kUnsupported for bzip2 and xz.
Result<std::unique_ptr<FileWriter>> CreateAvro(
    const base::Context& context, const std::string& path,
    const std::vector<types::DataField>& fields, const WriterOptions& options);

}  // namespace tarn::format

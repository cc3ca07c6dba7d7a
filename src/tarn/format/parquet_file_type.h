// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/types/data_type.h"

namespace parquet::schema {
class Node;
}

namespace tarn::format {

/// The type that a file's schema alone gives a column (Paimon
/// `ParquetSchemaConverter.convertToPaimonField`), for columns whose shape the table does
/// not know: the parts of shredded variants.
/// Errors: kUnsupported for a form that Java does not read either, and for groups nested
/// deeper than those of variants.
Result<types::DataType> FileTypeOf(const parquet::schema::Node& node);

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// Arrow form of a logical type, the one form in which the engine holds it:
///   BOOLEAN bool · TINYINT..BIGINT int8..int64 · FLOAT, DOUBLE float32, float64
///   DECIMAL(p,s) decimal128(p,s) · CHAR, VARCHAR utf8 · BINARY, VARBINARY, BLOB binary
///   DATE date32 · TIME(p) time32[ms] (Paimon keeps milliseconds whatever p says)
///   TIMESTAMP(p) timestamp[ms] for p <= 3, [us] for p <= 6; local-zoned ones the same
///   with zone "UTC"; finer ones of both kinds decimal128(25,9), seconds since the epoch
///   (instant.h) · ARRAY list<element> · MAP map · MULTISET map<element, int32> ·
///   ROW struct · VARIANT struct<value: binary, metadata: binary>.
/// A fine timestamp and a DECIMAL(25,9) have one Arrow type: what the logical type
/// decides (text, hashes, stored bytes) is decided by the logical type.
/// Errors: kUnsupported naming VECTOR (a later release).
Result<std::shared_ptr<arrow::DataType>> ToArrow(const DataType& type);

/// Field with nullability; `PARQUET:field_id` metadata is added by `format/`, not here.
Result<std::shared_ptr<arrow::Field>> ToArrow(const DataField& field);
Result<std::shared_ptr<arrow::Schema>> ToArrow(const std::vector<DataField>& fields);

/// Logical type of an Arrow type, where one exists; of decimals DECIMAL. Errors:
/// kUnsupported.
Result<DataType> FromArrow(const arrow::DataType& type, bool nullable);

}  // namespace tarn::types

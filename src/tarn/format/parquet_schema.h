// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tarn/types/data_type.h"

namespace parquet::schema {
class GroupNode;
}

namespace tarn::format {

/// The message `paimon_schema` that Java writes for `fields` (Paimon
/// `ParquetSchemaConverter`): physical types, annotations, repetition, field ids, with
/// the derived ids of list elements, map keys and map values (`SpecialFields`). Errors:
/// kUnsupported naming a type that has no Parquet form here.
Result<std::shared_ptr<parquet::schema::GroupNode>> ParquetSchemaOf(
    const std::vector<types::DataField>& fields);

/// Bytes of a FIXED_LEN_BYTE_ARRAY that holds every decimal of `precision`.
int32_t DecimalBytes(int32_t precision);

}  // namespace tarn::format

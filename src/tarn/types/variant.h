// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/types/data_type.h"

namespace tarn::types {

/// The two members of a VARIANT wherever it is a struct: `value` and `metadata`, BYTES
/// NOT NULL, with the ids 0 and 1 that Paimon's Parquet files give them.
const std::vector<DataField>& VariantFields();

/// Append a variant's JSON text as Paimon's `GenericVariant.toJson` prints it in UTC:
/// members in their stored order, decimals without zeros at their end, dates, times,
/// bytes (Base64) and non-finite numbers in quotes.
///
/// The bytes are trusted in nothing: offsets, sizes and dictionary numbers are checked,
/// and a value is printed once at most for each byte it takes. Errors: kCorruption for
/// bytes that are no variant, kUnsupported for one nested deeper than 200 or of a type
/// that Paimon does not know.
Status AppendVariantJson(std::string_view value, std::string_view metadata,
                         std::string* out);

}  // namespace tarn::types

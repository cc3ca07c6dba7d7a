// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tarn/base/status.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// What is about to be done with a table. The format is larger than what is built.
enum class TableUse : uint8_t {
  kOpen = 1,     ///< at all
  kCreate = 2,   ///< define it
  kRead = 4,     ///< read its rows
  kWrite = 8,    ///< add rows
  kCompact = 16  ///< rewrite its files
};

/// Refuse a use that an option of the table gives a meaning which is not built: the
/// answer would be another one than Java's. One table of features in one place; actors
/// ask it before anything is planned. Errors: kUnsupported naming the option, its value
/// and the table.
Status CheckFeatures(const types::TableSchema& schema, TableUse use,
                     std::string_view table);

}  // namespace tarn::meta

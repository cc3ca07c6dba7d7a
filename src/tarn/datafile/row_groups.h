// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tarn/datafile/selected_rows.h"
#include "tarn/expr/predicate.h"
#include "tarn/format/column_file.h"
#include "tarn/types/data_type.h"

namespace tarn::datafile {

/// A column of the predicate as a file has it, with the type that is read.
struct StoredColumn {
  std::string name;  ///< "" = the file lacks it: NULL in every row
  types::DataType type;
};

/// Rows of the row groups, and in them of the pages, that may hold a row which satisfies
/// `predicate`, by their statistics. What the file does not state, and what cannot be
/// read of it, rules nothing out.
/// \param stored  the column of a name; nothing for one whose values are not those that
///                the file states
Result<RowRanges> RangesByGroups(
    format::FileReader* file, const expr::Predicate& predicate,
    const std::function<std::optional<StoredColumn>(const std::string&)>& stored);

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tarn/types/change_batch.h"
#include "tarn/types/data_type.h"

namespace tarn::stream {

/// A stateless select over a change stream: projection, filter, computed columns. Each
/// input row gives at most one output row, in order, with its kind; -U and +U of an event
/// stay neighbours. One caller at a time.
class SelectOperator {
 public:
  virtual ~SelectOperator() = default;
  /// Absent bitmaps travel with plain column references. Errors: those of the expressions
  /// (a cast that fails, a division by zero), kInvalidInput for an expression over an
  /// absent cell.
  virtual Result<types::ChangeBatch> Apply(const types::ChangeBatch& input) = 0;
  virtual const std::vector<types::DataField>& output_fields() const = 0;
  /// The input column that an output column is, unchanged; -1 for a computed one.
  virtual int InputColumnOf(int output) const = 0;
  /// The select drops rows.
  virtual bool has_filter() const = 0;
};

/// Columns by index, nothing else.
std::unique_ptr<SelectOperator> SelectColumns(const std::vector<types::DataField>& input,
                                              std::vector<int> columns);

}  // namespace tarn::stream

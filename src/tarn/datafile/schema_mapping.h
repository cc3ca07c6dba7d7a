// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/types/cast.h"
#include "tarn/types/data_type.h"

namespace tarn::datafile {

/// How the values of a column, stored as `from`, become those of `to` (Paimon
/// `SchemaEvolutionUtil`): rows by field id (missing fields are NULL), elements of arrays
/// and values of maps one level down, everything else by a cast. Immutable.
class ColumnMapping {
 public:
  /// Errors: kUnsupported naming column and types where no cast exists.
  static Result<ColumnMapping> Make(std::string column, const types::DataType& from,
                                    const types::DataType& to);

  /// Nothing changes but, perhaps, nullability.
  bool is_identity() const { return identity_; }
  /// type[rows] of `to`. Errors: those of the cast.
  Result<std::shared_ptr<arrow::Array>> Apply(const std::shared_ptr<arrow::Array>& array,
                                              const types::CastContext& context) const;

 private:
  ColumnMapping() = default;

  std::string column_;
  types::DataType from_;
  types::DataType to_;
  bool identity_ = true;
};

}  // namespace tarn::datafile

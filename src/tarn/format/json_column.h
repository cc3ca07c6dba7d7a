// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/cast.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Turns members of JSON objects, a line each, into arrays of their columns' engine types
/// (Paimon `JsonFileReader`): scalars by their text, which is turned into values a whole
/// column at a time, arrays, objects for maps and rows. Missing members are NULL. One
/// caller at a time; after an error no more.
class JsonColumns {
 public:
  /// \param columns  names and types; ids mean nothing. Errors: kUnsupported for types
  /// that JSON files cannot hold, and for maps whose keys are neither text nor integers.
  static Result<std::unique_ptr<JsonColumns>> Make(
      const types::CastContext& context, const std::vector<types::DataField>& columns);
  ~JsonColumns();

  /// Errors: kUnsupported for what is no JSON object, for JSON of another shape, and for
  /// numbers with a fraction or exponent, whose text Java prints anew.
  Status Append(std::string_view line);
  /// What was appended since the last call: type[columns][lines]. Errors: those of
  /// `ParseTextValues`.
  Result<arrow::ArrayVector> Finish();

 private:
  struct Node;
  JsonColumns(const types::CastContext& context,
              const std::vector<types::DataField>& columns);

  const types::CastContext context_;
  const std::vector<types::DataField> columns_;
  std::vector<std::unique_ptr<Node>> roots_;
};

}  // namespace tarn::format

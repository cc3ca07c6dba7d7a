// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/default_value.h"

#include <arrow/array/util.h>
#include <arrow/scalar.h>

#include "tarn/types/cast.h"

namespace tarn::meta {

Result<std::shared_ptr<arrow::Array>> DefaultValueOf(const types::DataField& field,
                                                     arrow::MemoryPool* pool,
                                                     base::Clock* clock) {
  const types::DataType type = field.type.WithNullable(true);
  if (!types::CanCast(types::DataType::String(), type)) {
    return Unsupported(6413, "A default value of this type is not supported yet:",
                       V("column", field.name), V("type", field.type.ToString()));
  }
  std::string text = *field.default_value;
  if (text.size() > 1 && text.starts_with('\'') && text.ends_with('\'')) {
    text = text.substr(1, text.size() - 2);
  }
  ARROW_ASSIGN_OR_RAISE(auto column,
                        arrow::MakeArrayFromScalar(arrow::StringScalar(text), 1, pool));
  const types::CastContext context{.pool = pool, .clock = clock};
  auto value = types::Cast(context, column, types::DataType::String(), type);
  if (value.ok()) return value;
  return InvalidInput(
      1443, "A default value is no value of its column:", V("column", field.name),
      V("type", field.type.ToString()), V("default", *field.default_value));
}

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/sink_cast.h"

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/cast.h"

namespace tarn::sql {

using types::DataType;
using types::TypeRoot;

bool IsImplicitlyCast(const DataType& from, const DataType& to) {
  if (from.EqualsIgnoringNullable(to)) return true;
  const TypeRoot root = from.root();
  const auto integer_up_to = [&](TypeRoot most) {
    return root >= TypeRoot::kTinyInt && root <= most;
  };
  switch (to.root()) {
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
      return integer_up_to(to.root());
    case TypeRoot::kDecimal:
      return integer_up_to(TypeRoot::kBigInt) || root == TypeRoot::kDecimal;
    case TypeRoot::kFloat:
      return integer_up_to(TypeRoot::kFloat) || root == TypeRoot::kDecimal;
    case TypeRoot::kDouble:
      return integer_up_to(TypeRoot::kDouble) || root == TypeRoot::kDecimal;
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return from.IsString();
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return from.IsBytes();
    case TypeRoot::kDate:
      return root == TypeRoot::kTimestamp;
    case TypeRoot::kTime:
      return root == TypeRoot::kTime || root == TypeRoot::kTimestamp;
    case TypeRoot::kTimestamp:
      return root == TypeRoot::kTimestamp;
    case TypeRoot::kLocalZonedTimestamp:
      return root == TypeRoot::kLocalZonedTimestamp;
    case TypeRoot::kVariant:
      return false;
    default: {
      // Nested values of the same shape; names and nullability aside.
      const auto own = types::ToArrow(from);
      const auto wanted = types::ToArrow(to);
      return from.IsNested() && own.ok() && wanted.ok() && (*own)->Equals(**wanted);
    }
  }
}

Result<std::shared_ptr<arrow::Array>> CastForSink(
    const base::Context& context, const std::shared_ptr<arrow::Array>& array,
    const DataType& from, const DataType& to) {
  ARROW_ASSIGN_OR_RAISE(const auto wanted, types::ToArrow(to));
  // Text and bytes are stored as they are: Flink does not enforce lengths by default.
  if (array->type()->Equals(*wanted)) return array;
  if (from.IsNested()) {
    return Unsupported(6150, "A cast of a nested column:", V("from", from.ToString()),
                       V("to", to.ToString()));
  }
  types::CastContext cast;
  cast.pool = context.pool;
  cast.clock = context.clock.get();
  return types::Cast(cast, array, from.WithNullable(true), to.WithNullable(true));
}

}  // namespace tarn::sql

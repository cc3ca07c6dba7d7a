// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/cast.h"

#include "tarn/types/cast_rules.h"

namespace tarn::types {
namespace {

bool IsTimestamp(const DataType& type) {
  return type.root() == TypeRoot::kTimestamp ||
         type.root() == TypeRoot::kLocalZonedTimestamp;
}

bool IsInteger(const DataType& type) {
  return type.root() >= TypeRoot::kTinyInt && type.root() <= TypeRoot::kBigInt;
}

bool IsUnboundedText(const DataType& type) {
  return type.root() == TypeRoot::kVarChar && type.length() == kMaxLength;
}

}  // namespace

bool CanCast(const DataType& from, const DataType& to) {
  if (from.IsNested()) return to.IsString() && internal::HasText(from);
  if (to.IsNested()) return false;
  const TypeRoot root = from.root();
  if (from.IsNumeric()) {
    const bool wide_integer = root == TypeRoot::kInt || root == TypeRoot::kBigInt;
    return to.IsNumeric() || to.IsString() || (IsTimestamp(to) && wide_integer) ||
           (to.root() == TypeRoot::kBoolean && IsInteger(from));
  }
  if (from.IsString()) return to.root() != TypeRoot::kBlob;
  if (from.IsBytes()) return to.IsBytes() || to.IsString();
  if (root == TypeRoot::kBoolean) return to.IsNumeric() || to.IsString();
  if (root == TypeRoot::kDate || root == TypeRoot::kTime) {
    return IsTimestamp(to) || IsUnboundedText(to);
  }
  if (IsTimestamp(from)) {
    return IsTimestamp(to) || IsUnboundedText(to) || to.root() == TypeRoot::kDate ||
           to.root() == TypeRoot::kTime || to.root() == TypeRoot::kInt ||
           to.root() == TypeRoot::kBigInt;
  }
  return false;
}

Result<std::shared_ptr<arrow::Array>> Cast(const CastContext& context,
                                           const std::shared_ptr<arrow::Array>& array,
                                           const DataType& from, const DataType& to) {
  if (from.EqualsIgnoringNullable(to)) return array;
  if (!CanCast(from, to)) return internal::NoRule(from, to);
  if (from.IsNested()) return internal::CastNested(context, *array, from);
  if (from.IsString()) return internal::CastText(context, *array, to);
  if (from.IsBytes()) return internal::CastBytes(context, *array, to);
  if (from.IsNumeric() || from.root() == TypeRoot::kBoolean) {
    return internal::CastNumbers(context, *array, from, to);
  }
  return internal::CastTimes(context, *array, from, to);
}

namespace internal {

Status NoRule(const DataType& from, const DataType& to) {
  return Unsupported(6046, "Cast between these types is not implemented:",
                     V("from", from.ToString()), V("to", to.ToString()));
}

Status BadText(std::string_view text, const DataType& to) {
  return InvalidInput(1049,
                      "Text cannot be read as the type:", V("text", text.substr(0, 200)),
                      V("type", to.ToString()));
}

}  // namespace internal
}  // namespace tarn::types

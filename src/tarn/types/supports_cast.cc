// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/supports_cast.h"

#include "tarn/types/cast.h"

namespace tarn::types {
namespace {

bool IsInteger(TypeRoot root) {
  return root >= TypeRoot::kTinyInt && root <= TypeRoot::kBigInt;
}

bool IsTimestamp(TypeRoot root) {
  return root == TypeRoot::kTimestamp || root == TypeRoot::kLocalZonedTimestamp;
}

bool IsPointInTime(TypeRoot root) {
  return root >= TypeRoot::kDate && root <= TypeRoot::kLocalZonedTimestamp;
}

// Java's table of lossless casts, by target.
bool IsImplicit(const DataType& from, const DataType& to) {
  const TypeRoot root = from.root();
  if (root == to.root()) return true;
  switch (to.root()) {
    case TypeRoot::kVarChar:
      return from.IsString();
    case TypeRoot::kVarBinary:
      return from.IsBytes();
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
      return IsInteger(root) && root < to.root();
    case TypeRoot::kFloat:
      return IsInteger(root) || root == TypeRoot::kDecimal;
    case TypeRoot::kDouble:
    case TypeRoot::kDecimal:
      return from.IsNumeric();
    case TypeRoot::kDate:
    case TypeRoot::kTime:
      return root == TypeRoot::kTimestamp;
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return IsTimestamp(root);
    default:
      return false;
  }
}

// Java's table of casts that SQL allows and values may not survive, by target.
bool IsExplicit(const DataType& from, const DataType& to) {
  const TypeRoot root = from.root();
  switch (to.root()) {
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      // The families PREDEFINED and CONSTRUCTED: everything but what came later.
      return root != TypeRoot::kVariant && root != TypeRoot::kBlob &&
             root != TypeRoot::kVector;
    case TypeRoot::kBoolean:
      return from.IsString() || IsInteger(root);
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return from.IsString() || from.IsBytes();
    case TypeRoot::kTinyInt:
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
    case TypeRoot::kDecimal:
      return from.IsNumeric() || from.IsString() || root == TypeRoot::kBoolean ||
             IsTimestamp(root);
    case TypeRoot::kDate:
      return IsTimestamp(root) || from.IsString();
    case TypeRoot::kTime:
      return IsTimestamp(root) || from.IsString();
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return IsPointInTime(root) || from.IsString() || from.IsNumeric();
    default:
      return false;
  }
}

}  // namespace

bool SupportsCast(const DataType& from, const DataType& to, bool explicit_too) {
  if (from.nullable() && !to.nullable() && !explicit_too) return false;
  return from.EqualsIgnoringNullable(to) || IsImplicit(from, to) ||
         (explicit_too && IsExplicit(from, to));
}

bool ResolvesCast(const DataType& from, const DataType& to) {
  if (!CanCast(from, to)) return false;
  // Java keys these rules by the type STRING itself, which is nullable.
  return !(IsPointInTime(from.root()) && to.IsString() && !to.nullable());
}

}  // namespace tarn::types

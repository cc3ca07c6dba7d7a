// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/schema_mapping.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/util/bitmap_ops.h>

#include "tarn/types/arrow_types.h"

namespace tarn::datafile {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

int IndexOfId(const std::vector<DataField>& fields, int32_t id) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

/// Equal in everything that a value shows: names and nullability are not.
bool SameValues(const DataType& from, const DataType& to) {
  if (from.root() != to.root()) return false;
  switch (from.root()) {
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      return SameValues(from.element(), to.element());
    case TypeRoot::kMap:
      return SameValues(from.key(), to.key()) && SameValues(from.element(), to.element());
    case TypeRoot::kRow: {
      if (from.fields().size() != to.fields().size()) return false;
      for (size_t i = 0; i < from.fields().size(); ++i) {
        const DataField& a = from.fields()[i];
        const DataField& b = to.fields()[i];
        if (a.id != b.id || a.name != b.name || !SameValues(a.type, b.type)) return false;
      }
      return true;
    }
    default:
      return from.EqualsIgnoringNullable(to);
  }
}

Status NoCast(const std::string& column, const DataType& from, const DataType& to) {
  return Unsupported(
      6520, "Old files cannot be read with the column's new type:", V("column", column),
      V("from", from.ToString()), V("to", to.ToString()));
}

Status Check(const std::string& column, const DataType& from, const DataType& to) {
  if (SameValues(from, to)) return Status::OK();
  const bool nested = from.root() == to.root() && from.IsNested();
  if (!nested) {
    return types::CanCast(from, to) ? Status::OK() : NoCast(column, from, to);
  }
  switch (from.root()) {
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      return Check(column, from.element(), to.element());
    case TypeRoot::kMap:
      if (!SameValues(from.key(), to.key())) return NoCast(column, from, to);
      return Check(column, from.element(), to.element());
    case TypeRoot::kRow:
      for (const DataField& field : to.fields()) {
        const int stored = IndexOfId(from.fields(), field.id);
        if (stored < 0) continue;
        ARROW_RETURN_NOT_OK(Check(column + "." + field.name,
                                  from.fields()[static_cast<size_t>(stored)].type,
                                  field.type));
      }
      return Status::OK();
    default:
      return NoCast(column, from, to);
  }
}

Result<std::shared_ptr<arrow::Array>> Map(const std::shared_ptr<arrow::Array>& array,
                                          const DataType& from, const DataType& to,
                                          const types::CastContext& context);

/// The validity of `array` without its offset; nullptr = no NULL.
Result<std::shared_ptr<arrow::Buffer>> ValidityOf(const arrow::Array& array,
                                                  arrow::MemoryPool* pool) {
  if (array.null_count() == 0) return std::shared_ptr<arrow::Buffer>();
  return arrow::internal::CopyBitmap(pool, array.null_bitmap_data(), array.offset(),
                                     array.length());
}

Result<std::shared_ptr<arrow::Array>> MapRow(const arrow::StructArray& rows,
                                             const DataType& from, const DataType& to,
                                             const types::CastContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(to));
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  for (size_t i = 0; i < to.fields().size(); ++i) {
    const DataField& field = to.fields()[i];
    const int stored = IndexOfId(from.fields(), field.id);
    std::shared_ptr<arrow::Array> child;
    if (stored < 0) {
      ARROW_ASSIGN_OR_RAISE(
          child, arrow::MakeArrayOfNull(type->field(static_cast<int>(i))->type(),
                                        rows.length(), context.pool));
    } else {
      const DataType& child_type = from.fields()[static_cast<size_t>(stored)].type;
      ARROW_ASSIGN_OR_RAISE(child,
                            Map(rows.field(stored), child_type, field.type, context));
    }
    children.push_back(child->data());
  }
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(rows, context.pool));
  return arrow::MakeArray(arrow::ArrayData::Make(type, rows.length(),
                                                 {std::move(validity)},
                                                 std::move(children), rows.null_count()));
}

/// Lists and maps keep their offsets; what they hold is mapped as a whole.
Result<std::shared_ptr<arrow::Array>> MapList(const arrow::ListArray& list,
                                              const DataType& from, const DataType& to,
                                              const types::CastContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(to));
  std::shared_ptr<arrow::ArrayData> items;
  if (to.root() == TypeRoot::kArray) {
    ARROW_ASSIGN_OR_RAISE(const auto mapped,
                          Map(list.values(), from.element(), to.element(), context));
    items = mapped->data();
  } else {
    const auto& entries = static_cast<const arrow::StructArray&>(*list.values());
    const bool map = to.root() == TypeRoot::kMap;
    std::vector<std::shared_ptr<arrow::ArrayData>> columns(2);
    ARROW_ASSIGN_OR_RAISE(
        const auto keys,
        map ? Result<std::shared_ptr<arrow::Array>>(entries.field(0))
            : Map(entries.field(0), from.element(), to.element(), context));
    ARROW_ASSIGN_OR_RAISE(
        const auto values,
        map ? Map(entries.field(1), from.element(), to.element(), context)
            : Result<std::shared_ptr<arrow::Array>>(entries.field(1)));
    items = arrow::ArrayData::Make(type->field(0)->type(), entries.length(), {nullptr},
                                   {keys->data(), values->data()}, 0);
  }
  auto data = list.data()->Copy();
  data->type = type;
  data->child_data = {std::move(items)};
  return arrow::MakeArray(data);
}

Result<std::shared_ptr<arrow::Array>> Map(const std::shared_ptr<arrow::Array>& array,
                                          const DataType& from, const DataType& to,
                                          const types::CastContext& context) {
  if (SameValues(from, to)) {
    // Nullability inside nested types may still differ.
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(to));
    if (array->type()->Equals(*type)) return array;
  }
  if (from.root() == to.root()) {
    switch (to.root()) {
      case TypeRoot::kRow:
        return MapRow(static_cast<const arrow::StructArray&>(*array), from, to, context);
      case TypeRoot::kArray:
      case TypeRoot::kMap:
      case TypeRoot::kMultiset:
        return MapList(static_cast<const arrow::ListArray&>(*array), from, to, context);
      default:
        break;
    }
  }
  return types::Cast(context, array, from, to);
}

}  // namespace

Result<ColumnMapping> ColumnMapping::Make(std::string column, const DataType& from,
                                          const DataType& to) {
  ARROW_RETURN_NOT_OK(Check(column, from, to));
  ARROW_ASSIGN_OR_RAISE(const auto stored, types::ToArrow(from));
  ARROW_ASSIGN_OR_RAISE(const auto wanted, types::ToArrow(to));
  ColumnMapping mapping;
  mapping.identity_ = SameValues(from, to) && stored->Equals(*wanted);
  mapping.column_ = std::move(column);
  mapping.from_ = from;
  mapping.to_ = to;
  return mapping;
}

Result<std::shared_ptr<arrow::Array>> ColumnMapping::Apply(
    const std::shared_ptr<arrow::Array>& array, const types::CastContext& context) const {
  if (identity_) return array;
  auto mapped = Map(array, from_, to_, context);
  if (mapped.ok()) return mapped;
  return Prefixed(mapped.status(), "Column " + column_ + ": ");
}

}  // namespace tarn::datafile

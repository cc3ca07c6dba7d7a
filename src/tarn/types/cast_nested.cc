// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <arrow/array.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/builder_binary.h>

#include "tarn/types/cast_rules.h"

namespace tarn::types::internal {
namespace {

/// The members of a nested column, each as a column of text.
using TextColumn = std::shared_ptr<arrow::Array>;

void AppendMember(const TextColumn& texts, int64_t row, std::string* out) {
  if (texts->IsNull(row)) {
    *out += "null";
  } else {
    *out += static_cast<const arrow::StringArray&>(*texts).GetView(row);
  }
}

template <typename AppendRow>
ArrayResult BuildTexts(const CastContext& context, const arrow::Array& array,
                       AppendRow append_row) {
  arrow::StringBuilder builder(context.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  std::string text;
  for (int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    text.clear();
    append_row(row, &text);
    ARROW_RETURN_NOT_OK(builder.Append(text));
  }
  return builder.Finish();
}

ArrayResult ListTexts(const CastContext& context, const arrow::ListArray& lists,
                      const DataType& from) {
  ARROW_ASSIGN_OR_RAISE(
      const TextColumn elements,
      Cast(context, lists.values(), from.element(), DataType::String()));
  return BuildTexts(context, lists, [&](int64_t row, std::string* out) {
    *out += '[';
    for (int64_t i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
      if (i > lists.value_offset(row)) *out += ", ";
      AppendMember(elements, i, out);
    }
    *out += ']';
  });
}

ArrayResult MapTexts(const CastContext& context, const arrow::ListArray& maps,
                     const DataType& from) {
  const auto& entries = static_cast<const arrow::StructArray&>(*maps.values());
  ARROW_ASSIGN_OR_RAISE(const TextColumn keys,
                        Cast(context, entries.field(0), from.key(), DataType::String()));
  ARROW_ASSIGN_OR_RAISE(
      const TextColumn values,
      Cast(context, entries.field(1), from.element(), DataType::String()));
  return BuildTexts(context, maps, [&](int64_t row, std::string* out) {
    *out += '{';
    for (int64_t i = maps.value_offset(row); i < maps.value_offset(row + 1); ++i) {
      if (i > maps.value_offset(row)) *out += ", ";
      AppendMember(keys, i, out);
      *out += " -> ";
      AppendMember(values, i, out);
    }
    *out += '}';
  });
}

ArrayResult RowTexts(const CastContext& context, const arrow::StructArray& rows,
                     const DataType& from) {
  std::vector<TextColumn> members;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(TextColumn member,
                          Cast(context, rows.field(static_cast<int>(i)),
                               from.fields()[i].type, DataType::String()));
    members.push_back(std::move(member));
  }
  return BuildTexts(context, rows, [&](int64_t row, std::string* out) {
    *out += '{';
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) *out += ", ";
      AppendMember(members[i], row, out);
    }
    *out += '}';
  });
}

}  // namespace

bool HasText(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kArray:
      return HasText(type.element());
    case TypeRoot::kMap:
      return HasText(type.key()) && HasText(type.element());
    case TypeRoot::kRow:
      for (const DataField& field : type.fields()) {
        if (!HasText(field.type)) return false;
      }
      return true;
    default:
      return type.root() != TypeRoot::kMultiset && type.root() != TypeRoot::kVariant &&
             type.root() != TypeRoot::kVector && type.root() != TypeRoot::kBlob;
  }
}

ArrayResult CastNested(const CastContext& context, const arrow::Array& array,
                       const DataType& from) {
  switch (from.root()) {
    case TypeRoot::kArray:
      return ListTexts(context, static_cast<const arrow::ListArray&>(array), from);
    case TypeRoot::kMap:
      return MapTexts(context, static_cast<const arrow::ListArray&>(array), from);
    default:
      return RowTexts(context, static_cast<const arrow::StructArray&>(array), from);
  }
}

}  // namespace tarn::types::internal

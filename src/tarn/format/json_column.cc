// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/json_column.h"

#include <arrow/api.h>
#include <nlohmann/json.hpp>

#include "tarn/format/text_values.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

using nlohmann::json;
using types::DataType;
using types::TypeRoot;

Status WrongShape(const std::string& column, std::string_view wanted) {
  return Unsupported(6561, "JSON in a data file has another shape than its column:",
                     V("column", column), V("wanted", wanted));
}

bool IsInteger(const DataType& type) {
  return type.root() >= TypeRoot::kTinyInt && type.root() <= TypeRoot::kBigInt;
}

}  // namespace

/// A place of the type; what was appended and not yet finished.
struct JsonColumns::Node {
  Node(const DataType& node_type, arrow::MemoryPool* pool)
      : type(node_type), text(pool), validity(pool), offsets(pool) {}

  DataType type;
  std::vector<std::unique_ptr<Node>> children;
  arrow::StringBuilder text;                   ///< of a scalar
  arrow::TypedBufferBuilder<bool> validity;    ///< of the others
  arrow::TypedBufferBuilder<int32_t> offsets;  ///< of arrays and maps
  int64_t items = 0;

  bool is_scalar() const { return !type.IsNested(); }

  Status Append(const std::string& column, const json* value) {
    const bool null = value == nullptr || value->is_null();
    if (is_scalar()) return null ? text.AppendNull() : AppendText(column, *value);
    ARROW_RETURN_NOT_OK(validity.Append(!null));
    switch (type.root()) {
      case TypeRoot::kArray:
        return AppendItems(column, null ? nullptr : value);
      case TypeRoot::kMap:
        return AppendEntries(column, null ? nullptr : value);
      default:
        if (!null && !value->is_object()) return WrongShape(column, "object");
        for (size_t i = 0; i < children.size(); ++i) {
          const json* member = nullptr;
          if (!null) {
            const auto found = value->find(type.fields()[i].name);
            if (found != value->end()) member = &*found;
          }
          ARROW_RETURN_NOT_OK(children[i]->Append(column, member));
        }
        return Status::OK();
    }
  }

  /// Jackson's `asText`.
  Status AppendText(const std::string& column, const json& value) {
    if (value.is_string()) return text.Append(value.get_ref<const std::string&>());
    if (value.is_boolean()) return text.Append(value.get<bool>() ? "true" : "false");
    if (value.is_number_integer()) return text.Append(value.dump());
    if (value.is_number()) return WrongShape(column, "text or integer");
    return text.Append("");
  }

  Status AppendItems(const std::string& column, const json* value) {
    ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(items)));
    if (value == nullptr) return Status::OK();
    if (!value->is_array()) return WrongShape(column, "array");
    for (const json& item : *value) {
      ARROW_RETURN_NOT_OK(children[0]->Append(column, &item));
      ++items;
    }
    return Status::OK();
  }

  Status AppendEntries(const std::string& column, const json* value) {
    ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(items)));
    if (value == nullptr) return Status::OK();
    if (!value->is_object()) return WrongShape(column, "object");
    for (const auto& [key, item] : value->items()) {
      // Two spellings of one number would be one key in Java.
      if (IsInteger(type.key()) && key != "0" && key != "-" &&
          (key.starts_with("+") || key.starts_with("0") || key.starts_with("-0"))) {
        return WrongShape(column, "integer keys in plain digits");
      }
      ARROW_RETURN_NOT_OK(children[0]->text.Append(key));
      ARROW_RETURN_NOT_OK(children[1]->Append(column, &item));
      ++items;
    }
    return Status::OK();
  }

  Result<std::shared_ptr<arrow::Array>> Finish(const types::CastContext& context,
                                               const std::string& column) {
    if (is_scalar()) {
      ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::Array> values, text.Finish());
      return ParseTextValues(context, column, type, values);
    }
    ARROW_ASSIGN_OR_RAISE(const auto arrow_type, types::ToArrow(type));
    const int64_t length = validity.length();
    const int64_t nulls = validity.false_count();
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bitmap, validity.Finish());
    std::vector<std::shared_ptr<arrow::ArrayData>> parts;
    for (const auto& child : children) {
      ARROW_ASSIGN_OR_RAISE(const auto part, child->Finish(context, column));
      parts.push_back(part->data());
    }
    if (type.root() == TypeRoot::kRow) {
      return arrow::MakeArray(
          arrow::ArrayData::Make(arrow_type, length, {bitmap}, std::move(parts), nulls));
    }
    ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(items)));
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> ends, offsets.Finish());
    if (type.root() == TypeRoot::kMap) {
      parts = {arrow::ArrayData::Make(arrow_type->field(0)->type(), items, {nullptr},
                                      std::move(parts), 0)};
    }
    items = 0;
    return arrow::MakeArray(arrow::ArrayData::Make(arrow_type, length, {bitmap, ends},
                                                   std::move(parts), nulls));
  }

  Status Grow(const std::string& column, arrow::MemoryPool* pool) {
    std::vector<DataType> below;
    switch (type.root()) {
      case TypeRoot::kArray:
        below = {type.element()};
        break;
      case TypeRoot::kMap:
        if (!type.key().IsString() && !IsInteger(type.key())) {
          return Unsupported(6562, "Maps with such keys are not read from JSON files:",
                             V("column", column), V("key", type.key().ToString()));
        }
        below = {type.key(), type.element()};
        break;
      case TypeRoot::kRow:
        for (const types::DataField& field : type.fields()) below.push_back(field.type);
        break;
      case TypeRoot::kMultiset:
      case TypeRoot::kVariant:
      case TypeRoot::kVector:
      case TypeRoot::kBlob:
        return Unsupported(6563, "Type is not read from JSON files:", V("column", column),
                           V("type", type.ToString()));
      default:
        break;
    }
    for (const DataType& child : below) {
      children.push_back(std::make_unique<Node>(child, pool));
      ARROW_RETURN_NOT_OK(children.back()->Grow(column, pool));
    }
    return Status::OK();
  }
};

JsonColumns::JsonColumns(const types::CastContext& context,
                         const std::vector<types::DataField>& columns)
    : context_(context), columns_(columns) {}
JsonColumns::~JsonColumns() = default;

Result<std::unique_ptr<JsonColumns>> JsonColumns::Make(
    const types::CastContext& context, const std::vector<types::DataField>& columns) {
  std::unique_ptr<JsonColumns> out(new JsonColumns(context, columns));
  for (const types::DataField& column : columns) {
    out->roots_.push_back(std::make_unique<Node>(column.type, context.pool));
    ARROW_RETURN_NOT_OK(out->roots_.back()->Grow(column.name, context.pool));
  }
  return out;
}

Status JsonColumns::Append(std::string_view line) {
  const auto object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return Unsupported(
        6565, "Line of a data file is no JSON object:", V("text", line.substr(0, 80)));
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    const auto member = object.find(columns_[i].name);
    ARROW_RETURN_NOT_OK(
        roots_[i]->Append(columns_[i].name, member == object.end() ? nullptr : &*member));
  }
  return Status::OK();
}

Result<arrow::ArrayVector> JsonColumns::Finish() {
  arrow::ArrayVector out;
  for (size_t i = 0; i < columns_.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto values, roots_[i]->Finish(context_, columns_[i].name));
    out.push_back(std::move(values));
  }
  return out;
}

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/data_type.h"

#include <utility>

namespace tarn::types {
namespace {

const DataType& Placeholder() {
  static const DataType* type = new DataType();
  return *type;
}

template <typename T>
bool SamePointees(const std::shared_ptr<const std::vector<T>>& left,
                  const std::shared_ptr<const std::vector<T>>& right) {
  if (left == right) return true;
  if (left == nullptr || right == nullptr) return false;
  return *left == *right;
}

std::string_view RootName(TypeRoot root) {
  switch (root) {
    case TypeRoot::kBoolean:
      return "BOOLEAN";
    case TypeRoot::kTinyInt:
      return "TINYINT";
    case TypeRoot::kSmallInt:
      return "SMALLINT";
    case TypeRoot::kInt:
      return "INT";
    case TypeRoot::kBigInt:
      return "BIGINT";
    case TypeRoot::kFloat:
      return "FLOAT";
    case TypeRoot::kDouble:
      return "DOUBLE";
    case TypeRoot::kDecimal:
      return "DECIMAL";
    case TypeRoot::kChar:
      return "CHAR";
    case TypeRoot::kVarChar:
      return "VARCHAR";
    case TypeRoot::kBinary:
      return "BINARY";
    case TypeRoot::kVarBinary:
      return "VARBINARY";
    case TypeRoot::kDate:
      return "DATE";
    case TypeRoot::kTime:
      return "TIME";
    case TypeRoot::kTimestamp:
      return "TIMESTAMP";
    case TypeRoot::kLocalZonedTimestamp:
      return "TIMESTAMP";
    case TypeRoot::kArray:
      return "ARRAY";
    case TypeRoot::kMultiset:
      return "MULTISET";
    case TypeRoot::kMap:
      return "MAP";
    case TypeRoot::kRow:
      return "ROW";
    case TypeRoot::kVariant:
      return "VARIANT";
    case TypeRoot::kBlob:
      return "BLOB";
    case TypeRoot::kVector:
      return "VECTOR";
  }
  return "?";
}

std::string RowText(const std::vector<DataField>& fields) {
  std::string out = "ROW<";
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ", ";
    out += '`';
    for (char c : fields[i].name) {
      if (c == '`') out += '`';
      out += c;
    }
    out += "` ";
    out += fields[i].type.ToString();
  }
  return out + ">";
}

}  // namespace

DataType DataType::Decimal(int32_t precision, int32_t scale) {
  DataType type(TypeRoot::kDecimal);
  type.precision_ = precision;
  type.scale_ = scale;
  return type;
}

DataType DataType::Char(int32_t length) {
  DataType type(TypeRoot::kChar);
  type.length_ = length;
  return type;
}

DataType DataType::VarChar(int32_t length) {
  DataType type(TypeRoot::kVarChar);
  type.length_ = length;
  return type;
}

DataType DataType::Binary(int32_t length) {
  DataType type(TypeRoot::kBinary);
  type.length_ = length;
  return type;
}

DataType DataType::VarBinary(int32_t length) {
  DataType type(TypeRoot::kVarBinary);
  type.length_ = length;
  return type;
}

DataType DataType::Time(int32_t precision) {
  DataType type(TypeRoot::kTime);
  type.precision_ = precision;
  return type;
}

DataType DataType::Timestamp(int32_t precision) {
  DataType type(TypeRoot::kTimestamp);
  type.precision_ = precision;
  return type;
}

DataType DataType::LocalZonedTimestamp(int32_t precision) {
  DataType type(TypeRoot::kLocalZonedTimestamp);
  type.precision_ = precision;
  return type;
}

DataType DataType::Array(DataType element) {
  DataType type(TypeRoot::kArray);
  type.children_ = std::make_shared<const std::vector<DataType>>(1, std::move(element));
  return type;
}

DataType DataType::Multiset(DataType element) {
  DataType type(TypeRoot::kMultiset);
  type.children_ = std::make_shared<const std::vector<DataType>>(1, std::move(element));
  return type;
}

DataType DataType::Map(DataType key, DataType value) {
  DataType type(TypeRoot::kMap);
  std::vector<DataType> children;
  children.push_back(std::move(key));
  children.push_back(std::move(value));
  type.children_ = std::make_shared<const std::vector<DataType>>(std::move(children));
  return type;
}

DataType DataType::Row(std::vector<DataField> fields) {
  DataType type(TypeRoot::kRow);
  type.fields_ = std::make_shared<const std::vector<DataField>>(std::move(fields));
  return type;
}

DataType DataType::Vector(DataType element, int32_t length) {
  DataType type(TypeRoot::kVector);
  type.length_ = length;
  type.children_ = std::make_shared<const std::vector<DataType>>(1, std::move(element));
  return type;
}

const DataType& DataType::element() const {
  return children_ == nullptr ? Placeholder() : children_->back();
}

const DataType& DataType::key() const {
  return children_ == nullptr ? Placeholder() : children_->front();
}

const std::vector<DataField>& DataType::fields() const {
  static const auto* empty = new std::vector<DataField>();
  return fields_ == nullptr ? *empty : *fields_;
}

DataType DataType::WithNullable(bool nullable) const {
  DataType type = *this;
  type.nullable_ = nullable;
  return type;
}

bool DataType::EqualsIgnoringNullable(const DataType& other) const {
  return root_ == other.root_ && length_ == other.length_ &&
         precision_ == other.precision_ && scale_ == other.scale_ &&
         SamePointees(children_, other.children_) && SamePointees(fields_, other.fields_);
}

bool DataType::operator==(const DataType& other) const {
  return nullable_ == other.nullable_ && EqualsIgnoringNullable(other);
}

std::string DataType::ToString() const {
  std::string out(RootName(root_));
  switch (root_) {
    case TypeRoot::kDecimal:
      out += fmt::format("({}, {})", precision_, scale_);
      break;
    case TypeRoot::kVarChar:
      out = length_ == kMaxLength ? "STRING" : fmt::format("VARCHAR({})", length_);
      break;
    case TypeRoot::kVarBinary:
      out = length_ == kMaxLength ? "BYTES" : fmt::format("VARBINARY({})", length_);
      break;
    case TypeRoot::kChar:
    case TypeRoot::kBinary:
      out += fmt::format("({})", length_);
      break;
    case TypeRoot::kTime:
    case TypeRoot::kTimestamp:
      out += fmt::format("({})", precision_);
      break;
    case TypeRoot::kLocalZonedTimestamp:
      out += fmt::format("({}) WITH LOCAL TIME ZONE", precision_);
      break;
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      out += "<" + element().ToString() + ">";
      break;
    case TypeRoot::kMap:
      out += "<" + key().ToString() + ", " + element().ToString() + ">";
      break;
    case TypeRoot::kVector:
      out += fmt::format("<{}, {}>", element().ToString(), length_);
      break;
    case TypeRoot::kRow:
      out = RowText(fields());
      break;
    default:
      break;
  }
  return nullable_ ? out : out + " NOT NULL";
}

int FieldIndex(const std::vector<DataField>& fields, std::string_view name) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace tarn::types

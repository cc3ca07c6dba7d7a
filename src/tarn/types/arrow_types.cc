// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/arrow_types.h"

#include <arrow/type.h>

#include "tarn/types/instant.h"
#include "tarn/types/variant.h"

namespace tarn::types {
namespace {

std::shared_ptr<arrow::DataType> TimestampForm(const DataType& type, const char* zone) {
  if (IsFineTimestamp(type)) return arrow::decimal128(kFineDigits, kFineScale);
  return arrow::timestamp(
      type.precision() <= 3 ? arrow::TimeUnit::MILLI : arrow::TimeUnit::MICRO, zone);
}

int32_t PrecisionOf(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 0;
    case arrow::TimeUnit::MILLI:
      return 3;
    case arrow::TimeUnit::MICRO:
      return 6;
    case arrow::TimeUnit::NANO:
      return 9;
  }
  return 9;
}

Status NoArrowForm(const DataType& type) {
  return Unsupported(6040, "Type is not implemented yet:", V("type", type.ToString()));
}

Result<std::shared_ptr<arrow::Field>> Child(std::string name, const DataType& type) {
  ARROW_ASSIGN_OR_RAISE(auto child, ToArrow(type));
  return arrow::field(std::move(name), std::move(child), type.nullable());
}

Result<DataType> FromArrowField(const arrow::Field& field) {
  return FromArrow(*field.type(), field.nullable());
}

Result<DataType> Unannotated(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return DataType::Boolean();
    case arrow::Type::INT8:
      return DataType::TinyInt();
    case arrow::Type::INT16:
      return DataType::SmallInt();
    case arrow::Type::INT32:
      return DataType::Int();
    case arrow::Type::INT64:
      return DataType::BigInt();
    case arrow::Type::FLOAT:
      return DataType::Float();
    case arrow::Type::DOUBLE:
      return DataType::Double();
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return DataType::String();
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return DataType::Bytes();
    case arrow::Type::FIXED_SIZE_BINARY:
      return DataType::Binary(
          static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width());
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      if (decimal.scale() < 0 || decimal.scale() > decimal.precision()) break;
      return DataType::Decimal(decimal.precision(), decimal.scale());
    }
    case arrow::Type::DATE32:
      return DataType::Date();
    case arrow::Type::TIME32:
      return DataType::Time(
          PrecisionOf(static_cast<const arrow::Time32Type&>(type).unit()));
    case arrow::Type::TIMESTAMP: {
      const auto& timestamp = static_cast<const arrow::TimestampType&>(type);
      const int32_t precision = PrecisionOf(timestamp.unit());
      return timestamp.timezone().empty() ? DataType::Timestamp(precision)
                                          : DataType::LocalZonedTimestamp(precision);
    }
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListType&>(type);
      ARROW_ASSIGN_OR_RAISE(DataType element, FromArrowField(*list.value_field()));
      return DataType::Array(std::move(element));
    }
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      ARROW_ASSIGN_OR_RAISE(DataType key, FromArrowField(*map.key_field()));
      ARROW_ASSIGN_OR_RAISE(DataType value, FromArrowField(*map.item_field()));
      return DataType::Map(std::move(key), std::move(value));
    }
    case arrow::Type::STRUCT: {
      std::vector<DataField> fields;
      for (const auto& child : type.fields()) {
        ARROW_ASSIGN_OR_RAISE(DataType child_type, FromArrowField(*child));
        DataField field;
        field.id = static_cast<int32_t>(fields.size());
        field.name = child->name();
        field.type = std::move(child_type);
        fields.push_back(std::move(field));
      }
      return DataType::Row(std::move(fields));
    }
    default:
      break;
  }
  return Unsupported(6041, "Arrow type has no Paimon form:", V("type", type.ToString()));
}

}  // namespace

Result<std::shared_ptr<arrow::DataType>> ToArrow(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return arrow::boolean();
    case TypeRoot::kTinyInt:
      return arrow::int8();
    case TypeRoot::kSmallInt:
      return arrow::int16();
    case TypeRoot::kInt:
      return arrow::int32();
    case TypeRoot::kBigInt:
      return arrow::int64();
    case TypeRoot::kFloat:
      return arrow::float32();
    case TypeRoot::kDouble:
      return arrow::float64();
    case TypeRoot::kDecimal:
      return arrow::Decimal128Type::Make(type.precision(), type.scale());
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return arrow::utf8();
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return arrow::binary();
    case TypeRoot::kDate:
      return arrow::date32();
    case TypeRoot::kTime:
      return arrow::time32(arrow::TimeUnit::MILLI);
    case TypeRoot::kTimestamp:
      return TimestampForm(type, "");
    case TypeRoot::kLocalZonedTimestamp:
      return TimestampForm(type, "UTC");
    case TypeRoot::kArray: {
      ARROW_ASSIGN_OR_RAISE(auto element, Child("element", type.element()));
      return arrow::list(std::move(element));
    }
    case TypeRoot::kMultiset: {
      ARROW_ASSIGN_OR_RAISE(auto key, ToArrow(type.element()));
      return arrow::map(std::move(key),
                        arrow::field("value", arrow::int32(), /*nullable=*/false));
    }
    case TypeRoot::kMap: {
      ARROW_ASSIGN_OR_RAISE(auto key, ToArrow(type.key()));
      ARROW_ASSIGN_OR_RAISE(auto value, Child("value", type.element()));
      return arrow::map(std::move(key), std::move(value));
    }
    case TypeRoot::kRow: {
      arrow::FieldVector fields;
      for (const DataField& field : type.fields()) {
        ARROW_ASSIGN_OR_RAISE(auto child, ToArrow(field));
        fields.push_back(std::move(child));
      }
      return arrow::struct_(std::move(fields));
    }
    case TypeRoot::kVariant: {
      ARROW_ASSIGN_OR_RAISE(const auto members, ToArrow(VariantFields()));
      return arrow::struct_(members->fields());
    }
    case TypeRoot::kVector:
      break;
  }
  return NoArrowForm(type);
}

Result<std::shared_ptr<arrow::Field>> ToArrow(const DataField& field) {
  ARROW_ASSIGN_OR_RAISE(auto type, ToArrow(field.type));
  return arrow::field(field.name, std::move(type), field.type.nullable());
}

Result<std::shared_ptr<arrow::Schema>> ToArrow(const std::vector<DataField>& fields) {
  arrow::FieldVector out;
  out.reserve(fields.size());
  for (const DataField& field : fields) {
    ARROW_ASSIGN_OR_RAISE(auto converted, ToArrow(field));
    out.push_back(std::move(converted));
  }
  return arrow::schema(std::move(out));
}

Result<DataType> FromArrow(const arrow::DataType& type, bool nullable) {
  ARROW_ASSIGN_OR_RAISE(DataType out, Unannotated(type));
  return out.WithNullable(nullable);
}

}  // namespace tarn::types

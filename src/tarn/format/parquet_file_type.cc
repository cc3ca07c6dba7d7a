// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_file_type.h"

#include <parquet/schema.h>
#include <parquet/types.h>

namespace tarn::format {
namespace {

using parquet::LogicalType;
using types::DataType;

constexpr int kDepthMax = 620;  ///< a level of a variant is up to three of groups

Status NoType(const parquet::schema::Node& node) {
  return Unsupported(6433, "Column of a file has a form that is not read:",
                     V("column", node.path()->ToDotString()),
                     V("annotation", node.logical_type()->ToString()));
}

DataType IntegerOf(const LogicalType& logical) {
  if (logical.is_date()) return DataType::Date();
  if (logical.is_time()) return DataType::Time(0);
  if (logical.is_int()) {
    const int width = static_cast<const parquet::IntLogicalType&>(logical).bit_width();
    if (width == 8) return DataType::TinyInt();
    if (width == 16) return DataType::SmallInt();
  }
  return DataType::Int();
}

DataType TimestampOf(const LogicalType& logical) {
  const auto& timestamp = static_cast<const parquet::TimestampLogicalType&>(logical);
  const int32_t precision = timestamp.time_unit() == LogicalType::TimeUnit::MILLIS   ? 3
                            : timestamp.time_unit() == LogicalType::TimeUnit::MICROS ? 6
                                                                                     : 9;
  return timestamp.is_adjusted_to_utc() ? DataType::LocalZonedTimestamp(precision)
                                        : DataType::Timestamp(precision);
}

Result<DataType> PrimitiveOf(const parquet::schema::PrimitiveNode& node) {
  const LogicalType& logical = *node.logical_type();
  if (logical.is_decimal() && node.physical_type() != parquet::Type::BYTE_ARRAY) {
    const auto& decimal = static_cast<const parquet::DecimalLogicalType&>(logical);
    if (decimal.precision() < 1 || decimal.precision() > 38 || decimal.scale() < 0 ||
        decimal.scale() > decimal.precision()) {
      return NoType(node);
    }
    return DataType::Decimal(decimal.precision(), decimal.scale());
  }
  switch (node.physical_type()) {
    case parquet::Type::BOOLEAN:
      return DataType::Boolean();
    case parquet::Type::INT32:
      return IntegerOf(logical);
    case parquet::Type::INT64:
      return logical.is_timestamp() ? TimestampOf(logical) : DataType::BigInt();
    case parquet::Type::INT96:
      return DataType::Timestamp(9);
    case parquet::Type::FLOAT:
      return DataType::Float();
    case parquet::Type::DOUBLE:
      return DataType::Double();
    case parquet::Type::BYTE_ARRAY:
      return logical.is_string() ? DataType::String() : DataType::Bytes();
    default:
      return NoType(node);
  }
}

Result<DataType> TypeOf(const parquet::schema::Node& node, int depth);

Result<DataType> GroupOf(const parquet::schema::GroupNode& node, int depth) {
  const LogicalType& logical = *node.logical_type();
  if (logical.is_list()) {
    if (node.field_count() != 1 || !node.field(0)->is_group()) return NoType(node);
    const auto& items = static_cast<const parquet::schema::GroupNode&>(*node.field(0));
    if (items.field_count() != 1) return NoType(node);
    ARROW_ASSIGN_OR_RAISE(DataType element, TypeOf(*items.field(0), depth + 2));
    return DataType::Array(std::move(element));
  }
  if (logical.is_map()) return NoType(node);
  std::vector<types::DataField> fields;
  for (int i = 0; i < node.field_count(); ++i) {
    types::DataField field;
    field.id = node.field(i)->field_id();
    field.name = node.field(i)->name();
    ARROW_ASSIGN_OR_RAISE(field.type, TypeOf(*node.field(i), depth + 1));
    fields.push_back(std::move(field));
  }
  return DataType::Row(std::move(fields));
}

Result<DataType> TypeOf(const parquet::schema::Node& node, int depth) {
  if (depth > kDepthMax) {
    return Unsupported(
        6434, "Groups of a file are nested too deeply:", V("depth_max", kDepthMax));
  }
  DataType type;
  if (node.is_group()) {
    ARROW_ASSIGN_OR_RAISE(
        type, GroupOf(static_cast<const parquet::schema::GroupNode&>(node), depth));
  } else {
    ARROW_ASSIGN_OR_RAISE(
        type, PrimitiveOf(static_cast<const parquet::schema::PrimitiveNode&>(node)));
  }
  return node.is_required() ? type.NotNull() : type;
}

}  // namespace

Result<DataType> FileTypeOf(const parquet::schema::Node& node) {
  return TypeOf(node, 0);
}

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_schema.h"

#include <parquet/schema.h>
#include <parquet/types.h>

#include "tarn/format/nested_field_ids.h"
#include "tarn/format/parquet_guard.h"

namespace tarn::format {
namespace {

using parquet::LogicalType;
using parquet::Repetition;
using parquet::schema::GroupNode;
using parquet::schema::NodePtr;
using parquet::schema::PrimitiveNode;
using types::DataType;
using types::TypeRoot;

/// Where a node stands: what it is called, the id it carries, and the field and depth
/// that ids of what it nests derive from.
struct Place {
  std::string name;
  int32_t id = 0;
  int32_t field_id = 0;
  int32_t depth = 0;
};

Result<NodePtr> NodeOf(const Place& place, const DataType& type);

NodePtr Primitive(const Place& place, const DataType& type,
                  std::shared_ptr<const LogicalType> annotation,
                  parquet::Type::type physical, int32_t length = -1) {
  return PrimitiveNode::Make(
      place.name, type.nullable() ? Repetition::OPTIONAL : Repetition::REQUIRED,
      std::move(annotation), physical, length, place.id);
}

NodePtr DecimalNode(const Place& place, const DataType& type) {
  const auto annotation = LogicalType::Decimal(type.precision(), type.scale());
  if (type.precision() <= 9)
    return Primitive(place, type, annotation, parquet::Type::INT32);
  if (type.precision() <= 18) {
    return Primitive(place, type, annotation, parquet::Type::INT64);
  }
  return Primitive(place, type, annotation, parquet::Type::FIXED_LEN_BYTE_ARRAY,
                   DecimalBytes(type.precision()));
}

NodePtr TimestampNode(const Place& place, const DataType& type) {
  if (type.precision() > 6) {
    return Primitive(place, type, LogicalType::None(), parquet::Type::INT96);
  }
  const auto unit = type.precision() <= 3 ? LogicalType::TimeUnit::MILLIS
                                          : LogicalType::TimeUnit::MICROS;
  const bool instant = type.root() == TypeRoot::kLocalZonedTimestamp;
  return Primitive(place, type, LogicalType::Timestamp(instant, unit),
                   parquet::Type::INT64);
}

Result<NodePtr> ListNode(const Place& place, const DataType& type,
                         Repetition::type repetition) {
  const int32_t depth = place.depth + 1;
  ARROW_ASSIGN_OR_RAISE(
      NodePtr element,
      NodeOf({"element", NestedElementId(place.field_id, depth), place.field_id, depth},
             type.element()));
  NodePtr list = GroupNode::Make("list", Repetition::REPEATED, {std::move(element)});
  return GroupNode::Make(place.name, repetition, {std::move(list)}, LogicalType::List(),
                         place.id);
}

Result<NodePtr> MapNode(const Place& place, const DataType& key_type,
                        const DataType& value_type, Repetition::type repetition) {
  const int32_t depth = place.depth + 1;
  // Parquet has no NULL keys, whatever the table's type says.
  ARROW_ASSIGN_OR_RAISE(NodePtr key, NodeOf({"key", NestedKeyId(place.field_id, depth),
                                             place.field_id, depth},
                                            key_type.NotNull()));
  ARROW_ASSIGN_OR_RAISE(
      NodePtr value,
      NodeOf({"value", NestedElementId(place.field_id, depth), place.field_id, depth},
             value_type));
  // parquet-mr annotates the repeated group, too.
  NodePtr entries = GroupNode::Make("key_value", Repetition::REPEATED,
                                    {std::move(key), std::move(value)},
                                    parquet::ConvertedType::MAP_KEY_VALUE);
  return GroupNode::Make(place.name, repetition, {std::move(entries)}, LogicalType::Map(),
                         place.id);
}

Result<NodePtr> RowNode(const Place& place, const DataType& type,
                        Repetition::type repetition) {
  std::vector<NodePtr> children;
  for (const types::DataField& field : type.fields()) {
    ARROW_ASSIGN_OR_RAISE(NodePtr child,
                          NodeOf({field.name, field.id, field.id, 0}, field.type));
    children.push_back(std::move(child));
  }
  if (children.empty()) {
    return Unsupported(
        6430, "A row without fields has no Parquet form:", V("column", place.name));
  }
  return GroupNode::Make(place.name, repetition, std::move(children), nullptr, place.id);
}

Result<NodePtr> NodeOf(const Place& place, const DataType& type) {
  const auto repetition = type.nullable() ? Repetition::OPTIONAL : Repetition::REQUIRED;
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return Primitive(place, type, LogicalType::None(), parquet::Type::BOOLEAN);
    case TypeRoot::kTinyInt:
      return Primitive(place, type, LogicalType::Int(8, true), parquet::Type::INT32);
    case TypeRoot::kSmallInt:
      return Primitive(place, type, LogicalType::Int(16, true), parquet::Type::INT32);
    case TypeRoot::kInt:
      return Primitive(place, type, LogicalType::None(), parquet::Type::INT32);
    case TypeRoot::kBigInt:
      return Primitive(place, type, LogicalType::None(), parquet::Type::INT64);
    case TypeRoot::kFloat:
      return Primitive(place, type, LogicalType::None(), parquet::Type::FLOAT);
    case TypeRoot::kDouble:
      return Primitive(place, type, LogicalType::None(), parquet::Type::DOUBLE);
    case TypeRoot::kDecimal:
      return DecimalNode(place, type);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return Primitive(place, type, LogicalType::String(), parquet::Type::BYTE_ARRAY);
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return Primitive(place, type, LogicalType::None(), parquet::Type::BYTE_ARRAY);
    case TypeRoot::kDate:
      return Primitive(place, type, LogicalType::Date(), parquet::Type::INT32);
    case TypeRoot::kTime:
      return Primitive(place, type,
                       LogicalType::Time(true, LogicalType::TimeUnit::MILLIS),
                       parquet::Type::INT32);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return TimestampNode(place, type);
    case TypeRoot::kArray:
      return ListNode(place, type, repetition);
    case TypeRoot::kMap:
      return MapNode(place, type.key(), type.element(), repetition);
    case TypeRoot::kMultiset:
      return MapNode(place, type.element(), DataType::Int().NotNull(), repetition);
    case TypeRoot::kRow:
      return RowNode(place, type, repetition);
    default:
      break;
  }
  return Unsupported(6431, "Type has no Parquet form here:", V("column", place.name),
                     V("type", type.ToString()));
}

}  // namespace

int32_t DecimalBytes(int32_t precision) {
  // Smallest count of bytes whose signed range holds 10^precision - 1.
  unsigned __int128 limit = 1;
  for (int32_t i = 0; i < precision; ++i) limit *= 10;
  int32_t bytes = 1;
  while (bytes < 16 && (static_cast<unsigned __int128>(1) << (8 * bytes - 1)) < limit) {
    ++bytes;
  }
  return bytes;
}

Result<std::shared_ptr<GroupNode>> ParquetSchemaOf(
    const std::vector<types::DataField>& fields) {
  std::shared_ptr<GroupNode> out;
  ARROW_RETURN_NOT_OK(GuardParquet("schema", [&]() -> Status {
    std::vector<NodePtr> nodes;
    for (const types::DataField& field : fields) {
      ARROW_ASSIGN_OR_RAISE(NodePtr node,
                            NodeOf({field.name, field.id, field.id, 0}, field.type));
      nodes.push_back(std::move(node));
    }
    out = std::static_pointer_cast<GroupNode>(
        GroupNode::Make("paimon_schema", Repetition::REQUIRED, std::move(nodes)));
    return Status::OK();
  }));
  return out;
}

}  // namespace tarn::format

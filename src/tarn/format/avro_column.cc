// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_column.h"

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/instant.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

// Items may take no bytes at all (empty records); only so many of those are believed
// in one array.
constexpr int64_t kEmptyItemsMax = 4096;

/// What a stored value becomes.
enum class Step : uint8_t {
  kBoolean,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kDate,
  kTime,
  kTimestamp,
  kFloat,
  kDouble,
  kDecimal,
  kText,
  kBytes,
  kList,
  kMap,       ///< an Avro map: text keys
  kEntryMap,  ///< an array of records with key and value
  kRow,
};

Step StepOf(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return Step::kBoolean;
    case TypeRoot::kTinyInt:
      return Step::kInt8;
    case TypeRoot::kSmallInt:
      return Step::kInt16;
    case TypeRoot::kInt:
      return Step::kInt32;
    case TypeRoot::kBigInt:
      return Step::kInt64;
    case TypeRoot::kFloat:
      return Step::kFloat;
    case TypeRoot::kDouble:
      return Step::kDouble;
    case TypeRoot::kDecimal:
      return Step::kDecimal;
    case TypeRoot::kDate:
      return Step::kDate;
    case TypeRoot::kTime:
      return Step::kTime;
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return Step::kTimestamp;
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return Step::kText;
    case TypeRoot::kArray:
      return Step::kList;
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return Step::kMap;
    case TypeRoot::kRow:
      return Step::kRow;
    default:
      return Step::kBytes;
  }
}

AvroKind KindOf(Step step) {
  switch (step) {
    case Step::kBoolean:
      return AvroKind::kBoolean;
    case Step::kInt8:
    case Step::kInt16:
    case Step::kInt32:
    case Step::kDate:
    case Step::kTime:
      return AvroKind::kInt;
    case Step::kInt64:
    case Step::kTimestamp:
      return AvroKind::kLong;
    case Step::kFloat:
      return AvroKind::kFloat;
    case Step::kDouble:
      return AvroKind::kDouble;
    case Step::kDecimal:
    case Step::kBytes:
      return AvroKind::kBytes;
    case Step::kText:
      return AvroKind::kString;
    case Step::kList:
    case Step::kEntryMap:
      return AvroKind::kArray;
    case Step::kMap:
      return AvroKind::kMap;
    case Step::kRow:
      return AvroKind::kRecord;
  }
  return AvroKind::kNull;
}

/// Ticks per second that a stored long counts; 0 where its logical type is no instant.
/// Paimon writes local-zoned ones as `local-timestamp-*` and reads both alike.
int64_t StoredTicks(const AvroNode& stored) {
  const std::string_view name = stored.logical_type;
  if (name == "timestamp-millis" || name == "local-timestamp-millis") return 1000;
  if (name == "timestamp-micros" || name == "local-timestamp-micros") return 1000000;
  return 0;
}

int64_t EngineTicks(const DataType& type) {
  if (type.precision() <= 3) return 1000;
  return type.precision() <= 6 ? 1000000 : 1000000000;
}

}  // namespace

/// One place of the type with the builder that takes its values.
struct AvroColumn::Node {
  Step step = Step::kInt32;
  bool optional = false;  ///< the stored value names a branch first
  int64_t factor = 1;     ///< engine ticks of a stored one
  bool fine = false;      ///< a timestamp whose ticks are nanoseconds
  int32_t precision = 0;  ///< of a decimal
  bool not_null = false;  ///< NULL has no place here: keys and counts
  arrow::ArrayBuilder* builder = nullptr;
  std::vector<Node> children;
  /// Of a row or entry: for each stored field the child that takes it, or -1.
  std::vector<int> takes;
  const AvroNode* record = nullptr;  ///< of a row or entry: the stored fields
  std::vector<int> missing;          ///< children that no stored field feeds
};

class AvroColumn::Plan {
 public:
  Plan(std::string name, arrow::MemoryPool* pool) : name_(std::move(name)), pool_(pool) {}

  Status Build(const AvroNode& stored, const DataType& type) {
    ARROW_ASSIGN_OR_RAISE(const auto arrow_type, types::ToArrow(type));
    ARROW_ASSIGN_OR_RAISE(builder_, arrow::MakeBuilder(arrow_type, pool_));
    return BuildNode(stored, type, builder_.get(), &root_);
  }

  Status Append(AvroDecoder* decoder) { return AppendTo(root_, decoder); }
  Result<std::shared_ptr<arrow::Array>> Finish() {
    empty_items_ = 0;
    return builder_->Finish();
  }

 private:
  Status Mismatch(const AvroNode& stored, const DataType& type) const {
    return Corruption(7551, "Avro field is stored with a type that its schema lacks:",
                      V("column", name_), V("kind", static_cast<int>(stored.kind)),
                      V("logical_type", stored.logical_type),
                      V("schema", type.ToString()));
  }

  Status BuildNode(const AvroNode& outer, const DataType& type,
                   arrow::ArrayBuilder* builder, Node* node) {
    const AvroNode* stored = &outer;
    if (outer.kind == AvroKind::kUnion) {
      // Java takes branch 0 for NULL, whatever it is, and branch 1 for the value.
      if (outer.items.size() != 2 || outer.items[0]->kind != AvroKind::kNull) {
        return Unsupported(6550, "Avro union is not that of null and one type:",
                           V("column", name_), V("branches", outer.items.size()));
      }
      node->optional = true;
      stored = outer.items[1];
    }
    node->builder = builder;
    node->step = StepOf(type);
    if (node->step == Step::kMap && stored->kind == AvroKind::kArray) {
      node->step = Step::kEntryMap;
    }
    if (stored->kind != KindOf(node->step)) return Mismatch(*stored, type);
    switch (node->step) {
      case Step::kTimestamp: {
        const int64_t ticks = StoredTicks(*stored);
        if (ticks == 0 || ticks > EngineTicks(type)) return Mismatch(*stored, type);
        node->factor = EngineTicks(type) / ticks;
        node->fine = types::IsFineTimestamp(type);
        return Status::OK();
      }
      case Step::kDecimal:
        node->precision = type.precision();
        return stored->logical_type == "decimal" && stored->scale == type.scale()
                   ? Status::OK()
                   : Mismatch(*stored, type);
      case Step::kList:
        node->children.resize(1);
        return BuildNode(*stored->items[0], type.element(),
                         static_cast<arrow::ListBuilder*>(builder)->value_builder(),
                         &node->children[0]);
      case Step::kMap:
      case Step::kEntryMap:
        return BuildMap(*stored, type, node);
      case Step::kRow:
        return BuildRow(*stored, type, node);
      default:
        return Status::OK();
    }
  }

  Status BuildMap(const AvroNode& stored, const DataType& type, Node* node) {
    auto* builder = static_cast<arrow::MapBuilder*>(node->builder);
    const bool counts = type.root() == TypeRoot::kMultiset;
    const DataType& key = counts ? type.element() : type.key();
    const DataType value = counts ? DataType::Int() : type.element();
    node->children.resize(2);
    node->children[0].not_null = true;
    node->children[1].not_null = counts;
    if (node->step == Step::kMap) {
      if (!key.IsString()) return Mismatch(stored, type);
      node->children[0].step = Step::kText;
      node->children[0].builder = builder->key_builder();
      return BuildNode(*stored.items[0], value, builder->item_builder(),
                       &node->children[1]);
    }
    const AvroNode& entry = *stored.items[0];
    const int key_field = entry.FieldIndex("key");
    const int value_field = entry.FieldIndex("value");
    if (entry.kind != AvroKind::kRecord || key_field < 0 || value_field < 0) {
      return Mismatch(stored, type);
    }
    node->record = &entry;
    node->takes.assign(entry.fields.size(), -1);
    node->takes[static_cast<size_t>(key_field)] = 0;
    node->takes[static_cast<size_t>(value_field)] = 1;
    ARROW_RETURN_NOT_OK(BuildNode(*entry.fields[static_cast<size_t>(key_field)].type, key,
                                  builder->key_builder(), &node->children[0]));
    return BuildNode(*entry.fields[static_cast<size_t>(value_field)].type, value,
                     builder->item_builder(), &node->children[1]);
  }

  Status BuildRow(const AvroNode& stored, const DataType& type, Node* node) {
    auto* builder = static_cast<arrow::StructBuilder*>(node->builder);
    const size_t members = type.fields().size();
    node->record = &stored;
    node->children.resize(members);
    node->takes.assign(stored.fields.size(), -1);
    for (size_t i = 0; i < members; ++i) {
      const types::DataField& member = type.fields()[i];
      const int field = stored.FieldIndex(member.name);
      node->children[i].builder = builder->field_builder(static_cast<int>(i));
      if (field < 0) {
        node->missing.push_back(static_cast<int>(i));
        continue;
      }
      node->takes[static_cast<size_t>(field)] = static_cast<int>(i);
      ARROW_RETURN_NOT_OK(BuildNode(*stored.fields[static_cast<size_t>(field)].type,
                                    member.type, node->children[i].builder,
                                    &node->children[i]));
    }
    return Status::OK();
  }

  Status NullHasNoPlace() const {
    return Unsupported(
        6551, "NULL keys of maps and NULL counts are not supported:", V("column", name_));
  }

  /// Append NULL, or what `read` takes from the decoder.
  template <typename Builder, typename Read>
  static Status Put(Node& node, bool null, Read&& read) {
    auto* builder = static_cast<Builder*>(node.builder);
    return null ? builder->Builder::AppendNull() : builder->Append(read());
  }

  Status AppendTo(Node& node, AvroDecoder* decoder) {
    bool null = false;
    if (node.optional) {
      const int64_t branch = decoder->ReadLong();
      if (branch != 0 && branch != 1) decoder->Fail("a union branch that does not exist");
      null = branch == 0;
    }
    if (!decoder->ok()) return Status::OK();
    if (null && node.not_null) return NullHasNoPlace();
    switch (node.step) {
      case Step::kBoolean:
        return Put<arrow::BooleanBuilder>(node, null,
                                          [&] { return decoder->ReadBoolean(); });
      case Step::kInt8:  // Java casts
        return Put<arrow::Int8Builder>(
            node, null, [&] { return static_cast<int8_t>(decoder->ReadInt()); });
      case Step::kInt16:
        return Put<arrow::Int16Builder>(
            node, null, [&] { return static_cast<int16_t>(decoder->ReadInt()); });
      case Step::kInt32:
        return Put<arrow::Int32Builder>(node, null, [&] { return decoder->ReadInt(); });
      case Step::kDate:
        return Put<arrow::Date32Builder>(node, null, [&] { return decoder->ReadInt(); });
      case Step::kTime:
        return Put<arrow::Time32Builder>(node, null, [&] { return decoder->ReadInt(); });
      case Step::kInt64:
        return Put<arrow::Int64Builder>(node, null, [&] { return decoder->ReadLong(); });
      case Step::kFloat:
        return Put<arrow::FloatBuilder>(node, null, [&] { return decoder->ReadFloat(); });
      case Step::kDouble:
        return Put<arrow::DoubleBuilder>(node, null,
                                         [&] { return decoder->ReadDouble(); });
      case Step::kText:
        return Put<arrow::StringBuilder>(node, null,
                                         [&] { return decoder->ReadBytes(); });
      case Step::kBytes:
        return Put<arrow::BinaryBuilder>(node, null,
                                         [&] { return decoder->ReadBytes(); });
      case Step::kTimestamp:
        return AppendTimestamp(node, null, decoder);
      case Step::kDecimal:
        return AppendDecimal(node, null, decoder);
      case Step::kList:
        return AppendList(node, null, decoder);
      case Step::kMap:
      case Step::kEntryMap:
        return AppendMap(node, null, decoder);
      case Step::kRow:
        return AppendRow(node, null, decoder);
    }
    return Status::OK();
  }

  Status AppendTimestamp(Node& node, bool null, AvroDecoder* decoder) {
    int64_t value = null ? 0 : decoder->ReadLong();
    if (node.fine) {
      return Put<arrow::Decimal128Builder>(node, null, [&] {
        return types::ToDecimal(types::FineNanos{value} * node.factor);
      });
    }
    if (__builtin_mul_overflow(value, node.factor, &value)) {
      return Unsupported(6552, "Timestamp lies outside what its type's ticks can hold:",
                         V("column", name_));
    }
    return Put<arrow::TimestampBuilder>(node, null, [&] { return value; });
  }

  Status AppendDecimal(Node& node, bool null, AvroDecoder* decoder) {
    arrow::Decimal128 value;
    if (!null) {
      std::string_view bytes = decoder->ReadBytes();
      if (!decoder->ok()) return Status::OK();
      while (bytes.size() > 16 && (bytes[0] == 0 || bytes[0] == '\xff') &&
             (bytes[0] < 0) == (bytes[1] < 0)) {
        bytes.remove_prefix(1);
      }
      bool fits = !bytes.empty() && bytes.size() <= 16;
      if (fits) {
        ARROW_ASSIGN_OR_RAISE(value, arrow::Decimal128::FromBigEndian(
                                         reinterpret_cast<const uint8_t*>(bytes.data()),
                                         static_cast<int32_t>(bytes.size())));
        fits = value.FitsInPrecision(node.precision);
      }
      if (!fits) {
        return Corruption(7552, "Decimal is wider than its type:", V("column", name_));
      }
    }
    return Put<arrow::Decimal128Builder>(node, null, [&] { return value; });
  }

  /// Call `item` for every item of an array or map; ends early when the decoder fails.
  template <typename Item>
  Status ForEachItem(AvroDecoder* decoder, Item&& item) {
    for (int64_t count = decoder->ReadBlockCount(); count > 0;
         count = decoder->ReadBlockCount()) {
      for (; count > 0 && decoder->ok(); --count) {
        const size_t before = decoder->offset();
        ARROW_RETURN_NOT_OK(item());
        if (decoder->offset() != before) continue;
        if (++empty_items_ > kEmptyItemsMax) {
          decoder->Fail("a collection larger than its bytes");
        }
      }
    }
    return Status::OK();
  }

  Status AppendList(Node& node, bool null, AvroDecoder* decoder) {
    auto* builder = static_cast<arrow::ListBuilder*>(node.builder);
    if (null) return builder->AppendNull();
    ARROW_RETURN_NOT_OK(builder->Append());
    return ForEachItem(decoder, [&] { return AppendTo(node.children[0], decoder); });
  }

  Status AppendMap(Node& node, bool null, AvroDecoder* decoder) {
    auto* builder = static_cast<arrow::MapBuilder*>(node.builder);
    if (null) return builder->AppendNull();
    ARROW_RETURN_NOT_OK(builder->Append());
    if (node.step == Step::kEntryMap) {
      return ForEachItem(decoder, [&] { return AppendFields(node, decoder); });
    }
    return ForEachItem(decoder, [&]() -> Status {
      ARROW_RETURN_NOT_OK(AppendTo(node.children[0], decoder));
      return AppendTo(node.children[1], decoder);
    });
  }

  Status AppendRow(Node& node, bool null, AvroDecoder* decoder) {
    auto* builder = static_cast<arrow::StructBuilder*>(node.builder);
    if (null) return builder->AppendNull();
    ARROW_RETURN_NOT_OK(builder->Append());
    for (int child : node.missing) {
      ARROW_RETURN_NOT_OK(
          node.children[static_cast<size_t>(child)].builder->AppendNull());
    }
    return AppendFields(node, decoder);
  }

  Status AppendFields(Node& node, AvroDecoder* decoder) {
    for (size_t i = 0; i < node.takes.size(); ++i) {
      if (node.takes[i] < 0) {
        decoder->Skip(*node.record->fields[i].type);
      } else {
        ARROW_RETURN_NOT_OK(
            AppendTo(node.children[static_cast<size_t>(node.takes[i])], decoder));
      }
    }
    return Status::OK();
  }

  const std::string name_;
  arrow::MemoryPool* const pool_;
  std::unique_ptr<arrow::ArrayBuilder> builder_;
  int64_t empty_items_ = 0;
  Node root_;
};

AvroColumn::AvroColumn(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
AvroColumn::~AvroColumn() = default;

Result<std::unique_ptr<AvroColumn>> AvroColumn::Make(const std::string& name,
                                                     const AvroNode& stored,
                                                     const DataType& type,
                                                     arrow::MemoryPool* pool) {
  auto plan = std::make_unique<Plan>(name, pool);
  ARROW_RETURN_NOT_OK(plan->Build(stored, type));
  return std::unique_ptr<AvroColumn>(new AvroColumn(std::move(plan)));
}

Status AvroColumn::Append(AvroDecoder* decoder) {
  return plan_->Append(decoder);
}

Result<std::shared_ptr<arrow::Array>> AvroColumn::Finish() {
  return plan_->Finish();
}

}  // namespace tarn::format

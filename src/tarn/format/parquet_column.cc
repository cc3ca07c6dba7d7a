// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_column.h"

#include <arrow/api.h>
#include <arrow/util/bit_util.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/level_conversion.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "tarn/format/parquet_file_type.h"
#include "tarn/format/parquet_leaf.h"
#include "tarn/format/parquet_values.h"
#include "tarn/format/shared_shredding.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/variant.h"
#include "tarn/types/variant_shredding.h"

namespace tarn::format {

using parquet::internal::LevelInfo;
using types::DataType;
using types::TypeRoot;

/// A node of the tree. `Build(slots)` answers exactly the array of the slots that the
/// last `Load` put under its parent.
class ParquetColumn::Node {
 public:
  virtual ~Node() = default;
  virtual Status Load(int64_t rows) = 0;
  virtual Status Skip(int64_t rows) = 0;
  virtual Result<std::shared_ptr<arrow::Array>> Build(int64_t slots) = 0;
  /// Levels of a leaf below; definition and repetition, loaded by the last `Load`.
  virtual ParquetLeaf::Levels levels() const = 0;
  virtual bool repeated() const = 0;  ///< a list or map, or holds one
};

namespace {

using Node = ParquetColumn::Node;

Status BadShape(const std::string& path, std::string_view why) {
  return Corruption(7413, "Nested column does not have the shape of its schema:",
                    V("column", path), V("reason", why));
}

struct Validity {
  std::shared_ptr<arrow::Buffer> bitmap;  ///< nullptr = no NULL
  int64_t null_count = 0;
};

class LeafNode final : public Node {
 public:
  explicit LeafNode(std::unique_ptr<ParquetLeaf> leaf) : leaf_(std::move(leaf)) {}
  Status Load(int64_t rows) override { return leaf_->Load(rows); }
  Status Skip(int64_t rows) override { return leaf_->Skip(rows); }
  Result<std::shared_ptr<arrow::Array>> Build(int64_t slots) override {
    ARROW_ASSIGN_OR_RAISE(auto values, leaf_->Take());
    if (values->length() != slots) return BadShape(leaf_->path(), "its columns disagree");
    return values;
  }
  ParquetLeaf::Levels levels() const override { return leaf_->levels(); }
  bool repeated() const override { return false; }

 private:
  std::unique_ptr<ParquetLeaf> leaf_;
};

class RowNode final : public Node {
 public:
  RowNode(std::string path, std::shared_ptr<arrow::DataType> type, LevelInfo info,
          bool nullable, std::vector<std::unique_ptr<Node>> children,
          arrow::MemoryPool* pool)
      : path_(std::move(path)),
        type_(std::move(type)),
        info_(info),
        nullable_(nullable),
        children_(std::move(children)),
        pool_(pool) {
    // Levels are taken from a child without lists where there is one: they are shorter.
    for (size_t i = 0; i < children_.size(); ++i) {
      repeated_ |= children_[i]->repeated();
      if (!children_[i]->repeated()) level_child_ = i;
    }
  }

  Status Load(int64_t rows) override {
    for (auto& child : children_) ARROW_RETURN_NOT_OK(child->Load(rows));
    return Status::OK();
  }
  Status Skip(int64_t rows) override {
    for (auto& child : children_) ARROW_RETURN_NOT_OK(child->Skip(rows));
    return Status::OK();
  }
  ParquetLeaf::Levels levels() const override {
    return children_[level_child_]->levels();
  }
  bool repeated() const override { return repeated_; }

  Result<std::shared_ptr<arrow::Array>> Build(int64_t slots) override {
    Validity validity;
    if (nullable_) {
      ARROW_ASSIGN_OR_RAISE(validity, BuildValidity(slots));
    }
    std::vector<std::shared_ptr<arrow::ArrayData>> children;
    for (size_t i = 0; i < children_.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(auto child, children_[i]->Build(slots));
      children.push_back(child->data());
    }
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, slots, {validity.bitmap}, std::move(children), validity.null_count));
  }

 private:
  Result<Validity> BuildValidity(int64_t slots) {
    ARROW_ASSIGN_OR_RAISE(auto bitmap, arrow::AllocateEmptyBitmap(slots, pool_));
    parquet::internal::ValidityBitmapInputOutput io;
    io.values_read_upper_bound = slots;
    io.valid_bits = bitmap->mutable_data();
    const ParquetLeaf::Levels levels = this->levels();
    if (children_[level_child_]->repeated()) {
      parquet::internal::DefRepLevelsToBitmap(levels.definition, levels.repetition,
                                              levels.count, info_, &io);
    } else {
      parquet::internal::DefLevelsToBitmap(levels.definition, levels.count, info_, &io);
    }
    if (io.values_read != slots) return BadShape(path_, "its levels disagree");
    if (io.null_count == 0) return Validity();
    return Validity{std::move(bitmap), io.null_count};
  }

  std::string path_;
  std::shared_ptr<arrow::DataType> type_;
  LevelInfo info_;
  bool nullable_;
  std::vector<std::unique_ptr<Node>> children_;
  arrow::MemoryPool* pool_;
  bool repeated_ = false;
  size_t level_child_ = 0;
};

/// LIST and MAP: offsets over the slots of one child.
class ListNode final : public Node {
 public:
  ListNode(std::string path, std::shared_ptr<arrow::DataType> type, LevelInfo info,
           bool nullable, std::unique_ptr<Node> item, arrow::MemoryPool* pool)
      : path_(std::move(path)),
        type_(std::move(type)),
        info_(info),
        nullable_(nullable),
        item_(std::move(item)),
        pool_(pool) {}

  Status Load(int64_t rows) override { return item_->Load(rows); }
  Status Skip(int64_t rows) override { return item_->Skip(rows); }
  ParquetLeaf::Levels levels() const override { return item_->levels(); }
  bool repeated() const override { return true; }

  Result<std::shared_ptr<arrow::Array>> Build(int64_t slots) override {
    parquet::internal::ValidityBitmapInputOutput io;
    io.values_read_upper_bound = slots;
    std::shared_ptr<arrow::Buffer> bitmap;
    if (nullable_) {
      ARROW_ASSIGN_OR_RAISE(bitmap, arrow::AllocateEmptyBitmap(slots, pool_));
      io.valid_bits = bitmap->mutable_data();
    }
    ARROW_ASSIGN_OR_RAISE(
        std::shared_ptr<arrow::Buffer> offsets,
        arrow::AllocateBuffer((slots + 1) * static_cast<int64_t>(sizeof(int32_t)),
                              pool_));
    auto* offset = reinterpret_cast<int32_t*>(offsets->mutable_data());
    offset[0] = 0;
    const ParquetLeaf::Levels levels = this->levels();
    parquet::internal::DefRepLevelsToList(levels.definition, levels.repetition,
                                          levels.count, info_, &io, offset);
    if (io.values_read != slots) return BadShape(path_, "its levels disagree");
    ARROW_ASSIGN_OR_RAISE(auto items, item_->Build(offset[slots]));
    if (io.null_count == 0) bitmap = nullptr;
    return arrow::MakeArray(
        arrow::ArrayData::Make(type_, slots, {std::move(bitmap), std::move(offsets)},
                               {items->data()}, nullable_ ? io.null_count : 0));
  }

 private:
  std::string path_;
  std::shared_ptr<arrow::DataType> type_;
  LevelInfo info_;
  bool nullable_;
  std::unique_ptr<Node> item_;
  arrow::MemoryPool* pool_;
};

/// A shredded VARIANT: the ROW of its parts, put together.
class ShreddedNode final : public Node {
 public:
  ShreddedNode(std::unique_ptr<Node> parts, types::VariantShredding shredding,
               arrow::MemoryPool* pool)
      : parts_(std::move(parts)), shredding_(std::move(shredding)), pool_(pool) {}

  Status Load(int64_t rows) override { return parts_->Load(rows); }
  Status Skip(int64_t rows) override { return parts_->Skip(rows); }
  ParquetLeaf::Levels levels() const override { return parts_->levels(); }
  bool repeated() const override { return parts_->repeated(); }

  Result<std::shared_ptr<arrow::Array>> Build(int64_t slots) override {
    ARROW_ASSIGN_OR_RAISE(const auto parts, parts_->Build(slots));
    return shredding_.Rebuild(static_cast<const arrow::StructArray&>(*parts), pool_);
  }

 private:
  std::unique_ptr<Node> parts_;
  types::VariantShredding shredding_;
  arrow::MemoryPool* pool_;
};

/// Builds the tree for one top-level column.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::shared_ptr<const ParquetFile> file)
      : file_(std::move(file)), schema_(file_->reader->metadata()->schema()) {}

  Result<std::unique_ptr<Node>> Build(const parquet::schema::Node& node,
                                      const DataType& type, LevelInfo info) {
    if (node.is_repeated()) return BadShape(node.path()->ToDotString(), "it is repeated");
    info.Increment(node);
    switch (type.root()) {
      case TypeRoot::kArray:
        return List(node, type, info);
      case TypeRoot::kMap:
      case TypeRoot::kMultiset:
        return Map(node, type, info);
      case TypeRoot::kRow:
        return Row(node, type, type.fields(), info);
      case TypeRoot::kVariant:
        return Variant(node, type, info);
      default:
        return Leaf(node, type, info);
    }
  }

 private:
  Result<const parquet::schema::GroupNode*> Group(const parquet::schema::Node& node,
                                                  int children) {
    const std::string path = node.path()->ToDotString();
    if (!node.is_group()) return BadShape(path, "it is not a group");
    const auto* group = static_cast<const parquet::schema::GroupNode*>(&node);
    if (children > 0 && group->field_count() != children) {
      return BadShape(path, "its group has another number of fields");
    }
    return group;
  }

  /// The repeated group inside a LIST or MAP group; `info` then counts its items, `own`
  /// is that of the collection itself.
  Result<const parquet::schema::GroupNode*> Repeated(const parquet::schema::Node& node,
                                                     int children, LevelInfo* info,
                                                     LevelInfo* own) {
    ARROW_ASSIGN_OR_RAISE(const auto* group, Group(node, 1));
    const parquet::schema::Node& repeated = *group->field(0);
    if (!repeated.is_repeated()) {
      return BadShape(node.path()->ToDotString(), "its group does not repeat");
    }
    const int16_t ancestor = info->IncrementRepeated();
    *own = *info;
    own->repeated_ancestor_def_level = ancestor;
    return Group(repeated, children);
  }

  Result<std::unique_ptr<Node>> List(const parquet::schema::Node& node,
                                     const DataType& type, LevelInfo info) {
    LevelInfo own;
    ARROW_ASSIGN_OR_RAISE(const auto* items, Repeated(node, 1, &info, &own));
    ARROW_ASSIGN_OR_RAISE(auto item, Build(*items->field(0), type.element(), info));
    return Collection(node, type, own, std::move(item));
  }

  Result<std::unique_ptr<Node>> Map(const parquet::schema::Node& node,
                                    const DataType& type, LevelInfo info) {
    LevelInfo own;
    ARROW_ASSIGN_OR_RAISE(const auto* group, Group(node, 0));
    if (group->FieldIndex(std::string(kSharedShreddingMark)) >= 0) {
      return SharedShreddingRefused(node.path()->ToDotString());
    }
    ARROW_ASSIGN_OR_RAISE(const auto* entries, Repeated(node, 2, &info, &own));
    const bool multiset = type.root() == TypeRoot::kMultiset;
    const DataType& key_type = multiset ? type.element() : type.key();
    const DataType value_type = multiset ? DataType::Int().NotNull() : type.element();
    std::vector<std::unique_ptr<Node>> children(2);
    ARROW_ASSIGN_OR_RAISE(children[0], Build(*entries->field(0), key_type, info));
    ARROW_ASSIGN_OR_RAISE(children[1], Build(*entries->field(1), value_type, info));
    ARROW_ASSIGN_OR_RAISE(const auto arrow_type, types::ToArrow(type));
    auto entry = std::make_unique<RowNode>(
        node.path()->ToDotString(), arrow_type->field(0)->type(), info,
        /*nullable=*/false, std::move(children), file_->pool);
    return Collection(node, type, own, std::move(entry));
  }

  Result<std::unique_ptr<Node>> Collection(const parquet::schema::Node& node,
                                           const DataType& type, LevelInfo own,
                                           std::unique_ptr<Node> item) {
    ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
    return std::make_unique<ListNode>(node.path()->ToDotString(), std::move(arrow_type),
                                      own, node.is_optional(), std::move(item),
                                      file_->pool);
  }

  Result<std::unique_ptr<Node>> Row(const parquet::schema::Node& node,
                                    const DataType& type,
                                    const std::vector<types::DataField>& fields,
                                    LevelInfo info) {
    ARROW_ASSIGN_OR_RAISE(const auto* group, Group(node, 0));
    std::vector<std::unique_ptr<Node>> children;
    for (const types::DataField& field : fields) {
      const int position = group->FieldIndex(field.name);
      if (position < 0) {
        return BadShape(node.path()->ToDotString(), "it lacks the field " + field.name);
      }
      ARROW_ASSIGN_OR_RAISE(auto child, Build(*group->field(position), field.type, info));
      children.push_back(std::move(child));
    }
    if (children.empty()) return BadShape(node.path()->ToDotString(), "it has no fields");
    ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
    return std::make_unique<RowNode>(node.path()->ToDotString(), std::move(arrow_type),
                                     info, node.is_optional(), std::move(children),
                                     file_->pool);
  }

  Result<std::unique_ptr<Node>> Variant(const parquet::schema::Node& node,
                                        const DataType& type, LevelInfo info) {
    ARROW_ASSIGN_OR_RAISE(const auto* group, Group(node, 0));
    if (group->FieldIndex("typed_value") < 0) {
      return Row(node, type, types::VariantFields(), info);
    }
    ARROW_ASSIGN_OR_RAISE(const DataType stored, FileTypeOf(node));
    auto shredding = types::VariantShredding::Make(stored);
    if (!shredding.ok()) {
      return Prefixed(shredding.status(), node.path()->ToDotString() + ": ");
    }
    ARROW_ASSIGN_OR_RAISE(auto parts, Row(node, stored, stored.fields(), info));
    return std::make_unique<ShreddedNode>(std::move(parts), *std::move(shredding),
                                          file_->pool);
  }

  Result<std::unique_ptr<Node>> Leaf(const parquet::schema::Node& node,
                                     const DataType& type, LevelInfo info) {
    if (!node.is_primitive())
      return BadShape(node.path()->ToDotString(), "it is a group");
    const int column = schema_->ColumnIndex(node);
    TARN_CHECK(column >= 0);
    ARROW_RETURN_NOT_OK(CheckPhysicalType(*schema_->Column(column), type));
    ARROW_ASSIGN_OR_RAISE(auto leaf, ParquetLeaf::Make(file_, column, info, type));
    return std::make_unique<LeafNode>(std::move(leaf));
  }

  std::shared_ptr<const ParquetFile> file_;
  const parquet::SchemaDescriptor* schema_;
};

}  // namespace

ParquetColumn::ParquetColumn(std::unique_ptr<Node> root) : root_(std::move(root)) {}
ParquetColumn::~ParquetColumn() = default;

Result<std::unique_ptr<ParquetColumn>> ParquetColumn::Make(
    std::shared_ptr<const ParquetFile> file, int field, const DataType& type) {
  const parquet::schema::GroupNode& root =
      *file->reader->metadata()->schema()->group_node();
  TreeBuilder builder(file);
  ARROW_ASSIGN_OR_RAISE(auto node, builder.Build(*root.field(field), type, LevelInfo()));
  return std::unique_ptr<ParquetColumn>(new ParquetColumn(std::move(node)));
}

Result<std::shared_ptr<arrow::Array>> ParquetColumn::Read(int64_t rows) {
  ARROW_RETURN_NOT_OK(root_->Load(rows));
  return root_->Build(rows);
}

Status ParquetColumn::Skip(int64_t rows) {
  return root_->Skip(rows);
}

}  // namespace tarn::format

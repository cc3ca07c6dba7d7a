// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_levels.h"

#include <arrow/api.h>

#include "tarn/types/variant.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

/// Levels of everything above a node. Entries whose definition is at least `slot_level`
/// have a slot in the node's array, in order; those that equal `present_level` are not
/// NULL so far.
struct Levels {
  std::vector<int16_t> definition;
  std::vector<int16_t> repetition;
  int16_t present_level = 0;
  int16_t slot_level = 0;
  int16_t repeat_level = 0;
};

class LeafWalker {
 public:
  LeafWalker(const std::string& name, arrow::MemoryPool* pool,
             const std::function<Status(const LeafColumn&)>& leaf)
      : name_(name), pool_(pool), leaf_(leaf) {}

  Status Walk(const DataType& type, bool nullable,
              const std::shared_ptr<arrow::Array>& array, Levels levels) {
    ARROW_RETURN_NOT_OK(AddNulls(nullable, *array, &levels));
    switch (type.root()) {
      case TypeRoot::kArray:
        return WalkList(type, array, std::move(levels));
      case TypeRoot::kMap:
      case TypeRoot::kMultiset:
        return WalkMap(type, array, std::move(levels));
      case TypeRoot::kRow:
        return WalkRow(type.fields(), array, levels);
      case TypeRoot::kVariant:
        return WalkRow(types::VariantFields(), array, levels);
      default:
        return Emit(nullable, array, levels);
    }
  }

 private:
  Status NullInNotNull() const {
    return InvalidInput(1430, "NULL in a column that is NOT NULL:", V("column", name_));
  }

  /// Count the node itself: an optional one adds a level where it is present.
  Status AddNulls(bool nullable, const arrow::Array& array, Levels* levels) const {
    if (!nullable && array.null_count() == 0) return Status::OK();
    int64_t slot = 0;
    for (int16_t& definition : levels->definition) {
      if (definition < levels->slot_level) continue;
      const bool valid = array.IsValid(slot++);
      if (definition != levels->present_level) continue;
      if (!nullable && !valid) return NullInNotNull();
      if (nullable && valid) ++definition;
    }
    if (nullable) ++levels->present_level;
    return Status::OK();
  }

  Status Emit(bool nullable, const std::shared_ptr<arrow::Array>& array,
              const Levels& levels) const {
    LeafColumn out;
    if (levels.present_level > 0) out.definition = levels.definition.data();
    if (levels.repeat_level > 0) out.repetition = levels.repetition.data();
    out.count = static_cast<int64_t>(levels.definition.size());
    out.values = array;
    if (!nullable && array->null_count() > 0) {
      // Absent because a row around it is: the levels say so, and Arrow wants no bits.
      auto data = array->data()->Copy();
      data->buffers[0] = nullptr;
      data->null_count = 0;
      out.values = arrow::MakeArray(std::move(data));
    }
    out.nullable = nullable;
    return leaf_(out);
  }

  Status WalkRow(const std::vector<types::DataField>& fields,
                 const std::shared_ptr<arrow::Array>& array, const Levels& levels) {
    const auto& rows = static_cast<const arrow::StructArray&>(*array);
    for (int i = 0; i < rows.num_fields(); ++i) {
      const DataType& child = fields[static_cast<size_t>(i)].type;
      ARROW_RETURN_NOT_OK(Walk(child, child.nullable(), rows.field(i), levels));
    }
    return Status::OK();
  }

  /// One level per item. `offset(slot)` gives the begin of a slot's items. Answers which
  /// items have levels: those of NULL lists stay behind.
  template <typename Offset>
  std::vector<std::pair<int64_t, int64_t>> Expand(const Offset& offset, Levels* levels) {
    Levels out;
    out.present_level = static_cast<int16_t>(levels->present_level + 1);
    out.slot_level = out.present_level;
    out.repeat_level = static_cast<int16_t>(levels->repeat_level + 1);
    std::vector<std::pair<int64_t, int64_t>> ranges;
    int64_t slot = 0;
    for (size_t i = 0; i < levels->definition.size(); ++i) {
      const int16_t definition = levels->definition[i];
      int64_t begin = 0;
      int64_t end = 0;
      if (definition >= levels->slot_level) {
        if (definition == levels->present_level) {
          begin = offset(slot);
          end = offset(slot + 1);
        }
        ++slot;
      }
      if (begin == end) {
        out.definition.push_back(definition);
        out.repetition.push_back(levels->repetition[i]);
        continue;
      }
      const auto items = static_cast<size_t>(end - begin);
      out.definition.insert(out.definition.end(), items, out.present_level);
      out.repetition.push_back(levels->repetition[i]);
      out.repetition.insert(out.repetition.end(), items - 1, out.repeat_level);
      if (!ranges.empty() && ranges.back().second == begin) {
        ranges.back().second = end;
      } else {
        ranges.emplace_back(begin, end);
      }
    }
    *levels = std::move(out);
    return ranges;
  }

  Result<std::shared_ptr<arrow::Array>> Pick(
      const arrow::Array& items, const std::vector<std::pair<int64_t, int64_t>>& ranges) {
    arrow::ArrayVector slices;
    for (const auto& [begin, end] : ranges)
      slices.push_back(items.Slice(begin, end - begin));
    if (slices.empty()) return items.Slice(0, 0);
    if (slices.size() == 1) return slices[0];
    return arrow::Concatenate(slices, pool_);
  }

  Status WalkList(const DataType& type, const std::shared_ptr<arrow::Array>& array,
                  Levels levels) {
    const auto& list = static_cast<const arrow::ListArray&>(*array);
    const auto ranges =
        Expand([&](int64_t slot) { return list.value_offset(slot); }, &levels);
    ARROW_ASSIGN_OR_RAISE(const auto items, Pick(*list.values(), ranges));
    return Walk(type.element(), type.element().nullable(), items, std::move(levels));
  }

  Status WalkMap(const DataType& type, const std::shared_ptr<arrow::Array>& array,
                 Levels levels) {
    const auto& map = static_cast<const arrow::MapArray&>(*array);
    const auto ranges =
        Expand([&](int64_t slot) { return map.value_offset(slot); }, &levels);
    const bool multiset = type.root() == TypeRoot::kMultiset;
    ARROW_ASSIGN_OR_RAISE(const auto keys, Pick(*map.keys(), ranges));
    ARROW_ASSIGN_OR_RAISE(const auto values, Pick(*map.items(), ranges));
    if (keys->null_count() > 0) {
      return InvalidInput(1431, "A map has a NULL key:", V("column", name_));
    }
    ARROW_RETURN_NOT_OK(
        Walk(multiset ? type.element() : type.key(), false, keys, levels));
    if (multiset) return Walk(DataType::Int(), false, values, std::move(levels));
    return Walk(type.element(), type.element().nullable(), values, std::move(levels));
  }

  const std::string& name_;
  arrow::MemoryPool* pool_;
  const std::function<Status(const LeafColumn&)>& leaf_;
};

}  // namespace

Status ForEachLeaf(const std::string& name, const DataType& type,
                   const std::shared_ptr<arrow::Array>& array, arrow::MemoryPool* pool,
                   const std::function<Status(const LeafColumn&)>& leaf) {
  const auto rows = static_cast<size_t>(array->length());
  if (!type.IsNested() && !type.nullable()) {
    if (array->null_count() > 0) {
      return InvalidInput(1430, "NULL in a column that is NOT NULL:", V("column", name));
    }
    return leaf({nullptr, nullptr, array->length(), array, false});
  }
  if (!type.IsNested()) {
    std::vector<int16_t> definition(rows, 1);
    if (array->null_count() > 0) {
      for (size_t i = 0; i < rows; ++i) {
        definition[i] = array->IsValid(static_cast<int64_t>(i)) ? 1 : 0;
      }
    }
    return leaf({definition.data(), nullptr, array->length(), array, true});
  }
  Levels levels;
  levels.definition.assign(rows, 0);
  levels.repetition.assign(rows, 0);
  return LeafWalker(name, pool, leaf)
      .Walk(type, type.nullable(), array, std::move(levels));
}

}  // namespace tarn::format

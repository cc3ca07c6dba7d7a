// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <arrow/array.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/java_hash.h"
#include "tests/support/reference_aggregator.h"

namespace tarn::support {
namespace {

using merge::Aggregate;
using merge::AggregateFunction;
using merge::NullKeys;
using types::DataType;
using types::TypeRoot;
using Items = std::vector<Value>;

/// `java.util.HashMap`: a list of pairs, put in order of buckets when it is looked at.
class JavaMap {
 public:
  Value* Find(const Value& key) {
    for (auto& entry : entries_) {
      if (entry.key == key) return &entry.value;
    }
    return nullptr;
  }
  void Put(const Value& key, int32_t hash, const Value& value) {
    if (Value* held = Find(key)) {
      *held = value;
      return;
    }
    const auto bits = static_cast<uint32_t>(hash);
    entries_.push_back({bits ^ (bits >> 16), key, value});
    while (entries_.size() > buckets_ * 3 / 4) buckets_ *= 2;
  }
  /// `computeIfAbsent`: in front of its bucket; grows when it is called next.
  Value* ComputeIfAbsent(const Value& key, int32_t hash, const Value& value) {
    if (entries_.size() > buckets_ * 3 / 4) buckets_ *= 2;
    if (Value* held = Find(key)) return held;
    const auto bits = static_cast<uint32_t>(hash);
    entries_.insert(entries_.begin(), {bits ^ (bits >> 16), key, value});
    return &entries_.front().value;
  }
  void Remove(const Value& key) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
  }
  size_t size() const { return entries_.size(); }
  Items Values() const {
    Items out;
    for (size_t bucket = 0; bucket < buckets_; ++bucket) {
      for (const Entry& entry : entries_) {
        if (entry.hash % buckets_ == bucket) out.push_back(entry.value);
      }
    }
    return out;
  }

 private:
  struct Entry {
    uint32_t hash;
    Value key;
    Value value;
  };
  std::vector<Entry> entries_;
  size_t buckets_ = 16;
};

/// Hash of a boxed integer or text.
int32_t HashOf(const DataType& type, const Value& value) {
  if (!value) return 0;
  if (const auto* text = std::get_if<std::string>(&*value)) {
    return types::JavaBytesHash(*text);
  }
  const int64_t number = std::get<int64_t>(*value);
  return type.root() == TypeRoot::kBigInt ? types::JavaLongHash(number)
                                          : static_cast<int32_t>(number);
}

class Collected : public Aggregator {
 public:
  Collected(const Aggregate& aggregate, const DataType& type)
      : distinct_(aggregate.distinct), element_(type.element()) {}
  Result<Value> AggReversed(const Value& acc, const Value& in) override {
    return Agg(acc, in);
  }
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!acc && !in) return acc;
    if (!distinct_) {
      if (!acc || !in) return acc ? acc : in;
      Items out = ItemsOf(acc);
      out.insert(out.end(), ItemsOf(in).begin(), ItemsOf(in).end());
      return NestedOf(std::move(out));
    }
    if (!element_.IsNested()) {
      JavaMap set;
      for (const Value* list : {&acc, &in}) {
        for (const Value& item : *list ? ItemsOf(*list) : Items()) {
          if (set.Find(item) == nullptr) set.Put(item, HashOf(element_, item), item);
        }
      }
      return NestedOf(set.Values());
    }
    Items out = acc ? ItemsOf(acc) : Items();
    for (const Value& item : in ? ItemsOf(in) : Items()) {
      bool known = false;
      for (const Value& held : out) {
        if (item && !held && element_.root() == TypeRoot::kRow) return Refuse("NULL row");
        known |= held == item;
        if (known) break;
      }
      if (!known) out.push_back(item);
    }
    return NestedOf(std::move(out));
  }
  Result<Value> Retract(const Value& acc, const Value& in) override {
    if (!acc || !in) return acc;
    Items out, gone = ItemsOf(in);
    for (const Value& item : ItemsOf(acc)) {
      const auto found = std::find(gone.begin(), gone.end(), item);
      if (found == gone.end()) {
        out.push_back(item);
      } else {
        gone.erase(found);
      }
    }
    return NestedOf(std::move(out));
  }

 private:
  bool distinct_;
  DataType element_;
};

class MergedMap : public Aggregator {
 public:
  MergedMap(const Aggregate& aggregate, const DataType& type)
      : time_(aggregate.time_field), key_(type.key()) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!acc || !in) return acc ? acc : in;
    JavaMap map = MapOf(acc);
    for (const Value& entry : ItemsOf(in)) {
      const Value& key = ItemsOf(entry)[0];
      const Value& row = ItemsOf(entry)[1];
      if (time_ >= 0) {
        if (!row) {
          map.Remove(key);
          continue;
        }
        const Value& time = ItemsOf(row)[time_];
        if (!time) continue;
        if (const Value* held = map.Find(key)) {
          const Value& old = ItemsOf(*held)[1];
          if (old && ItemsOf(old)[time_] && !(*ItemsOf(old)[time_] < *time)) continue;
        }
      }
      map.Put(key, HashOf(key_, key), entry);
    }
    return NestedOf(map.Values());
  }
  Result<Value> Retract(const Value& acc, const Value& in) override {
    if (time_ >= 0) return Refuse("does not support retraction");
    if (!acc || !in || ItemsOf(in).empty()) return acc;
    JavaMap map;
    for (const Value& entry : ItemsOf(acc)) {
      const Value& key = ItemsOf(entry)[0];
      const bool gone =
          std::any_of(ItemsOf(in).begin(), ItemsOf(in).end(),
                      [&](const Value& other) { return ItemsOf(other)[0] == key; });
      if (!gone) map.Put(key, HashOf(key_, key), entry);
    }
    return NestedOf(map.Values());
  }

 private:
  JavaMap MapOf(const Value& value) const {
    JavaMap map;
    for (const Value& entry : ItemsOf(value)) {
      map.Put(ItemsOf(entry)[0], HashOf(key_, ItemsOf(entry)[0]), entry);
    }
    return map;
  }
  int time_;
  DataType key_;
};

class NestedTable : public Aggregator {
 public:
  NestedTable(const Aggregate& aggregate, const DataType& type)
      : aggregate_(aggregate), row_(type.element()) {
    partial_ = aggregate.function == AggregateFunction::kNestedPartialUpdate;
  }
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!in) return acc;
    const auto limit = static_cast<size_t>(aggregate_.count_limit);
    if (aggregate_.nested_key.empty()) {
      Items out;
      size_t room = limit;
      if (acc) {
        if (ItemsOf(acc).size() >= limit) return acc;
        room -= ItemsOf(acc).size();
        AddNotNull(ItemsOf(acc), SIZE_MAX, &out);
      }
      AddNotNull(ItemsOf(in), room, &out);
      return NestedOf(std::move(out));
    }
    JavaMap map;
    if (acc) ARROW_RETURN_NOT_OK(PutAll(ItemsOf(acc), SIZE_MAX, &map));
    ARROW_RETURN_NOT_OK(PutAll(ItemsOf(in), partial_ ? SIZE_MAX : limit, &map));
    return NestedOf(map.Values());
  }
  Result<Value> Retract(const Value& acc, const Value& in) override {
    if (partial_) return Refuse("does not support retraction");
    if (!acc || !in) return acc;
    if (aggregate_.nested_key.empty()) {
      Items out;
      for (const Value& row : ItemsOf(acc)) {
        const auto& gone = ItemsOf(in);
        if (row && std::find(gone.begin(), gone.end(), row) == gone.end()) {
          out.push_back(row);
        }
      }
      return NestedOf(std::move(out));
    }
    JavaMap map;
    for (const Value& row : ItemsOf(acc)) {
      ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
      if (counts) map.Put(KeyOf(row), HashOfKey(row), row);
    }
    for (const Value& row : ItemsOf(in)) {
      ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
      if (counts) map.Remove(KeyOf(row));
    }
    return NestedOf(map.Values());
  }

 private:
  static void AddNotNull(const Items& rows, size_t room, Items* out) {
    for (const Value& row : rows) {
      if (!row || room == 0) continue;
      out->push_back(row);
      --room;
    }
  }
  Value KeyOf(const Value& row) const {
    Items key;
    for (int field : aggregate_.nested_key) key.push_back(ItemsOf(row)[field]);
    return NestedOf(std::move(key));
  }
  int32_t HashOfKey(const Value& row) const {
    arrow::ArrayVector columns;
    std::vector<DataType> types;
    for (int field : aggregate_.nested_key) {
      types.push_back(row_.fields()[field].type);
      columns.push_back(ToArray(types.back(), {ItemsOf(row)[field]}).ValueOrDie());
    }
    return types::HashBinaryRow(types::EncodeBinaryRow(columns, 0, types).ValueOrDie());
  }
  Result<bool> Counts(const Value& row) const {
    if (!row) return false;
    const Value key = KeyOf(row);
    const bool any_null = std::any_of(ItemsOf(key).begin(), ItemsOf(key).end(),
                                      [](const Value& field) { return !field; });
    if (!any_null) return true;
    if (aggregate_.null_keys == NullKeys::kError) return Refuse("NULL in a nested key");
    return aggregate_.null_keys == NullKeys::kMerge;
  }
  int CompareSequence(const Value& a, const Value& b) const {
    for (int field : aggregate_.nested_sequence) {
      const int compared = CompareValues(ItemsOf(a)[field], ItemsOf(b)[field]);
      if (compared != 0) return compared;
    }
    return 0;
  }
  Status PutAll(const Items& rows, size_t limit, JavaMap* map) const {
    for (const Value& row : rows) {
      ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
      if (!counts) continue;
      if (partial_) {
        const Items nothing(row_.fields().size());
        Value* held = map->ComputeIfAbsent(KeyOf(row), HashOfKey(row), NestedOf(nothing));
        Items fields = ItemsOf(*held);
        for (size_t f = 0; f < fields.size(); ++f) {
          if (ItemsOf(row)[f]) fields[f] = ItemsOf(row)[f];
        }
        *held = NestedOf(std::move(fields));
        continue;
      }
      const Value* held = map->Find(KeyOf(row));
      if (held == nullptr) {
        if (map->size() < limit) map->Put(KeyOf(row), HashOfKey(row), row);
      } else if (CompareSequence(row, *held) >= 0) {
        map->Put(KeyOf(row), HashOfKey(row), row);
      }
    }
    return Status::OK();
  }

  Aggregate aggregate_;
  DataType row_;
  bool partial_;
};

}  // namespace

std::unique_ptr<Aggregator> MakeCollectionAggregator(const Aggregate& aggregate,
                                                     const DataType& type) {
  switch (aggregate.function) {
    case AggregateFunction::kCollect:
      return std::make_unique<Collected>(aggregate, type);
    case AggregateFunction::kMergeMap:
    case AggregateFunction::kMergeMapWithKeyTime:
      return std::make_unique<MergedMap>(aggregate, type);
    case AggregateFunction::kNestedUpdate:
    case AggregateFunction::kNestedPartialUpdate:
      return std::make_unique<NestedTable>(aggregate, type);
    default:
      return nullptr;
  }
}

}  // namespace tarn::support

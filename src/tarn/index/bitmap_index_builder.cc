// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include <arrow/array.h>

#include "tarn/base/bytes.h"
#include "tarn/index/bitmap_bytes.h"
#include "tarn/index/bitmap_index.h"
#include "tarn/index/java_hash.h"

namespace tarn::index {
namespace {

/// A value with its rows, and where they stand in the body.
struct ValueRows {
  IndexKey key;
  Roaring rows;
  int32_t offset = 0;
  int32_t bytes = -1;  ///< -1 = one row, stored in the offset
};

/// One block of the dictionary of version 2.
struct Block {
  IndexKey first;
  std::string entries;
  int32_t count = 0;
};

class BitmapIndexBuilder final : public ColumnIndexBuilder {
 public:
  BitmapIndexBuilder(KeyForm form, int32_t version, int64_t block_bytes)
      : form_(form),
        version_(version),
        block_bytes_(block_bytes),
        by_key_(8, Hash{form}) {}

  Status Add(const arrow::Array& column) override {
    for (int64_t i = 0; i < column.length(); ++i, ++rows_) {
      const auto row = static_cast<uint32_t>(rows_);
      if (column.IsNull(i)) {
        nulls_.add(row);
        continue;
      }
      order_.Access();
      const IndexKey key = form_.KeyOf(column, i);
      const auto found = by_key_.find(key);
      if (found != by_key_.end()) {
        values_[found->second].rows.add(row);
        continue;
      }
      const IndexKey owned = Own(key);
      order_.Insert(form_.JavaHash(owned));
      by_key_.emplace(owned, values_.size());
      values_.push_back({owned, Roaring(), 0, -1});
      values_.back().rows.add(row);
    }
    return Status::OK();
  }

  Result<std::string> Finish() override {
    std::string nulls;
    const uint64_t null_count = nulls_.cardinality();
    AppendRoaring(nulls_, &nulls);
    std::string body = null_count > 1 ? nulls : "";
    // Offsets follow the order in which Java walks its values.
    const std::vector<int32_t> walk = order_.Walk();
    for (const int32_t entry : walk) {
      ValueRows& value = values_[static_cast<size_t>(entry)];
      if (value.rows.cardinality() == 1) {
        value.offset = -1 - static_cast<int32_t>(value.rows.minimum());
        continue;
      }
      value.offset = static_cast<int32_t>(body.size());
      AppendRoaring(value.rows, &body);
      value.bytes = static_cast<int32_t>(body.size()) - value.offset;
    }
    std::string out;
    base::AppendBig(&out, static_cast<int8_t>(version_));
    base::AppendBig(&out, static_cast<int32_t>(rows_));
    base::AppendBig(&out, static_cast<int32_t>(values_.size()));
    base::AppendBig(&out, static_cast<int8_t>(null_count > 0));
    if (null_count > 0) {
      base::AppendBig(&out,
                      null_count == 1 ? -1 - static_cast<int32_t>(nulls_.minimum()) : 0);
      if (version_ == 2) base::AppendBig(&out, static_cast<int32_t>(nulls.size()));
    }
    if (version_ == 1) {
      for (const int32_t entry : walk) {
        const ValueRows& value = values_[static_cast<size_t>(entry)];
        form_.Append(value.key, &out);
        base::AppendBig(&out, value.offset);
      }
    } else {
      ARROW_RETURN_NOT_OK(AppendBlocks(&out));
    }
    return out + body;
  }

 private:
  struct Hash {
    KeyForm form;
    size_t operator()(const IndexKey& key) const {
      return form.is_text() ? std::hash<std::string_view>()(key.text)
                            : std::hash<int64_t>()(key.number);
    }
  };

  IndexKey Own(const IndexKey& key) {
    if (!form_.is_text()) return key;
    texts_.emplace_back(key.text);
    return {0, texts_.back()};
  }

  Status AppendBlocks(std::string* out) const {
    std::vector<size_t> sorted(values_.size());
    std::iota(sorted.begin(), sorted.end(), size_t{0});
    std::sort(sorted.begin(), sorted.end(),
              [&](size_t a, size_t b) { return values_[a].key < values_[b].key; });
    std::vector<Block> blocks;
    for (const size_t at : sorted) {
      const ValueRows& value = values_[at];
      const int64_t bytes = form_.StoredBytes(value.key) + 8;
      const auto full = [&](const Block& block) {
        return 4 + static_cast<int64_t>(block.entries.size()) + bytes > block_bytes_;
      };
      if (blocks.empty() || full(blocks.back())) {
        blocks.push_back({value.key, "", 0});
        if (full(blocks.back())) {
          return InvalidInput(1721, "Value is larger than a block of its bitmap index:",
                              V("bytes", bytes), V("block", block_bytes_));
        }
      }
      Block& block = blocks.back();
      form_.Append(value.key, &block.entries);
      base::AppendBig(&block.entries, value.offset);
      base::AppendBig(&block.entries, value.bytes);
      ++block.count;
    }
    base::AppendBig(out, static_cast<int32_t>(blocks.size()));
    int32_t offset = 0;
    for (const Block& block : blocks) {
      form_.Append(block.first, out);
      base::AppendBig(out, offset);
      offset += 4 + static_cast<int32_t>(block.entries.size());
    }
    base::AppendBig(out, offset);
    for (const Block& block : blocks) {
      base::AppendBig(out, block.count);
      out->append(block.entries);
    }
    return Status::OK();
  }

  const KeyForm form_;
  const int32_t version_;
  const int64_t block_bytes_;
  int64_t rows_ = 0;
  Roaring nulls_;
  std::vector<ValueRows> values_;
  std::deque<std::string> texts_;
  std::unordered_map<IndexKey, size_t, Hash> by_key_;
  JavaMapOrder order_;
};

}  // namespace

std::unique_ptr<ColumnIndexBuilder> BuildBitmapIndex(const types::DataType& type,
                                                     int32_t version,
                                                     int64_t block_bytes) {
  return std::make_unique<BitmapIndexBuilder>(*KeyForm::Of(type), version, block_bytes);
}

}  // namespace tarn::index

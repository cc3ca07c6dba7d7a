// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <arrow/array.h>

#include "tarn/base/bytes.h"
#include "tarn/index/bit_slices.h"
#include "tarn/index/bitmap_bytes.h"
#include "tarn/index/range_bitmap_index.h"

namespace tarn::index {
namespace {

constexpr int8_t kVersion = 1;

int32_t Bytes(const std::string& text) {
  return static_cast<int32_t>(text.size());
}

/// Puts ascending values into chunks.
class DictionaryBuilder {
 public:
  DictionaryBuilder(KeyForm form, int64_t chunk_bytes)
      : form_(form), chunk_bytes_(chunk_bytes) {}

  void Add(const IndexKey& key) {
    const bool fits = open_ && FitsIn(key);
    if (!fits) {
      Flush();
      open_ = true;
      first_ = key;
      first_number_ = number_;
    } else {
      if (form_.is_text()) base::AppendBig(&offsets_, Bytes(keys_));
      form_.Append(key, &keys_);
      ++count_;
    }
    ++number_;
  }

  std::string Finish() {
    Flush();
    std::string out;
    base::AppendBig(&out, int32_t{13});
    base::AppendBig(&out, kVersion);
    base::AppendBig(&out, Bytes(chunk_offsets_) / 4);
    base::AppendBig(&out, Bytes(chunk_offsets_));
    base::AppendBig(&out, Bytes(chunks_));
    return out + chunk_offsets_ + chunks_ + all_keys_;
  }

 private:
  bool FitsIn(const IndexKey& key) const {
    const auto left = [&](const std::string& part) {
      return chunk_bytes_ - static_cast<int64_t>(part.size());
    };
    return form_.StoredBytes(key) <= left(keys_) &&
           (!form_.is_text() || left(offsets_) >= 4);
  }

  void Flush() {
    if (!open_) return;
    base::AppendBig(&chunk_offsets_, Bytes(chunks_));
    base::AppendBig(&chunks_, kVersion);
    form_.Append(first_, &chunks_);
    base::AppendBig(&chunks_, first_number_);
    base::AppendBig(&chunks_, Bytes(all_keys_));
    base::AppendBig(&chunks_, count_);
    if (form_.is_text()) {
      base::AppendBig(&chunks_, Bytes(offsets_));
      base::AppendBig(&chunks_, Bytes(keys_));
    } else {
      base::AppendBig(&chunks_, Bytes(keys_));
      base::AppendBig(&chunks_, static_cast<int32_t>(form_.StoredBytes(first_)));
    }
    all_keys_ += offsets_ + keys_;
    offsets_.clear();
    keys_.clear();
    count_ = 0;
    open_ = false;
  }

  const KeyForm form_;
  const int64_t chunk_bytes_;
  bool open_ = false;
  IndexKey first_;
  int32_t first_number_ = 0;
  int32_t number_ = 0;
  int32_t count_ = 0;
  std::string offsets_, keys_;                     ///< of the open chunk
  std::string chunk_offsets_, chunks_, all_keys_;  ///< of those before it
};

std::string SerializeSlices(BitSlices bits) {
  std::string existing, slices, places;
  AppendRoaring(bits.existing, &existing);
  for (Roaring& slice : bits.slices) {
    const int32_t offset = Bytes(slices);
    AppendRoaring(slice, &slices);
    base::AppendBig(&places, offset);
    base::AppendBig(&places, Bytes(slices) - offset);
  }
  std::string out;
  base::AppendBig(&out, int32_t{10} + Bytes(places));
  base::AppendBig(&out, kVersion);
  base::AppendBig(&out, static_cast<int8_t>(bits.slices.size()));
  base::AppendBig(&out, Bytes(existing));
  base::AppendBig(&out, Bytes(places));
  return out + places + existing + slices;
}

class RangeBitmapBuilder final : public ColumnIndexBuilder {
 public:
  RangeBitmapBuilder(KeyForm form, int64_t chunk_bytes)
      : form_(form), chunk_bytes_(chunk_bytes) {}

  Status Add(const arrow::Array& column) override {
    for (int64_t i = 0; i < column.length(); ++i, ++rows_) {
      if (column.IsNull(i)) continue;
      IndexKey key = form_.KeyOf(column, i);
      auto at = values_.find(key);
      if (at == values_.end()) {
        if (form_.is_text()) key.text = *texts_.emplace(key.text).first;
        at = values_.emplace(key, Roaring()).first;
      }
      at->second.add(static_cast<uint32_t>(rows_));
    }
    return Status::OK();
  }

  Result<std::string> Finish() override {
    DictionaryBuilder dictionary(form_, chunk_bytes_);
    // Without values Java counts the bits of -1.
    const auto greatest = static_cast<uint64_t>(static_cast<int64_t>(values_.size()) - 1);
    BitSlices bits;
    bits.slices.resize(static_cast<size_t>(std::max(BitSlices::SlicesFor(greatest), 1)));
    uint64_t number = 0;
    for (const auto& [key, rows] : values_) {
      dictionary.Add(key);
      for (const uint32_t row : rows) bits.Add(row, number);
      ++number;
    }
    const std::string dictionary_bytes = dictionary.Finish();
    std::string head;
    base::AppendBig(&head, kVersion);
    base::AppendBig(&head, static_cast<int32_t>(rows_));
    base::AppendBig(&head, static_cast<int32_t>(values_.size()));
    if (!values_.empty()) {
      form_.Append(values_.begin()->first, &head);
      form_.Append(values_.rbegin()->first, &head);
    }
    base::AppendBig(&head, Bytes(dictionary_bytes));
    std::string out;
    base::AppendBig(&out, Bytes(head));
    return out + head + dictionary_bytes + SerializeSlices(std::move(bits));
  }

 private:
  const KeyForm form_;
  const int64_t chunk_bytes_;
  int64_t rows_ = 0;
  std::map<IndexKey, Roaring> values_;
  std::set<std::string, std::less<>> texts_;
};

}  // namespace

std::unique_ptr<ColumnIndexBuilder> BuildRangeBitmap(const types::DataType& type,
                                                     int64_t chunk_bytes) {
  return std::make_unique<RangeBitmapBuilder>(*KeyForm::Of(type), chunk_bytes);
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bloom_filter.h"

#include <algorithm>
#include <cmath>

#include <arrow/array.h>
#include <xxhash.h>

#include "tarn/base/bytes.h"

namespace tarn::index {
namespace {

constexpr int64_t kBitsMax = (int64_t{1} << 31) - 16;
/// Far above what any probability asks for; bounds the work on hostile bytes.
constexpr int32_t kHashesMax = 1 << 16;

int64_t BitOf(int64_t hash, int32_t round, int64_t bits) {
  const auto low = static_cast<uint32_t>(hash);
  const auto high = static_cast<uint32_t>(static_cast<uint64_t>(hash) >> 32);
  auto combined = static_cast<int32_t>(low + static_cast<uint32_t>(round) * high);
  if (combined < 0) combined = ~combined;
  return combined % bits;
}

/// Hash of a cell that is not NULL; bytes are no keys and have a hash all the same.
class BloomHash {
 public:
  explicit BloomHash(const types::DataType& type)
      : bytes_(type.IsBytes() || type.IsString()) {
    if (!bytes_) form_ = KeyForm::Of(type);
  }
  int64_t Of(const arrow::Array& array, int64_t row) const {
    if (bytes_) {
      return BloomHashOfBytes(static_cast<const arrow::BinaryArray&>(array).GetView(row));
    }
    return BloomHashOfNumber(form_->BloomNumber(form_->KeyOf(array, row)));
  }
  int64_t Of(const IndexKey& key) const {
    return bytes_ ? BloomHashOfBytes(key.text)
                  : BloomHashOfNumber(form_->BloomNumber(key));
  }

 private:
  bool bytes_;
  std::optional<KeyForm> form_;
};

class BloomFilter final : public ColumnIndex {
 public:
  BloomFilter(std::string_view bits, int32_t hashes, BloomHash hash)
      : bits_(bits), hashes_(hashes), hash_(hash) {}

  Result<std::optional<Roaring>> Compare(expr::CompareOp op,
                                         const IndexKey& key) override {
    if (op != expr::CompareOp::kEqual) return std::nullopt;
    const int64_t hash = hash_.Of(key);
    const auto count = static_cast<int64_t>(bits_.size()) * 8;
    for (int32_t round = 1; round <= hashes_; ++round) {
      const int64_t bit = BitOf(hash, round, count);
      const auto byte = static_cast<uint8_t>(bits_[static_cast<size_t>(bit >> 3)]);
      if (((byte >> (bit & 7)) & 1) == 0) return std::make_optional<Roaring>();
    }
    return std::nullopt;
  }
  bool knows_rows() const override { return false; }

 private:
  std::string_view bits_;
  int32_t hashes_;
  BloomHash hash_;
};

class BloomFilterBuilder final : public ColumnIndexBuilder {
 public:
  BloomFilterBuilder(const types::DataType& type, int64_t bits, int32_t hashes)
      : hash_(type), bits_(static_cast<size_t>(bits / 8), '\0'), hashes_(hashes) {}

  Status Add(const arrow::Array& column) override {
    const auto count = static_cast<int64_t>(bits_.size()) * 8;
    for (int64_t row = 0; row < column.length(); ++row) {
      if (column.IsNull(row)) continue;
      const int64_t hash = hash_.Of(column, row);
      for (int32_t round = 1; round <= hashes_; ++round) {
        const int64_t bit = BitOf(hash, round, count);
        bits_[static_cast<size_t>(bit >> 3)] |= static_cast<char>(1 << (bit & 7));
      }
    }
    return Status::OK();
  }

  Result<std::string> Finish() override {
    std::string out;
    base::AppendBig(&out, hashes_);
    return out + bits_;
  }

 private:
  BloomHash hash_;
  std::string bits_;
  int32_t hashes_;
};

}  // namespace

bool HasBloomHash(const types::DataType& type) {
  if (type.IsBytes()) return true;
  const auto form = KeyForm::Of(type);
  return form && !form->is_decimal() && !form->is_boolean();
}

int64_t BloomHashOfBytes(std::string_view bytes) {
  return static_cast<int64_t>(XXH64(bytes.data(), bytes.size(), 0));
}

int64_t BloomHashOfNumber(int64_t number) {
  const auto shifted = [](int64_t value, int by) {
    return static_cast<int64_t>(static_cast<uint64_t>(value) << by);
  };
  const auto plus = [](int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  };
  int64_t key = plus(~number, shifted(number, 21));
  key ^= key >> 24;
  key = plus(plus(key, shifted(key, 3)), shifted(key, 8));
  key ^= key >> 14;
  key = plus(plus(key, shifted(key, 2)), shifted(key, 4));
  key ^= key >> 28;
  return plus(key, shifted(key, 31));
}

Result<std::unique_ptr<ColumnIndex>> OpenBloomFilter(std::string_view bytes,
                                                     const types::DataType& type) {
  if (!HasBloomHash(type)) return nullptr;
  base::ByteReader in(bytes, "bloom filter");
  ARROW_ASSIGN_OR_RAISE(const auto hashes, in.ReadBig<int32_t>());
  const size_t bits = in.remaining();
  if (bits == 0 || hashes > kHashesMax) {
    return Corruption(7712, "Bloom filter is malformed:", V("hash functions", hashes),
                      V("bytes", bytes.size()));
  }
  return std::make_unique<BloomFilter>(bytes.substr(in.position()), hashes,
                                       BloomHash(type));
}

Result<std::unique_ptr<ColumnIndexBuilder>> BuildBloomFilter(const types::DataType& type,
                                                             int64_t items, double fpp) {
  TARN_CHECK(HasBloomHash(type));
  const double ln2 = std::log(2.0);
  const double wanted = -static_cast<double>(items) * std::log(fpp) / (ln2 * ln2);
  if (wanted > static_cast<double>(kBitsMax)) {
    return InvalidInput(1720, "Bloom filter would be too large:", V("items", items),
                        V("fpp", fpp));
  }
  const auto least = static_cast<int64_t>(wanted);
  const int64_t bits = least + (8 - least % 8);
  const double rounds =
      std::floor(static_cast<double>(bits) / static_cast<double>(items) * ln2 + 0.5);
  return std::make_unique<BloomFilterBuilder>(type, bits,
                                              std::max(1, static_cast<int32_t>(rounds)));
}

}  // namespace tarn::index

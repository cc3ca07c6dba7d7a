// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/deletion_vector.h"

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <roaring/roaring.h>
#include <zlib.h>

#include "tarn/base/bytes.h"

namespace tarn::index {
namespace {

using base::AppendBig;
using base::AppendLittle;

std::string Roaring(const std::vector<uint32_t>& values, bool runs) {
  roaring_bitmap_t* bitmap = roaring_bitmap_of_ptr(values.size(), values.data());
  if (runs) roaring_bitmap_run_optimize(bitmap);
  std::string out(roaring_bitmap_portable_size_in_bytes(bitmap), '\0');
  roaring_bitmap_portable_serialize(bitmap, out.data());
  roaring_bitmap_free(bitmap);
  return out;
}

std::string Framed(const std::string& data) {
  std::string out;
  AppendBig(&out, static_cast<int32_t>(data.size()));
  out += data;
  AppendBig(&out,
            static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(data.data()),
                                        static_cast<uInt>(data.size()))));
  return out;
}

struct Stored {
  std::string bytes;
  int64_t stated_length = 0;
};

Stored Store32(const std::set<int64_t>& positions, bool runs) {
  std::string data;
  AppendBig(&data, uint32_t{0x5E43F2D0});
  data += Roaring({positions.begin(), positions.end()}, runs);
  return {Framed(data), static_cast<int64_t>(data.size())};
}

Stored Store64(const std::set<int64_t>& positions, bool runs) {
  std::map<int32_t, std::vector<uint32_t>> parts;
  for (int64_t position : positions) {
    parts[static_cast<int32_t>(position >> 32)].push_back(
        static_cast<uint32_t>(position));
  }
  std::string data;
  AppendLittle(&data, uint32_t{1681511377});
  AppendLittle(&data, static_cast<int64_t>(parts.size()));
  for (const auto& [high, values] : parts) {
    AppendLittle(&data, high);
    data += Roaring(values, runs);
  }
  Stored out{Framed(data), 0};
  out.stated_length = static_cast<int64_t>(out.bytes.size());
  return out;
}

std::set<int64_t> Positions(const DeletionVector& vector) {
  std::set<int64_t> out;
  int64_t last_end = -1;
  DeletedStretches stretches(vector);
  while (const auto stretch = stretches.Next()) {
    EXPECT_GT(stretch->first, last_end) << "stretches are as long as possible";
    EXPECT_LT(stretch->first, stretch->end);
    last_end = stretch->end;
    for (int64_t at = stretch->first; at < stretch->end; ++at) out.insert(at);
  }
  EXPECT_FALSE(stretches.Next().has_value());
  return out;
}

/// Positions that make arrays, bitsets and runs, over several containers.
std::set<int64_t> RandomPositions(std::mt19937_64& random, int64_t highest) {
  std::set<int64_t> out;
  const int shapes = 1 + static_cast<int>(random() % 4);
  for (int i = 0; i < shapes; ++i) {
    const auto start = static_cast<int64_t>(random() % static_cast<uint64_t>(highest));
    const int64_t step = random() % 2 == 0 ? 1 : 1 + static_cast<int64_t>(random() % 50);
    const int64_t count = 1 + static_cast<int64_t>(random() % 9000);
    for (int64_t n = 0; n < count; ++n) out.insert(start + n * step);
  }
  return out;
}

TEST(DeletionVector, BothFormsGiveThePositionsThatWereStored) {
  std::mt19937_64 random(17);
  for (int round = 0; round < 40; ++round) {
    const bool runs = round % 2 == 0;
    const auto small = RandomPositions(random, 1 << 20);
    for (const Stored& stored : {Store32(small, runs), Store64(small, runs)}) {
      const auto vector = DeletionVector::Decode(stored.bytes, stored.stated_length);
      ASSERT_TRUE(vector.ok()) << vector.status();
      EXPECT_EQ(vector->cardinality(), static_cast<int64_t>(small.size()));
      EXPECT_EQ(vector->last(), *small.rbegin());
      EXPECT_EQ(Positions(*vector), small);
      for (int probe = 0; probe < 50; ++probe) {
        const auto at = static_cast<int64_t>(random() % (1 << 21));
        EXPECT_EQ(vector->Contains(at), small.contains(at)) << at;
      }
    }
  }
}

TEST(DeletionVector, PositionsBeyond32BitsTakeTheLongForm) {
  const int64_t far = int64_t{3} << 32;
  // A stretch over the border of two bitmaps is one.
  const std::set<int64_t> positions = {0, 5, far - 2, far - 1, far, far + 1, far + 70000};
  const Stored stored = Store64(positions, false);
  const auto vector = DeletionVector::Decode(stored.bytes, stored.stated_length);
  ASSERT_TRUE(vector.ok()) << vector.status();
  EXPECT_EQ(Positions(*vector), positions);
  EXPECT_EQ(vector->last(), far + 70000);
  EXPECT_TRUE(vector->Contains(far));
  EXPECT_FALSE(vector->Contains(far + 2));
}

TEST(DeletionVector, AnEmptyBitmapDeletesNothing) {
  for (const Stored& stored : {Store32({}, false), Store64({}, false)}) {
    const auto vector = DeletionVector::Decode(stored.bytes, stored.stated_length);
    ASSERT_TRUE(vector.ok()) << vector.status();
    EXPECT_EQ(vector->cardinality(), 0);
    EXPECT_FALSE(vector->last().has_value());
    EXPECT_TRUE(Positions(*vector).empty());
  }
}

TEST(DeletionVector, EveryDamagedByteIsFound) {
  for (const Stored& stored :
       {Store32({0, 1, 2, 9, 70000}, true), Store64({0, 1, 2, 9, 70000}, true)}) {
    for (size_t at = 0; at < stored.bytes.size(); ++at) {
      std::string damaged = stored.bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      const auto vector = DeletionVector::Decode(damaged, stored.stated_length);
      EXPECT_EQ(KindOf(vector.status()), ErrorKind::kCorruption) << "byte " << at;
    }
    for (size_t length = 0; length < stored.bytes.size(); ++length) {
      const auto vector =
          DeletionVector::Decode(stored.bytes.substr(0, length), stored.stated_length);
      EXPECT_EQ(KindOf(vector.status()), ErrorKind::kCorruption) << "length " << length;
    }
    const auto other = DeletionVector::Decode(stored.bytes, stored.stated_length + 1);
    EXPECT_EQ(KindOf(other.status()), ErrorKind::kCorruption);
  }
}

TEST(DeletionVector, BitmapsThatLieUnderAGoodChecksumAreRefused) {
  const auto decode = [](const std::string& bitmap) {
    std::string data;
    AppendBig(&data, uint32_t{0x5E43F2D0});
    data += bitmap;
    return KindOf(
        DeletionVector::Decode(Framed(data), static_cast<int64_t>(data.size())).status());
  };
  const std::string array = Roaring({1, 3}, false);
  ASSERT_EQ(decode(array), ErrorKind::kNone);
  std::string descending = array;
  std::swap(descending[descending.size() - 2], descending[descending.size() - 4]);
  EXPECT_EQ(decode(descending), ErrorKind::kCorruption);
  EXPECT_EQ(decode(array + "x"), ErrorKind::kCorruption);
  std::string many = array;
  many[4] = 2;  // containers
  EXPECT_EQ(decode(many), ErrorKind::kCorruption);
  std::vector<uint32_t> half;
  for (uint32_t i = 0; i < 20000; ++i) half.push_back(2 * i);
  std::string bitset = Roaring(half, false);
  ASSERT_EQ(decode(bitset), ErrorKind::kNone);
  bitset.back() = static_cast<char>(bitset.back() ^ 2);
  EXPECT_EQ(decode(bitset), ErrorKind::kCorruption);
  std::string run = Roaring({5, 6, 7, 8, 9, 10, 11, 12}, true);
  ASSERT_EQ(decode(run), ErrorKind::kNone);
  run[run.size() - 2] = 9;
  EXPECT_EQ(decode(run), ErrorKind::kCorruption);
}

}  // namespace
}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/binary_row.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/scalar.h>

#include "tarn/base/bytes.h"
#include "tarn/types/bucket.h"
#include "tests/types/vectors.h"

namespace tarn::types {
namespace {

TEST(BinaryRow, EncodesJavasRowsByteForByte) {
  auto vectors = RowVectors("binary_row.jsonl");
  ASSERT_GT(vectors.size(), 300U);
  for (const RowVector& vector : vectors) {
    auto rows =
        EncodeBinaryRows(arrow::default_memory_pool(), vector.values, vector.types);
    ASSERT_TRUE(rows.ok()) << rows.status().ToString() << vector.line;
    ASSERT_EQ(rows->rows, 1);
    const std::string_view row = rows->Row(0);
    EXPECT_EQ(base::ToHex(row), vector.line["bytes"]) << vector.line["types"];
    const auto arity = static_cast<int32_t>(vector.types.size());
    EXPECT_EQ(base::ToHex(SerializeBinaryRow(arity, row)), vector.line["serialized"]);
    EXPECT_EQ(HashBinaryRow(row), vector.line["hash"]);
    for (const auto& [count, bucket] : vector.line["buckets"].items()) {
      EXPECT_EQ(DefaultBucket(HashBinaryRow(row), std::stoi(count)), bucket);
    }
  }
}

TEST(BinaryRow, DecodesJavasRowsToTheirValues) {
  for (const RowVector& vector : RowVectors("binary_row.jsonl")) {
    auto bytes = base::FromHex(vector.line["serialized"].get<std::string>());
    auto serialized = ParseSerializedRow(*bytes);
    ASSERT_TRUE(serialized.ok()) << serialized.status().ToString();
    ASSERT_EQ(serialized->arity, static_cast<int32_t>(vector.types.size()));
    auto decoded =
        DecodeBinaryRow(arrow::default_memory_pool(), serialized->row, vector.types);
    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString() << vector.line;
    for (size_t i = 0; i < vector.types.size(); ++i) {
      ASSERT_TRUE((*decoded)[i]->ValidateFull().ok());
      EXPECT_TRUE((*decoded)[i]->Equals(*vector.values[i],
                                        arrow::EqualOptions().nans_equal(true)))
          << vector.line["types"][i] << (*decoded)[i]->ToString();
    }
  }
}

TEST(BinaryRow, EncodesAColumnAsItEncodesEachOfItsRows) {
  // All vectors of one list of types, as one batch, and as a slice of it.
  std::map<std::string, std::vector<RowVector>> groups;
  for (RowVector& vector : RowVectors("binary_row.jsonl")) {
    groups[vector.line["types"].dump()].push_back(std::move(vector));
  }
  for (const auto& [types, group] : groups) {
    arrow::ArrayVector columns;
    arrow::ArrayVector tails;
    for (size_t c = 0; c < group[0].types.size(); ++c) {
      arrow::ArrayVector parts;
      for (const RowVector& vector : group) parts.push_back(vector.values[c]);
      columns.push_back(arrow::Concatenate(parts).ValueOrDie());
      tails.push_back(columns.back()->Slice(1));
    }
    auto all = EncodeBinaryRows(arrow::default_memory_pool(), columns, group[0].types);
    auto tail = EncodeBinaryRows(arrow::default_memory_pool(), tails, group[0].types);
    ASSERT_TRUE(all.ok() && tail.ok()) << types;
    ASSERT_EQ(all->rows, static_cast<int64_t>(group.size()));
    std::vector<std::string_view> views;
    for (size_t i = 0; i < group.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      EXPECT_EQ(base::ToHex(all->Row(row)), group[i].line["bytes"]) << types;
      if (i > 0) {
        EXPECT_EQ(tail->Row(row - 1), all->Row(row)) << types;
      }
      views.push_back(all->Row(row));
    }
    auto back = DecodeBinaryRows(arrow::default_memory_pool(), views, group[0].types);
    ASSERT_TRUE(back.ok()) << back.status().ToString();
    for (size_t c = 0; c < columns.size(); ++c) {
      EXPECT_TRUE(
          (*back)[c]->Equals(*columns[c], arrow::EqualOptions().nans_equal(true)));
    }
  }
}

TEST(BinaryRow, EncodesScalarsForStatistics) {
  const std::vector<DataType> types = {DataType::Int(), DataType::String(),
                                       DataType::Decimal(20, 2)};
  auto row = EncodeBinaryRow(
      {arrow::MakeScalar(int32_t{7}), arrow::MakeNullScalar(arrow::null()), nullptr},
      types);
  ASSERT_TRUE(row.ok()) << row.status().ToString();
  auto back = DecodeBinaryRow(arrow::default_memory_pool(), *row, types);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(static_cast<const arrow::Int32Array&>(*(*back)[0]).Value(0), 7);
  EXPECT_TRUE((*back)[1]->IsNull(0));
  EXPECT_TRUE((*back)[2]->IsNull(0));
}

TEST(BinaryRow, TheEmptyRowIsEightZeroBytes) {
  auto rows = EncodeBinaryRows(arrow::default_memory_pool(), {}, {});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->Row(0), EmptyBinaryRow());
  EXPECT_EQ(HashBinaryRow(EmptyBinaryRow()), -1670924195);
}

TEST(BinaryRow, AnArrayOfAnotherTypeIsAnInternalError) {
  auto array = ColumnOf(DataType::BigInt(), "[1]");
  for (const DataType& type : {DataType::Int(), DataType::Variant()}) {
    auto rows = EncodeBinaryRows(arrow::default_memory_pool(), {array}, {type});
    EXPECT_EQ(KindOf(rows.status()), ErrorKind::kInternal) << type.ToString();
  }
}

TEST(BinaryRow, HostileBytesAreCorruptionAndNeverReadOutside) {
  const auto vectors = RowVectors("binary_row.jsonl");
  const bool held = rc::check("mutated rows", [&] {
    const RowVector& vector = vectors[*rc::gen::inRange<size_t>(0, vectors.size())];
    std::string bytes =
        base::FromHex(vector.line["bytes"].get<std::string>()).ValueOrDie();
    const int changes = *rc::gen::inRange(1, 6);
    for (int i = 0; i < changes; ++i) {
      bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    }
    bytes.resize(*rc::gen::inRange<size_t>(0, bytes.size() + 1));
    // A copy of exactly that size lets the address sanitizer see every read outside.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    auto decoded = DecodeBinaryRow(arrow::default_memory_pool(),
                                   {exact.data(), exact.size()}, vector.types);
    if (decoded.ok()) {
      for (const auto& column : *decoded) {
        RC_ASSERT(column->length() == 1);
        (void)column->ToString();
      }
    } else {
      const ErrorKind kind = KindOf(decoded.status());
      RC_ASSERT(kind == ErrorKind::kCorruption || kind == ErrorKind::kUnsupported);
    }
  });
  EXPECT_TRUE(held);
}

TEST(BinaryRow, AnArrayThatClaimsManyElementsIsCorruption) {
  // Slot of one ARRAY<BIGINT> with 2^31 - 1 elements in 8 bytes.
  std::string row(24, '\0');
  base::StoreLittle<uint64_t>(row.data() + 8, uint64_t{16} << 32 | 8);
  base::StoreLittle<int32_t>(row.data() + 16, INT32_MAX);
  auto decoded = DecodeBinaryRow(arrow::default_memory_pool(), row,
                                 {DataType::Array(DataType::BigInt())});
  EXPECT_EQ(KindOf(decoded.status()), ErrorKind::kCorruption);
}

TEST(SerializedRow, ItsCountMustFitItsBytes) {
  for (const char* hex : {"", "0000", "ffffffff0000000000000000",
                          "000000010000000000000000", "7fffffff0000000000000000"}) {
    const std::string bytes = base::FromHex(hex).ValueOrDie();
    EXPECT_EQ(KindOf(ParseSerializedRow(bytes).status()), ErrorKind::kCorruption) << hex;
  }
}

TEST(Bucket, EveryFunctionAnswersAsJava) {
  int compared = 0;
  for (const RowVector& vector : RowVectors("bucket_function.jsonl")) {
    auto function = ParseBucketFunction(vector.line["function"].get<std::string>());
    ASSERT_TRUE(function.ok());
    if (vector.line.contains("error")) {
      auto assigner = BucketAssigner::Make(*function, vector.types, 7);
      Status status = assigner.status();
      if (assigner.ok()) {
        status = assigner->Assign(arrow::default_memory_pool(), vector.values).status();
      }
      EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput) << vector.line;
      ++compared;
      continue;
    }
    for (const auto& [count, bucket] : vector.line["buckets"].items()) {
      auto assigner = BucketAssigner::Make(*function, vector.types, std::stoi(count));
      ASSERT_TRUE(assigner.ok()) << assigner.status().ToString();
      auto buckets = assigner->Assign(arrow::default_memory_pool(), vector.values);
      ASSERT_TRUE(buckets.ok()) << buckets.status().ToString();
      EXPECT_EQ((*buckets)[0], bucket) << vector.line << count;
      ++compared;
    }
  }
  EXPECT_GT(compared, 2000);
}

TEST(Bucket, NoBucketsAndUnknownFunctionsAreRefused) {
  EXPECT_EQ(KindOf(ParseBucketFunction("md5").status()), ErrorKind::kInvalidInput);
  auto none = BucketAssigner::Make(BucketFunction::kDefault, {DataType::Int()}, 0);
  EXPECT_EQ(KindOf(none.status()), ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace tarn::types

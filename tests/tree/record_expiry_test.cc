// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/record_expiry.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tarn/types/binary_row.h"

namespace tarn::tree {
namespace {

using types::DataType;

constexpr int64_t kDay = 86400;

class RecordExpiryTest : public ::testing::Test {
 protected:
  static types::TableSchema Schema(const DataType& time) {
    types::TableSchema schema;
    schema.fields = {{0, "k", DataType::Int().NotNull(), {}, {}}, {1, "t", time, {}, {}}};
    schema.primary_keys = {"k"};
    schema.options = {{"record-level.expire-time", "10 d"},
                      {"record-level.time-field", "t"}};
    return schema;
  }

  /// A file whose statistics say that its least time is `least`.
  static meta::DataFileMeta File(const std::shared_ptr<arrow::Scalar>& least,
                                 const DataType& time) {
    meta::DataFileMeta file;
    file.file_name = "data-0.parquet";
    auto row = types::EncodeBinaryRow({std::make_shared<arrow::Int32Scalar>(1), least},
                                      {DataType::Int().NotNull(), time});
    EXPECT_TRUE(row.ok()) << row.status();
    file.value_stats.min_values = types::SerializeBinaryRow(2, *row);
    return file;
  }

  bool Expired(const DataType& time, const std::shared_ptr<arrow::Scalar>& least) {
    const auto expiry = RecordExpiry::FromSchema(Schema(time), *context_);
    EXPECT_TRUE(expiry.ok() && expiry->has_value()) << expiry.status();
    const auto answer = (*expiry)->HasExpired(File(least, time), schemas_);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }

  int64_t Now() const { return context_->clock->NowMillis() / 1000; }

  const std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  const meta::SchemaFiles schemas_{context_, *io::TablePaths::Make("/none")};
};

TEST_F(RecordExpiryTest, TimesAreSecondsMillisecondsOrTimestamps) {
  const int64_t old = Now() - 11 * kDay;
  const int64_t young = Now() - 9 * kDay;
  for (const auto& [seconds, expired] : {std::pair(old, true), std::pair(young, false)}) {
    EXPECT_EQ(Expired(DataType::Int(), arrow::MakeScalar(static_cast<int32_t>(seconds))),
              expired);
    EXPECT_EQ(Expired(DataType::BigInt(), arrow::MakeScalar(seconds)), expired);
    EXPECT_EQ(Expired(DataType::BigInt(), arrow::MakeScalar(seconds * 1000)), expired);
    EXPECT_EQ(
        Expired(DataType::Timestamp(3), std::make_shared<arrow::TimestampScalar>(
                                            seconds * 1000, arrow::TimeUnit::MILLI)),
        expired);
    EXPECT_EQ(
        Expired(DataType::Timestamp(6), std::make_shared<arrow::TimestampScalar>(
                                            seconds * 1000000, arrow::TimeUnit::MICRO)),
        expired);
  }
}

TEST_F(RecordExpiryTest, StatisticsThatSayNothingLeaveAFileAlone) {
  EXPECT_FALSE(Expired(DataType::Int(), arrow::MakeNullScalar(arrow::int32())));
  const auto expiry = RecordExpiry::FromSchema(Schema(DataType::Int()), *context_);
  meta::DataFileMeta file = File(arrow::MakeScalar(int32_t{1}), DataType::Int());
  EXPECT_TRUE(*(*expiry)->HasExpired(file, schemas_));
  file.value_stats_cols = {"k"};
  auto row = types::EncodeBinaryRow({std::make_shared<arrow::Int32Scalar>(1)},
                                    {DataType::Int().NotNull()});
  file.value_stats.min_values = types::SerializeBinaryRow(1, *row);
  EXPECT_FALSE(*(*expiry)->HasExpired(file, schemas_));
}

TEST_F(RecordExpiryTest, NeedsATimeOfATypeThatTellsOne) {
  types::TableSchema schema = Schema(DataType::Int());
  EXPECT_TRUE(RecordExpiry::FromSchema(schema, *context_)->has_value());
  schema.options.erase("record-level.time-field");
  EXPECT_EQ(KindOf(RecordExpiry::FromSchema(schema, *context_).status()),
            ErrorKind::kInvalidInput);
  schema.options["record-level.time-field"] = "other";
  EXPECT_EQ(KindOf(RecordExpiry::FromSchema(schema, *context_).status()),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(RecordExpiry::FromSchema(Schema(DataType::String()), *context_).status()),
      ErrorKind::kInvalidInput);
  schema.options.clear();
  EXPECT_FALSE(RecordExpiry::FromSchema(schema, *context_)->has_value());
  schema = Schema(DataType::Int());
  schema.primary_keys.clear();
  EXPECT_FALSE(RecordExpiry::FromSchema(schema, *context_)->has_value());
}

}  // namespace
}  // namespace tarn::tree

// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/live_rows.h"

#include <random>

#include <arrow/api.h>
#include <gtest/gtest.h>

namespace tarn::datafile {
namespace {

/// Rows 0, 1, 2, ... that counts what is asked of it.
class Numbers final : public merge::ColumnCursor {
 public:
  explicit Numbers(int64_t rows, int64_t* skipped) : rows_(rows), skipped_(skipped) {}
  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    EXPECT_LE(at_ + rows, rows_);
    arrow::Int64Builder out;
    for (int64_t i = 0; i < rows; ++i) ARROW_RETURN_NOT_OK(out.Append(at_ + i));
    at_ += rows;
    return out.Finish();
  }
  Status Skip(int64_t rows) override {
    EXPECT_LE(at_ + rows, rows_);
    at_ += rows;
    *skipped_ += rows;
    return Status::OK();
  }

 private:
  int64_t rows_;
  int64_t* skipped_;
  int64_t at_ = 0;
};

TEST(LiveRowsCursor, ReadsAndSkipsTheRowsThatAreLeft) {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    const int64_t rows = 1 + random() % 5000;
    const uint32_t chance = 1 + random() % 9;
    std::vector<uint32_t> deleted;
    std::vector<int64_t> live;
    for (int64_t row = 0; row < rows;) {
      const int64_t stretch = 1 + random() % (random() % 4 == 0 ? 300 : 5);
      const bool gone = random() % 10 < chance;
      for (int64_t end = std::min(rows, row + stretch); row < end; ++row) {
        if (gone) {
          deleted.push_back(static_cast<uint32_t>(row));
        } else {
          live.push_back(row);
        }
      }
    }
    int64_t skipped = 0;
    const auto cursor =
        LiveRowsCursor(std::make_unique<Numbers>(rows, &skipped),
                       index::DeletionVector::Of(deleted), arrow::default_memory_pool());
    for (size_t at = 0; at < live.size();) {
      const auto count = std::min<size_t>(1 + random() % 700, live.size() - at);
      if (random() % 3 == 0) {
        ASSERT_TRUE(cursor->Skip(static_cast<int64_t>(count)).ok());
      } else {
        const auto read = cursor->Read(static_cast<int64_t>(count));
        ASSERT_TRUE(read.ok()) << read.status();
        const auto& values = static_cast<const arrow::Int64Array&>(**read);
        ASSERT_EQ(values.length(), static_cast<int64_t>(count));
        for (size_t i = 0; i < count; ++i) {
          ASSERT_EQ(values.Value(static_cast<int64_t>(i)), live[at + i]);
        }
      }
      at += count;
    }
    EXPECT_EQ((*cursor->Read(0))->length(), 0);
  }
}

TEST(LiveRowsCursor, LongDeletedStretchesAreNotDecoded) {
  std::vector<uint32_t> deleted;
  for (uint32_t row = 10; row < 1000; ++row) deleted.push_back(row);
  int64_t skipped = 0;
  const auto cursor =
      LiveRowsCursor(std::make_unique<Numbers>(1010, &skipped),
                     index::DeletionVector::Of(deleted), arrow::default_memory_pool());
  const auto rows = cursor->Read(20);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(**rows).Value(10), 1000);
  EXPECT_EQ(skipped, 990);
}

}  // namespace
}  // namespace tarn::datafile

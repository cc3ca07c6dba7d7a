// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/format/parquet_column.h"
#include "tarn/types/data_type.h"

namespace parquet::internal {
class RecordReader;
struct LevelInfo;
}  // namespace parquet::internal

namespace tarn::format {

/// One stored column (leaf) read forward across row groups, page by page.
///
/// Skipping is put off until the next read: then row groups are passed unopened, pages of
/// columns outside lists unread past their headers, and only the rest is decoded level by
/// level. One caller at a time; throws what Parquet's library throws.
class ParquetLeaf {
 public:
  static Result<std::unique_ptr<ParquetLeaf>> Make(
      std::shared_ptr<const ParquetFile> file, int column,
      const parquet::internal::LevelInfo& info, const types::DataType& type);
  ~ParquetLeaf();

  /// Decode the next `rows` rows. Errors: kCorruption when the column ends early.
  Status Load(int64_t rows);
  /// The values of the last `Load`, NULL slots included: type[slots].
  Result<std::shared_ptr<arrow::Array>> Take();
  Status Skip(int64_t rows);

  struct Levels {
    const int16_t* definition = nullptr;
    const int16_t* repetition = nullptr;
    int64_t count = 0;
  };
  Levels levels() const;
  const std::string& path() const { return path_; }

 private:
  ParquetLeaf() = default;
  Status OpenGroup();
  Status CatchUp();
  Status SkipOpened(int64_t rows);
  Status EndedEarly() const;
  /// Asked once per data page: true passes over it.
  bool PassPage(int64_t rows);

  std::shared_ptr<const ParquetFile> file_;
  int column_ = 0;
  bool in_list_ = false;
  std::string path_;
  types::DataType type_;
  std::shared_ptr<parquet::internal::RecordReader> reader_;

  bool opened_ = false;       ///< some row group is open
  size_t group_ = 0;          ///< the next row group to open
  int64_t group_left_ = 0;    ///< rows of the open row group that were not passed
  int64_t page_left_ = 0;     ///< of those, in pages that were opened
  int64_t pending_skip_ = 0;  ///< rows to pass before the next read
  int64_t droppable_ = 0;     ///< rows that page skipping may drop
  int64_t dropped_ = 0;       ///< rows that it dropped since the last look
};

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "tarn/format/avro_container.h"

namespace tarn::format {

/// The blocks of an Avro container in any order. Opening looks at the head of every block
/// (the format states the number of records nowhere else), not at their bodies.
///
/// Immutable; thread-safe. Memory: 32 bytes for a block, which takes 18 bytes of the file
/// at least.
class AvroBlocks {
 public:
  struct Place {
    int64_t offset = 0;  ///< of the stored body
    int64_t bytes = 0;   ///< of the stored body
    int64_t begin = 0;   ///< records before it
    int64_t records = 0;
  };

  /// \param name what error messages call the file
  /// Errors: those of `AvroReader::Open`; kCorruption for blocks that do not fill the
  /// file.
  static Result<std::unique_ptr<AvroBlocks>> Open(
      std::shared_ptr<arrow::io::RandomAccessFile> file, std::string name,
      const AvroReader::Options& options);

  const AvroSchema& schema() const { return *schema_; }
  int64_t records() const { return records_; }
  /// Without the blocks that are empty.
  const std::vector<Place>& places() const { return places_; }
  /// Index of the block that holds a record. REQUIRES: there is such a record.
  size_t BlockOf(int64_t record) const;
  /// Replace `bytes` by the decompressed body of a block.
  Status Read(size_t block, std::string* bytes) const;

 private:
  AvroBlocks() = default;
  Status FindBlocks(int64_t offset, int64_t size);

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::string name_;
  AvroReader::Options options_;
  std::shared_ptr<const AvroSchema> schema_;
  AvroCodec codec_ = AvroCodec::kNull;
  std::string sync_marker_;
  std::vector<Place> places_;
  int64_t records_ = 0;
};

}  // namespace tarn::format

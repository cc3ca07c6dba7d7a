// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/type_fwd.h>
#include <arrow/util/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::format {

/// Compression kinds of ORC (`CompressionKind`), numbered as in its files.
enum class OrcCompression : uint8_t {
  kNone = 0,
  kZlib = 1,
  kSnappy = 2,
  kLzo = 3,
  kLz4 = 4,
  kZstd = 5
};

/// Name as ORC's options have it ("none", "zlib", ...).
std::string_view NameOf(OrcCompression compression);
/// Kind for a value of `file.compression` or `orc.compress`, in any case. Errors:
/// kUnsupported naming a kind that is not written here (lzo, brotli, those of Parquet).
Result<OrcCompression> OrcCompressionFromOption(std::string_view value);
/// Codec of a kind, nullptr for kNone. \param level of zstd; others have their own.
/// Errors: kUnsupported naming the kind.
Result<std::shared_ptr<arrow::util::Codec>> OrcCodec(OrcCompression compression,
                                                     int level);

/// How the streams of a file are compressed: in chunks of at most `block_bytes`, each
/// with its length in front, stored as they are where that is shorter.
struct OrcBlocks {
  std::shared_ptr<arrow::util::Codec> codec;  ///< nullptr: no chunks at all
  int64_t block_bytes = int64_t{256} << 10;
};

/// Reads a stored stream chunk by chunk. Memory: one chunk. One caller at a time.
class OrcChunkReader {
 public:
  /// REQUIRES: [offset, offset + bytes) lies within the file.
  OrcChunkReader(std::shared_ptr<arrow::io::RandomAccessFile> file, OrcBlocks blocks,
                 int64_t offset, int64_t bytes);
  /// The next decompressed bytes, never empty; nullopt at the end. Borrowed until the
  /// next call. Errors: kCorruption, those of the file.
  Result<std::optional<std::string_view>> Next();

 private:
  Status Fetch(int64_t bytes);
  /// `stored_` into `block_`.
  Status Decompress();

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  OrcBlocks blocks_;
  int64_t position_;
  int64_t end_;
  std::string stored_;
  std::string block_;
};

/// Collects one stream and compresses it chunk by chunk. One caller at a time.
class OrcChunkWriter {
 public:
  explicit OrcChunkWriter(const OrcBlocks& blocks) : blocks_(blocks) {}
  /// Where bytes are appended; `Settle` from time to time compresses what is whole.
  std::string& buffer() { return buffer_; }
  Status Settle() {
    if (blocks_.codec == nullptr ||
        static_cast<int64_t>(buffer_.size()) < blocks_.block_bytes) {
      return Status::OK();
    }
    return Compress(false);
  }
  /// The stored form of everything; the writer is empty afterwards.
  Result<std::string> Finish();
  /// Bytes held, an estimate of what `Finish` will answer.
  int64_t bytes() const { return static_cast<int64_t>(buffer_.size() + stored_.size()); }

 private:
  Status Compress(bool all);

  OrcBlocks blocks_;
  std::string buffer_;
  std::string stored_;
};

/// Store `bytes` as chunks without compressing them. \param blocks of the file
std::string OrcPlainChunks(const OrcBlocks& blocks, std::string_view bytes);

}  // namespace tarn::format

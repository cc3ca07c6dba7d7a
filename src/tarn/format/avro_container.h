// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/format/avro_codec.h"
#include "tarn/format/avro_decoder.h"
#include "tarn/format/avro_encoder.h"
#include "tarn/format/avro_schema.h"

namespace tarn::format {

/// Some records of a container, decompressed. Borrowed from the reader until its next
/// call.
struct AvroBlock {
  int64_t records = 0;
  std::string_view bytes;
};

/// Reads an Avro object container block by block. Usage:
///
///     while (true) {
///       ARROW_ASSIGN_OR_RAISE(auto block, reader->NextBlock());
///       if (!block) break;
///       AvroDecoder decoder(block->bytes);
///       for (int64_t i = 0; i < block->records && decoder.ok(); ++i) ...;
///       ARROW_RETURN_NOT_OK(decoder.Finish());
///     }
///
/// Memory: one block. One caller at a time; answers an error once and stays failed.
class AvroReader {
 public:
  struct Options {
    int64_t block_bytes_max = int64_t{256} << 20;  ///< of one decompressed block
  };
  /// Read the header. \param name what error messages call the file
  /// Errors: kCorruption, kUnsupported (codec), those of the file.
  static Result<std::unique_ptr<AvroReader>> Open(
      std::shared_ptr<arrow::io::RandomAccessFile> file, std::string name,
      const Options& options);
  /// Open `path` through the context's file system.
  static Result<std::unique_ptr<AvroReader>> Open(const base::Context& context,
                                                  const std::string& path);
  ~AvroReader();

  const AvroSchema& schema() const;
  std::shared_ptr<const AvroSchema> shared_schema() const;
  AvroCodec codec() const;
  /// The 16 bytes that end every block.
  const std::string& sync_marker() const;
  /// Where the first block begins.
  int64_t header_bytes() const;
  /// The next block, nullopt at the end. The number of records is believed only as far as
  /// the bytes can hold them.
  Result<std::optional<AvroBlock>> NextBlock();

 private:
  class Body;
  explicit AvroReader(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

/// Writes a new Avro object container; its header holds `avro.schema` and `avro.codec`
/// alone, as Paimon's Java writer does. A file without `Finish` is removed. One caller at
/// a time.
class AvroWriter {
 public:
  struct Options {
    AvroCodec codec = AvroCodec::kZstandard;
    int level = 1;                ///< of zstandard; deflate takes it, too
    int64_t block_bytes = 64000;  ///< Avro's default: a block is closed beyond it
  };
  /// Create `path` and write the header. \param schema_json stored byte for byte
  static Result<std::unique_ptr<AvroWriter>> Create(const base::Context& context,
                                                    const std::string& path,
                                                    std::string_view schema_json,
                                                    const Options& options);
  ~AvroWriter();
  AvroWriter(const AvroWriter&) = delete;
  AvroWriter& operator=(const AvroWriter&) = delete;

  /// Where the values of the next record are written.
  AvroEncoder& encoder() { return encoder_; }
  /// The record in `encoder()` is whole.
  Status EndRecord();
  int64_t records() const { return records_; }
  /// Bytes in the file and in the open block (not yet compressed).
  int64_t bytes_estimate() const {
    return bytes_written_ + static_cast<int64_t>(encoder_.size());
  }
  /// Close the file; answers its exact size.
  Result<int64_t> Finish();

 private:
  AvroWriter(const base::Context& context, std::string path, Options options);
  Status Append(std::string_view bytes);
  Status FlushBlock();

  std::shared_ptr<base::FileSystem> files_;
  std::string path_;
  Options options_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  AvroEncoder encoder_;
  std::string sync_marker_;
  int64_t records_ = 0;
  int64_t block_records_ = 0;
  int64_t bytes_written_ = 0;
  bool finished_ = false;
};

}  // namespace tarn::format

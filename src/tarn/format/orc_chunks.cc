// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_chunks.h"

#include <algorithm>

#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

#include "tarn/format/avro_codec.h"

namespace tarn::format {
namespace {

constexpr size_t kHeaderBytes = 3;
constexpr int64_t kChunkBytesMax = (int64_t{1} << 23) - 1;
// Streams without compression have no chunks of their own.
constexpr int64_t kPlainBytes = int64_t{64} << 10;

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

void AppendChunk(std::string_view bytes, bool original, std::string* out) {
  const size_t header = bytes.size() << 1 | (original ? 1 : 0);
  for (size_t i = 0; i < kHeaderBytes; ++i) {
    out->push_back(static_cast<char>(header >> (8 * i)));
  }
  out->append(bytes);
}

}  // namespace

std::string_view NameOf(OrcCompression compression) {
  constexpr std::string_view kNames[] = {"none", "zlib", "snappy", "lzo", "lz4", "zstd"};
  return kNames[static_cast<size_t>(compression)];
}

Result<OrcCompression> OrcCompressionFromOption(std::string_view value) {
  const std::string name = Lower(value);
  for (const auto kind :
       {OrcCompression::kNone, OrcCompression::kZlib, OrcCompression::kSnappy,
        OrcCompression::kLz4, OrcCompression::kZstd}) {
    if (name == NameOf(kind)) return kind;
  }
  return Unsupported(6530,
                     "Compression is not supported for ORC:", V("compression", value));
}

Result<std::shared_ptr<arrow::util::Codec>> OrcCodec(OrcCompression compression,
                                                     int level) {
  const auto make = [](arrow::Compression::type type,
                       const arrow::util::CodecOptions& options)
      -> Result<std::shared_ptr<arrow::util::Codec>> {
    ARROW_ASSIGN_OR_RAISE(auto codec, arrow::util::Codec::Create(type, options));
    return std::shared_ptr<arrow::util::Codec>(std::move(codec));
  };
  switch (compression) {
    case OrcCompression::kNone:
      return std::shared_ptr<arrow::util::Codec>();
    case OrcCompression::kZlib: {
      arrow::util::GZipCodecOptions options;
      options.gzip_format = arrow::util::GZipFormat::DEFLATE;
      return make(arrow::Compression::GZIP, options);
    }
    case OrcCompression::kSnappy:
      return make(arrow::Compression::SNAPPY, arrow::util::CodecOptions());
    case OrcCompression::kLz4:
      return make(arrow::Compression::LZ4, arrow::util::CodecOptions());
    case OrcCompression::kZstd:
      return make(arrow::Compression::ZSTD, arrow::util::CodecOptions(level));
    case OrcCompression::kLzo:
      break;
  }
  return Unsupported(6530, "Compression is not supported for ORC:",
                     V("compression", NameOf(compression)));
}

OrcChunkReader::OrcChunkReader(std::shared_ptr<arrow::io::RandomAccessFile> file,
                               OrcBlocks blocks, int64_t offset, int64_t bytes)
    : file_(std::move(file)),
      blocks_(std::move(blocks)),
      position_(offset),
      end_(offset + bytes) {}

Status OrcChunkReader::Fetch(int64_t bytes) {
  if (bytes > end_ - position_) {
    return Corruption(7530, "A chunk of an ORC stream is cut off:", V("at", position_),
                      V("bytes", bytes));
  }
  stored_.resize(static_cast<size_t>(bytes));
  ARROW_ASSIGN_OR_RAISE(const int64_t read,
                        file_->ReadAt(position_, bytes, stored_.data()));
  if (read != bytes) {
    return Corruption(7530, "A chunk of an ORC stream is cut off:", V("at", position_),
                      V("bytes", bytes));
  }
  position_ += bytes;
  return Status::OK();
}

Status OrcChunkReader::Decompress() {
  if (blocks_.codec->compression_type() == arrow::Compression::ZSTD) {
    // Arrow's codec wants to know the size beforehand.
    return AvroDecompress(AvroCodec::kZstandard, stored_, blocks_.block_bytes, &block_);
  }
  block_.resize(static_cast<size_t>(blocks_.block_bytes));
  ARROW_ASSIGN_OR_RAISE(
      const int64_t size,
      blocks_.codec->Decompress(static_cast<int64_t>(stored_.size()),
                                reinterpret_cast<const uint8_t*>(stored_.data()),
                                blocks_.block_bytes,
                                reinterpret_cast<uint8_t*>(block_.data())));
  if (size < 0 || size > blocks_.block_bytes) {
    return Status::Invalid("more bytes than a block holds");
  }
  block_.resize(static_cast<size_t>(size));
  return Status::OK();
}

Result<std::optional<std::string_view>> OrcChunkReader::Next() {
  while (position_ < end_) {
    if (blocks_.codec == nullptr) {
      ARROW_RETURN_NOT_OK(Fetch(std::min(kPlainBytes, end_ - position_)));
      return stored_;
    }
    ARROW_RETURN_NOT_OK(Fetch(kHeaderBytes));
    uint32_t header = 0;
    for (size_t i = 0; i < kHeaderBytes; ++i) {
      header |= static_cast<uint32_t>(static_cast<uint8_t>(stored_[i])) << (8 * i);
    }
    const int64_t at = position_;
    ARROW_RETURN_NOT_OK(Fetch(header >> 1));
    if (stored_.empty()) continue;
    if ((header & 1) != 0) return stored_;
    const Status status = Decompress();
    if (!status.ok()) {
      return Corruption(7531,
                        "A chunk of an ORC stream cannot be decompressed:", V("at", at),
                        V("reason", status.message()));
    }
    if (block_.empty()) continue;
    return block_;
  }
  return std::nullopt;
}

Status OrcChunkWriter::Compress(bool all) {
  const auto block = static_cast<size_t>(blocks_.block_bytes);
  size_t done = 0;
  std::string out;
  while (buffer_.size() - done >= block || (all && done < buffer_.size())) {
    const std::string_view plain = std::string_view(buffer_).substr(done, block);
    const auto* bytes = reinterpret_cast<const uint8_t*>(plain.data());
    const auto size = static_cast<int64_t>(plain.size());
    out.resize(static_cast<size_t>(blocks_.codec->MaxCompressedLen(size, bytes)));
    ARROW_ASSIGN_OR_RAISE(
        const int64_t compressed,
        blocks_.codec->Compress(size, bytes, static_cast<int64_t>(out.size()),
                                reinterpret_cast<uint8_t*>(out.data())));
    if (compressed < size) {
      AppendChunk(std::string_view(out).substr(0, static_cast<size_t>(compressed)), false,
                  &stored_);
    } else {
      AppendChunk(plain, true, &stored_);
    }
    done += plain.size();
  }
  buffer_.erase(0, done);
  return Status::OK();
}

Result<std::string> OrcChunkWriter::Finish() {
  if (blocks_.codec == nullptr) return std::exchange(buffer_, {});
  ARROW_RETURN_NOT_OK(Compress(true));
  return std::exchange(stored_, {});
}

std::string OrcPlainChunks(const OrcBlocks& blocks, std::string_view bytes) {
  if (blocks.codec == nullptr) return std::string(bytes);
  const auto chunk = static_cast<size_t>(std::min(blocks.block_bytes, kChunkBytesMax));
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += chunk) {
    AppendChunk(bytes.substr(at, chunk), true, &out);
  }
  return out;
}

}  // namespace tarn::format

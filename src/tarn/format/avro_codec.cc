// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_codec.h"

#include <algorithm>
#include <memory>

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

namespace tarn::format {
namespace {

Status Broken(AvroCodec codec, std::string_view why) {
  return Corruption(7404, "Avro block cannot be decompressed:",
                    V("codec", AvroCodecName(codec)), V("reason", why));
}

Status TooLarge(int64_t bytes_max) {
  return ResourceExhausted(
      9401, "Avro block is larger than a reader takes:", V("bytes_max", bytes_max));
}

Status CompressDeflate(int level, std::string_view block, std::string* out) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return InternalError(401, "zlib cannot start to compress");
  }
  const size_t start = out->size();
  out->resize(start + deflateBound(&stream, block.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
  stream.avail_in = static_cast<uInt>(block.size());
  stream.next_out = reinterpret_cast<Bytef*>(out->data() + start);
  stream.avail_out = static_cast<uInt>(out->size() - start);
  const int answer = deflate(&stream, Z_FINISH);
  out->resize(start + stream.total_out);
  deflateEnd(&stream);
  if (answer != Z_STREAM_END) return InternalError(402, "zlib did not finish a block");
  return Status::OK();
}

Status CompressZstd(int level, std::string_view block, std::string* out) {
  const size_t start = out->size();
  out->resize(start + ZSTD_compressBound(block.size()));
  const size_t size = ZSTD_compress(out->data() + start, out->size() - start,
                                    block.data(), block.size(), level);
  if (ZSTD_isError(size) != 0) {
    return InternalError(
        403, "zstd cannot compress a block:", V("reason", ZSTD_getErrorName(size)));
  }
  out->resize(start + size);
  return Status::OK();
}

void CompressSnappy(std::string_view block, std::string* out) {
  const size_t start = out->size();
  out->resize(start + snappy::MaxCompressedLength(block.size()));
  size_t size = 0;
  snappy::RawCompress(block.data(), block.size(), out->data() + start, &size);
  out->resize(start + size);
  const uLong checksum = crc32(0, reinterpret_cast<const Bytef*>(block.data()),
                               static_cast<uInt>(block.size()));
  for (int shift = 24; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(checksum >> shift));
  }
}

/// Room for more output: doubles, starting from the size of the input.
bool Grow(std::string_view block, size_t used, int64_t bytes_max, std::string* out) {
  const size_t limit = static_cast<size_t>(bytes_max);
  if (used >= limit) return false;
  out->resize(std::min(limit, std::max<size_t>({used * 2, block.size() * 3, 4096})));
  return true;
}

Status DecompressDeflate(std::string_view block, int64_t bytes_max, std::string* out) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
    return InternalError(404, "zlib cannot start to decompress");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
  stream.avail_in = static_cast<uInt>(block.size());
  out->clear();
  for (;;) {
    const size_t used = stream.total_out;
    if (used == out->size() && !Grow(block, used, bytes_max, out))
      return TooLarge(bytes_max);
    stream.next_out = reinterpret_cast<Bytef*>(out->data() + used);
    stream.avail_out = static_cast<uInt>(out->size() - used);
    const int answer = inflate(&stream, Z_NO_FLUSH);
    if (answer == Z_STREAM_END) break;
    if (answer != Z_OK && answer != Z_BUF_ERROR) {
      return Broken(AvroCodec::kDeflate, "not a deflate stream");
    }
    if (stream.avail_out > 0) return Broken(AvroCodec::kDeflate, "the stream is cut off");
  }
  out->resize(stream.total_out);
  if (stream.avail_in > 0) return Broken(AvroCodec::kDeflate, "bytes after the stream");
  return Status::OK();
}

Status DecompressZstd(std::string_view block, int64_t bytes_max, std::string* out) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   ZSTD_freeDCtx);
  if (context == nullptr)
    return ResourceExhausted(9402, "zstd has no memory for a context");
  ZSTD_inBuffer in{block.data(), block.size(), 0};
  out->clear();
  size_t used = 0;
  for (;;) {
    if (used == out->size() && !Grow(block, used, bytes_max, out))
      return TooLarge(bytes_max);
    ZSTD_outBuffer room{out->data(), out->size(), used};
    const size_t hint = ZSTD_decompressStream(context.get(), &room, &in);
    if (ZSTD_isError(hint) != 0) {
      return Broken(AvroCodec::kZstandard, ZSTD_getErrorName(hint));
    }
    used = room.pos;
    if (hint == 0 && in.pos == in.size) break;
    if (hint != 0 && in.pos == in.size && used < out->size()) {
      return Broken(AvroCodec::kZstandard, "the frame is cut off");
    }
  }
  out->resize(used);
  return Status::OK();
}

Status DecompressSnappy(std::string_view block, int64_t bytes_max, std::string* out) {
  if (block.size() < 4) return Broken(AvroCodec::kSnappy, "shorter than its checksum");
  const std::string_view body = block.substr(0, block.size() - 4);
  size_t size = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &size)) {
    return Broken(AvroCodec::kSnappy, "no length");
  }
  // A copy of 64 bytes takes three: more than that ratio is a lie about the length.
  if (size / 32 > body.size()) return Broken(AvroCodec::kSnappy, "an impossible length");
  if (size > static_cast<size_t>(bytes_max)) return TooLarge(bytes_max);
  out->resize(size);
  if (!snappy::RawUncompress(body.data(), body.size(), out->data())) {
    return Broken(AvroCodec::kSnappy, "not a snappy block");
  }
  uint32_t stored = 0;
  for (size_t i = body.size(); i < block.size(); ++i) {
    stored = stored << 8 | static_cast<uint8_t>(block[i]);
  }
  const uLong actual = crc32(0, reinterpret_cast<const Bytef*>(out->data()),
                             static_cast<uInt>(out->size()));
  if (stored != actual) return Broken(AvroCodec::kSnappy, "the checksum differs");
  return Status::OK();
}

}  // namespace

std::string_view AvroCodecName(AvroCodec codec) {
  switch (codec) {
    case AvroCodec::kNull:
      return "null";
    case AvroCodec::kDeflate:
      return "deflate";
    case AvroCodec::kSnappy:
      return "snappy";
    case AvroCodec::kZstandard:
      return "zstandard";
  }
  return "null";
}

Result<AvroCodec> AvroCodecFromName(std::string_view name) {
  for (AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kSnappy,
                          AvroCodec::kZstandard}) {
    if (name == AvroCodecName(codec)) return codec;
  }
  return Unsupported(6401,
                     "Avro codec is not supported:", V("codec", name.substr(0, 40)));
}

Result<AvroCodec> AvroCodecFromOption(std::string_view value) {
  if (value == "zstd") return AvroCodec::kZstandard;
  if (value == "none" || value == "uncompressed") return AvroCodec::kNull;
  return AvroCodecFromName(value);
}

Status AvroCompress(AvroCodec codec, int level, std::string_view block,
                    std::string* out) {
  if (block.size() > static_cast<size_t>(INT32_MAX)) return TooLarge(INT32_MAX);
  switch (codec) {
    case AvroCodec::kNull:
      out->append(block);
      return Status::OK();
    case AvroCodec::kDeflate:
      return CompressDeflate(level, block, out);
    case AvroCodec::kSnappy:
      CompressSnappy(block, out);
      return Status::OK();
    case AvroCodec::kZstandard:
      return CompressZstd(level, block, out);
  }
  return Status::OK();
}

Status AvroDecompress(AvroCodec codec, std::string_view block, int64_t bytes_max,
                      std::string* out) {
  // zlib and snappy count in 32 bits.
  bytes_max = std::min<int64_t>(bytes_max, INT32_MAX);
  if (static_cast<int64_t>(block.size()) > bytes_max) return TooLarge(bytes_max);
  switch (codec) {
    case AvroCodec::kNull:
      out->assign(block);
      return Status::OK();
    case AvroCodec::kDeflate:
      return DecompressDeflate(block, bytes_max, out);
    case AvroCodec::kSnappy:
      return DecompressSnappy(block, bytes_max, out);
    case AvroCodec::kZstandard:
      return DecompressZstd(block, bytes_max, out);
  }
  return Status::OK();
}

}  // namespace tarn::format

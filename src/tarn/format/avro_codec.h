// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::format {

/// How the blocks of an Avro container are compressed.
enum class AvroCodec : uint8_t { kNull, kDeflate, kSnappy, kZstandard };

/// Name in the header's `avro.codec` ("null", "deflate", "snappy", "zstandard").
std::string_view AvroCodecName(AvroCodec codec);
/// Errors: kUnsupported naming the codec (bzip2, xz, others).
Result<AvroCodec> AvroCodecFromName(std::string_view name);
/// Codec for a value of Paimon's option `manifest.compression` or `file.compression`:
/// "zstd" and "zstandard", "snappy", "deflate", "null", "none". Errors: kUnsupported.
Result<AvroCodec> AvroCodecFromOption(std::string_view value);

/// Append the compressed form of `block` to `out`. \param level of zstandard and deflate
Status AvroCompress(AvroCodec codec, int level, std::string_view block, std::string* out);

/// Replace `out` by the content of a stored block. Sizes that the block itself states are
/// believed only as far as the codec can reach them. Errors: kCorruption (also for a
/// snappy checksum that differs), kResource above `bytes_max`.
Status AvroDecompress(AvroCodec codec, std::string_view block, int64_t bytes_max,
                      std::string* out);

}  // namespace tarn::format

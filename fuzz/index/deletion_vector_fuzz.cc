// SPDX-License-Identifier: Apache-2.0
// Hostile deletion vectors: as stored, and under a frame whose length and checksum are
// good, so that bitmaps are reached. What is taken can be walked and agrees with itself.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <zlib.h>

#include "tarn/base/bytes.h"
#include "tarn/index/deletion_vector.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void Read(std::string_view bytes, int64_t stated_length) {
  const auto vector = tarn::index::DeletionVector::Decode(bytes, stated_length);
  if (!vector.ok()) return;
  int64_t positions = 0;
  int64_t last_end = -1;
  tarn::index::DeletedStretches stretches(*vector);
  while (const auto stretch = stretches.Next()) {
    Require(stretch->first > last_end && stretch->count() > 0);
    Require(vector->Contains(stretch->first) && !vector->Contains(stretch->end));
    last_end = stretch->end;
    positions += stretch->count();
  }
  Require(positions == vector->cardinality());
  Require(vector->last().has_value() == (positions > 0));
  if (positions > 0) Require(*vector->last() == last_end - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Read(bytes, static_cast<int64_t>(size) - 8);
  Read(bytes, static_cast<int64_t>(size));
  for (const bool is_32 : {true, false}) {
    std::string body;
    if (is_32) {
      tarn::base::AppendBig(&body, uint32_t{0x5E43F2D0});
    } else {
      tarn::base::AppendLittle(&body, uint32_t{1681511377});
    }
    body += bytes;
    std::string framed;
    tarn::base::AppendBig(&framed, static_cast<int32_t>(body.size()));
    framed += body;
    tarn::base::AppendBig(&framed, static_cast<uint32_t>(crc32(
                                       0, reinterpret_cast<const Bytef*>(body.data()),
                                       static_cast<uInt>(body.size()))));
    Read(framed, static_cast<int64_t>(is_32 ? body.size() : framed.size()));
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Hostile JSON as snapshot and as tag: what is read is written and read again to the
// same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tarn/meta/snapshot.h"
#include "tarn/meta/tag.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto snapshot = tarn::meta::Snapshot::FromJson(json);
  if (snapshot.ok()) {
    const std::string text = snapshot->ToJson();
    const auto again = tarn::meta::Snapshot::FromJson(text);
    Require(again.ok() && again->ToJson() == text);
  }
  const auto tag = tarn::meta::Tag::FromJson(json);
  if (tag.ok()) {
    const auto again = tarn::meta::Tag::FromJson(tag->ToJson());
    Require(again.ok());
  }
  return 0;
}

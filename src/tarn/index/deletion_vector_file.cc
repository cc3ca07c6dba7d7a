// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/deletion_vector_file.h"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

namespace tarn::index {
namespace {

constexpr uint8_t kVersion = 1;
constexpr int64_t kFrameBytes = 8;  // length word and checksum

Result<std::vector<DeletionVector>> ReadAll(
    const base::Context& context, const std::string& path,
    const std::vector<meta::DeletionVectorPlace>& places) {
  ARROW_ASSIGN_OR_RAISE(auto file, context.files->OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  ARROW_ASSIGN_OR_RAISE(const auto head, file->ReadAt(0, 1));
  if (head->size() != 1) return Corruption(7752, "Index file is empty.");
  if (head->data()[0] != kVersion) {
    return Unsupported(6750, "Deletion vectors have a version that is not known:",
                       V("version", head->data()[0]));
  }
  std::vector<DeletionVector> out;
  for (const meta::DeletionVectorPlace& place : places) {
    if (place.offset < 1 || place.length < 0 || place.offset > size ||
        place.length > size - place.offset) {
      return Corruption(
          7753, "Deletion vector lies outside its file:", V("offset", place.offset),
          V("length", place.length), V("bytes", size));
    }
    // What is stated leaves out the frame of a 32-bit vector.
    const int64_t wanted = std::min(place.length + kFrameBytes, size - place.offset);
    ARROW_ASSIGN_OR_RAISE(const auto bytes, file->ReadAt(place.offset, wanted));
    ARROW_ASSIGN_OR_RAISE(auto vector,
                          DeletionVector::Decode(std::string_view(*bytes), place.length));
    out.push_back(std::move(vector));
  }
  return out;
}

}  // namespace

Result<std::vector<DeletionVector>> ReadDeletionVectors(
    const base::Context& context, const std::string& path,
    const std::vector<meta::DeletionVectorPlace>& places) {
  auto out = ReadAll(context, path, places);
  if (!out.ok()) {
    return Prefixed(out.status(), "Reading deletion vectors " + path + ": ");
  }
  return out;
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/hash_index_file.h"

#include <bit>
#include <cstring>

#include <arrow/io/interfaces.h>

namespace tarn::index {
namespace {

constexpr size_t kNumberBytes = sizeof(int32_t);

/// Big-endian bytes to this machine's order and back.
uint32_t Swapped(uint32_t bits) {
  if constexpr (std::endian::native == std::endian::big) return bits;
  return __builtin_bswap32(bits);
}

}  // namespace

namespace internal {

Result<std::vector<int32_t>> DecodeHashIndex(std::string_view bytes) {
  if (bytes.size() % kNumberBytes != 0) {
    return Corruption(7450, "Hash index ends within a number:", V("bytes", bytes.size()));
  }
  std::vector<int32_t> hashes(bytes.size() / kNumberBytes);
  for (size_t i = 0; i < hashes.size(); ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * kNumberBytes, kNumberBytes);
    hashes[i] = static_cast<int32_t>(Swapped(bits));
  }
  return hashes;
}

std::string EncodeHashIndex(const std::vector<int32_t>& hashes) {
  std::string bytes(hashes.size() * kNumberBytes, '\0');
  for (size_t i = 0; i < hashes.size(); ++i) {
    const uint32_t bits = Swapped(static_cast<uint32_t>(hashes[i]));
    std::memcpy(bytes.data() + i * kNumberBytes, &bits, kNumberBytes);
  }
  return bytes;
}

}  // namespace internal

Result<std::vector<int32_t>> ReadHashIndex(const base::Context& context,
                                           const io::TablePaths& paths,
                                           const meta::IndexManifestEntry& file) {
  if (file.external_path) {
    return Unsupported(6451, "Index files outside the table are not read yet:",
                       V("file", *file.external_path));
  }
  ARROW_ASSIGN_OR_RAISE(const std::string path, paths.IndexFile(file.file_name));
  if (file.file_size < 0 ||
      file.file_size != file.row_count * static_cast<int64_t>(kNumberBytes)) {
    return Corruption(7451,
                      "Hash index has not the size of its numbers:", V("file", path),
                      V("bytes", file.file_size), V("rows", file.row_count));
  }
  ARROW_ASSIGN_OR_RAISE(const std::string bytes,
                        context.files->ReadAll(path, file.file_size));
  if (static_cast<int64_t>(bytes.size()) != file.file_size) {
    return Corruption(7452,
                      "Hash index is shorter than its manifest says:", V("file", path),
                      V("bytes", bytes.size()), V("wanted", file.file_size));
  }
  return internal::DecodeHashIndex(bytes);
}

Result<meta::IndexManifestEntry> WriteHashIndex(
    const base::Context& context, const io::TablePaths& paths, io::FileNames* names,
    const std::string& partition, int32_t bucket, const std::vector<int32_t>& hashes) {
  meta::IndexManifestEntry entry;
  entry.partition = partition;
  entry.bucket = bucket;
  entry.index_type = kHashIndexType;
  entry.file_name = names->Next("index-");
  entry.file_size = static_cast<int64_t>(hashes.size() * kNumberBytes);
  entry.row_count = static_cast<int64_t>(hashes.size());
  ARROW_ASSIGN_OR_RAISE(const std::string path, paths.IndexFile(entry.file_name));
  ARROW_ASSIGN_OR_RAISE(auto out, context.files->CreateOutput(path));
  const std::string bytes = internal::EncodeHashIndex(hashes);
  ARROW_RETURN_NOT_OK(out->Write(bytes.data(), static_cast<int64_t>(bytes.size())));
  ARROW_RETURN_NOT_OK(out->Close());
  return entry;
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::index {

inline constexpr std::string_view kBloomFilter = "bloom-filter";
inline constexpr std::string_view kBitmap = "bitmap";
inline constexpr std::string_view kBitSlices = "bsi";
inline constexpr std::string_view kRangeBitmap = "range-bitmap";

/// One index of one column in a container.
struct FileIndexPart {
  std::string column;  ///< name in the file's schema; "map[key]" for a value of a map
  std::string type;    ///< `kBloomFilter`, ..., or a type of a later version
  bool empty = false;  ///< the column has no value at all; no bytes are stored
  int64_t offset = 0;  ///< of its bytes, from the beginning of the container
  int64_t length = 0;
};

/// What the first bytes of a container say about its head.
struct FileIndexPrefix {
  int64_t head_bytes = 0;  ///< the head ends there, the prefix included
};
inline constexpr int64_t kFileIndexPrefixBytes = 16;

/// Read the first `kFileIndexPrefixBytes` of a container of `total` bytes.
/// Errors: kCorruption; kUnsupported for a later version.
Result<FileIndexPrefix> ParseFileIndexPrefix(std::string_view bytes, int64_t total);

/// Read a container's head (Paimon `FileIndexFormat.Reader`): the parts in stored order.
/// \param head   bytes up to `head_bytes`
/// \param total  bytes of the whole container; no part ends behind it
/// Errors: kCorruption.
Result<std::vector<FileIndexPart>> ParseFileIndexHead(std::string_view head,
                                                      int64_t total);

/// An index that was built.
struct BuiltIndex {
  std::string column;
  std::string type;
  std::string bytes;
};

/// A whole container, in the order given; indexes of one column stand together.
std::string SerializeFileIndex(const std::vector<BuiltIndex>& indexes);

}  // namespace tarn::index

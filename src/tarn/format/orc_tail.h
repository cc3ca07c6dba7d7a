// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/format/orc_chunks.h"

namespace tarn::format {

/// Kinds of ORC types, numbered as in its files.
enum class OrcKind : uint8_t {
  kBoolean = 0,
  kByte = 1,
  kShort = 2,
  kInt = 3,
  kLong = 4,
  kFloat = 5,
  kDouble = 6,
  kString = 7,
  kBinary = 8,
  kTimestamp = 9,
  kList = 10,
  kMap = 11,
  kStruct = 12,
  kUnion = 13,
  kDecimal = 14,
  kDate = 15,
  kVarchar = 16,
  kChar = 17,
  kTimestampInstant = 18,
};
std::string_view NameOf(OrcKind kind);

/// One type of a file. Types are numbered in preorder, the root struct is number 0; a
/// type's number is also that of its column's streams and statistics.
struct OrcType {
  OrcKind kind = OrcKind::kStruct;
  std::vector<uint32_t> children;  ///< numbers of types, each above this one's
  std::vector<std::string> names;  ///< of a struct's fields
  int64_t length = 0;              ///< of CHAR and VARCHAR, in characters
  int32_t precision = 0;           ///< of decimals
  int32_t scale = 0;
  std::string field_id;  ///< attribute `paimon.id`, "" without
};

struct OrcStripe {
  int64_t offset = 0;
  int64_t index_bytes = 0;
  int64_t data_bytes = 0;
  int64_t footer_bytes = 0;
  int64_t rows = 0;
  int64_t first_row = 0;
};

/// What the end of a file says about it, checked: types are a tree of bounded depth below
/// a struct, stripes lie within the file and add up to its rows.
struct OrcTail {
  OrcCompression compression = OrcCompression::kNone;
  OrcBlocks blocks;
  int64_t file_bytes = 0;
  int64_t body_bytes = 0;  ///< everything before the footer
  int64_t rows = 0;
  std::vector<OrcType> types;
  std::vector<OrcStripe> stripes;
  std::vector<std::string> statistics;  ///< a message for each type, or none
  int64_t row_index_rows = 0;           ///< stride of the row index, 0 = none
  std::string software;                 ///< version of what wrote the file
  std::string postscript;               ///< as stored
  std::string footer;                   ///< decompressed
};

/// Read the tail of an open file. \param name what errors call the file
/// Errors: kCorruption, kUnsupported (encryption, unions, other codecs), kResource (a
/// footer of unlikely size), those of the file.
Result<OrcTail> ReadOrcTail(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                            const std::string& name);

/// Streams and time zone of one stripe.
struct OrcStream {
  uint64_t kind = 0;    ///< 1 DATA, 2 LENGTH, 5 SECONDARY, ...
  uint64_t column = 0;  ///< number of the type
  int64_t offset = 0;   ///< in the file
  int64_t bytes = 0;
};
struct OrcStripeFooter {
  std::vector<OrcStream> streams;
  std::vector<uint64_t> encodings;  ///< by type: 0 DIRECT, 2 DIRECT_V2, ...
  std::string time_zone;            ///< of the writer, "" for UTC

  /// The stream of a kind, nullptr where there is none.
  const OrcStream* Find(uint64_t kind, uint32_t column) const;
};
Result<OrcStripeFooter> ReadStripeFooter(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const OrcTail& tail,
    const OrcStripe& stripe);

}  // namespace tarn::format

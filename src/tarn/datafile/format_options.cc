// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/format_options.h"

#include <charconv>
#include <limits>

#include "tarn/base/units.h"

namespace tarn::datafile {
namespace {

using options::Options;

constexpr int64_t kStripeBytes = int64_t{64} << 20;  // `orc.stripe.size`

struct RefusedKey {
  std::string_view start;
  bool only_when_true;  ///< a switch that is off by default
};
constexpr RefusedKey kRefused[] = {
    {"orc.encrypt", false},
    {"orc.mask", false},
    {"orc.key.provider", false},
    {"orc.proleptic.gregorian", true},
    {"orc.force.positional.evolution", true},
    {"parquet.encryption.", false},
    {"parquet.crypto.", false},
};

Status CheckKeys(const Options& options, const std::string& format) {
  const std::string prefix = format + ".";
  for (const auto& [name, value] : options.values()) {
    const std::string key = base::ToLower(name);
    if (!key.starts_with(prefix)) continue;
    for (const RefusedKey& refused : kRefused) {
      if (!key.starts_with(refused.start)) continue;
      if (refused.only_when_true && base::ToLower(value) != "true") continue;
      return Unsupported(6540,
                         "Option of a file format is not supported:", V("option", name));
    }
  }
  return Status::OK();
}

/// A plain number under `key`, as the libraries of the formats read it.
Status TakeNumber(const Options& options, std::string_view key, int64_t min, int64_t max,
                  int64_t* out) {
  const std::string* text = options.Find(key);
  if (text == nullptr) return Status::OK();
  int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number < min || number > max) {
    return InvalidInput(1530, "Option of a file format needs a number:", V("option", key),
                        V("value", *text), V("min", min), V("max", max));
  }
  *out = number;
  return Status::OK();
}

Status TakeLevel(const Options& options, std::string_view key, int* out) {
  int64_t level = *out;
  ARROW_RETURN_NOT_OK(TakeNumber(options, key, -131072, 22, &level));
  *out = static_cast<int>(level);
  return Status::OK();
}

Status ApplyOrc(const Options& options, format::WriterOptions* writer) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kBlockMax = (int64_t{1} << 23) - 1;
  writer->row_group_bytes = kStripeBytes;
  if (const std::string* compression = options.Find("orc.compress")) {
    writer->compression = *compression;
  }
  ARROW_RETURN_NOT_OK(
      TakeLevel(options, "orc.compression.zstd.level", &writer->zstd_level));
  ARROW_RETURN_NOT_OK(
      TakeNumber(options, "orc.stripe.size", 1, kMax, &writer->row_group_bytes));
  ARROW_RETURN_NOT_OK(
      TakeNumber(options, "orc.compress.size", 64, kBlockMax, &writer->orc_block_bytes));
  ARROW_ASSIGN_OR_RAISE(writer->orc_legacy_instants,
                        options.Get(kOrcTimestampLtzLegacyType));
  return Status::OK();
}

Status ApplyParquet(const Options& options, format::WriterOptions* writer) {
  constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
  if (const std::string* compression = options.Find("parquet.compression")) {
    writer->compression = *compression;
  }
  ARROW_RETURN_NOT_OK(
      TakeLevel(options, "parquet.compression.codec.zstd.level", &writer->zstd_level));
  ARROW_RETURN_NOT_OK(TakeNumber(options, "parquet.block.size", 1,
                                 std::numeric_limits<int64_t>::max(),
                                 &writer->row_group_bytes));
  ARROW_RETURN_NOT_OK(
      TakeNumber(options, "parquet.page.size", 1, kIntMax, &writer->parquet_page_bytes));
  ARROW_RETURN_NOT_OK(TakeNumber(options, "parquet.page.row.count.limit", 1, kIntMax,
                                 &writer->parquet_page_rows));
  ARROW_ASSIGN_OR_RAISE(const auto dictionary,
                        options.Get(options::kParquetEnableDictionary));
  writer->dictionary = !dictionary || base::ToLower(*dictionary) != "false";
  return Status::OK();
}

}  // namespace

Result<format::ReaderOptions> ReaderOptionsOf(const Options& options) {
  constexpr std::string_view kByPosition = "orc.force.positional.evolution";
  const std::string* by_position = options.Find(kByPosition);
  if (by_position != nullptr && base::ToLower(*by_position) == "true") {
    return Unsupported(
        6540, "Option of a file format is not supported:", V("option", kByPosition));
  }
  format::ReaderOptions out;
  ARROW_ASSIGN_OR_RAISE(out.orc_legacy_instants, options.Get(kOrcTimestampLtzLegacyType));
  return out;
}

Status ApplyFormatOptions(const Options& options, const std::string& format,
                          format::WriterOptions* writer) {
  ARROW_RETURN_NOT_OK(CheckKeys(options, format));
  if (format == "orc") return ApplyOrc(options, writer);
  if (format == "parquet") return ApplyParquet(options, writer);
  return Status::OK();
}

}  // namespace tarn::datafile

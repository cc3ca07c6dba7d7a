// SPDX-License-Identifier: Apache-2.0
// Lines of hostile bytes through the decoders of debezium-json and json: nothing may
// crash, be lost from the counts, or leave an invalid column; and what the token walk
// takes for JSON must be what simdjson itself takes for JSON.
#include <arrow/api.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "simdjson.h"
#include "tarn/cdc/decoder.h"

namespace {

using tarn::cdc::DecoderOptions;
using tarn::types::DataType;

DecoderOptions Options(uint8_t choice) {
  DecoderOptions options;
  const auto add = [&](const char* name, DataType type, const char* metadata = "") {
    const auto id = static_cast<int32_t>(options.columns.size());
    options.columns.push_back({{id, name, std::move(type), {}, {}}, metadata});
  };
  add("id", DataType::BigInt().NotNull());
  add("s", DataType::String());
  add("d", DataType::Decimal(10, 2));
  add("n", DataType::Double());
  add("b", DataType::Bytes());
  add("t", DataType::Timestamp(6));
  add("c", DataType::Time(3));
  add("y", DataType::Date());
  add("f", DataType::Boolean());
  add("a", DataType::Array(DataType::String()));
  add("m", DataType::Map(DataType::String(), DataType::Int()));
  add("r", DataType::Row({{0, "x", DataType::Int(), {}, {}},
                          {1, "l", DataType::Array(DataType::Int()), {}, {}}}));
  add("headers", DataType::Map(DataType::String(), DataType::Bytes()), "headers");
  add("properties", DataType::Map(DataType::String(), DataType::String()),
      "value.source.properties");
  add("timestamp", DataType::LocalZonedTimestamp(3), "value.source.timestamp");
  if ((choice & 1) != 0) add("position", DataType::String(), "event-position");
  options.key_columns = {0};
  options.ignore_parse_errors = true;
  if ((choice & 2) != 0) options.format = tarn::cdc::MessageFormat::kJson;
  if ((choice & 4) != 0) options.changelog_mode = tarn::cdc::ChangelogMode::kUpsert;
  if ((choice & 8) != 0) options.before_image = tarn::cdc::BeforeImage::kKeyOnly;
  if ((choice & 16) != 0) options.bytes_mode = tarn::cdc::BytesMode::kHex;
  return options;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

void CompareWithSimdjson(std::string_view text) {
  tarn::cdc::JsonDocument document;
  tarn::cdc::JsonDocument::Token token = 0;
  const bool ours =
      document.Parse(text) && document.Skip(&token) && token == document.token_count();
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const auto code = parser.parse(simdjson::padded_string(text)).get(element);
  // The library's numbers end at 64 bits and at the largest double; our nesting ends
  // sooner.
  if (code == simdjson::NUMBER_ERROR || code == simdjson::BIGINT_ERROR) return;
  if (ours) Require(code == simdjson::SUCCESS);
  if (!ours && code == simdjson::SUCCESS) {
    Require(document.error().find("nested too deeply") != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > (size_t{1} << 20)) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  tarn::cdc::RedeliveryFilter filter;
  tarn::cdc::TruncateHorizon horizon;
  auto decoder = tarn::cdc::Decoder::Make(arrow::default_memory_pool(), Options(data[0]),
                                          &filter, &horizon)
                     .ValueOrDie();
  // Lines as they are, so that reads past their ends are seen.
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<tarn::cdc::Line> framed;
  for (const auto& line : lines) {
    framed.push_back({line, "f", static_cast<int64_t>(framed.size() + 1)});
    CompareWithSimdjson(line);
  }
  Require(decoder->DecodeLines(framed).ok());
  const auto batch = decoder->Finish().ValueOrDie();
  Require(batch.changes.rows->ValidateFull().ok());
  Require(batch.counts.read == static_cast<int64_t>(lines.size()));
  Require(batch.counts.read ==
          batch.counts.applied + batch.counts.skipped_total() + batch.counts.rejected);
  Require(batch.counts.rows == batch.changes.num_rows());
  for (const auto& rejection : batch.rejections) {
    Require(!rejection.reason.empty());
    Require(simdjson::validate_utf8(rejection.ToJson()));
  }
  Require(tarn::cdc::RedeliveryFilter().Restore(filter.Save()).ok());
  return 0;
}

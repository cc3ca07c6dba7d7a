// SPDX-License-Identifier: Apache-2.0
// Debezium messages into columns, beside simdjson's bare parse of the same bytes.
// Usage: debezium_bench [folder of tests/data] [passes]
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "benchmarks/support/meter.h"
#include "simdjson.h"
#include "tarn/cdc/decoder.h"

namespace tarn::benchmarks {
namespace {

using cdc::DecoderOptions;
using cdc::Line;
using cdc::Message;
using types::DataType;

/// Lines of a gzip file.
std::vector<std::string> ReadLines(const std::string& path) {
  std::vector<std::string> lines;
  const auto file = ValueOf(arrow::io::ReadableFile::Open(path));
  const auto codec = ValueOf(arrow::util::Codec::Create(arrow::Compression::GZIP));
  const auto stream = ValueOf(arrow::io::CompressedInputStream::Make(codec.get(), file));
  std::string text;
  while (true) {
    const auto piece = ValueOf(stream->Read(1 << 20));
    if (piece->size() == 0) break;
    text += piece->ToString();
  }
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

DecoderOptions ProductColumns() {
  DecoderOptions options;
  const auto add = [&](const char* name, DataType type, const char* metadata = "") {
    const auto id = static_cast<int32_t>(options.columns.size());
    options.columns.push_back({{id, name, std::move(type), {}, {}}, metadata});
  };
  add("product_id", DataType::BigInt().NotNull());
  add("product_name", DataType::String());
  add("brand", DataType::String());
  add("description", DataType::String());
  add("attrs", DataType::String());
  add("tags", DataType::Array(DataType::String()));
  add("fingerprint", DataType::Bytes());
  add("external_id", DataType::String());
  add("updated_at", DataType::LocalZonedTimestamp(6));
  add("weight_g", DataType::Int());
  add("position", DataType::String(), "event-position");
  options.key_columns = {0};
  return options;
}

DecoderOptions PriceColumns() {
  DecoderOptions options;
  const auto add = [&](const char* name, DataType type, const char* metadata = "") {
    const auto id = static_cast<int32_t>(options.columns.size());
    options.columns.push_back({{id, name, std::move(type), {}, {}}, metadata});
  };
  add("product_id", DataType::BigInt().NotNull());
  add("price", DataType::Decimal(10, 2));
  add("sale_ends", DataType::Date());
  add("currency", DataType::Char(3));
  add("fx_rate", DataType::Decimal(38, 18));
  add("valid_from", DataType::Timestamp(3));
  add("position", DataType::String(), "event-position");
  options.key_columns = {0};
  options.decimal_mode = cdc::DecimalMode::kPrecise;
  return options;
}

/// All messages through one decoder, a batch at a time.
template <typename Decode>
Result<uint64_t> DecodeAll(const DecoderOptions& options, size_t messages,
                           const Decode& decode, int64_t* rows) {
  ARROW_ASSIGN_OR_RAISE(auto decoder,
                        cdc::Decoder::Make(arrow::default_memory_pool(), options));
  *rows = 0;
  constexpr size_t kBatch = 4096;
  for (size_t at = 0; at < messages; at += kBatch) {
    ARROW_RETURN_NOT_OK(decode(decoder.get(), at, std::min(kBatch, messages - at)));
    ARROW_ASSIGN_OR_RAISE(auto batch, decoder->Finish());
    *rows += batch.changes.num_rows();
  }
  return 0;
}

/// The checksum of all columns, outside what is timed.
uint64_t ChecksumOfAll(const DecoderOptions& options,
                       const std::vector<Message>& messages) {
  auto decoder = ValueOf(cdc::Decoder::Make(arrow::default_memory_pool(), options));
  CheckOk(decoder->DecodeMessages(messages));
  uint64_t sum = 0;
  const auto batch = ValueOf(decoder->Finish());
  for (const auto& column : batch.changes.rows->columns()) {
    if (arrow::is_nested(column->type_id())) continue;
    sum = sum * 31 + ChecksumOf(*arrow::RecordBatch::Make(
                         arrow::schema({arrow::field("c", column->type())}),
                         column->length(), {column}));
  }
  return sum;
}

void Report(const std::string& path, const DecoderOptions& options, int passes) {
  const std::vector<std::string> captured = ReadLines(path);
  // Ten copies of the topic; messages as they come from a topic, and as recorded lines.
  cdc::RecordReader reader(cdc::LineForm::kMessage);
  std::vector<std::string> values, keys, lines;
  for (int copy = 0; copy < 10; ++copy) {
    for (const std::string& line : captured) {
      Message message;
      if (!reader.Read({line, "", 0}, &message) || !message.has_value) continue;
      values.emplace_back(message.value);
      keys.emplace_back(message.key);
      lines.push_back(line);
    }
  }
  std::vector<Message> messages(values.size());
  std::vector<Line> framed(values.size());
  size_t bytes = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    messages[i].value = values[i];
    messages[i].key = keys[i];
    messages[i].has_value = messages[i].has_key = messages[i].has_place = true;
    messages[i].offset = static_cast<int64_t>(i);
    framed[i] = {lines[i], "f", static_cast<int64_t>(i + 1)};
    bytes += values[i].size();
  }
  const std::vector<simdjson::padded_string> padded(values.begin(), values.end());
  simdjson::dom::parser parser;
  const auto bare_parse = [&]() -> Result<uint64_t> {
    uint64_t parsed = 0;
    for (const auto& value : padded) {
      simdjson::dom::element element;
      if (parser.parse(value).get(element) == simdjson::SUCCESS) {
        parsed += element.is_object();
      }
    }
    return parsed;
  };
  int64_t rows = 0;
  const auto from_messages = [&] {
    return DecodeAll(
        options, messages.size(),
        [&](cdc::Decoder* decoder, size_t at, size_t count) {
          return decoder->DecodeMessages({messages.data() + at, count});
        },
        &rows);
  };
  const auto from_lines = [&] {
    return DecodeAll(
        options, framed.size(),
        [&](cdc::Decoder* decoder, size_t at, size_t count) {
          return decoder->DecodeLines({framed.data() + at, count});
        },
        &rows);
  };
  Measured ours, limit, lines_time, lines_limit;
  MeasureInTurn(passes, from_messages, bare_parse, &ours, &limit);
  MeasureInTurn(passes, from_lines, bare_parse, &lines_time, &lines_limit);
  ours.checksum = lines_time.checksum = ChecksumOfAll(options, messages);
  std::printf("%s: %zu messages of %zu bytes, %lld rows\n", path.c_str(), messages.size(),
              bytes / messages.size(), static_cast<long long>(rows));
  PrintBesideLimit("messages into columns", rows, ours, "simdjson, bare parse", limit);
  PrintBesideLimit("recorded lines into columns", rows, lines_time,
                   "simdjson, bare parse", lines_limit);
}

}  // namespace
}  // namespace tarn::benchmarks

int main(int argc, char** argv) {
  using namespace tarn::benchmarks;
  const std::string root = argc > 1 ? argv[1] : "tests/data";
  const int passes = argc > 2 ? std::atoi(argv[2]) : 5;
  for (const char* variant : {"plain", "schema"}) {
    const std::string folder = root + "/debezium-postgres/" + variant;
    Report(folder + "/shop.catalog.products.jsonl.gz", ProductColumns(), passes);
    Report(folder + "/shop.pricing.prices.jsonl.gz", PriceColumns(), passes);
  }
  return 0;
}

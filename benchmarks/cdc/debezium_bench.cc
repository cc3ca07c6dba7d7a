// SPDX-License-Identifier: Apache-2.0
// Debezium messages into columns, beside simdjson's bare parse of the same bytes.
// Usage: debezium_bench [folder of tests/data] [repeats]
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "simdjson.h"
#include "tarn/cdc/decoder.h"

namespace {

using tarn::cdc::DecoderOptions;
using tarn::cdc::Line;
using tarn::cdc::Message;
using tarn::types::DataType;

// Lines of a gzip file; empty when it cannot be read.
std::vector<std::string> ReadLines(const std::string& path) {
  std::vector<std::string> lines;
  auto file = arrow::io::ReadableFile::Open(path);
  if (!file.ok()) return lines;
  auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP).ValueOrDie();
  auto stream = arrow::io::CompressedInputStream::Make(codec.get(), *file).ValueOrDie();
  std::string text;
  while (true) {
    auto piece = stream->Read(1 << 20).ValueOrDie();
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
  options.decimal_mode = tarn::cdc::DecimalMode::kPrecise;
  return options;
}

// Sum of all bytes of all buffers.
uint64_t Checksum(const arrow::ArrayData& data) {
  uint64_t sum = static_cast<uint64_t>(data.length);
  for (const auto& buffer : data.buffers) {
    if (buffer == nullptr) continue;
    for (int64_t i = 0; i < buffer->size(); ++i) sum = sum * 31 + buffer->data()[i];
  }
  for (const auto& child : data.child_data) sum = sum * 31 + Checksum(*child);
  return sum;
}

// Shortest time of some runs, in seconds.
template <typename Function>
double Best(int repeats, const Function& function) {
  double best = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    function();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  return best;
}

void Print(const char* name, double seconds, int64_t rows, int64_t bytes, double limit) {
  std::printf("  %-34s %9.0f ns/row %8.2f GB/s  %5.2f of the limit\n", name,
              seconds * 1e9 / static_cast<double>(rows),
              static_cast<double>(bytes) / seconds / 1e9, limit / seconds);
}

int Run(const std::string& path, const DecoderOptions& options, int repeats) {
  const std::vector<std::string> captured = ReadLines(path);
  if (captured.empty()) {
    std::fprintf(stderr, "debezium_bench: cannot read %s\n", path.c_str());
    return 1;
  }
  // Ten copies of the topic; messages as they come from a topic, and as recorded lines.
  tarn::cdc::RecordReader reader(tarn::cdc::LineForm::kMessage);
  std::vector<std::string> values, keys;
  std::vector<std::string> lines;
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
  int64_t bytes = 0, line_bytes = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    messages[i].value = values[i];
    messages[i].key = keys[i];
    messages[i].has_value = messages[i].has_key = messages[i].has_place = true;
    messages[i].offset = static_cast<int64_t>(i);
    framed[i] = {lines[i], "f", static_cast<int64_t>(i + 1)};
    bytes += static_cast<int64_t>(values[i].size());
    line_bytes += static_cast<int64_t>(lines[i].size());
  }
  std::vector<simdjson::padded_string> padded(values.begin(), values.end());
  uint64_t parsed = 0;
  simdjson::dom::parser parser;
  const double limit = Best(repeats, [&] {
    for (const auto& value : padded) {
      simdjson::dom::element element;
      if (parser.parse(value).get(element) == simdjson::SUCCESS)
        parsed += element.is_object();
    }
  });
  const auto decode = [&](bool as_lines, int64_t* rows, uint64_t* sum) {
    auto decoder =
        tarn::cdc::Decoder::Make(arrow::default_memory_pool(), options).ValueOrDie();
    *rows = 0;
    constexpr size_t kBatch = 4096;
    for (size_t at = 0; at < messages.size(); at += kBatch) {
      const size_t count = std::min(kBatch, messages.size() - at);
      const auto status = as_lines
                              ? decoder->DecodeLines({framed.data() + at, count})
                              : decoder->DecodeMessages({messages.data() + at, count});
      if (!status.ok()) {
        std::fprintf(stderr, "%s\n", status.ToString().c_str());
        std::exit(1);
      }
      auto batch = decoder->Finish().ValueOrDie();
      *rows += batch.changes.num_rows();
      if (sum == nullptr) continue;
      for (const auto& column : batch.changes.rows->columns()) {
        *sum = *sum * 31 + Checksum(*column->data());
      }
    }
  };
  int64_t rows = 0;
  uint64_t sum = 0;
  decode(false, &rows, &sum);
  const double from_messages = Best(repeats, [&] { decode(false, &rows, nullptr); });
  const double from_lines = Best(repeats, [&] { decode(true, &rows, nullptr); });
  std::printf("%s: %zu messages of %lld bytes, %lld rows, checksum %016llx\n",
              path.c_str(), messages.size(),
              static_cast<long long>(bytes / static_cast<int64_t>(messages.size())),
              static_cast<long long>(rows), static_cast<unsigned long long>(sum));
  Print("limit: simdjson, bare parse", limit, rows, bytes, limit);
  Print("decode messages into columns", from_messages, rows, bytes, limit);
  Print("decode recorded lines", from_lines, rows, line_bytes, limit);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string root = argc > 1 ? argv[1] : "tests/data";
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 5;
  int failed = 0;
  for (const char* variant : {"plain", "schema"}) {
    const std::string folder = root + "/debezium-postgres/" + variant;
    failed += Run(folder + "/shop.catalog.products.jsonl.gz", ProductColumns(), repeats);
    failed += Run(folder + "/shop.pricing.prices.jsonl.gz", PriceColumns(), repeats);
  }
  return failed;
}

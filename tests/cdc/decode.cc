// SPDX-License-Identifier: Apache-2.0
#include "tests/cdc/decode.h"

#include <arrow/api.h>

#include <nlohmann/json.hpp>

namespace tarn::cdc {

DecoderOptions Columns(
    const std::vector<std::pair<std::string, types::DataType>>& columns,
    const std::vector<int>& keys, const std::map<std::string, std::string>& metadata) {
  DecoderOptions options;
  for (const auto& [name, type] : columns) {
    const auto id = static_cast<int32_t>(options.columns.size());
    const auto found = metadata.find(name);
    options.columns.push_back(
        {{id, name, type, {}, {}}, found == metadata.end() ? "" : found->second});
  }
  options.key_columns = keys;
  return options;
}

Decoded Decode(const DecoderOptions& options, const std::vector<std::string>& lines,
               RedeliveryFilter* filter, TruncateHorizon* horizon) {
  Decoded out;
  auto decoder = Decoder::Make(arrow::default_memory_pool(), options, filter, horizon);
  out.status = decoder.status();
  if (!decoder.ok()) return out;
  std::vector<Line> framed;
  for (size_t i = 0; i < lines.size(); ++i) {
    framed.push_back({lines[i], "topic.jsonl", static_cast<int64_t>(i + 1)});
  }
  out.status = (*decoder)->DecodeLines(framed);
  auto batch = (*decoder)->Finish();
  if (!batch.ok()) {
    out.status = batch.status();
    return out;
  }
  out.batch = std::move(*batch);
  const Status valid = out.batch.changes.rows->ValidateFull();
  if (!valid.ok()) out.status = valid;
  const auto rows = RowsAsText(out.batch.changes, options.columns.size());
  const uint8_t* kinds = out.batch.changes.kinds_data();
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string text(types::ShortName(kinds == nullptr
                                          ? types::RowKind::kInsert
                                          : static_cast<types::RowKind>(kinds[i])));
    for (size_t column = 0; column < rows[i].size(); ++column) {
      const auto& absent = out.batch.changes.absent;
      const bool is_absent = !absent.empty() && absent[column] != nullptr &&
                             ((absent[column]->data()[i / 8] >> (i % 8)) & 1) != 0;
      text += column == 0 ? " " : ",";
      text += is_absent ? "-" : rows[i][column].value_or("NULL");
      if (is_absent && rows[i][column]) text += "(absent with a value)";
    }
    out.rows.push_back(std::move(text));
  }
  return out;
}

namespace {

std::string CellOf(const types::DataType& type, const std::string& line,
                   DecoderOptions options) {
  options.columns = Columns({{"x", type}}).columns;
  options.ignore_parse_errors = true;
  const Decoded decoded = Decode(options, {line});
  if (!decoded.status.ok()) return decoded.status.ToString();
  if (!decoded.batch.rejections.empty()) return "! " + decoded.batch.rejections[0].reason;
  return decoded.rows.at(0).substr(3);
}

}  // namespace

std::string Cell(const types::DataType& type, const std::string& value,
                 DecoderOptions options) {
  return CellOf(type, "{\"before\":null,\"after\":{\"x\":" + value + "},\"op\":\"c\"}",
                std::move(options));
}

std::string CellWithSchema(const types::DataType& type, const std::string& schema,
                           const std::string& value, DecoderOptions options) {
  nlohmann::json field = nlohmann::json::parse(schema);
  field["field"] = "x";
  const std::string text =
      "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"fields\":[" +
      field.dump() +
      "],\"field\":\"after\"}]},\"payload\":{\"before\":null,\"after\":{\"x\":" + value +
      "},\"op\":\"c\"}}";
  return CellOf(type, text, std::move(options));
}

std::string Recorded(int partition, int64_t offset, const std::string& key,
                     const std::string& value) {
  nlohmann::ordered_json out;
  out["topic"] = "t";
  out["partition"] = partition;
  out["offset"] = offset;
  out["timestamp"] = 1700000000000;
  out["key"] = key.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(key);
  out["value"] = value.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(value);
  out["headers"] = {{"h", "1"}};
  return out.dump();
}

}  // namespace tarn::cdc

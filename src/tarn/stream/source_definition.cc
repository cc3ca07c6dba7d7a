// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/source_definition.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tarn::stream {
namespace {

constexpr std::string_view kTruncate = "debezium-json.truncate";
constexpr std::string_view kDeadLetters = "dead-letter.path";

/// Flink's options of its file source that change nothing over bounded files.
constexpr std::array<std::string_view, 4> kWithoutEffect = {
    "source.monitor-interval", "source.path.regex-pattern", "scan.parallelism",
    "source.report-statistics"};

Result<std::string> Required(const std::map<std::string, std::string>& options,
                             const char* key, std::string_view table) {
  const auto found = options.find(key);
  if (found == options.end() || found->second.empty()) {
    return InvalidInput(
        1801, fmt::format("Source table '{}' needs the option '{}'.", table, key));
  }
  return found->second;
}

Result<TruncatePolicy> ParseTruncate(const std::map<std::string, std::string>& options) {
  const auto found = options.find(std::string(kTruncate));
  if (found == options.end() || found->second == "mirror") return TruncatePolicy::kMirror;
  if (found->second == "fail") return TruncatePolicy::kFail;
  if (found->second == "skip") return TruncatePolicy::kSkip;
  return InvalidInput(1802,
                      "Option takes 'mirror', 'fail' or 'skip':", V("option", kTruncate),
                      V("value", found->second));
}

bool BelongsToFormat(std::string_view key, std::string_view format) {
  return (key.size() > format.size() && key.substr(0, format.size()) == format &&
          key[format.size()] == '.') ||
         key == "line-format";
}

/// Options that are neither the connector's nor the format's.
Status CheckKeys(const std::map<std::string, std::string>& options,
                 std::string_view format, std::string_view table,
                 std::vector<std::string>* notices) {
  for (const auto& [key, value] : options) {
    if (key == "connector" || key == "path" || key == "format" || key == kTruncate ||
        key == kDeadLetters || BelongsToFormat(key, format)) {
      continue;
    }
    if (std::find(kWithoutEffect.begin(), kWithoutEffect.end(), key) !=
        kWithoutEffect.end()) {
      notices->push_back(fmt::format(
          "Option '{}' of source table '{}' has no effect here.", key, table));
      continue;
    }
    return InvalidInput(
        1803,
        fmt::format("Source table '{}' has an option that neither the connector nor its "
                    "format knows: '{}'. Known are connector, path, format, {}, {} and "
                    "those of the format '{}'.",
                    table, key, kTruncate, kDeadLetters, format));
  }
  return Status::OK();
}

}  // namespace

std::vector<types::DataField> SourceDefinition::fields() const {
  std::vector<types::DataField> out;
  for (const auto& column : columns) out.push_back(column.field);
  return out;
}

Result<SourceDefinition> SourceDefinition::Make(
    std::string name, std::vector<SourceTableColumn> columns,
    std::vector<std::string> primary_key,
    const std::map<std::string, std::string>& options) {
  SourceDefinition source;
  ARROW_ASSIGN_OR_RAISE(const std::string connector,
                        Required(options, "connector", name));
  if (connector != "filesystem") {
    return Unsupported(6801,
                       "Connector is not there yet; 'filesystem' is:", V("table", name),
                       V("connector", connector));
  }
  ARROW_ASSIGN_OR_RAISE(source.files.path, Required(options, "path", name));
  ARROW_ASSIGN_OR_RAISE(const std::string format_name, Required(options, "format", name));
  ARROW_ASSIGN_OR_RAISE(const auto format, cdc::MessageFormatFromName(format_name));
  ARROW_RETURN_NOT_OK(CheckKeys(options, format_name, name, &source.notices));
  std::map<std::string, std::string> of_format = options;
  of_format.erase(std::string(kTruncate));
  ARROW_ASSIGN_OR_RAISE(source.decoder, cdc::ReadDecoderOptions(format, of_format));
  ARROW_ASSIGN_OR_RAISE(source.truncate, ParseTruncate(options));
  if (const auto found = options.find(std::string(kDeadLetters));
      found != options.end()) {
    source.dead_letter_directory = found->second;
  }
  for (const auto& column : columns) {
    source.decoder.columns.push_back({column.field, column.metadata_key});
  }
  for (const auto& key : primary_key) {
    const auto found =
        std::find_if(columns.begin(), columns.end(),
                     [&](const auto& column) { return column.field.name == key; });
    if (found == columns.end()) {
      return InvalidInput(1804, "Primary key names no column:", V("table", name),
                          V("column", key));
    }
    source.decoder.key_columns.push_back(static_cast<int>(found - columns.begin()));
  }
  source.decoder.format = format;
  source.name = std::move(name);
  source.columns = std::move(columns);
  source.primary_key = std::move(primary_key);
  return source;
}

}  // namespace tarn::stream

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/sql/session.h"

namespace tarn::sql {
namespace {

/// What a key of Flink's means here; "" = it acts.
struct KnownSetting {
  std::string_view key;
  std::string_view without_effect;
};

constexpr std::array<KnownSetting, 23> kKnown = {{
    {"execution.runtime-mode", ""},
    {"execution.checkpointing.interval", ""},
    {"pipeline.name", ""},
    {"tarn.commit.rows", ""},
    {options::kAllowRetractionsIntoAggregates.key, ""},
    {"table.local-time-zone", "the process's zone (TZ) is used"},
    {"table.exec.sink.upsert-materialize",
     "no state of an engine stands before a table here"},
    {"table.exec.sink.not-null-enforcer", "NULL in a NOT NULL column is always an error"},
    {"table.exec.sink.type-length-enforcer", "lengths are not enforced, Flink's default"},
    {"parallelism.default", "work is spread over all processors"},
    {"table.exec.resource.default-parallelism", "work is spread over all processors"},
    {"sql-client.execution.result-mode", "--output chooses the form"},
    {"sql-client.execution.max-table-result.rows", "all rows are shown"},
    {"table.dml-sync", "a statement ends when its work is done"},
    {"table.dynamic-table-options.enabled", "hints always act"},
    {"execution.checkpointing.mode", "every event counts once, always"},
    {"execution.checkpointing.max-concurrent-checkpoints", "commits follow one another"},
    {"execution.checkpointing.timeout", "a commit takes what it takes"},
    {"execution.checkpointing.unaligned", "there are no barriers"},
    {"state.backend", "no state is kept"},
    {"state.checkpoints.dir", "positions are kept in the tables' snapshots"},
    {"table.exec.mini-batch.enabled", "rows always travel in batches"},
    {"table.exec.state.ttl", "no state is kept"},
}};

const KnownSetting* FindSetting(std::string_view key) {
  for (const KnownSetting& setting : kKnown) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

Status Check(const std::string& key, const std::string& value) {
  if (key == "execution.runtime-mode" && value != "batch" && value != "streaming" &&
      value != "BATCH" && value != "STREAMING") {
    return InvalidInput(
        1140, "execution.runtime-mode takes 'batch' or 'streaming':", V("value", value));
  }
  if (key == "execution.checkpointing.interval") {
    return base::ParseDuration(value).status();
  }
  if (key == "tarn.commit.rows" &&
      (value.empty() || value.size() > 15 ||
       value.find_first_not_of("0123456789") != std::string::npos)) {
    return InvalidInput(1141,
                        "tarn.commit.rows takes a number of rows:", V("value", value));
  }
  return Status::OK();
}

}  // namespace

Result<StatementResult> Session::Run(const SetOption& node, const SourceText& source) {
  StatementResult out;
  if (!node.key) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [key, value] : settings_) rows.push_back({key, value});
    return TextRows({"key", "value"}, rows);
  }
  const KnownSetting* setting = FindSetting(*node.key);
  if (setting == nullptr) {
    std::vector<std::string_view> keys;
    for (const KnownSetting& known : kKnown) keys.push_back(known.key);
    out.notices.push_back(fmt::format("'{}' is not known and has no effect. {}",
                                      *node.key, DidYouMean(NearestOf(*node.key, keys))));
  } else if (!setting->without_effect.empty()) {
    out.notices.push_back(
        fmt::format("'{}' has no effect: {}.", *node.key, setting->without_effect));
  }
  const Status status = Check(*node.key, node.value);
  if (!status.ok()) return AtPlace(status, node.value_span, source);
  settings_[*node.key] = node.value;
  return out;
}

Result<StatementResult> Session::Run(const ResetOption& node, const SourceText&) {
  if (node.key) {
    settings_.erase(*node.key);
  } else {
    settings_.clear();
  }
  return StatementResult();
}

}  // namespace tarn::sql

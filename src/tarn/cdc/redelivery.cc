// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/redelivery.h"

#include <algorithm>
#include <charconv>

namespace tarn::cdc {

namespace {

// FNV-1a: stored in snapshots, so it must never change.
uint64_t Fingerprint(Operation operation, std::string_view identity) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](char c) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3;
  };
  mix(static_cast<char>(operation));
  for (const char c : identity) mix(c);
  return hash;
}

std::string TableName(const SourceInfo& source) {
  return fmt::format("{}/{}/{}/{}", source.name, source.database, source.schema,
                     source.table);
}

}  // namespace

bool RedeliveryFilter::IsRedelivered(const Message& message, const SourceInfo& source,
                                     Operation operation, std::string_view position,
                                     std::string_view identity) {
  if (!message.has_place || operation == Operation::kRead) return false;
  name_.clear();
  fmt::format_to(std::back_inserter(name_), "{}/{}/{}/{}", message.topic,
                 message.partition, source.name, source.server_id);
  auto found = partitions_.find(name_);
  if (found == partitions_.end()) found = partitions_.emplace(name_, Last()).first;
  Last& last = found->second;
  if (position < last.position) return true;
  const uint64_t fingerprint = Fingerprint(operation, identity);
  if (position == last.position) {
    if (std::find(last.seen.begin(), last.seen.end(), fingerprint) != last.seen.end()) {
      return true;
    }
  } else {
    last.position.assign(position);
    last.seen.clear();
  }
  last.seen.push_back(fingerprint);
  return false;
}

std::map<std::string, std::string> RedeliveryFilter::Save() const {
  std::map<std::string, std::string> states;
  for (const auto& [name, last] : partitions_) {
    std::string state = last.position;
    for (const uint64_t fingerprint : last.seen)
      state += fmt::format("|{:016x}", fingerprint);
    states.emplace(name, std::move(state));
  }
  return states;
}

Status RedeliveryFilter::Restore(const std::map<std::string, std::string>& states) {
  partitions_.clear();
  for (const auto& [name, state] : states) {
    Last last;
    std::string_view rest = state;
    const size_t bar = std::min(rest.find('|'), rest.size());
    last.position = rest.substr(0, bar);
    rest.remove_prefix(bar);
    while (!rest.empty()) {
      constexpr size_t kEntry = 17;
      uint64_t fingerprint = 0;
      const std::string_view digits = rest.substr(1, kEntry - 1);
      const auto [end, code] =
          std::from_chars(digits.data(), digits.data() + digits.size(), fingerprint, 16);
      if (rest[0] != '|' || rest.size() < kEntry || code != std::errc() ||
          end != digits.data() + digits.size()) {
        return Corruption(7441, "The stored state of a source partition cannot be read:",
                          V("partition", name), V("state", state));
      }
      last.seen.push_back(fingerprint);
      rest.remove_prefix(kEntry);
    }
    if (last.position.empty()) {
      return Corruption(7441, "The stored state of a source partition cannot be read:",
                        V("partition", name), V("state", state));
    }
    partitions_.emplace(name, std::move(last));
  }
  return Status::OK();
}

void TruncateHorizon::Raise(const SourceInfo& source, std::string_view position) {
  std::string& known = tables_[TableName(source)];
  if (position > known) known = position;
}

bool TruncateHorizon::Covers(const SourceInfo& source, std::string_view position) const {
  if (tables_.empty()) return false;
  const auto found = tables_.find(TableName(source));
  if (found == tables_.end()) return false;
  std::string_view horizon = found->second;
  if (source.is_snapshot() && source.connector == "postgresql") {
    // The commit part of a snapshot row is 0; its lsn says whether it saw the truncate.
    horizon.remove_prefix(std::min(horizon.find('.'), horizon.size()));
    position.remove_prefix(std::min(position.find('.'), position.size()));
  }
  return position < horizon;
}

void TruncateHorizon::Restore(const std::map<std::string, std::string>& positions) {
  tables_.clear();
  tables_.insert(positions.begin(), positions.end());
}

}  // namespace tarn::cdc

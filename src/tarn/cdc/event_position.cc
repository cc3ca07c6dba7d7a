// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/event_position.h"

#include <charconv>
#include <cstring>

namespace tarn::cdc {

namespace {

constexpr size_t kDigits = 20;

void AppendPadded(uint64_t value, std::string* out) {
  char digits[kDigits];
  std::memset(digits, '0', kDigits);
  for (size_t i = kDigits; value != 0; value /= 10) {
    digits[--i] = static_cast<char>('0' + value % 10);
  }
  out->append(digits, kDigits);
}

// First number of `["123","456"]`; 0 for null.
bool LastCommit(std::string_view sequence, uint64_t* out) {
  *out = 0;
  if (!sequence.starts_with('[')) return false;
  sequence.remove_prefix(1);
  if (sequence.starts_with("null")) return true;
  if (!sequence.starts_with('"')) return false;
  sequence.remove_prefix(1);
  const char* end = sequence.data() + sequence.size();
  const auto [at, code] = std::from_chars(sequence.data(), end, *out);
  return code == std::errc() && at != end && *at == '"';
}

bool PostgresPosition(const SourceInfo& source, std::string* out) {
  if (!source.lsn.has_value()) return false;
  uint64_t commit = 0;
  if (!source.is_snapshot()) {
    constexpr uint64_t kNoCommitYet = 1;
    if (!LastCommit(source.sequence, &commit)) return false;
    if (commit == 0) commit = kNoCommitYet;
  }
  out->clear();
  AppendPadded(commit, out);
  out->push_back('.');
  AppendPadded(*source.lsn, out);
  return true;
}

bool BinlogPosition(const SourceInfo& source, std::string* out) {
  if (source.file.empty() || !source.pos.has_value()) return false;
  // "binlog.000001": the number grows past its six digits one day.
  const size_t dot = source.file.rfind('.');
  if (dot == source.file.npos) return false;
  const std::string_view number = source.file.substr(dot + 1);
  uint64_t file = 0;
  const auto [at, code] =
      std::from_chars(number.data(), number.data() + number.size(), file);
  if (code != std::errc() || at != number.data() + number.size()) return false;
  out->assign(source.file.substr(0, dot + 1));
  AppendPadded(file, out);
  out->push_back('.');
  AppendPadded(*source.pos, out);
  out->push_back('.');
  AppendPadded(source.row, out);
  return true;
}

}  // namespace

PositionKind EventPosition(const SourceInfo& source, const Message& message,
                           std::string* out) {
  if (source.connector == "postgresql") {
    return PostgresPosition(source, out) ? PositionKind::kSource : PositionKind::kNone;
  }
  if (source.is_mysql()) {
    return BinlogPosition(source, out) ? PositionKind::kSource : PositionKind::kNone;
  }
  if (!message.has_place) return PositionKind::kNone;
  out->clear();
  AppendPadded(static_cast<uint64_t>(message.partition), out);
  out->push_back('.');
  AppendPadded(static_cast<uint64_t>(message.offset), out);
  return PositionKind::kPlace;
}

}  // namespace tarn::cdc

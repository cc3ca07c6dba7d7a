// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/decoder.h"

#include <numeric>

#include "tarn/cdc/message_decoder.h"

namespace tarn::cdc {

namespace {

// Text as a JSON string; bytes that are not UTF-8 are written as \u00XX of the byte.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
      continue;
    }
    if (byte >= 0x20 && byte < 0x7f) {
      out += text[i];
      continue;
    }
    // A whole UTF-8 sequence is copied.
    const size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    bool whole = length > 1 && byte < 0xf5 && i + length <= text.size();
    for (size_t k = 1; whole && k < length; ++k) {
      whole = (static_cast<uint8_t>(text[i + k]) & 0xc0) == 0x80;
    }
    const auto next = i + 1 < text.size() ? static_cast<uint8_t>(text[i + 1]) : 0;
    // Overlong forms, surrogates, past the last code point.
    if ((byte == 0xe0 && next < 0xa0) || (byte == 0xed && next >= 0xa0) ||
        (byte == 0xf0 && next < 0x90) || (byte == 0xf4 && next >= 0x90)) {
      whole = false;
    }
    if (whole) {
      out += text.substr(i, length);
      i += length - 1;
    } else {
      out += fmt::format("\\u{:04x}", byte);
    }
  }
  return out + "\"";
}

}  // namespace

std::string_view SkipReasonName(SkipReason reason) {
  switch (reason) {
    case SkipReason::kBlankLine:
      return "blank line";
    case SkipReason::kTombstone:
      return "tombstone";
    case SkipReason::kLogicalMessage:
      return "logical message";
    case SkipReason::kTransaction:
      return "transaction marker";
    case SkipReason::kSchemaChange:
      return "schema change";
    case SkipReason::kHeartbeat:
      return "heartbeat";
    case SkipReason::kRedelivered:
      return "delivered before";
    case SkipReason::kBeforeTruncate:
      return "before a truncate";
  }
  return "";
}

int64_t DecodeCounts::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), int64_t{0});
}

DecodeCounts& DecodeCounts::operator+=(const DecodeCounts& other) {
  read += other.read;
  applied += other.applied;
  for (size_t i = 0; i < skipped.size(); ++i) skipped[i] += other.skipped[i];
  rejected += other.rejected;
  rows += other.rows;
  truncates += other.truncates;
  updates_without_before += other.updates_without_before;
  return *this;
}

Status Rejection::ToStatus() const {
  std::string where;
  if (!file.empty()) where += fmt::format(" file={} line={}", file, line);
  if (has_place)
    where += fmt::format(" topic={} partition={} offset={}", topic, partition, offset);
  constexpr size_t kShown = 200;
  const std::string text = Quoted(std::string_view(bytes).substr(0, kShown)) +
                           (bytes.size() > kShown ? "..." : "");
  return InvalidInput(code,
                      "A change record cannot be read:", V("reason", Quoted(reason)),
                      V("text", text + where));
}

std::string Rejection::ToJson() const {
  std::string out = "{\"reason\":" + Quoted(reason);
  out += fmt::format(",\"code\":\"TARN-{}\"", code);
  if (!file.empty()) out += fmt::format(",\"file\":{},\"line\":{}", Quoted(file), line);
  if (has_place) {
    out += fmt::format(",\"topic\":{},\"partition\":{},\"offset\":{}", Quoted(topic),
                       partition, offset);
  }
  return out + ",\"text\":" + Quoted(bytes) + "}";
}

Result<std::unique_ptr<Decoder>> Decoder::Make(arrow::MemoryPool* pool,
                                               DecoderOptions options,
                                               RedeliveryFilter* filter,
                                               TruncateHorizon* horizon) {
  return MessageDecoder::Make(pool, std::move(options), filter, horizon);
}

}  // namespace tarn::cdc

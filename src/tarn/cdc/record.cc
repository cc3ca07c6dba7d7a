// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/record.h"

#include <charconv>
#include <limits>

namespace tarn::cdc {

namespace {

using Token = JsonDocument::Token;

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

// Does the line open with the member "topic"? Cheap, since every line is asked.
bool OpensWithTopic(std::string_view line) {
  constexpr std::string_view kName = "\"topic\"";
  size_t at = 0;
  while (at < line.size() && IsBlank(line[at])) ++at;
  if (at == line.size() || line[at] != '{') return false;
  ++at;
  while (at < line.size() && IsBlank(line[at])) ++at;
  return line.substr(at, kName.size()) == kName;
}

}  // namespace

bool RecordReader::Malformed(std::string_view reason) {
  error_.assign(reason);
  return false;
}

bool RecordReader::ReadBytes(Token* token, std::string_view* bytes, bool* present) {
  if (document_.Null(token)) {
    *present = false;
    return true;
  }
  *present = true;
  if (document_.At(*token) == '"') return document_.String(token, bytes);
  const Token begin = *token;
  if (!document_.Skip(token)) return false;
  *bytes = document_.Span(begin, *token);
  return true;
}

bool RecordReader::ReadInteger(Token* token, int64_t* out) {
  const std::string_view text = document_.Text(*token);
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (code != std::errc() || end != text.data() + text.size()) {
    return document_.Fail("expected an integer", *token);
  }
  ++*token;
  return true;
}

bool RecordReader::ReadMember(std::string_view name, Token* token, Message* message) {
  if (name == "topic") {
    return document_.String(token, &message->topic);
  }
  if (name == "partition") {
    int64_t value;
    if (!ReadInteger(token, &value)) return false;
    if (value < 0 || value > std::numeric_limits<int32_t>::max()) {
      return document_.Fail("partition is out of range", *token - 1);
    }
    message->partition = static_cast<int32_t>(value);
    partition_seen_ = true;
    return true;
  }
  if (name == "offset") {
    if (!ReadInteger(token, &message->offset)) return false;
    if (message->offset < 0) return document_.Fail("offset is out of range", *token - 1);
    offset_seen_ = true;
    return true;
  }
  if (name == "value" || name == "payload") {
    if (value_seen_) return document_.Fail("two values in one message", *token);
    value_seen_ = true;
    return ReadBytes(token, &message->value, &message->has_value);
  }
  if (name == "key") return ReadBytes(token, &message->key, &message->has_key);
  if (name == "timestamp" || name == "ts") {
    if (document_.Null(token)) return true;
    if (!ReadInteger(token, &message->timestamp_millis)) return false;
    message->has_timestamp = true;
    return true;
  }
  if (name == "tstype") {
    std::string_view type;
    if (!document_.String(token, &type)) return false;
    message->timestamp_type = type == "create"      ? "CreateTime"
                              : type == "logappend" ? "LogAppendTime"
                                                    : type;
    return true;
  }
  if (name == "headers") {
    const Token begin = *token;
    if (!document_.Skip(token)) return false;
    message->headers = document_.Span(begin, *token);
    if (message->headers == "null") message->headers = {};
    return true;
  }
  return document_.Skip(token);
}

bool RecordReader::Read(const Line& line, Message* message) {
  *message = Message();
  message->file = line.file;
  message->line = line.number;
  const bool opens = form_ != LineForm::kValue && OpensWithTopic(line.bytes);
  if (!opens) {
    if (form_ == LineForm::kMessage) {
      return Malformed(
          "the line is not a recorded message: its first member is not topic");
    }
    message->value = line.bytes;
    message->has_value = true;
    return true;
  }
  if (!document_.Parse(line.bytes)) return Malformed(document_.error());
  value_seen_ = partition_seen_ = offset_seen_ = false;
  Token token = 0;
  bool first = true;
  std::string_view name;
  if (!document_.BeginObject(&token)) return Malformed(document_.error());
  int more;
  while ((more = document_.NextMember(&token, &first, &name)) == 1) {
    if (!ReadMember(name, &token, message)) return Malformed(document_.error());
  }
  if (more < 0) return Malformed(document_.error());
  if (token != document_.token_count()) return Malformed("text after the message");
  message->has_place = partition_seen_ && offset_seen_;
  if (value_seen_ && message->has_place) return true;
  if (form_ == LineForm::kMessage) {
    return Malformed("the recorded message lacks partition, offset or value");
  }
  // An object of the user's own that happens to begin with "topic".
  *message = Message();
  message->file = line.file;
  message->line = line.number;
  message->value = line.bytes;
  message->has_value = true;
  return true;
}

}  // namespace tarn::cdc

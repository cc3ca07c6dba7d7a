// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: cdc, change records.
///
/// Pure decoders: bytes in, columns and row kinds out; no file, no clock. A source frames
/// lines or takes messages from a log and hands them over; `RecordReader` says what
/// message a line holds; a `Decoder` (`decoder.h`) turns messages into a
/// `types::ChangeBatch`:
///
///   line ─ RecordReader ─▶ message ─ JsonDocument ─▶ envelope: op, before, after, source
///   schema or options ─▶ one Conversion per column, chosen once per schema
///   images ─ RowDecoder ─▶ ColumnBuffers ─▶ batch, kinds, absent bits
///   source ─ EventPosition ─▶ text that sorts ─▶ RedeliveryFilter, TruncateHorizon
///
/// Words: a *message* is what the source of a topic wrote: key, value, headers. An
/// *event* is a message with a change in it. A *tombstone* is a message without a value.
/// An *image* is a row before or after the change. A cell is *absent* when the source
/// says that it did not send it, which is not NULL.
///
/// Invariants: every message is exactly one of applied, skipped (with a reason, counted)
/// and rejected (with a reason and the offending text); a rejected or skipped message
/// leaves nothing in the columns; nothing wraps: what does not fit its column is
/// rejected.

#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/cdc/json_document.h"

namespace tarn::cdc {

/// A line of a file: bytes without the line end, the file's path, the line's number
/// from 1.
struct Line {
  std::string_view bytes;
  std::string_view file;
  int64_t number = 0;
};

/// A message of a topic, or a bare value. Views; valid as long as what they were made
/// from.
struct Message {
  std::string_view value;
  std::string_view key;
  bool has_value = false;  ///< false: a tombstone
  bool has_key = false;
  bool has_place = false;  ///< partition and offset are known
  bool has_timestamp = false;
  int32_t partition = 0;
  int64_t offset = 0;
  int64_t timestamp_millis = 0;
  std::string_view topic;
  std::string_view timestamp_type;  ///< "CreateTime", "LogAppendTime" or ""
  std::string_view headers;  ///< JSON: {"name":"text"|null, ...} or ["name","text",...]
  std::string_view file;
  int64_t line = 0;
};

/// What a line is.
enum class LineForm : uint8_t {
  kAuto,   ///< a recorded message if it starts with the member "topic", else a bare value
  kValue,  ///< always a bare value
  kMessage,  ///< always a recorded message
};

/// Reads lines as messages. A recorded message is an object whose first member is
/// "topic", with "partition", "offset" and either "value" or, as `kcat -J` writes it,
/// "payload"; key and value are strings that hold the exact bytes, or null, or JSON
/// objects as they are. One caller at a time.
class RecordReader {
 public:
  explicit RecordReader(LineForm form) : form_(form) {}

  /// The message of a line; views stay valid until the next call. False with `error()`
  /// set when the line is no message.
  bool Read(const Line& line, Message* message);
  const std::string& error() const { return error_; }

 private:
  bool ReadMember(std::string_view name, JsonDocument::Token* token, Message* message);
  bool ReadBytes(JsonDocument::Token* token, std::string_view* bytes, bool* present);
  bool ReadInteger(JsonDocument::Token* token, int64_t* out);
  bool Malformed(std::string_view reason);

  const LineForm form_;
  JsonDocument document_;
  bool value_seen_ = false;
  bool partition_seen_ = false;
  bool offset_seen_ = false;
  std::string error_;
};

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tarn/cdc/json_document.h"

namespace tarn::cdc {

/// Operation of an event.
enum class Operation : char {
  kRead = 'r',  ///< a row of a snapshot
  kCreate = 'c',
  kUpdate = 'u',
  kDelete = 'd',
  kTruncate = 't',
  kMessage = 'm',  ///< a logical message: no row
};

/// The member `source` of an envelope: where the event stood. Views into the document.
struct SourceInfo {
  bool present = false;
  std::string_view connector;  ///< "postgresql", "mariadb", "mysql", ...
  std::string_view name;       ///< the connector's logical name (topic prefix)
  std::string_view database;
  std::string_view schema;
  std::string_view table;
  std::string_view snapshot;  ///< "false", "first", "true", "last", "incremental", ...
  std::string_view sequence;  ///< PostgreSQL: JSON of [last commit lsn, lsn]
  std::string_view file;      ///< MySQL, MariaDB: binlog file
  std::optional<int64_t> ts_ms;
  std::optional<uint64_t> lsn;
  std::optional<uint64_t> pos;
  uint64_t row = 0;
  int64_t server_id = 0;

  bool is_mysql() const { return connector == "mysql" || connector == "mariadb"; }
  /// A row of an initial snapshot. Rows of incremental snapshots stand in the stream.
  bool is_snapshot() const {
    return !snapshot.empty() && snapshot != "false" && snapshot != "incremental";
  }
};

/// Tokens of an envelope's members, or 0 where one is missing or null.
struct Envelope {
  using Token = JsonDocument::Token;
  Token schema = 0;  ///< of {"schema", "payload"}; 0 = the message carries none
  Token begin = 0;   ///< the envelope itself
  Token end = 0;     ///< past it
  Token before = 0;
  Token after = 0;
  Token source = 0;
  bool has_payload = false;   ///< the message is {"schema", "payload"}
  bool payload_null = false;  ///< a tombstone with a schema
  bool has_op = false;
  bool has_status = false;  ///< "status" and "id": transaction topics
  bool has_ddl = false;     ///< "ddl": schema change topics
  std::string_view op;
  std::optional<int64_t> ts_ms;
  int member_count = 0;
};

/// Find the members of the message's value: the envelope, bare or under "payload".
/// Members other than schema, before, after and source are checked here; those are only
/// bracketed and must be decoded or skipped by the caller. False with `document->error()`
/// set.
/// \param unwrap  look for {"schema", "payload"}
bool ReadEnvelope(JsonDocument* document, bool unwrap, Envelope* out);

/// Find the object under "payload" of {"schema", "payload"}, or the value itself. False
/// with `document->error()` set when that is no object.
bool FindPayload(JsonDocument* document, JsonDocument::Token* token);

/// Read `source`. False with `document->error()` set.
bool ReadSource(JsonDocument* document, JsonDocument::Token token, SourceInfo* out);

}  // namespace tarn::cdc

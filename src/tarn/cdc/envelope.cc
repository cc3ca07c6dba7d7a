// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/envelope.h"

#include <charconv>

namespace tarn::cdc {

namespace {

using Token = JsonDocument::Token;

// An integer, or null. Other values are errors.
template <typename T>
bool Integer(JsonDocument* document, Token* token, std::optional<T>* out) {
  if (document->Null(token)) return true;
  const std::string_view text = document->Text(*token);
  T value;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) {
    return document->Fail("expected an integer", *token);
  }
  *out = value;
  ++*token;
  return true;
}

bool Text(JsonDocument* document, Token* token, std::string_view* out) {
  if (document->Null(token)) return true;
  return document->String(token, out);
}

// Remember where a member stands that is decoded later.
bool Bracket(JsonDocument* document, Token* token, Token* out) {
  if (*out != 0) return document->Fail("a member comes twice", *token);
  if (document->Null(token)) return true;
  *out = *token;
  return document->Jump(token) ||
         document->Fail("the text ends early: no end of the value", *out);
}

bool Member(JsonDocument* document, std::string_view name, Token* token, Envelope* out) {
  switch (name.size()) {
    case 2:
      if (name == "op") {
        if (out->has_op) return document->Fail("op comes twice", *token);
        if (document->Null(token)) return true;
        out->has_op = true;
        return document->String(token, &out->op);
      }
      break;
    case 3:
      if (name == "ddl") out->has_ddl = true;
      break;
    case 5:
      if (name == "after") return Bracket(document, token, &out->after);
      if (name == "ts_ms" && document->At(*token) != '"') {
        return Integer(document, token, &out->ts_ms);
      }
      break;
    case 6:
      if (name == "before") return Bracket(document, token, &out->before);
      if (name == "source") return Bracket(document, token, &out->source);
      if (name == "status") out->has_status = true;
      break;
    default:
      break;
  }
  return document->Skip(token);
}

bool Members(JsonDocument* document, Token* token, Envelope* out) {
  out->begin = *token;
  if (!document->BeginObject(token)) return false;
  bool first = true;
  std::string_view name;
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    ++out->member_count;
    if (!Member(document, name, token, out)) return false;
  }
  out->end = *token;
  return more == 0;
}

// {"schema": .., "payload": ..} and nothing else: tokens of both.
bool IsWrapped(JsonDocument* document, Token* schema, Token* payload) {
  Token token = 0;
  bool first = true;
  std::string_view name;
  if (document->At(token) != '{') return false;
  ++token;
  int more;
  while ((more = document->NextMember(&token, &first, &name)) == 1) {
    if (name == "schema" && *schema == 0) {
      *schema = token;
    } else if (name == "payload" && *payload == 0) {
      *payload = token;
    } else {
      return false;
    }
    if (!document->Jump(&token)) return false;
  }
  return more == 0 && *payload != 0 && *schema != 0 && token == document->token_count();
}

}  // namespace

bool ReadEnvelope(JsonDocument* document, bool unwrap, Envelope* out) {
  Token schema = 0, payload = 0;
  Token token = 0;
  if (unwrap && IsWrapped(document, &schema, &payload)) {
    out->has_payload = true;
    if (!document->Null(&schema)) out->schema = schema;
    token = payload;
    if (document->Null(&token)) {
      out->payload_null = true;
      return true;
    }
    return Members(document, &token, out);
  }
  if (!Members(document, &token, out)) return false;
  return token == document->token_count() ||
         document->Fail("text after the value", token);
}

bool FindPayload(JsonDocument* document, JsonDocument::Token* token) {
  Token schema = 0, payload = 0;
  *token = 0;
  if (IsWrapped(document, &schema, &payload)) *token = payload;
  return document->At(*token) == '{' || document->Fail("expected an object", *token);
}

bool ReadSource(JsonDocument* document, JsonDocument::Token token, SourceInfo* out) {
  out->present = true;
  if (!document->BeginObject(&token)) return false;
  bool first = true;
  std::string_view name;
  int more;
  std::optional<uint64_t> row;
  std::optional<int64_t> server_id;
  while ((more = document->NextMember(&token, &first, &name)) == 1) {
    bool good;
    if (name == "ts_ms") {
      good = Integer(document, &token, &out->ts_ms);
    } else if (name == "connector") {
      good = Text(document, &token, &out->connector);
    } else if (name == "name") {
      good = Text(document, &token, &out->name);
    } else if (name == "snapshot") {
      // Old connectors write a boolean.
      if (document->At(token) == '"' || document->At(token) == 'n') {
        good = Text(document, &token, &out->snapshot);
      } else {
        out->snapshot = document->Text(token);
        good = document->Skip(&token);
      }
    } else if (name == "db") {
      good = Text(document, &token, &out->database);
    } else if (name == "schema") {
      good = Text(document, &token, &out->schema);
    } else if (name == "table") {
      good = Text(document, &token, &out->table);
    } else if (name == "sequence") {
      good = Text(document, &token, &out->sequence);
    } else if (name == "lsn" && document->At(token) != '"') {
      good = Integer(document, &token, &out->lsn);
    } else if (name == "file") {
      good = Text(document, &token, &out->file);
    } else if (name == "pos") {
      good = Integer(document, &token, &out->pos);
    } else if (name == "row") {
      good = Integer(document, &token, &row);
    } else if (name == "server_id") {
      good = Integer(document, &token, &server_id);
    } else {
      good = document->Skip(&token);
    }
    if (!good) return false;
  }
  out->row = row.value_or(0);
  out->server_id = server_id.value_or(0);
  return more == 0;
}

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/connect_schema.h"

#include <charconv>

namespace tarn::cdc {

namespace {

using Token = JsonDocument::Token;
constexpr int kSchemaDepthMax = 32;

bool KindOf(std::string_view text, ConnectKind* kind) {
  if (text == "struct") {
    *kind = ConnectKind::kStruct;
  } else if (text == "int64" || text == "int32" || text == "int16" || text == "int8") {
    *kind = ConnectKind::kInteger;
  } else if (text == "string") {
    *kind = ConnectKind::kString;
  } else if (text == "bytes") {
    *kind = ConnectKind::kBytes;
  } else if (text == "boolean") {
    *kind = ConnectKind::kBoolean;
  } else if (text == "float" || text == "double" || text == "float32" ||
             text == "float64") {
    *kind = ConnectKind::kFloat;
  } else if (text == "array") {
    *kind = ConnectKind::kArray;
  } else if (text == "map") {
    *kind = ConnectKind::kMap;
  } else {
    return false;
  }
  return true;
}

bool ReadType(JsonDocument* document, Token* token, int depth, ConnectType* out);

bool ReadFields(JsonDocument* document, Token* token, int depth, ConnectType* out) {
  if (document->Null(token)) return true;
  if (!document->BeginArray(token)) return false;
  bool first = true;
  int more;
  while ((more = document->NextElement(token, &first)) == 1) {
    if (!ReadType(document, token, depth, &out->children.emplace_back())) return false;
  }
  return more == 0;
}

bool ReadParameters(JsonDocument* document, Token* token, ConnectType* out) {
  if (document->Null(token)) return true;
  if (!document->BeginObject(token)) return false;
  bool first = true;
  std::string_view name;
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    if (name != "scale") {
      if (!document->Skip(token)) return false;
      continue;
    }
    std::string_view text;
    const Token at = *token;
    if (!document->String(token, &text)) return false;
    const auto [end, code] =
        std::from_chars(text.data(), text.data() + text.size(), out->scale);
    if (code != std::errc() || end != text.data() + text.size() || out->scale < -1000 ||
        out->scale > 1000) {
      return document->Fail("bad scale in the schema", at);
    }
  }
  return more == 0;
}

bool ReadType(JsonDocument* document, Token* token, int depth, ConnectType* out) {
  if (depth > kSchemaDepthMax) return document->Fail("schema nested too deeply", *token);
  const Token begin = *token;
  if (!document->BeginObject(token)) return false;
  bool first = true;
  bool typed = false;
  std::string_view name, text;
  int more;
  // A map's parts may come in any order.
  std::vector<ConnectType> keys, values;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    const Token at = *token;
    if (name == "type") {
      if (!document->String(token, &text)) return false;
      if (!KindOf(text, &out->kind)) return document->Fail("unknown schema type", at);
      typed = true;
    } else if (name == "name" || name == "field") {
      if (document->Null(token)) continue;
      if (!document->String(token, &text)) return false;
      (name == "name" ? out->name : out->field) = text;
    } else if (name == "parameters") {
      if (!ReadParameters(document, token, out)) return false;
    } else if (name == "fields") {
      if (!ReadFields(document, token, depth + 1, out)) return false;
    } else if (name == "items") {
      if (!ReadType(document, token, depth + 1, &out->children.emplace_back()))
        return false;
    } else if (name == "keys" || name == "values") {
      auto& side = name == "keys" ? keys : values;
      if (!ReadType(document, token, depth + 1, &side.emplace_back())) return false;
    } else if (!document->Skip(token)) {
      return false;
    }
  }
  if (more < 0) return false;
  if (!typed) return document->Fail("schema without a type", begin);
  if (out->kind == ConnectKind::kMap) {
    if (keys.size() != 1 || values.size() != 1) {
      return document->Fail("schema of a map without keys or values", begin);
    }
    out->children = {std::move(keys[0]), std::move(values[0])};
  }
  if (out->kind == ConnectKind::kArray && out->children.size() != 1) {
    return document->Fail("schema of an array without items", begin);
  }
  return true;
}

}  // namespace

const ConnectType* ConnectType::Member(std::string_view member) const {
  for (const auto& child : children) {
    if (child.field == member) return &child;
  }
  return nullptr;
}

bool ReadConnectType(JsonDocument* document, JsonDocument::Token* token,
                     ConnectType* out) {
  return ReadType(document, token, 0, out);
}

}  // namespace tarn::cdc

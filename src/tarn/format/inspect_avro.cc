// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "tarn/format/inspect_parts.h"

namespace tarn::format {
namespace {

constexpr int kDepthMax = 64;

void AppendText(std::string_view text, std::string* out) {
  // Bytes that are no UTF-8 are shown as the replacement character.
  *out +=
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void AppendHex(std::string_view bytes, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out->push_back('"');
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out->push_back(kDigits[byte >> 4]);
    out->push_back(kDigits[byte & 15]);
  }
  out->push_back('"');
}

void AppendValue(AvroDecoder* decoder, const AvroNode& node, int depth, std::string* out);

void AppendRecord(AvroDecoder* decoder, const AvroNode& node, int depth,
                  std::string* out) {
  char before = '{';
  for (const AvroField& field : node.fields) {
    out->push_back(before);
    before = ',';
    AppendText(field.name, out);
    out->push_back(':');
    AppendValue(decoder, *field.type, depth, out);
  }
  if (node.fields.empty()) out->push_back('{');
  out->push_back('}');
}

void AppendArray(AvroDecoder* decoder, const AvroNode& node, int depth,
                 std::string* out) {
  out->push_back('[');
  bool first = true;
  decoder->ForEach(node, [&](const AvroNode& item) {
    if (!first) out->push_back(',');
    first = false;
    AppendValue(decoder, item, depth, out);
  });
  out->push_back(']');
}

void AppendMap(AvroDecoder* decoder, const AvroNode& node, int depth, std::string* out) {
  out->push_back('{');
  bool first = true;
  decoder->ForEachEntry(node, [&](std::string_view key, const AvroNode& item) {
    if (!first) out->push_back(',');
    first = false;
    AppendText(key, out);
    out->push_back(':');
    AppendValue(decoder, item, depth, out);
  });
  out->push_back('}');
}

void AppendEnum(AvroDecoder* decoder, const AvroNode& node, std::string* out) {
  const int32_t index = decoder->ReadInt();
  if (index < 0 || static_cast<size_t>(index) >= node.symbols.size()) {
    decoder->Fail("an enum symbol that does not exist");
    return;
  }
  AppendText(node.symbols[static_cast<size_t>(index)], out);
}

void AppendValue(AvroDecoder* decoder, const AvroNode& declared, int depth,
                 std::string* out) {
  if (depth > kDepthMax) return decoder->Fail("nested too deeply");
  const AvroNode& node = decoder->Resolve(declared);
  if (!decoder->ok()) return;
  switch (node.kind) {
    case AvroKind::kNull:
      *out += "null";
      return;
    case AvroKind::kBoolean:
      *out += decoder->ReadBoolean() ? "true" : "false";
      return;
    case AvroKind::kInt:
    case AvroKind::kLong:
      *out += std::to_string(decoder->ReadLong());
      return;
    case AvroKind::kFloat:
      *out += nlohmann::json(decoder->ReadFloat()).dump();
      return;
    case AvroKind::kDouble:
      *out += nlohmann::json(decoder->ReadDouble()).dump();
      return;
    case AvroKind::kBytes:
      return AppendHex(decoder->ReadBytes(), out);
    case AvroKind::kFixed:
      return AppendHex(decoder->ReadFixed(node.fixed_bytes), out);
    case AvroKind::kString:
      return AppendText(decoder->ReadBytes(), out);
    case AvroKind::kEnum:
      return AppendEnum(decoder, node, out);
    case AvroKind::kArray:
      return AppendArray(decoder, node, depth + 1, out);
    case AvroKind::kMap:
      return AppendMap(decoder, node, depth + 1, out);
    case AvroKind::kRecord:
      return AppendRecord(decoder, node, depth + 1, out);
    case AvroKind::kUnion:
      return decoder->Fail("a union in a union");
  }
}

}  // namespace

void AppendAvroValue(AvroDecoder* decoder, const AvroNode& node, std::string* out) {
  AppendValue(decoder, node, 0, out);
}

}  // namespace tarn::format

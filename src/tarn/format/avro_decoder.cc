// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_decoder.h"

namespace tarn::format {
namespace {

constexpr int kValueDepthMax = 64;
// Items may take no bytes at all (null, empty record); only so many of those are
// believed.
constexpr int64_t kEmptyItemsMax = 4096;

const AvroNode& NullNode() {
  static const AvroNode node;
  return node;
}

}  // namespace

Status AvroDecoder::status() const {
  if (ok()) return Status::OK();
  return Corruption(7402, "Avro bytes contradict their schema:", V("reason", error_),
                    V("bytes", end_ - begin_));
}

Status AvroDecoder::Finish() const {
  if (ok() && position_ != end_) {
    return Corruption(
        7403, "Avro block has bytes after its last record:", V("bytes", remaining()));
  }
  return status();
}

bool AvroDecoder::ReadBoolean() {
  if (position_ == end_ || static_cast<uint8_t>(*position_) > 1) {
    Fail("a boolean is neither 0 nor 1");
    return false;
  }
  return *position_++ == 1;
}

float AvroDecoder::ReadFloat() {
  float value = 0;
  const std::string_view bytes = ReadFixed(sizeof(value));
  if (ok()) std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

double AvroDecoder::ReadDouble() {
  double value = 0;
  const std::string_view bytes = ReadFixed(sizeof(value));
  if (ok()) std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

int AvroDecoder::ReadUnionIndex(const AvroNode& node) {
  const int64_t index = ReadLong();
  if (index < 0 || static_cast<uint64_t>(index) >= node.items.size()) {
    Fail("a union branch that does not exist");
    return 0;
  }
  return static_cast<int>(index);
}

const AvroNode& AvroDecoder::Resolve(const AvroNode& node) {
  if (node.kind != AvroKind::kUnion) return node;
  const int index = ReadUnionIndex(node);
  return ok() ? *node.items[static_cast<size_t>(index)] : NullNode();
}

std::optional<int64_t> AvroDecoder::OptionalLong(const AvroNode& node) {
  switch (Resolve(node).kind) {
    case AvroKind::kNull:
      return std::nullopt;
    case AvroKind::kInt:
    case AvroKind::kEnum:
      return ReadInt();
    case AvroKind::kLong:
      return ReadLong();
    default:
      Fail("another type where a number is needed");
      return std::nullopt;
  }
}

std::optional<bool> AvroDecoder::OptionalBoolean(const AvroNode& node) {
  switch (Resolve(node).kind) {
    case AvroKind::kNull:
      return std::nullopt;
    case AvroKind::kBoolean:
      return ReadBoolean();
    default:
      Fail("another type where a boolean is needed");
      return std::nullopt;
  }
}

std::optional<std::string_view> AvroDecoder::OptionalBytes(const AvroNode& node) {
  const AvroNode& type = Resolve(node);
  switch (type.kind) {
    case AvroKind::kNull:
      return std::nullopt;
    case AvroKind::kBytes:
    case AvroKind::kString:
      return ReadBytes();
    case AvroKind::kFixed:
      return ReadFixed(type.fixed_bytes);
    default:
      Fail("another type where bytes are needed");
      return std::nullopt;
  }
}

int64_t AvroDecoder::Long(const AvroNode& node) {
  const std::optional<int64_t> value = OptionalLong(node);
  if (!value) Fail("null where a number is needed");
  return value.value_or(0);
}

int32_t AvroDecoder::Int(const AvroNode& node) {
  const int64_t value = Long(node);
  if (value != static_cast<int32_t>(value)) Fail("an int out of range");
  return ok() ? static_cast<int32_t>(value) : 0;
}

std::string_view AvroDecoder::Bytes(const AvroNode& node) {
  const std::optional<std::string_view> value = OptionalBytes(node);
  if (!value) Fail("null where bytes are needed");
  return value.value_or(std::string_view());
}

const AvroNode* AvroDecoder::Record(const AvroNode& node) {
  const AvroNode& type = Resolve(node);
  if (type.kind == AvroKind::kRecord) return &type;
  if (type.kind != AvroKind::kNull) Fail("another type where a record is needed");
  return nullptr;
}

const AvroNode* AvroDecoder::Collection(const AvroNode& node, AvroKind kind) {
  const AvroNode& type = Resolve(node);
  if (type.kind == kind) return &type;
  if (type.kind != AvroKind::kNull) Fail("another type where a collection is needed");
  return nullptr;
}

int64_t AvroDecoder::ReadBlockCount() {
  int64_t count = ReadLong();
  if (count < 0) {
    // A negative count is followed by the size of the block in bytes.
    if (count == INT64_MIN) {
      Fail("a collection larger than its bytes");
      return 0;
    }
    count = -count;
    const int64_t bytes = ReadLong();
    if (bytes < 0 || static_cast<uint64_t>(bytes) > remaining()) {
      Fail("a collection larger than its bytes");
      return 0;
    }
  }
  if (count > kEmptyItemsMax && static_cast<uint64_t>(count) > remaining()) {
    Fail("a collection larger than its bytes");
    return 0;
  }
  return ok() ? count : 0;
}

void AvroDecoder::SkipValue(const AvroNode& node, int depth) {
  if (depth > kValueDepthMax) return Fail("nested too deeply");
  if (!ok()) return;
  switch (node.kind) {
    case AvroKind::kNull:
      return;
    case AvroKind::kBoolean:
      ReadBoolean();
      return;
    case AvroKind::kInt:
    case AvroKind::kLong:
    case AvroKind::kEnum:
      ReadLong();
      return;
    case AvroKind::kFloat:
      ReadFixed(4);
      return;
    case AvroKind::kDouble:
      ReadFixed(8);
      return;
    case AvroKind::kBytes:
    case AvroKind::kString:
      ReadBytes();
      return;
    case AvroKind::kFixed:
      ReadFixed(node.fixed_bytes);
      return;
    case AvroKind::kUnion:
      return SkipValue(Resolve(node), depth + 1);
    case AvroKind::kArray:
      ForEach(node, [&](const AvroNode& item) { SkipValue(item, depth + 1); });
      return;
    case AvroKind::kMap:
      ForEachEntry(node, [&](std::string_view, const AvroNode& item) {
        SkipValue(item, depth + 1);
      });
      return;
    case AvroKind::kRecord:
      for (const AvroField& field : node.fields) SkipValue(*field.type, depth + 1);
      return;
  }
}

}  // namespace tarn::format

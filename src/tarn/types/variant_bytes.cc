// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant_bytes.h"

namespace tarn::types {
namespace {

constexpr uint8_t kVersion = 1;

/// `count` bytes of `bytes` from `at` on.
Result<std::string_view> Part(std::string_view bytes, uint64_t at, uint64_t count) {
  if (at > bytes.size() || count > bytes.size() - at) {
    return MalformedVariant("an offset beyond its end");
  }
  return bytes.substr(at, count);
}

Result<uint64_t> UnsignedOf(std::string_view bytes, uint64_t at, uint64_t size) {
  ARROW_ASSIGN_OR_RAISE(const std::string_view raw, Part(bytes, at, size));
  uint64_t out = 0;
  for (size_t i = raw.size(); i > 0; --i) {
    out = out << 8 | static_cast<uint8_t>(raw[i - 1]);
  }
  return out;
}

}  // namespace

Status MalformedVariant(std::string_view why) {
  return Corruption(7555, "Variant is malformed:", V("reason", why));
}

Status UnknownVariantType(int type) {
  return Unsupported(6556,
                     "Variant holds a type that Paimon does not know:", V("type", type));
}

Status DeepVariant() {
  return Unsupported(
      6555, "Variant is nested deeper than is read:", V("depth_max", kVariantDepthMax));
}

Status VariantBytes::CheckVersion() const {
  if (metadata_.empty() || (static_cast<uint8_t>(metadata_[0]) & 0xf) != kVersion) {
    return MalformedVariant("its metadata has another version");
  }
  return Status::OK();
}

Result<std::string_view> VariantBytes::Take(uint64_t at, uint64_t count) const {
  return Part(value_, at, count);
}

Result<uint64_t> VariantBytes::Unsigned(uint64_t at, uint64_t size) const {
  return UnsignedOf(value_, at, size);
}

Result<std::string_view> VariantBytes::Long(uint64_t at) const {
  ARROW_ASSIGN_OR_RAISE(const uint64_t size, Unsigned(at, 4));
  return Take(at + 4, size);
}

Result<std::string_view> VariantBytes::Key(uint64_t id) const {
  const uint64_t size = (static_cast<uint8_t>(metadata_[0]) >> 6) + 1u;
  ARROW_ASSIGN_OR_RAISE(const uint64_t count, UnsignedOf(metadata_, 1, size));
  if (id >= count) return MalformedVariant("a name that its dictionary lacks");
  ARROW_ASSIGN_OR_RAISE(const uint64_t begin,
                        UnsignedOf(metadata_, 1 + (id + 1) * size, size));
  ARROW_ASSIGN_OR_RAISE(const uint64_t end,
                        UnsignedOf(metadata_, 1 + (id + 2) * size, size));
  if (begin > end) return MalformedVariant("its dictionary goes backwards");
  return Part(metadata_, 1 + (count + 2) * size + begin, end - begin);
}

Result<VariantBytes::Container> VariantBytes::Object(uint64_t at, uint8_t head) const {
  const uint8_t info = head >> 2;
  const uint64_t count_size = (info >> 4 & 1) != 0 ? 4 : 1;
  Container out;
  out.id_size = (info >> 2 & 3) + 1u;
  out.offset_size = (info & 3) + 1u;
  ARROW_ASSIGN_OR_RAISE(out.count, Unsigned(at + 1, count_size));
  out.ids = at + 1 + count_size;
  out.offsets = out.ids + out.count * out.id_size;
  out.data = out.offsets + (out.count + 1) * out.offset_size;
  return out;
}

Result<VariantBytes::Container> VariantBytes::Array(uint64_t at, uint8_t head) const {
  const uint8_t info = head >> 2;
  const uint64_t count_size = (info >> 2 & 1) != 0 ? 4 : 1;
  Container out;
  out.offset_size = (info & 3) + 1u;
  ARROW_ASSIGN_OR_RAISE(out.count, Unsigned(at + 1, count_size));
  out.offsets = at + 1 + count_size;
  out.data = out.offsets + (out.count + 1) * out.offset_size;
  return out;
}

Result<uint64_t> VariantBytes::Member(const Container& container, uint64_t i) const {
  ARROW_ASSIGN_OR_RAISE(
      const uint64_t offset,
      Unsigned(container.offsets + i * container.offset_size, container.offset_size));
  return container.data + offset;
}

Result<std::string_view> VariantBytes::Name(const Container& object, uint64_t i) const {
  ARROW_ASSIGN_OR_RAISE(const uint64_t id,
                        Unsigned(object.ids + i * object.id_size, object.id_size));
  return Key(id);
}

Result<uint64_t> VariantBytes::ScalarSize(uint64_t at) const {
  ARROW_ASSIGN_OR_RAISE(const auto head, Number<uint8_t>(at));
  const int info = head >> 2;
  if (static_cast<VariantBasic>(head & 3) == VariantBasic::kShortText) return 1u + info;
  switch (static_cast<VariantPrimitive>(info)) {
    case VariantPrimitive::kNull:
    case VariantPrimitive::kTrue:
    case VariantPrimitive::kFalse:
      return 1;
    case VariantPrimitive::kInt8:
      return 2;
    case VariantPrimitive::kInt16:
      return 3;
    case VariantPrimitive::kInt32:
    case VariantPrimitive::kDate:
    case VariantPrimitive::kFloat:
      return 5;
    case VariantPrimitive::kInt64:
    case VariantPrimitive::kDouble:
    case VariantPrimitive::kTimestamp:
    case VariantPrimitive::kLocalTimestamp:
      return 9;
    case VariantPrimitive::kDecimal4:
      return 6;
    case VariantPrimitive::kDecimal8:
      return 10;
    case VariantPrimitive::kDecimal16:
      return 18;
    case VariantPrimitive::kBytes:
    case VariantPrimitive::kLongText: {
      ARROW_ASSIGN_OR_RAISE(const uint64_t size, Unsigned(at + 1, 4));
      return 5 + size;
    }
    case VariantPrimitive::kUuid:
      return 17;
  }
  return UnknownVariantType(info);
}

}  // namespace tarn::types

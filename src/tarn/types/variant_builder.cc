// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <arrow/util/decimal.h>

#include "tarn/base/name.h"
#include "tarn/types/java_text.h"

namespace tarn::types {
namespace {

constexpr uint64_t kSizeMax = uint64_t{128} * 1024 * 1024;
constexpr size_t kShortTextMax = 63;
constexpr size_t kSmallCountMax = 255;

Status TooLarge() {
  return ResourceExhausted(
      9555, "Variant is larger than Java builds:", V("bytes_max", kSizeMax));
}

/// Bytes of the narrowest unsigned integer that holds `value`.
uint32_t WidthOf(uint64_t value) {
  return value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffff ? 3 : 4;
}

void AppendUnsigned(std::string* out, uint64_t value, uint32_t width) {
  for (uint32_t i = 0; i < width; ++i) {
    out->push_back(static_cast<char>(value >> (8 * i)));
  }
}

Status CheckText(std::string_view text) {
  return base::IsUtf8(text) ? Status::OK() : MalformedVariant("its text is not UTF-8");
}

}  // namespace

void VariantBuilder::Clear() {
  value_.clear();
  names_.clear();
  ids_.clear();
}

void VariantBuilder::AppendHead(VariantPrimitive type) {
  value_.push_back(static_cast<char>(static_cast<uint8_t>(type) << 2));
}

void VariantBuilder::AppendBoolean(bool value) {
  AppendHead(value ? VariantPrimitive::kTrue : VariantPrimitive::kFalse);
}

void VariantBuilder::AppendInteger(int64_t value) {
  if (value == static_cast<int8_t>(value)) {
    AppendHead(VariantPrimitive::kInt8);
    base::AppendLittle(&value_, static_cast<int8_t>(value));
  } else if (value == static_cast<int16_t>(value)) {
    AppendHead(VariantPrimitive::kInt16);
    base::AppendLittle(&value_, static_cast<int16_t>(value));
  } else if (value == static_cast<int32_t>(value)) {
    AppendHead(VariantPrimitive::kInt32);
    base::AppendLittle(&value_, static_cast<int32_t>(value));
  } else {
    AppendHead(VariantPrimitive::kInt64);
    base::AppendLittle(&value_, value);
  }
}

// Java knows one NaN.
void VariantBuilder::AppendFloat(float value) {
  AppendHead(VariantPrimitive::kFloat);
  base::AppendLittle(&value_,
                     std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value);
}

void VariantBuilder::AppendDouble(double value) {
  AppendHead(VariantPrimitive::kDouble);
  base::AppendLittle(
      &value_, std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
}

void VariantBuilder::AppendDecimal(const arrow::Decimal128& unscaled, int32_t scale) {
  const bool narrow = scale <= 9 && unscaled.FitsInPrecision(9);
  const bool middle = scale <= 18 && unscaled.FitsInPrecision(18);
  AppendHead(narrow   ? VariantPrimitive::kDecimal4
             : middle ? VariantPrimitive::kDecimal8
                      : VariantPrimitive::kDecimal16);
  value_.push_back(static_cast<char>(scale));
  if (narrow) {
    base::AppendLittle(&value_, static_cast<int32_t>(unscaled.low_bits()));
    return;
  }
  base::AppendLittle(&value_, unscaled.low_bits());
  if (!middle) base::AppendLittle(&value_, unscaled.high_bits());
}

void VariantBuilder::AppendDate(int32_t days) {
  AppendHead(VariantPrimitive::kDate);
  base::AppendLittle(&value_, days);
}

Status VariantBuilder::AppendText(std::string_view text) {
  ARROW_RETURN_NOT_OK(CheckText(text));
  if (text.size() > kShortTextMax) {
    AppendHead(VariantPrimitive::kLongText);
    base::AppendLittle(&value_, static_cast<uint32_t>(text.size()));
  } else {
    value_.push_back(static_cast<char>(text.size() << 2 |
                                       static_cast<uint8_t>(VariantBasic::kShortText)));
  }
  if (value_.size() + text.size() > kSizeMax) return TooLarge();
  value_ += text;
  return Status::OK();
}

Status VariantBuilder::AppendVariant(const VariantBytes& from, uint64_t at) {
  ARROW_RETURN_NOT_OK(from.CheckVersion());
  left_ = from.size();
  return AppendFrom(from, at, 0);
}

Status VariantBuilder::AppendFrom(const VariantBytes& from, uint64_t at, int depth) {
  if (depth > kVariantDepthMax) return DeepVariant();
  // Every value has a byte of its own, so more values than bytes share some.
  if (left_ == 0) return MalformedVariant("its values overlap");
  --left_;
  ARROW_ASSIGN_OR_RAISE(const auto head, from.Number<uint8_t>(at));
  switch (static_cast<VariantBasic>(head & 3)) {
    case VariantBasic::kObject:
      return AppendObject(from, at, head, depth);
    case VariantBasic::kArray:
      return AppendArray(from, at, head, depth);
    default: {
      ARROW_ASSIGN_OR_RAISE(const uint64_t size, from.ScalarSize(at));
      ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, from.Take(at, size));
      if (value_.size() + size > kSizeMax) return TooLarge();
      value_ += bytes;
      return Status::OK();
    }
  }
}

Status VariantBuilder::AppendObject(const VariantBytes& from, uint64_t at, uint8_t head,
                                    int depth) {
  ARROW_ASSIGN_OR_RAISE(const VariantBytes::Container object, from.Object(at, head));
  const uint32_t start = position();
  std::vector<Field> fields;
  for (uint64_t i = 0; i < object.count; ++i) {
    ARROW_ASSIGN_OR_RAISE(const std::string_view name, from.Name(object, i));
    ARROW_ASSIGN_OR_RAISE(const uint64_t member, from.Member(object, i));
    ARROW_ASSIGN_OR_RAISE(const Field field, Member(name, start));
    fields.push_back(field);
    ARROW_RETURN_NOT_OK(AppendFrom(from, member, depth + 1));
  }
  return FinishObject(start, &fields);
}

Status VariantBuilder::AppendArray(const VariantBytes& from, uint64_t at, uint8_t head,
                                   int depth) {
  ARROW_ASSIGN_OR_RAISE(const VariantBytes::Container array, from.Array(at, head));
  const uint32_t start = position();
  std::vector<uint32_t> offsets;
  for (uint64_t i = 0; i < array.count; ++i) {
    ARROW_ASSIGN_OR_RAISE(const uint64_t member, from.Member(array, i));
    offsets.push_back(position() - start);
    ARROW_RETURN_NOT_OK(AppendFrom(from, member, depth + 1));
  }
  return FinishArray(start, offsets);
}

Result<VariantBuilder::Field> VariantBuilder::Member(std::string_view name,
                                                     uint32_t start) {
  const auto [place, is_new] = ids_.try_emplace(name, names_.size());
  if (is_new) {
    ARROW_RETURN_NOT_OK(CheckText(name));
    names_.push_back(name);
  }
  return Field{name, place->second, position() - start};
}

Status VariantBuilder::FinishObject(uint32_t start, std::vector<Field>* fields) {
  std::sort(fields->begin(), fields->end(), [](const Field& a, const Field& b) {
    return CompareJavaText(a.name, b.name) < 0;
  });
  uint32_t id_max = 0;
  for (size_t i = 0; i < fields->size(); ++i) {
    id_max = std::max(id_max, (*fields)[i].id);
    if (i > 0 && (*fields)[i].id == (*fields)[i - 1].id) {
      return MalformedVariant("a name comes twice");
    }
  }
  const uint32_t size = position() - start;
  const bool large = fields->size() > kSmallCountMax;
  const uint32_t id_width = WidthOf(id_max), offset_width = WidthOf(size);
  std::string header;
  header.push_back(static_cast<char>((large ? 1 : 0) << 6 | (id_width - 1) << 4 |
                                     (offset_width - 1) << 2 |
                                     static_cast<uint8_t>(VariantBasic::kObject)));
  AppendUnsigned(&header, fields->size(), large ? 4 : 1);
  for (const Field& field : *fields) AppendUnsigned(&header, field.id, id_width);
  for (const Field& field : *fields) AppendUnsigned(&header, field.offset, offset_width);
  AppendUnsigned(&header, size, offset_width);
  if (value_.size() + header.size() > kSizeMax) return TooLarge();
  value_.insert(start, header);
  return Status::OK();
}

Status VariantBuilder::FinishArray(uint32_t start, const std::vector<uint32_t>& offsets) {
  const uint32_t size = position() - start;
  const bool large = offsets.size() > kSmallCountMax;
  const uint32_t width = WidthOf(size);
  std::string header;
  header.push_back(static_cast<char>((large ? 1 : 0) << 4 | (width - 1) << 2 |
                                     static_cast<uint8_t>(VariantBasic::kArray)));
  AppendUnsigned(&header, offsets.size(), large ? 4 : 1);
  for (const uint32_t offset : offsets) AppendUnsigned(&header, offset, width);
  AppendUnsigned(&header, size, width);
  if (value_.size() + header.size() > kSizeMax) return TooLarge();
  value_.insert(start, header);
  return Status::OK();
}

Result<std::string> VariantBuilder::Metadata() const {
  uint64_t bytes = 0;
  for (const std::string_view name : names_) bytes += name.size();
  const uint64_t largest = std::max<uint64_t>(bytes, names_.size());
  if (largest > kSizeMax) return TooLarge();
  const uint32_t width = WidthOf(largest);
  std::string out;
  out.push_back(static_cast<char>(1 | (width - 1) << 6));
  AppendUnsigned(&out, names_.size(), width);
  uint64_t offset = 0;
  for (const std::string_view name : names_) {
    AppendUnsigned(&out, offset, width);
    offset += name.size();
  }
  AppendUnsigned(&out, offset, width);
  for (const std::string_view name : names_) out += name;
  return out;
}

}  // namespace tarn::types

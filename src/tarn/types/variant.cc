// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant.h"

#include <bit>
#include <cmath>

#include <arrow/util/base64.h>
#include <arrow/util/decimal.h>
#include <arrow/util/utf8.h>

#include "tarn/base/bytes.h"
#include "tarn/types/canonical_text.h"
#include "tarn/types/java_text.h"

namespace tarn::types {
namespace {

constexpr int kDepthMax = 200;
constexpr uint8_t kVersion = 1;

/// Two low bits of a value's first byte.
enum class Basic : uint8_t { kPrimitive, kShortText, kObject, kArray };

/// The other six bits of a primitive.
enum class Primitive : uint8_t {
  kNull = 0,
  kTrue = 1,
  kFalse = 2,
  kInt8 = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
  kDouble = 7,
  kDecimal4 = 8,
  kDecimal8 = 9,
  kDecimal16 = 10,
  kDate = 11,
  kTimestamp = 12,
  kLocalTimestamp = 13,
  kFloat = 14,
  kBytes = 15,
  kLongText = 16,
  kUuid = 20,
};

Status Malformed(std::string_view why) {
  return Corruption(7555, "Variant is malformed:", V("reason", why));
}

/// Jackson's escapes: upper-case digits, short forms where there are some.
Status AppendQuoted(std::string_view text, std::string* out) {
  arrow::util::InitializeUTF8();
  if (!arrow::util::ValidateUTF8(reinterpret_cast<const uint8_t*>(text.data()),
                                 static_cast<int64_t>(text.size()))) {
    return Malformed("its text is not UTF-8");
  }
  constexpr std::string_view kShort = "btnvfr";
  constexpr char kDigits[] = "0123456789ABCDEF";
  out->push_back('"');
  for (char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte >= 0x20) {
      out->push_back(c);
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      out->push_back('\\');
      out->push_back(kShort[byte - 8u]);
    } else {
      out->append("\\u00");
      out->push_back(kDigits[byte >> 4]);
      out->push_back(kDigits[byte & 15]);
    }
  }
  out->push_back('"');
  return Status::OK();
}

class VariantPrinter {
 public:
  VariantPrinter(std::string_view value, std::string_view metadata, std::string* out)
      : value_(value), metadata_(metadata), out_(out), left_(value.size()) {}

  Status Print() {
    if (metadata_.empty() || (static_cast<uint8_t>(metadata_[0]) & 0xf) != kVersion) {
      return Malformed("its metadata has another version");
    }
    return PrintAt(0, 0);
  }

 private:
  /// `count` bytes of `bytes` from `at` on.
  static Result<std::string_view> Take(std::string_view bytes, uint64_t at,
                                       uint64_t count) {
    if (at > bytes.size() || count > bytes.size() - at) {
      return Malformed("an offset beyond its end");
    }
    return bytes.substr(at, count);
  }

  static Result<uint64_t> Unsigned(std::string_view bytes, uint64_t at, uint64_t size) {
    ARROW_ASSIGN_OR_RAISE(const std::string_view raw, Take(bytes, at, size));
    uint64_t out = 0;
    for (size_t i = raw.size(); i > 0; --i) {
      out = out << 8 | static_cast<uint8_t>(raw[i - 1]);
    }
    return out;
  }

  template <typename T>
  Result<T> Number(uint64_t at) const {
    ARROW_ASSIGN_OR_RAISE(const std::string_view raw, Take(value_, at, sizeof(T)));
    return base::LoadLittle<T>(raw.data());
  }

  Result<std::string_view> Key(uint64_t id) const {
    const uint64_t size = (static_cast<uint8_t>(metadata_[0]) >> 6) + 1u;
    ARROW_ASSIGN_OR_RAISE(const uint64_t count, Unsigned(metadata_, 1, size));
    if (id >= count) return Malformed("a name that its dictionary lacks");
    ARROW_ASSIGN_OR_RAISE(const uint64_t begin,
                          Unsigned(metadata_, 1 + (id + 1) * size, size));
    ARROW_ASSIGN_OR_RAISE(const uint64_t end,
                          Unsigned(metadata_, 1 + (id + 2) * size, size));
    if (begin > end) return Malformed("its dictionary goes backwards");
    return Take(metadata_, 1 + (count + 2) * size + begin, end - begin);
  }

  Status PrintAt(uint64_t at, int depth) {
    if (depth > kDepthMax) {
      return Unsupported(
          6555, "Variant is nested deeper than is printed:", V("depth_max", kDepthMax));
    }
    // Every value has a byte of its own, so more values than bytes share some.
    if (left_ == 0) return Malformed("its values overlap");
    --left_;
    ARROW_ASSIGN_OR_RAISE(const uint8_t head, Number<uint8_t>(at));
    const uint8_t info = head >> 2;
    switch (static_cast<Basic>(head & 3)) {
      case Basic::kPrimitive:
        return PrintPrimitive(static_cast<Primitive>(info), at + 1);
      case Basic::kShortText: {
        ARROW_ASSIGN_OR_RAISE(const auto text, Take(value_, at + 1, info));
        return AppendQuoted(text, out_);
      }
      case Basic::kObject:
        return PrintObject(info, at + 1, depth);
      case Basic::kArray:
        return PrintArray(info, at + 1, depth);
    }
    return Status::OK();
  }

  Status PrintObject(uint8_t info, uint64_t at, int depth) {
    const uint64_t count_size = (info >> 4 & 1) != 0 ? 4 : 1;
    const uint64_t id_size = (info >> 2 & 3) + 1u;
    const uint64_t offset_size = (info & 3) + 1u;
    ARROW_ASSIGN_OR_RAISE(const uint64_t count, Unsigned(value_, at, count_size));
    const uint64_t ids = at + count_size;
    const uint64_t offsets = ids + count * id_size;
    const uint64_t data = offsets + (count + 1) * offset_size;
    out_->push_back('{');
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) out_->push_back(',');
      ARROW_ASSIGN_OR_RAISE(const uint64_t id,
                            Unsigned(value_, ids + i * id_size, id_size));
      ARROW_ASSIGN_OR_RAISE(const uint64_t offset,
                            Unsigned(value_, offsets + i * offset_size, offset_size));
      ARROW_ASSIGN_OR_RAISE(const std::string_view key, Key(id));
      ARROW_RETURN_NOT_OK(AppendQuoted(key, out_));
      out_->push_back(':');
      ARROW_RETURN_NOT_OK(PrintAt(data + offset, depth + 1));
    }
    out_->push_back('}');
    return Status::OK();
  }

  Status PrintArray(uint8_t info, uint64_t at, int depth) {
    const uint64_t count_size = (info >> 2 & 1) != 0 ? 4 : 1;
    const uint64_t offset_size = (info & 3) + 1u;
    ARROW_ASSIGN_OR_RAISE(const uint64_t count, Unsigned(value_, at, count_size));
    const uint64_t offsets = at + count_size;
    const uint64_t data = offsets + (count + 1) * offset_size;
    out_->push_back('[');
    for (uint64_t i = 0; i < count; ++i) {
      if (i > 0) out_->push_back(',');
      ARROW_ASSIGN_OR_RAISE(const uint64_t offset,
                            Unsigned(value_, offsets + i * offset_size, offset_size));
      ARROW_RETURN_NOT_OK(PrintAt(data + offset, depth + 1));
    }
    out_->push_back(']');
    return Status::OK();
  }

  template <typename T>
  Status PrintInteger(uint64_t at) {
    ARROW_ASSIGN_OR_RAISE(const T number, Number<T>(at));
    out_->append(std::to_string(number));
    return Status::OK();
  }

  Status PrintPrimitive(Primitive type, uint64_t at) {
    switch (type) {
      case Primitive::kNull:
        out_->append("null");
        return Status::OK();
      case Primitive::kTrue:
        out_->append("true");
        return Status::OK();
      case Primitive::kFalse:
        out_->append("false");
        return Status::OK();
      case Primitive::kInt8:
        return PrintInteger<int8_t>(at);
      case Primitive::kInt16:
        return PrintInteger<int16_t>(at);
      case Primitive::kInt32:
        return PrintInteger<int32_t>(at);
      case Primitive::kInt64:
        return PrintInteger<int64_t>(at);
      case Primitive::kDouble: {
        ARROW_ASSIGN_OR_RAISE(const double number, Number<double>(at));
        PrintFloat(std::isfinite(number), JavaDouble(number));
        return Status::OK();
      }
      case Primitive::kFloat: {
        ARROW_ASSIGN_OR_RAISE(const float number, Number<float>(at));
        PrintFloat(std::isfinite(number), JavaFloat(number));
        return Status::OK();
      }
      case Primitive::kDecimal4:
        return PrintDecimal<int32_t>(at, 9);
      case Primitive::kDecimal8:
        return PrintDecimal<int64_t>(at, 18);
      case Primitive::kDecimal16:
        return PrintDecimal<__int128>(at, 38);
      case Primitive::kDate: {
        ARROW_ASSIGN_OR_RAISE(const int32_t days, Number<int32_t>(at));
        out_->push_back('"');
        AppendDate(days, out_);
        out_->push_back('"');
        return Status::OK();
      }
      case Primitive::kTimestamp:
        return PrintTimestamp(at, "+00:00");
      case Primitive::kLocalTimestamp:
        return PrintTimestamp(at, "");
      case Primitive::kBytes: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, Long(at));
        out_->append("\"" + arrow::util::base64_encode(bytes) + "\"");
        return Status::OK();
      }
      case Primitive::kLongText: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view text, Long(at));
        return AppendQuoted(text, out_);
      }
      case Primitive::kUuid:
        return PrintUuid(at);
    }
    return Unsupported(6556, "Variant holds a type that Paimon does not know:",
                       V("type", static_cast<int>(type)));
  }

  Result<std::string_view> Long(uint64_t at) const {
    ARROW_ASSIGN_OR_RAISE(const uint64_t size, Unsigned(value_, at, 4));
    return Take(value_, at + 4, size);
  }

  void PrintFloat(bool finite, const std::string& text) {
    out_->append(finite ? text : "\"" + text + "\"");
  }

  template <typename T>
  Status PrintDecimal(uint64_t at, int32_t digits) {
    ARROW_ASSIGN_OR_RAISE(int32_t scale, Number<uint8_t>(at));
    ARROW_ASSIGN_OR_RAISE(const T stored, Number<T>(at + 1));
    const __int128 wide = stored;
    arrow::Decimal128 unscaled(static_cast<int64_t>(wide >> 64),
                               static_cast<uint64_t>(wide));
    if (scale > digits || !unscaled.FitsInPrecision(digits)) {
      return Malformed("a decimal wider than its type");
    }
    while (scale > 0) {
      const auto [quotient, remainder] = *unscaled.Divide(10);
      if (remainder != arrow::Decimal128(0)) break;
      unscaled = quotient;
      --scale;
    }
    out_->append(PlainDecimal(unscaled, scale));
    return Status::OK();
  }

  /// "2024-01-31 12:34:56.5": a fraction without zeros at its end.
  Status PrintTimestamp(uint64_t at, std::string_view zone) {
    ARROW_ASSIGN_OR_RAISE(const int64_t micros, Number<int64_t>(at));
    std::string text;
    AppendTimestamp(micros, 1000000, 6, &text);
    if (const size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
    while (text.back() == '0' && text.find('.') != std::string::npos) text.pop_back();
    if (text.back() == '.') text.pop_back();
    out_->append("\"" + text).append(zone).append("\"");
    return Status::OK();
  }

  Status PrintUuid(uint64_t at) {
    ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, Take(value_, at, 16));
    std::string text = base::ToHex(bytes);
    for (size_t dash : {20, 16, 12, 8}) text.insert(dash, "-");
    out_->append("\"" + text + "\"");
    return Status::OK();
  }

  const std::string_view value_;
  const std::string_view metadata_;
  std::string* const out_;
  uint64_t left_;  ///< values that may still be printed
};

}  // namespace

const std::vector<DataField>& VariantFields() {
  static const auto* fields =
      new std::vector<DataField>{{0, "value", DataType::Bytes().NotNull()},
                                 {1, "metadata", DataType::Bytes().NotNull()}};
  return *fields;
}

Status AppendVariantJson(std::string_view value, std::string_view metadata,
                         std::string* out) {
  return VariantPrinter(value, metadata, out).Print();
}

}  // namespace tarn::types

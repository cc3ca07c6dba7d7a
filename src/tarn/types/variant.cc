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
#include "tarn/types/variant_bytes.h"

namespace tarn::types {
namespace {

/// Jackson's escapes: upper-case digits, short forms where there are some.
Status AppendQuoted(std::string_view text, std::string* out) {
  arrow::util::InitializeUTF8();
  if (!arrow::util::ValidateUTF8(reinterpret_cast<const uint8_t*>(text.data()),
                                 static_cast<int64_t>(text.size()))) {
    return MalformedVariant("its text is not UTF-8");
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
  VariantPrinter(const VariantBytes& bytes, std::string* out)
      : bytes_(bytes), out_(out), left_(bytes.size()) {}

  Status Print() {
    ARROW_RETURN_NOT_OK(bytes_.CheckVersion());
    return PrintAt(0, 0);
  }

 private:
  Status PrintAt(uint64_t at, int depth) {
    if (depth > kVariantDepthMax) return DeepVariant();
    // Every value has a byte of its own, so more values than bytes share some.
    if (left_ == 0) return MalformedVariant("its values overlap");
    --left_;
    ARROW_ASSIGN_OR_RAISE(const auto head, bytes_.Number<uint8_t>(at));
    const uint8_t info = head >> 2;
    switch (static_cast<VariantBasic>(head & 3)) {
      case VariantBasic::kPrimitive:
        return PrintPrimitive(static_cast<VariantPrimitive>(info), at + 1);
      case VariantBasic::kShortText: {
        ARROW_ASSIGN_OR_RAISE(const auto text, bytes_.Take(at + 1, info));
        return AppendQuoted(text, out_);
      }
      case VariantBasic::kObject:
        return PrintObject(at, head, depth);
      case VariantBasic::kArray:
        return PrintArray(at, head, depth);
    }
    return Status::OK();
  }

  Status PrintObject(uint64_t at, uint8_t head, int depth) {
    ARROW_ASSIGN_OR_RAISE(const VariantBytes::Container object, bytes_.Object(at, head));
    out_->push_back('{');
    for (uint64_t i = 0; i < object.count; ++i) {
      if (i > 0) out_->push_back(',');
      ARROW_ASSIGN_OR_RAISE(const std::string_view key, bytes_.Name(object, i));
      ARROW_ASSIGN_OR_RAISE(const uint64_t member, bytes_.Member(object, i));
      ARROW_RETURN_NOT_OK(AppendQuoted(key, out_));
      out_->push_back(':');
      ARROW_RETURN_NOT_OK(PrintAt(member, depth + 1));
    }
    out_->push_back('}');
    return Status::OK();
  }

  Status PrintArray(uint64_t at, uint8_t head, int depth) {
    ARROW_ASSIGN_OR_RAISE(const VariantBytes::Container array, bytes_.Array(at, head));
    out_->push_back('[');
    for (uint64_t i = 0; i < array.count; ++i) {
      if (i > 0) out_->push_back(',');
      ARROW_ASSIGN_OR_RAISE(const uint64_t member, bytes_.Member(array, i));
      ARROW_RETURN_NOT_OK(PrintAt(member, depth + 1));
    }
    out_->push_back(']');
    return Status::OK();
  }

  template <typename T>
  Status PrintInteger(uint64_t at) {
    ARROW_ASSIGN_OR_RAISE(const T number, bytes_.Number<T>(at));
    out_->append(std::to_string(number));
    return Status::OK();
  }

  Status PrintPrimitive(VariantPrimitive type, uint64_t at) {
    switch (type) {
      case VariantPrimitive::kNull:
        out_->append("null");
        return Status::OK();
      case VariantPrimitive::kTrue:
        out_->append("true");
        return Status::OK();
      case VariantPrimitive::kFalse:
        out_->append("false");
        return Status::OK();
      case VariantPrimitive::kInt8:
        return PrintInteger<int8_t>(at);
      case VariantPrimitive::kInt16:
        return PrintInteger<int16_t>(at);
      case VariantPrimitive::kInt32:
        return PrintInteger<int32_t>(at);
      case VariantPrimitive::kInt64:
        return PrintInteger<int64_t>(at);
      case VariantPrimitive::kDouble: {
        ARROW_ASSIGN_OR_RAISE(const double number, bytes_.Number<double>(at));
        PrintFloat(std::isfinite(number), JavaDouble(number));
        return Status::OK();
      }
      case VariantPrimitive::kFloat: {
        ARROW_ASSIGN_OR_RAISE(const float number, bytes_.Number<float>(at));
        PrintFloat(std::isfinite(number), JavaFloat(number));
        return Status::OK();
      }
      case VariantPrimitive::kDecimal4:
        return PrintDecimal<int32_t>(at, 9);
      case VariantPrimitive::kDecimal8:
        return PrintDecimal<int64_t>(at, 18);
      case VariantPrimitive::kDecimal16:
        return PrintDecimal<__int128>(at, 38);
      case VariantPrimitive::kDate: {
        ARROW_ASSIGN_OR_RAISE(const int32_t days, bytes_.Number<int32_t>(at));
        out_->push_back('"');
        AppendDate(days, out_);
        out_->push_back('"');
        return Status::OK();
      }
      case VariantPrimitive::kTimestamp:
        return PrintTimestamp(at, "+00:00");
      case VariantPrimitive::kLocalTimestamp:
        return PrintTimestamp(at, "");
      case VariantPrimitive::kBytes: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, bytes_.Long(at));
        out_->append("\"" + arrow::util::base64_encode(bytes) + "\"");
        return Status::OK();
      }
      case VariantPrimitive::kLongText: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view text, bytes_.Long(at));
        return AppendQuoted(text, out_);
      }
      case VariantPrimitive::kUuid:
        return PrintUuid(at);
    }
    return UnknownVariantType(static_cast<int>(type));
  }

  void PrintFloat(bool finite, const std::string& text) {
    out_->append(finite ? text : "\"" + text + "\"");
  }

  template <typename T>
  Status PrintDecimal(uint64_t at, int32_t digits) {
    ARROW_ASSIGN_OR_RAISE(int32_t scale, bytes_.Number<uint8_t>(at));
    ARROW_ASSIGN_OR_RAISE(const T stored, bytes_.Number<T>(at + 1));
    const __int128 wide = stored;
    arrow::Decimal128 unscaled(static_cast<int64_t>(wide >> 64),
                               static_cast<uint64_t>(wide));
    if (scale > digits || !unscaled.FitsInPrecision(digits)) {
      return MalformedVariant("a decimal wider than its type");
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
    ARROW_ASSIGN_OR_RAISE(const int64_t micros, bytes_.Number<int64_t>(at));
    std::string text;
    AppendTimestamp(micros, 1000000, 6, &text);
    if (const size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
    while (text.back() == '0' && text.find('.') != std::string::npos) text.pop_back();
    if (text.back() == '.') text.pop_back();
    out_->append("\"" + text).append(zone).append("\"");
    return Status::OK();
  }

  Status PrintUuid(uint64_t at) {
    ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, bytes_.Take(at, 16));
    std::string text = base::ToHex(bytes);
    for (size_t dash : {20, 16, 12, 8}) text.insert(dash, "-");
    out_->append("\"" + text + "\"");
    return Status::OK();
  }

  const VariantBytes& bytes_;
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
  const VariantBytes bytes(value, metadata);
  return VariantPrinter(bytes, out).Print();
}

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/text_values.h"

#include <limits>
#include <optional>
#include <string_view>

#include <arrow/api.h>
#include <arrow/util/base64.h>

#include "tarn/base/units.h"
#include "tarn/types/java_text.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

Status NoSuchValue(const std::string& column, const DataType& type,
                   std::string_view text) {
  return Unsupported(
      6559, "Text in a data file is no value of its column:", V("column", column),
      V("type", type.ToString()), V("text", text.substr(0, 80)));
}

/// A sign and digits; nothing for anything else or beyond the type.
template <typename T>
std::optional<T> ParseInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  __int128 value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > static_cast<__int128>(std::numeric_limits<T>::max()) + 1) {
      return std::nullopt;
    }
  }
  if (negative) value = -value;
  if (value > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(value);
}

/// Convert every value by `parse(text)`, which answers an optional.
template <typename Builder, typename Parse>
Result<std::shared_ptr<arrow::Array>> Convert(const types::CastContext& context,
                                              const std::string& column,
                                              const DataType& type,
                                              const arrow::StringArray& text,
                                              Parse&& parse) {
  Builder builder(context.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(text.length()));
  for (int64_t i = 0; i < text.length(); ++i) {
    if (text.IsNull(i)) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    const auto value = parse(text.GetView(i));
    if (!value) return NoSuchValue(column, type, text.GetView(i));
    ARROW_RETURN_NOT_OK(builder.Append(*value));
  }
  return builder.Finish();
}

template <typename T>
std::optional<T> Optional(Result<T> result) {
  return result.ok() ? std::optional<T>(*std::move(result)) : std::nullopt;
}

Result<std::shared_ptr<arrow::Array>> ByCast(const types::CastContext& context,
                                             const std::string& column,
                                             const DataType& type,
                                             const std::shared_ptr<arrow::Array>& text) {
  auto cast = types::Cast(context, text, DataType::String(), type.WithNullable(true));
  if (cast.ok() || KindOf(cast.status()) != ErrorKind::kInvalidInput) return cast;
  return Prefixed(NoSuchValue(column, type, "..."), MessageOf(cast.status()) + "; ");
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> ParseTextValues(
    const types::CastContext& context, const std::string& column, const DataType& type,
    const std::shared_ptr<arrow::Array>& text) {
  const auto& typed = static_cast<const arrow::StringArray&>(*text);
  const auto convert = [&]<typename Builder>(Builder*, auto&& parse) {
    return Convert<Builder>(context, column, type, typed, parse);
  };
  switch (type.root()) {
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return text;
    case TypeRoot::kBoolean:
      return convert(static_cast<arrow::BooleanBuilder*>(nullptr),
                     [](std::string_view value) {
                       return std::optional<bool>(base::ToLower(value) == "true");
                     });
    case TypeRoot::kTinyInt:
      return convert(static_cast<arrow::Int8Builder*>(nullptr), ParseInteger<int8_t>);
    case TypeRoot::kSmallInt:
      return convert(static_cast<arrow::Int16Builder*>(nullptr), ParseInteger<int16_t>);
    case TypeRoot::kInt:
      return convert(static_cast<arrow::Int32Builder*>(nullptr), ParseInteger<int32_t>);
    case TypeRoot::kBigInt:
      return convert(static_cast<arrow::Int64Builder*>(nullptr), ParseInteger<int64_t>);
    case TypeRoot::kFloat:
      return convert(
          static_cast<arrow::FloatBuilder*>(nullptr),
          [](std::string_view value) { return Optional(types::ParseJavaFloat(value)); });
    case TypeRoot::kDouble:
      return convert(
          static_cast<arrow::DoubleBuilder*>(nullptr),
          [](std::string_view value) { return Optional(types::ParseJavaDouble(value)); });
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return convert(static_cast<arrow::BinaryBuilder*>(nullptr),
                     [](std::string_view value) {
                       return Optional(arrow::util::base64_decode(value));
                     });
    default:
      return ByCast(context, column, type, text);
  }
}

}  // namespace tarn::format

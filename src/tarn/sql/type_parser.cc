// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/type_parser.h"

#include <optional>

namespace tarn::sql {
namespace {

using types::DataField;
using types::DataType;

constexpr std::string_view kTypeNames[] = {
    "BOOLEAN",   "TINYINT",       "SMALLINT",  "INT",     "INTEGER",  "BIGINT",
    "FLOAT",     "DOUBLE",        "DECIMAL",   "NUMERIC", "CHAR",     "VARCHAR",
    "STRING",    "BINARY",        "VARBINARY", "BYTES",   "DATE",     "TIME",
    "TIMESTAMP", "TIMESTAMP_LTZ", "ARRAY",     "MAP",     "MULTISET", "ROW",
    "VARIANT",   "BLOB",          "VECTOR"};

class TypeParser {
 public:
  explicit TypeParser(TokenStream* stream) : in_(*stream) {}

  Result<DataType> Parse() {
    ARROW_RETURN_NOT_OK(in_.Enter());
    NestingScope scope(&in_);
    ARROW_ASSIGN_OR_RAISE(DataType type, Base());
    ARROW_ASSIGN_OR_RAISE(type, Nullability(std::move(type)));
    while (true) {
      const bool array = in_.Looking("ARRAY");
      if (!array && !in_.Looking("MULTISET")) return type;
      ARROW_RETURN_NOT_OK(in_.CheckDepth(++suffixes_, in_.Peek().span));
      in_.Advance();
      type =
          array ? DataType::Array(std::move(type)) : DataType::Multiset(std::move(type));
      ARROW_ASSIGN_OR_RAISE(type, Nullability(std::move(type)));
    }
  }

 private:
  Result<DataType> Nullability(DataType type) {
    if (in_.Accept("NOT NULL")) return type.NotNull();
    in_.Accept("NULL");
    return type;
  }

  // `(n)`, at least `min`, at most `max`.
  Result<std::optional<int32_t>> Length(std::string_view what, int64_t min, int64_t max) {
    if (!in_.Peek().IsSymbol("(")) return std::nullopt;
    in_.Advance();
    const Span span = in_.Peek().span;
    ARROW_ASSIGN_OR_RAISE(int64_t value, in_.ExpectInteger(what, max));
    if (value < min) {
      return in_.Invalid(kBadType, fmt::format("{} must be at least {}", what, min),
                         span);
    }
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    return static_cast<int32_t>(value);
  }

  Result<DataType> Base() {
    const Token token = in_.Peek();
    if (token.kind == TokenKind::kError) return in_.Unexpected();
    if (token.kind != TokenKind::kWord) {
      in_.AlsoExpect("a data type");
      return in_.Unexpected();
    }
    const std::string name = ToUpper(token.text);
    const size_t begin = in_.position();
    in_.Advance();
    if (name == "BOOLEAN") return DataType::Boolean();
    if (name == "TINYINT") return DataType::TinyInt();
    if (name == "SMALLINT") return DataType::SmallInt();
    if (name == "INT" || name == "INTEGER") return DataType::Int();
    if (name == "BIGINT") return DataType::BigInt();
    if (name == "FLOAT" || name == "REAL") return DataType::Float();
    if (name == "DOUBLE") {
      in_.Accept("PRECISION");
      return DataType::Double();
    }
    if (name == "DECIMAL" || name == "DEC" || name == "NUMERIC") return Decimal();
    if (name == "STRING") return DataType::String();
    if (name == "BYTES") return DataType::Bytes();
    if (name == "CHAR" || name == "CHARACTER") return Character();
    if (name == "VARCHAR") return Variable(true);
    if (name == "VARBINARY") return Variable(false);
    if (name == "BINARY") {
      if (in_.Accept("VARYING")) return Variable(false);
      ARROW_ASSIGN_OR_RAISE(auto length,
                            Length("The length of BINARY", 1, types::kMaxLength));
      return DataType::Binary(length.value_or(1));
    }
    if (name == "DATE") return DataType::Date();
    if (name == "TIME") return Time(begin);
    if (name == "TIMESTAMP") return Timestamp(begin);
    if (name == "TIMESTAMP_LTZ") {
      ARROW_ASSIGN_OR_RAISE(auto precision,
                            Length("The precision of TIMESTAMP_LTZ", 0, 9));
      return DataType::LocalZonedTimestamp(precision.value_or(6));
    }
    return Compound(name, token, begin);
  }

  Result<DataType> Compound(const std::string& name, const Token& token, size_t begin) {
    if (name == "ARRAY" || name == "MULTISET") {
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol("<"));
      ARROW_ASSIGN_OR_RAISE(DataType element, Parse());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(">"));
      return name == "ARRAY" ? DataType::Array(element) : DataType::Multiset(element);
    }
    if (name == "MAP") {
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol("<"));
      ARROW_ASSIGN_OR_RAISE(DataType key, Parse());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(","));
      ARROW_ASSIGN_OR_RAISE(DataType value, Parse());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(">"));
      return DataType::Map(key, value);
    }
    if (name == "ROW") return Row();
    if (name == "VARIANT") return DataType::Variant();
    if (name == "BLOB") return DataType::Blob();
    if (name == "VECTOR") {
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol("<"));
      ARROW_ASSIGN_OR_RAISE(DataType element, Parse());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(","));
      ARROW_ASSIGN_OR_RAISE(int64_t length,
                            in_.ExpectInteger("the length of VECTOR", types::kMaxLength));
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(">"));
      return DataType::Vector(element, static_cast<int32_t>(length));
    }
    if (name == "INTERVAL" || name == "RAW" || name == "STRUCTURED" || name == "NULL" ||
        name == "GEOMETRY" || name == "GEOGRAPHY" || name == "DESCRIPTOR") {
      return in_.Unsupported(kUnsupportedType, fmt::format("The type {}", name),
                             in_.SpanSince(begin));
    }
    static const std::vector<std::string_view> kNames(std::begin(kTypeNames),
                                                      std::end(kTypeNames));
    std::string hint = DidYouMean(NearestOf(name, kNames));
    if (name == "TEXT" || name == "JSON" || name == "UUID") hint = "Did you mean STRING?";
    if (name == "DATETIME") hint = "Did you mean TIMESTAMP(3)?";
    if (name == "LONG") hint = "Did you mean BIGINT?";
    return in_.Invalid(kBadType, fmt::format("There is no data type '{}'", token.text),
                       token.span, hint);
  }

  Result<DataType> Decimal() {
    if (!in_.AcceptSymbol("(")) return DataType::Decimal(10, 0);
    const size_t begin = in_.position();
    ARROW_ASSIGN_OR_RAISE(int64_t precision,
                          in_.ExpectInteger("the precision of DECIMAL", 38));
    int64_t scale = 0;
    if (in_.AcceptSymbol(",")) {
      ARROW_ASSIGN_OR_RAISE(scale, in_.ExpectInteger("the scale of DECIMAL", 38));
    }
    const Span span = in_.SpanSince(begin);
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    if (precision < 1 || scale > precision) {
      return in_.Invalid(kBadType,
                         fmt::format("DECIMAL({}, {}) does not exist", precision, scale),
                         span, "The precision is 1 to 38, the scale 0 to the precision");
    }
    return DataType::Decimal(static_cast<int32_t>(precision),
                             static_cast<int32_t>(scale));
  }

  Result<DataType> Character() {
    if (in_.Accept("VARYING")) return Variable(true);
    ARROW_ASSIGN_OR_RAISE(auto length,
                          Length("The length of CHAR", 1, types::kMaxLength));
    return DataType::Char(length.value_or(1));
  }

  Result<DataType> Variable(bool characters) {
    ARROW_ASSIGN_OR_RAISE(auto length, Length(characters ? "The length of VARCHAR"
                                                         : "The length of VARBINARY",
                                              1, types::kMaxLength));
    const int32_t value = length.value_or(types::kMaxLength);
    return characters ? DataType::VarChar(value) : DataType::VarBinary(value);
  }

  Result<DataType> Time(size_t begin) {
    ARROW_ASSIGN_OR_RAISE(auto precision, Length("The precision of TIME", 0, 9));
    if (!in_.Accept("WITHOUT TIME ZONE") && in_.Accept("WITH TIME ZONE")) {
      return in_.Unsupported(kUnsupportedType, "TIME WITH TIME ZONE",
                             in_.SpanSince(begin));
    }
    return DataType::Time(precision.value_or(0));
  }

  Result<DataType> Timestamp(size_t begin) {
    ARROW_ASSIGN_OR_RAISE(auto precision, Length("The precision of TIMESTAMP", 0, 9));
    if (in_.Accept("WITH LOCAL TIME ZONE")) {
      return DataType::LocalZonedTimestamp(precision.value_or(6));
    }
    if (!in_.Accept("WITHOUT TIME ZONE") && in_.Looking("WITH TIME ZONE")) {
      in_.Accept("WITH TIME ZONE");
      return in_.Unsupported(
          kUnsupportedType, "TIMESTAMP WITH TIME ZONE", in_.SpanSince(begin),
          "TIMESTAMP_LTZ stores a point in time, shown in the session's "
          "time zone");
    }
    return DataType::Timestamp(precision.value_or(6));
  }

  Result<DataType> Row() {
    std::string_view close = ">";
    if (in_.AcceptSymbol("(")) {
      close = ")";
    } else if (in_.AcceptSymbol("<>")) {
      return DataType::Row({});
    } else {
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol("<"));
    }
    std::vector<DataField> fields;
    if (in_.AcceptSymbol(close)) return DataType::Row({});
    do {
      const Token& name = in_.Peek();
      if (!name.IsName()) {
        in_.AlsoExpect("the name of a member");
        return in_.Unexpected();
      }
      DataField field;
      field.name = name.text;
      if (types::FieldIndex(fields, field.name) >= 0) {
        return in_.Invalid(kBadDefinition,
                           fmt::format("The member {} is defined twice", field.name),
                           name.span);
      }
      in_.Advance();
      ARROW_ASSIGN_OR_RAISE(field.type, Parse());
      if (in_.Peek().kind == TokenKind::kString) {
        field.description = in_.Advance().text;
      } else if (in_.Accept("COMMENT")) {
        ARROW_ASSIGN_OR_RAISE(std::string comment, in_.ExpectString("a comment"));
        field.description = std::move(comment);
      }
      fields.push_back(std::move(field));
    } while (in_.AcceptSymbol(","));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(close));
    return DataType::Row(std::move(fields));
  }

  TokenStream& in_;
  int suffixes_ = 0;  // of the whole type: `INT ARRAY ARRAY ...` is deep without nesting
};

}  // namespace

Result<TypeRef> ParseType(TokenStream* stream) {
  const size_t begin = stream->position();
  ARROW_ASSIGN_OR_RAISE(DataType type, TypeParser(stream).Parse());
  return TypeRef{std::move(type), stream->SpanSince(begin)};
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <vector>

#include "tarn/types/data_type.h"

namespace tarn::types {
namespace {

struct Token {
  enum Kind : uint8_t { kWord, kNumber, kSymbol } kind;
  std::string text;  ///< words in upper case
  size_t position;
};

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsSymbol(char c) {
  return c == '<' || c == '>' || c == '(' || c == ')' || c == ',';
}

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  size_t at = 0;
  while (at < text.size()) {
    const size_t start = at;
    if (IsBlank(text[at])) {
      ++at;
      continue;
    }
    if (IsSymbol(text[at])) {
      tokens.push_back({Token::kSymbol, std::string(1, text[at++]), start});
      continue;
    }
    const bool number = IsDigit(text[at]);
    while (at < text.size() && !IsBlank(text[at]) && !IsSymbol(text[at]) &&
           (!number || IsDigit(text[at]))) {
      ++at;
    }
    std::string word(text.substr(start, at - start));
    for (char& c : word) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    tokens.push_back({number ? Token::kNumber : Token::kWord, std::move(word), start});
  }
  return tokens;
}

/// Types of the grammar without parameters.
struct PlainType {
  std::string_view word;
  DataType type;
};

const std::vector<PlainType>& PlainTypes() {
  static const auto* types = new std::vector<PlainType>{
      {"STRING", DataType::String()},     {"BOOLEAN", DataType::Boolean()},
      {"BYTES", DataType::Bytes()},       {"TINYINT", DataType::TinyInt()},
      {"SMALLINT", DataType::SmallInt()}, {"INT", DataType::Int()},
      {"INTEGER", DataType::Int()},       {"BIGINT", DataType::BigInt()},
      {"FLOAT", DataType::Float()},       {"DATE", DataType::Date()},
      {"VARIANT", DataType::Variant()},   {"BLOB", DataType::Blob()},
  };
  return *types;
}

/// Reads the grammar of Paimon `DataTypeJsonParser`: a keyword, its parameters,
/// nullability, and the suffixes ARRAY and MULTISET.
class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : text_(text), tokens_(Tokenize(text)) {}

  Result<DataType> ParseAll() {
    ARROW_ASSIGN_OR_RAISE(DataType type, ParseWithNullability());
    if (next_ < tokens_.size()) return Error("Type has text after its end:");
    return type;
  }

 private:
  Status Error(std::string_view sentence) const {
    const size_t position =
        next_ < tokens_.size() ? tokens_[next_].position : text_.size();
    return InvalidInput(1041, sentence, V("text", text_), V("position", position));
  }

  bool Has(std::string_view text) const {
    return next_ < tokens_.size() && tokens_[next_].kind != Token::kNumber &&
           tokens_[next_].text == text;
  }
  bool Take(std::string_view text) {
    if (!Has(text)) return false;
    ++next_;
    return true;
  }
  Status Expect(std::string_view text) {
    if (Take(text)) return Status::OK();
    return Error(fmt::format("Type needs '{}' here:", text));
  }

  Result<int32_t> Number(int32_t min, int32_t max) {
    if (next_ >= tokens_.size() || tokens_[next_].kind != Token::kNumber) {
      return Error("Type needs a number here:");
    }
    const std::string& digits = tokens_[next_].text;
    int32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value < min || value > max) {
      return Error(fmt::format("Number of a type is not in {} to {}:", min, max));
    }
    ++next_;
    return value;
  }

  /// `(n)`, or the default where it is missing.
  Result<int32_t> OptionalNumber(int32_t missing, int32_t min, int32_t max) {
    if (!Take("(")) return missing;
    ARROW_ASSIGN_OR_RAISE(int32_t value, Number(min, max));
    ARROW_RETURN_NOT_OK(Expect(")"));
    return value;
  }

  bool Nullability() {
    if (Has("NOT") && next_ + 1 < tokens_.size() && tokens_[next_ + 1].text == "NULL") {
      next_ += 2;
      return false;
    }
    Take("NULL");
    return true;
  }

  Result<DataType> ParseWithNullability() {
    if (++depth_ > 8) return Error("Type is nested too deeply:");
    ARROW_ASSIGN_OR_RAISE(DataType type, ParseKeyword());
    type = type.WithNullable(Nullability());
    // Java takes one suffix only.
    if (Take("ARRAY")) {
      type = DataType::Array(std::move(type));
      type = type.WithNullable(Nullability());
    } else if (Take("MULTISET")) {
      type = DataType::Multiset(std::move(type));
      type = type.WithNullable(Nullability());
    }
    --depth_;
    return type;
  }

  Result<DataType> ParseKeyword() {
    for (const PlainType& plain : PlainTypes()) {
      if (Take(plain.word)) return plain.type;
    }
    if (Take("DOUBLE")) {
      Take("PRECISION");
      return DataType::Double();
    }
    if (Take("CHAR")) {
      ARROW_ASSIGN_OR_RAISE(int32_t length, OptionalNumber(1, 1, kMaxLength));
      return DataType::Char(length);
    }
    if (Take("VARCHAR")) {
      ARROW_ASSIGN_OR_RAISE(int32_t length, OptionalNumber(1, 1, kMaxLength));
      return DataType::VarChar(length);
    }
    if (Take("BINARY")) {
      ARROW_ASSIGN_OR_RAISE(int32_t length, OptionalNumber(1, 1, kMaxLength));
      return DataType::Binary(length);
    }
    if (Take("VARBINARY")) {
      ARROW_ASSIGN_OR_RAISE(int32_t length, OptionalNumber(1, 1, kMaxLength));
      return DataType::VarBinary(length);
    }
    if (Take("DECIMAL") || Take("NUMERIC") || Take("DEC")) return ParseDecimal();
    if (Take("TIME")) {
      ARROW_ASSIGN_OR_RAISE(int32_t precision, OptionalNumber(0, 0, 9));
      if (Take("WITHOUT")) ARROW_RETURN_NOT_OK(ExpectTimeZone());
      return DataType::Time(precision);
    }
    if (Take("TIMESTAMP")) return ParseTimestamp();
    if (Take("TIMESTAMP_LTZ")) {
      ARROW_ASSIGN_OR_RAISE(int32_t precision, OptionalNumber(6, 0, 9));
      return DataType::LocalZonedTimestamp(precision);
    }
    if (Take("VECTOR")) {
      ARROW_RETURN_NOT_OK(Expect("<"));
      ARROW_ASSIGN_OR_RAISE(DataType element, ParseWithNullability());
      ARROW_RETURN_NOT_OK(Expect(","));
      ARROW_ASSIGN_OR_RAISE(int32_t length, Number(1, kMaxLength));
      ARROW_RETURN_NOT_OK(Expect(">"));
      return DataType::Vector(std::move(element), length);
    }
    return Error("Type is not known:");
  }

  Result<DataType> ParseDecimal() {
    int32_t precision = 10;
    int32_t scale = 0;
    if (Take("(")) {
      ARROW_ASSIGN_OR_RAISE(precision, Number(1, 38));
      if (Take(",")) {
        ARROW_ASSIGN_OR_RAISE(scale, Number(0, precision));
      }
      ARROW_RETURN_NOT_OK(Expect(")"));
    }
    return DataType::Decimal(precision, scale);
  }

  Result<DataType> ParseTimestamp() {
    ARROW_ASSIGN_OR_RAISE(int32_t precision, OptionalNumber(6, 0, 9));
    if (Take("WITHOUT")) {
      ARROW_RETURN_NOT_OK(ExpectTimeZone());
    } else if (Take("WITH")) {
      ARROW_RETURN_NOT_OK(Expect("LOCAL"));
      ARROW_RETURN_NOT_OK(ExpectTimeZone());
      return DataType::LocalZonedTimestamp(precision);
    }
    return DataType::Timestamp(precision);
  }

  Status ExpectTimeZone() {
    ARROW_RETURN_NOT_OK(Expect("TIME"));
    return Expect("ZONE");
  }

  const std::string_view text_;
  const std::vector<Token> tokens_;
  size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<DataType> ParseAtomicType(std::string_view text) {
  return TypeParser(text).ParseAll();
}

}  // namespace tarn::types

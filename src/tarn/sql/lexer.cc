// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/lexer.h"

#include <array>
#include <cctype>

namespace tarn::sql {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsHex(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
// Any byte of a multi-byte character counts as a letter: Flink accepts letters of all
// scripts.
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsNamePart(char c) {
  return IsNameStart(c) || IsDigit(c);
}

char Upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

class Lexer {
 public:
  explicit Lexer(const SourceText& source) : text_(source.text()) {}

  std::vector<Token> Run() {
    if (text_.size() > SourceText::kMaxBytes) {
      Add(TokenKind::kError, 0, 0, "The text is longer than 256 MiB");
      Add(TokenKind::kEnd, 0, 0, "");
      return std::move(tokens_);
    }
    while (at_ < text_.size() && !stopped_) Step();
    const size_t end = text_.size();
    Add(TokenKind::kEnd, end, end, "");
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool Looking(std::string_view what) const {
    return text_.substr(at_, what.size()) == what;
  }
  void Add(TokenKind kind, size_t begin, size_t end, std::string text) {
    tokens_.push_back({kind,
                       {static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)},
                       std::move(text)});
  }
  void Stop(size_t begin, size_t end, std::string sentence) {
    Add(TokenKind::kError, begin, end, std::move(sentence));
    stopped_ = true;
  }

  void Step() {
    const char c = Peek();
    if (IsBlank(c)) {
      ++at_;
    } else if (Looking("--") || Looking("//")) {
      while (at_ < text_.size() && Peek() != '\n') ++at_;
    } else if (Looking("/*+")) {
      Add(TokenKind::kHintOpen, at_, at_ + 3, "/*+");
      at_ += 3;
      in_hint_ = true;
    } else if (in_hint_ && Looking("*/")) {
      Add(TokenKind::kHintClose, at_, at_ + 2, "*/");
      at_ += 2;
      in_hint_ = false;
    } else if (Looking("/*")) {
      Comment();
    } else if (c == '\'') {
      Quoted('\'', TokenKind::kString, at_, "The string is not closed by a single quote");
    } else if (c == '`') {
      Quoted('`', TokenKind::kQuotedName, at_, "The name is not closed by a back-tick");
    } else if ((c == 'x' || c == 'X') && Peek(1) == '\'') {
      Binary();
    } else if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
      Number();
    } else if (IsNameStart(c)) {
      Word();
    } else {
      Symbol();
    }
  }

  void Comment() {
    const size_t close = text_.find("*/", at_ + 2);
    if (close == std::string_view::npos) {
      Stop(at_, at_ + 2, "The comment is not closed by */");
    } else {
      at_ = close + 2;
    }
  }

  void Quoted(char quote, TokenKind kind, size_t begin, const char* unclosed) {
    std::string value;
    size_t i = at_ + 1;
    for (; i < text_.size(); ++i) {
      if (text_[i] != quote) {
        value += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == quote) {
        value += quote;
        ++i;
      } else {
        break;
      }
    }
    if (i >= text_.size()) return Stop(begin, begin + 1, unclosed);
    at_ = i + 1;
    if (value.find('\0') != std::string::npos) {
      return Add(TokenKind::kError, begin, at_, "A zero byte does not belong here");
    }
    if (kind == TokenKind::kQuotedName && value.empty()) {
      return Add(TokenKind::kError, begin, at_, "A name in back-ticks must not be empty");
    }
    Add(kind, begin, at_, std::move(value));
  }

  void Binary() {
    const size_t begin = at_;
    ++at_;
    Quoted('\'', TokenKind::kBinary, begin, "The string is not closed by a single quote");
    Token& token = tokens_.back();
    if (token.kind != TokenKind::kBinary) return;
    bool digits = token.text.size() % 2 == 0;
    for (char c : token.text) digits = digits && IsHex(c);
    if (!digits) {
      token.kind = TokenKind::kError;
      token.text = "A binary literal X'..' needs an even number of hexadecimal digits";
    }
  }

  void Number() {
    const size_t begin = at_;
    TokenKind kind = TokenKind::kInteger;
    while (IsDigit(Peek())) ++at_;
    // `1..2` or `a[1].b`: a dot belongs to the number only if no name follows it.
    if (Peek() == '.' && Peek(1) != '.' && !IsNameStart(Peek(1))) {
      kind = TokenKind::kDecimal;
      ++at_;
      while (IsDigit(Peek())) ++at_;
    }
    if (Upper(Peek()) == 'E') {
      const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
      if (IsDigit(Peek(1 + sign))) {
        kind = TokenKind::kApproximate;
        at_ += 1 + sign;
        while (IsDigit(Peek())) ++at_;
      }
    }
    Add(kind, begin, at_, std::string(text_.substr(begin, at_ - begin)));
  }

  void Word() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsNamePart(Peek())) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (Peek() == '\'' &&
        (word == "N" || word == "n" || word == "E" || word == "e" || word[0] == '_')) {
      return Stop(begin, at_ + 1,
                  "Strings with a prefix are not part of this dialect; write '...'");
    }
    Add(TokenKind::kWord, begin, at_, std::string(word));
  }

  void Symbol() {
    static constexpr std::array<std::string_view, 8> kLong = {
        "<>", "!=", "<=", ">=", "||", "=>", "::", ".."};
    static constexpr std::string_view kShort = "+-*/%=<>()[]{},.;:?";
    for (std::string_view symbol : kLong) {
      if (Looking(symbol)) {
        Add(TokenKind::kSymbol, at_, at_ + 2, std::string(symbol));
        at_ += 2;
        return;
      }
    }
    const char c = Peek();
    if (kShort.find(c) != std::string_view::npos) {
      Add(TokenKind::kSymbol, at_, at_ + 1, std::string(1, c));
    } else if (c == '"') {
      Add(TokenKind::kError, at_, at_ + 1,
          "Double quotes are not used here: strings are in 'single quotes', names in "
          "`back-ticks`");
    } else {
      Add(TokenKind::kError, at_, at_ + 1, "This character does not belong here");
    }
    ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool in_hint_ = false;
  bool stopped_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::string ToUpper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = Upper(c);
  return out;
}

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (Upper(left[i]) != Upper(right[i])) return false;
  }
  return true;
}

bool Token::IsWord(std::string_view keyword) const {
  return kind == TokenKind::kWord && EqualsIgnoringCase(text, keyword);
}

std::vector<Token> Lex(const SourceText& source) {
  return Lexer(source).Run();
}

std::vector<Span> SplitStatements(const SourceText& source) {
  std::vector<Span> out;
  const std::vector<Token> tokens = Lex(source);
  const Token* first = nullptr;
  const Token* last = nullptr;
  for (const Token& token : tokens) {
    if (token.IsSymbol(";") || token.kind == TokenKind::kEnd) {
      if (first != nullptr) out.push_back(Cover(first->span, last->span));
      first = nullptr;
    } else {
      if (first == nullptr) first = &token;
      last = &token;
    }
  }
  return out;
}

bool IsIncomplete(const SourceText& source) {
  const std::vector<Token> tokens = Lex(source);
  bool open = false;    // something stands after the last `;`
  bool in_set = false;  // between BEGIN and END of a statement set
  size_t words = 0;     // tokens since the statement began
  bool hint = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::kEnd) break;
    if (token.kind == TokenKind::kHintOpen) hint = true;
    if (token.kind == TokenKind::kHintClose) hint = false;
    if (token.IsSymbol(";")) {
      open = in_set;
      words = 0;
      continue;
    }
    open = true;
    if (token.IsWord("BEGIN") && (words == 0 || words == 3)) in_set = true;
    if (token.IsWord("END") && words == 0) in_set = false;
    ++words;
    // An unclosed string, name or comment is the only error that runs to the end.
    if (token.kind == TokenKind::kError && i + 2 == tokens.size() &&
        token.text.find("not closed") != std::string::npos) {
      return true;
    }
  }
  return open || hint;
}

}  // namespace tarn::sql

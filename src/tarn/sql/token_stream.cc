// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/token_stream.h"

#include <algorithm>
#include <charconv>

#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

constexpr size_t kShownExpectations = 8;

// The words of "A B C", one at a time.
std::string_view TakeWord(std::string_view* words) {
  const size_t blank = words->find(' ');
  const std::string_view word = words->substr(0, blank);
  *words =
      blank == std::string_view::npos ? std::string_view() : words->substr(blank + 1);
  return word;
}

std::string Joined(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size() && i < kShownExpectations; ++i) {
    if (i > 0) out += i + 1 == items.size() ? " or " : ", ";
    out += items[i];
  }
  if (items.size() > kShownExpectations) out += ", ...";
  return out;
}

bool IsKeywordLike(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_' || c == ' ';
  });
}

}  // namespace

TokenStream::TokenStream(const SourceText& source, std::vector<Token> tokens)
    : source_(source), tokens_(std::move(tokens)) {}

const Token& TokenStream::Peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& TokenStream::Advance() {
  const Token& token = Peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool TokenStream::Looking(std::string_view words) const {
  for (size_t i = 0; !words.empty(); ++i) {
    if (!Peek(i).IsWord(TakeWord(&words))) return false;
  }
  return true;
}

bool TokenStream::Accept(std::string_view words) {
  if (!Looking(words)) {
    AlsoExpect(words);
    return false;
  }
  while (!words.empty()) {
    TakeWord(&words);
    Advance();
  }
  return true;
}

bool TokenStream::AcceptSymbol(std::string_view symbol) {
  if (Peek().IsSymbol(symbol)) {
    Advance();
    return true;
  }
  AlsoExpect(fmt::format("'{}'", symbol));
  return false;
}

Status TokenStream::Expect(std::string_view words) {
  return Accept(words) ? Status::OK() : Unexpected();
}

Status TokenStream::ExpectSymbol(std::string_view symbol) {
  return AcceptSymbol(symbol) ? Status::OK() : Unexpected();
}

Result<Identifier> TokenStream::ExpectName(std::string_view what) {
  const Token& token = Peek();
  if (token.kind == TokenKind::kQuotedName) {
    Advance();
    return Identifier{token.text, token.span, true};
  }
  if (token.kind == TokenKind::kWord && !IsStructural(token.text)) {
    Advance();
    return Identifier{token.text, token.span, false};
  }
  AlsoExpect(what);
  if (token.kind == TokenKind::kWord) {
    return Unexpected(fmt::format("{} is a keyword; if it is meant as a name, write {}",
                                  ToUpper(token.text), BackTick(token.text)));
  }
  if (token.kind == TokenKind::kString) {
    return Unexpected("Names stand in `back-ticks` or bare, strings in 'single quotes'");
  }
  return Unexpected();
}

Result<ObjectName> TokenStream::ExpectObjectName(std::string_view what,
                                                 size_t max_parts) {
  const size_t begin = position();
  ObjectName out;
  ARROW_ASSIGN_OR_RAISE(Identifier first, ExpectName(what));
  out.parts.push_back(std::move(first));
  while (Peek().IsSymbol(".")) {
    Advance();
    const Token& token = Peek();
    if (!token.IsName()) {
      AlsoExpect("a name after the dot");
      return Unexpected();
    }
    Advance();
    out.parts.push_back({token.text, token.span, token.kind == TokenKind::kQuotedName});
  }
  out.span = SpanSince(begin);
  if (out.parts.size() > max_parts) {
    return Invalid(kSyntaxError, fmt::format("{} has too many parts", what), out.span,
                   fmt::format("At most {} parts separated by dots", max_parts));
  }
  return out;
}

Result<std::string> TokenStream::ExpectString(std::string_view what) {
  const Token& token = Peek();
  if (token.kind != TokenKind::kString) {
    AlsoExpect(what);
    return Unexpected(token.IsName() ? "Strings stand in 'single quotes'" : "");
  }
  Advance();
  return token.text;
}

Result<int64_t> TokenStream::ExpectInteger(std::string_view what, int64_t max) {
  const Token& token = Peek();
  if (token.kind != TokenKind::kInteger) {
    AlsoExpect(what);
    return Unexpected();
  }
  Advance();
  int64_t value = 0;
  const char* end = token.text.data() + token.text.size();
  const auto [stop, error] = std::from_chars(token.text.data(), end, value);
  if (error != std::errc() || stop != end || value > max) {
    return Invalid(kBadLiteral, fmt::format("{} is too large: {}", what, token.text),
                   token.span, fmt::format("At most {}", max));
  }
  return value;
}

Result<std::vector<Property>> TokenStream::ExpectProperties(std::string_view what) {
  std::vector<Property> out;
  ARROW_RETURN_NOT_OK(ExpectSymbol("("));
  if (AcceptSymbol(")")) return out;
  do {
    Property property;
    property.key_span = Peek().span;
    ARROW_ASSIGN_OR_RAISE(property.key,
                          ExpectString(fmt::format("the key of {} as a string", what)));
    ARROW_RETURN_NOT_OK(ExpectSymbol("="));
    property.value_span = Peek().span;
    ARROW_ASSIGN_OR_RAISE(property.value,
                          ExpectString(fmt::format("the value of {} as a string", what)));
    out.push_back(std::move(property));
  } while (AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(ExpectSymbol(")"));
  return out;
}

Result<std::vector<Identifier>> TokenStream::ExpectNameList(std::string_view what) {
  std::vector<Identifier> out;
  ARROW_RETURN_NOT_OK(ExpectSymbol("("));
  do {
    ARROW_ASSIGN_OR_RAISE(Identifier name, ExpectName(what));
    out.push_back(std::move(name));
  } while (AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(ExpectSymbol(")"));
  return out;
}

void TokenStream::AlsoExpect(std::string_view what) {
  if (expected_at_ != at_) {
    expected_.clear();
    expected_at_ = at_;
  }
  std::string text(what);
  if (std::find(expected_.begin(), expected_.end(), text) == expected_.end()) {
    expected_.push_back(std::move(text));
  }
}

Span TokenStream::SpanSince(size_t begin) const {
  const size_t last = std::max(begin, at_ == 0 ? 0 : at_ - 1);
  return Cover(tokens_[std::min(begin, tokens_.size() - 1)].span,
               tokens_[std::min(last, tokens_.size() - 1)].span);
}

std::string TokenStream::Found() const {
  const Token& token = Peek();
  if (token.kind == TokenKind::kEnd) return "the end of the text";
  if (token.kind == TokenKind::kHintOpen) return "a hint /*+ ... */";
  std::string text(source_.At(token.span));
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return token.kind == TokenKind::kWord || token.kind == TokenKind::kSymbol
             ? fmt::format("'{}'", text)
             : text;
}

Status TokenStream::Unexpected(std::string_view hint) {
  const Token& token = Peek();
  Diagnostic out{ErrorKind::kInvalidInput, kSyntaxError, "", token.span, "",
                 std::string(hint)};
  if (token.kind == TokenKind::kError) {
    out.code = kBadToken;
    out.sentence = token.text;
    return ToStatus(out, source_);
  }
  if (expected_at_ != at_) expected_.clear();
  // Long lists help nobody; what stands first was asked first.
  out.sentence = expected_.empty()
                     ? fmt::format("{} does not fit here", Found())
                     : fmt::format("Expected {}, found {}", Joined(expected_), Found());
  if (out.hint.empty() && token.kind == TokenKind::kWord) {
    std::vector<std::string_view> words;
    for (const std::string& item : expected_) {
      if (IsKeywordLike(item)) words.push_back(item);
    }
    out.hint = DidYouMean(NearestOf(token.text, words));
  }
  return ToStatus(out, source_);
}

Status TokenStream::Invalid(int code, std::string sentence, Span span, std::string hint) {
  return ToStatus(
      {ErrorKind::kInvalidInput, code, std::move(sentence), span, "", std::move(hint)},
      source_);
}

Status TokenStream::Unsupported(int code, std::string_view feature, Span span,
                                std::string hint) {
  return ToStatus(
      {ErrorKind::kUnsupported, code, fmt::format("{} is not supported yet", feature),
       span, "", std::move(hint)},
      source_);
}

Status TokenStream::Enter() {
  ++nesting_;
  if (nesting_ <= kMaxNesting) return Status::OK();
  return Invalid(
      kTooDeep,
      fmt::format("The statement is nested more than {} levels deep", kMaxNesting),
      Peek().span, "Split it, for instance with WITH or a view");
}

Status TokenStream::CheckDepth(int depth, Span span) {
  if (depth <= kMaxTreeDepth) return Status::OK();
  return Invalid(kTooDeep,
                 fmt::format("The expression has more than {} levels", kMaxTreeDepth),
                 span, "Split it into several statements or views");
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/sql/ast_name.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/token.h"

namespace tarn::sql {

/// A cursor over a script's tokens that remembers what it was asked for at the current
/// token, so that an error can say what would have been right there. One caller at a
/// time.
class TokenStream {
 public:
  /// How deep parentheses, subqueries and types may be nested, and how high a tree may
  /// grow.
  static constexpr int kMaxNesting = 150;
  static constexpr int kMaxTreeDepth = 400;

  /// \param source  outlives the stream and everything it answers
  TokenStream(const SourceText& source, std::vector<Token> tokens);

  const SourceText& source() const { return source_; }
  /// The next token, or one further ahead; kEnd past the end.
  const Token& Peek(size_t ahead = 0) const;
  const Token& Advance();
  size_t position() const { return at_; }
  bool AtEnd() const { return Peek().kind == TokenKind::kEnd; }

  /// True if the next tokens are these keywords (upper case, separated by blanks).
  bool Looking(std::string_view words) const;
  /// Take the keywords if they come next; else remember them as expected.
  bool Accept(std::string_view words);
  bool AcceptSymbol(std::string_view symbol);
  Status Expect(std::string_view words);
  Status ExpectSymbol(std::string_view symbol);

  /// A name: back-ticked, or a word that no clause begins with. `what` says whose.
  Result<Identifier> ExpectName(std::string_view what);
  /// `a.b.c`, at most `max_parts`. After the first dot any word is a name.
  Result<ObjectName> ExpectObjectName(std::string_view what, size_t max_parts = 3);
  Result<std::string> ExpectString(std::string_view what);
  /// A whole number without a sign, at most `max`.
  Result<int64_t> ExpectInteger(std::string_view what, int64_t max);
  /// `( 'k' = 'v', ... )`, in order; a key may stand twice, and Flink then takes the
  /// last.
  Result<std::vector<Property>> ExpectProperties(std::string_view what);
  /// `( name, ... )`.
  Result<std::vector<Identifier>> ExpectNameList(std::string_view what);

  /// Remember that `what` would be right at the current token.
  void AlsoExpect(std::string_view what);

  /// Span from token number `begin` to the last token taken.
  Span SpanSince(size_t begin) const;

  /// The error for a token that fits nothing: "Expected A or B, found 'X'".
  Status Unexpected(std::string_view hint = "");
  /// kInvalidInput at a place.
  Status Invalid(int code, std::string sentence, Span span, std::string hint = "");
  /// kUnsupported: `feature` is named, with what works instead.
  Status Unsupported(int code, std::string_view feature, Span span,
                     std::string hint = "");

  /// Guard of one level of nesting; answers kInvalidInput when it is too deep.
  Status Enter();
  void Leave() { --nesting_; }
  /// Refuse a tree of more than kMaxTreeDepth levels.
  Status CheckDepth(int depth, Span span);

 private:
  std::string Found() const;

  const SourceText& source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int nesting_ = 0;
  size_t expected_at_ = 0;
  std::vector<std::string> expected_;
};

/// Leaves a level of nesting at the end of a scope.
class NestingScope {
 public:
  explicit NestingScope(TokenStream* stream) : stream_(stream) {}
  ~NestingScope() { stream_->Leave(); }
  NestingScope(const NestingScope&) = delete;
  NestingScope& operator=(const NestingScope&) = delete;

 private:
  TokenStream* stream_;
};

}  // namespace tarn::sql

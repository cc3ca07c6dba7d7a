// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/lexer.h"

#include <gtest/gtest.h>

namespace tarn::sql {
namespace {

std::string Kinds(const std::string& text) {
  std::string out;
  const SourceText source(text);
  for (const Token& token : Lex(source)) {
    if (!out.empty()) out += ' ';
    switch (token.kind) {
      case TokenKind::kEnd:
        out += "END";
        break;
      case TokenKind::kError:
        out += "ERROR";
        break;
      case TokenKind::kWord:
        out += "word:" + token.text;
        break;
      case TokenKind::kQuotedName:
        out += "name:" + token.text;
        break;
      case TokenKind::kString:
        out += "string:" + token.text;
        break;
      case TokenKind::kBinary:
        out += "binary:" + token.text;
        break;
      case TokenKind::kInteger:
        out += "int:" + token.text;
        break;
      case TokenKind::kDecimal:
        out += "decimal:" + token.text;
        break;
      case TokenKind::kApproximate:
        out += "double:" + token.text;
        break;
      case TokenKind::kHintOpen:
        out += "HINT";
        break;
      case TokenKind::kHintClose:
        out += "TNIH";
        break;
      case TokenKind::kSymbol:
        out += token.text;
        break;
    }
  }
  return out;
}

TEST(Lexer, ReadsNamesWithDollarsBackTicksAndOtherScripts) {
  EXPECT_EQ(Kinds("t$audit_log `a``b` größe"),
            "word:t$audit_log name:a`b word:größe END");
}

TEST(Lexer, HalvesDoubledQuotesInStrings) {
  EXPECT_EQ(Kinds("'it''s' '' X'0aFF'"), "string:it's string: binary:0aFF END");
}

TEST(Lexer, TellsNumbersApart) {
  EXPECT_EQ(Kinds("42 4.2 .5 1. 4e1 1.5E-3 1a"),
            "int:42 decimal:4.2 decimal:.5 decimal:1. double:4e1 double:1.5E-3 int:1 "
            "word:a END");
}

TEST(Lexer, LeavesCommentsOutAndKeepsHints) {
  EXPECT_EQ(Kinds("a -- b\n/* c */ d // e\n/*+ OPTIONS('k'='v') */ f"),
            "word:a word:d HINT word:OPTIONS ( string:k = string:v ) TNIH word:f END");
}

TEST(Lexer, PrefersLongSymbols) {
  EXPECT_EQ(Kinds("a<>b<=c>=d||e=>f!=g"),
            "word:a <> word:b <= word:c >= word:d || word:e => word:f != word:g END");
}

TEST(Lexer, GivesEveryTokenItsBytes) {
  const SourceText source("SELECT `ä`,\n 'x''y'");
  for (const Token& token : Lex(source)) {
    if (token.kind == TokenKind::kQuotedName) {
      EXPECT_EQ(source.At(token.span), "`ä`");
    }
    if (token.kind == TokenKind::kString) {
      EXPECT_EQ(source.At(token.span), "'x''y'");
      EXPECT_EQ(source.PlaceOf(token.span.offset), (LineColumn{2, 2}));
    }
  }
}

TEST(Lexer, CountsColumnsInCharacters) {
  const SourceText source("'äöü' x");
  EXPECT_EQ(source.PlaceOf(9), (LineColumn{1, 7}));
  EXPECT_EQ(source.At({9, 1}), "x");
}

TEST(Lexer, MakesAnErrorTokenOfWhatIsNoToken) {
  EXPECT_EQ(Kinds("a # b"), "word:a ERROR word:b END");
  EXPECT_EQ(Kinds("a \"b\""), "word:a ERROR word:b ERROR END");
  EXPECT_EQ(Kinds("a; 'open"), "word:a ; ERROR END");
  EXPECT_EQ(Kinds("/* open"), "ERROR END");
  EXPECT_EQ(Kinds("``"), "ERROR END");
  EXPECT_EQ(Kinds("X'0'"), "ERROR END");
  EXPECT_EQ(Kinds("_utf8'a'"), "ERROR END");
}

TEST(Lexer, SplitsAtSemicolonsOutsideOfQuotesAndComments) {
  const SourceText source("SELECT ';' -- ;\n; ; SELECT `;` /* ; */;");
  const std::vector<Span> parts = SplitStatements(source);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(source.At(parts[0]), "SELECT ';'");
  EXPECT_EQ(source.At(parts[1]), "SELECT `;`");
}

TEST(Lexer, KnowsWhenAShellMustAskForMore) {
  EXPECT_FALSE(IsIncomplete(SourceText("")));
  EXPECT_FALSE(IsIncomplete(SourceText("SELECT 1;")));
  EXPECT_TRUE(IsIncomplete(SourceText("SELECT 1")));
  EXPECT_TRUE(IsIncomplete(SourceText("SELECT ';")));
  EXPECT_TRUE(IsIncomplete(SourceText("SELECT 1; /* open ;")));
  EXPECT_TRUE(
      IsIncomplete(SourceText("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;")));
  EXPECT_FALSE(IsIncomplete(
      SourceText("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;")));
  EXPECT_TRUE(IsIncomplete(SourceText("BEGIN STATEMENT SET; INSERT INTO a SELECT 1;")));
}

}  // namespace
}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/json_document.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "simdjson.h"

namespace tarn::cdc {
namespace {

using Token = JsonDocument::Token;

// One value, and nothing behind it.
bool Accepts(const std::string& text) {
  JsonDocument document;
  Token token = 0;
  return document.Parse(text) && document.Skip(&token) && token == document.token_count();
}

// What the library itself says, which reads the whole document.
bool LibraryAccepts(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  return parser.parse(simdjson::padded_string(text)).get(element) == simdjson::SUCCESS;
}

TEST(JsonDocument, AcceptsJsonAndNothingElse) {
  for (const char* good :
       {"{}", "[]", "null", "true", "false", "0", "-0", "1.5e10", "-1E-5", "\"\"",
        "\"a\\n\"", " {\"a\" : [1, 2, {\"b\":null}] } ", "[[],{},[[]]]",
        "\"\\ud83d\\ude00\"", "{\"a\":{\"a\":{}}}", "\"\\u0000\"", "[\"\\\\\"]"}) {
    EXPECT_TRUE(Accepts(good)) << good;
  }
  for (const char* bad : {"",
                          " ",
                          "{",
                          "}",
                          "[1}",
                          "{\"a\":[1}]",
                          "{\"a\" 1}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "[1,]",
                          "[,1]",
                          "{,}",
                          "[1 2]",
                          "tru",
                          "truex",
                          "nul",
                          "01",
                          "-",
                          "1.",
                          ".5",
                          "1e",
                          "+1",
                          "NaN",
                          "\"\\x\"",
                          "\"\\u12\"",
                          "\"\\ud800\"",
                          "\"\\udc00\"",
                          "\"\\ud800\\u0041\"",
                          "'a'",
                          "{a:1}",
                          "{1:2}",
                          "1 2",
                          "{} {}",
                          "\"a",
                          "\"a\\\"",
                          "[1]]",
                          "{\"a\":1}}",
                          "\"\t\"",
                          "\xff",
                          "\"\xc3\x28\"",
                          "\"\xed\xa0\x80\"",
                          "[1,2",
                          "{\"a\":\"b",
                          "123abc",
                          "\"a\"b",
                          "{\"a\"}",
                          "[\"a\":1]",
                          "nulltrue",
                          "\"a\" \"b\""}) {
    EXPECT_FALSE(Accepts(bad)) << bad;
    EXPECT_FALSE(LibraryAccepts(bad)) << bad;
  }
}

TEST(JsonDocument, RefusesWhatIsNestedTooDeeply) {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']');
  };
  EXPECT_TRUE(Accepts(nested(JsonDocument::kDepthMax)));
  EXPECT_FALSE(Accepts(nested(JsonDocument::kDepthMax + 1)));
  EXPECT_FALSE(Accepts(nested(1000000)));
}

TEST(JsonDocument, AgreesWithAnotherParserOnMutatedMessages) {
  const std::string seed =
      "{\"before\":null,\"after\":{\"id\":-12.5e3,\"name\":\"a\\\"b\\u00e9\",\"tags\":["
      "\"x\","
      "true,false,null],\"empty\":{}},\"op\":\"u\"}";
  const std::string alphabet = "{}[]:,\"\\0123abntrufls-.eE \n";
  std::mt19937 random(7);
  const auto below = [&](size_t limit) { return random() % limit; };
  int accepted = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = seed;
    for (size_t edits = 1 + below(3); edits > 0; --edits) {
      const size_t at = below(text.size());
      const char c = alphabet[below(alphabet.size())];
      switch (below(3)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        default:
          text.insert(at, 1, c);
      }
    }
    // Numbers too large for a double are a limit of that parser, not of JSON.
    if (std::regex_search(text, std::regex("[eE]\\+?[0-9]{3}"))) continue;
    const bool expected = nlohmann::json::accept(text);
    ASSERT_EQ(Accepts(text), expected) << text;
    accepted += expected ? 1 : 0;
  }
  EXPECT_GT(accepted, 1000);
}

TEST(JsonDocument, UnescapesAsTheLibraryDoes) {
  EXPECT_TRUE(rc::check("same text", [] {
    std::string raw;
    const int parts = *rc::gen::inRange(0, 30);
    for (int i = 0; i < parts; ++i) {
      raw += *rc::gen::elementOf(std::vector<std::string>{
          "a", "\\\"", "\\\\", "\\n", "\\/", "\\t", "\\b", "\\f", "\\r", "\\u0041",
          "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "plain text of some length", "é", "😀",
          " ", "\\u0000"});
    }
    const std::string text = "[\"" + raw + "\",1]";
    simdjson::dom::parser parser;
    std::string_view expected;
    RC_ASSERT(
        parser.parse(simdjson::padded_string(text)).at(0).get_string().get(expected) ==
        simdjson::SUCCESS);
    JsonDocument document;
    RC_ASSERT(document.Parse(text));
    Token token = 1;
    std::string_view out;
    RC_ASSERT(document.String(&token, &out));
    RC_ASSERT(out == expected);
    RC_ASSERT(document.At(token) == ',');
  }));
}

TEST(JsonDocument, KeepsUnescapedStringsUntilTheNextDocument) {
  std::string text = "[";
  for (int i = 0; i < 5000; ++i)
    text += fmt::format("{}\"a\\n{:030}\"", i == 0 ? "" : ",", i);
  text += "]";
  JsonDocument document;
  ASSERT_TRUE(document.Parse(text));
  std::vector<std::string_view> all;
  Token token = 1;
  for (int i = 0; i < 5000; ++i, ++token) {
    ASSERT_TRUE(document.String(&token, &all.emplace_back()));
  }
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(all[i], fmt::format("a\n{:030}", i));
}

TEST(JsonDocument, TellsWhereItFailed) {
  JsonDocument document;
  Token token = 0;
  ASSERT_TRUE(document.Parse("{\"a\":tru}"));
  EXPECT_FALSE(document.Skip(&token));
  EXPECT_EQ(document.error(), "expected a value at byte 5");
  EXPECT_FALSE(document.Parse("\"\xff\""));
  EXPECT_NE(document.error().find("invalid UTF-8"), std::string::npos);
  EXPECT_FALSE(document.Parse("{\"a\":\"b"));
  EXPECT_NE(document.error().find("ends inside a string"), std::string::npos);
}

TEST(JsonDocument, SpansEndWithTheirValue) {
  JsonDocument document;
  ASSERT_TRUE(document.Parse("{ \"a\" : [1, 2 ] , \"b\" : \"x\" }"));
  Token token = 3;
  const Token begin = token;
  ASSERT_EQ(document.At(begin), '[');
  ASSERT_TRUE(document.Jump(&token));
  EXPECT_EQ(document.Span(begin, token), "[1, 2 ]");
}

}  // namespace
}  // namespace tarn::cdc

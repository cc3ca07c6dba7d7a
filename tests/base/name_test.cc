// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/name.h"

#include <gtest/gtest.h>

namespace tarn::base {
namespace {

TEST(Name, OrdinaryNamesAreTaken) {
  for (const char* text :
       {"t", "product_360", "a-b.c", "\xC3\xBC\xE2\x9C\x93", "a b", "$x"}) {
    auto name = Name::Make(text, "table");
    ASSERT_TRUE(name.ok()) << text;
    EXPECT_EQ(name->text(), text);
  }
}

TEST(Name, NamesThatLeadElsewhereAreRefused) {
  for (const char* text : {"", ".", "..", ".hidden", "a/b", "/etc", "..\\x", "a\nb", " a",
                           "a ", "\xFF", "\xC0\xAF"}) {
    EXPECT_EQ(KindOf(Name::Make(text, "table").status()), ErrorKind::kInvalidInput)
        << text;
  }
  EXPECT_FALSE(Name::Make(std::string("a\0b", 3), "table").ok());
  EXPECT_FALSE(Name::Make(std::string(256, 'a'), "table").ok());
}

TEST(Name, BranchesMayNotBeMainOrNumbers) {
  EXPECT_TRUE(Name::MakeBranch("b1").ok());
  EXPECT_FALSE(Name::MakeBranch("main").ok());
  EXPECT_FALSE(Name::MakeBranch("123").ok());
  EXPECT_FALSE(Name::MakeBranch("").ok());
}

TEST(RelativePath, StaysBelowItsFolder) {
  for (const char* path : {"a", "a/b", "a=..b/c", "data-1.parquet"}) {
    EXPECT_TRUE(CheckRelativePath(path).ok()) << path;
  }
  for (const char* path :
       {"", "/", "/a", "..", "a/..", "a/../b", "a//b", "./a", "a/", "a\\b"}) {
    EXPECT_EQ(KindOf(CheckRelativePath(path)), ErrorKind::kPermission) << path;
  }
}

TEST(Utf8, SurrogatesAndOverlongFormsAreNone) {
  EXPECT_TRUE(IsUtf8("a\xC3\xBC\xE2\x9C\x93\xF0\x9F\x98\x80"));
  EXPECT_TRUE(IsUtf8(""));
  for (const char* text :
       {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

}  // namespace
}  // namespace tarn::base

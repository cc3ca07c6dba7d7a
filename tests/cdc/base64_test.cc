// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/base64.h"

#include <arrow/util/base64.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tarn::cdc {
namespace {

TEST(Base64, GivesBackWhatWasEncoded) {
  EXPECT_TRUE(rc::check("same bytes", [](const std::string& bytes) {
    std::string text = arrow::util::base64_encode(bytes);
    std::string out;
    RC_ASSERT(DecodeBase64(text, false, &out));
    RC_ASSERT(out == bytes);
    while (text.ends_with('=')) text.pop_back();
    RC_ASSERT(DecodeBase64(text, false, &out));
    RC_ASSERT(out == bytes);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    RC_ASSERT(DecodeBase64(text, true, &out));
    RC_ASSERT(out == bytes);
  }));
}

TEST(Base64, RefusesOtherText) {
  std::string out;
  for (const char* bad : {"A", "AAAAA", "AA=A", "A===", "AA==AA==", "AB==", "AAB=",
                          "A A=", "2.94", "-_8=", "=", "AAA\n"}) {
    EXPECT_FALSE(DecodeBase64(bad, false, &out)) << bad;
  }
  EXPECT_FALSE(DecodeBase64("+/8=", true, &out));
}

TEST(Hex, ReadsEitherCaseInPairs) {
  std::string out;
  ASSERT_TRUE(DecodeHex("00fFa1", &out));
  EXPECT_EQ(out, std::string("\x00\xff\xa1", 3));
  EXPECT_FALSE(DecodeHex("0", &out));
  EXPECT_FALSE(DecodeHex("0g", &out));
  EXPECT_TRUE(LooksLikeHex("878e58dd1fe70fdb"));
  EXPECT_FALSE(LooksLikeHex("h45Y3R/nD9s="));
  EXPECT_FALSE(LooksLikeHex("face"));
}

}  // namespace
}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include <arrow/config.h>
#include <arrow/util/config.h>
#include <gtest/gtest.h>

namespace tarn {
namespace {

TEST(Arrow, LibraryAndHeadersAreOneRelease) {
  EXPECT_EQ(arrow::GetBuildInfo().version_string, ARROW_VERSION_STRING);
  EXPECT_EQ(arrow::GetBuildInfo().so_version, ARROW_SO_VERSION);
}

}  // namespace
}  // namespace tarn

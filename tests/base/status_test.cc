// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/status.h"

#include <gtest/gtest.h>

#include <set>

namespace tarn {
namespace {

TEST(Status, KeepsKindCodeAndValues) {
  const Status status = NotFound(4001, "Snapshot is missing:", V("table", "sales.orders"),
                                 V("snapshot", 17));
  EXPECT_EQ(KindOf(status), ErrorKind::kNotFound);
  EXPECT_EQ(CodeOf(status), "TARN-4001");
  EXPECT_EQ(MessageOf(status), "Snapshot is missing: table=sales.orders snapshot=17");
  const Status longer = Prefixed(status, "Reading: ");
  EXPECT_EQ(KindOf(longer), ErrorKind::kNotFound);
  EXPECT_EQ(CodeOf(longer), "TARN-4001");
  EXPECT_EQ(MessageOf(longer).substr(0, 9), "Reading: ");
  EXPECT_EQ(KindOf(Status::OK()), ErrorKind::kNone);
}

TEST(Status, StatusesOfArrowHaveAKindToo) {
  EXPECT_EQ(KindOf(Status::Invalid("x")), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(Status::IOError("x")), ErrorKind::kUnavailable);
  EXPECT_EQ(KindOf(Status::OutOfMemory("x")), ErrorKind::kResource);
  EXPECT_EQ(KindOf(Status::NotImplemented("x")), ErrorKind::kUnsupported);
  EXPECT_EQ(CodeOf(Status::Invalid("x")), "");
}

TEST(ErrorKind, ExitCodesAreOnesOwn) {
  std::set<int> codes;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInternal); ++kind) {
    EXPECT_TRUE(codes.insert(ExitCodeOf(static_cast<ErrorKind>(kind))).second);
    EXPECT_NE(KindName(static_cast<ErrorKind>(kind)), "");
  }
  EXPECT_EQ(ExitCodeOf(ErrorKind::kUnsupported), 6);
  EXPECT_EQ(codes.count(2), 0U) << "2 is bad usage";
}

Status Checked(bool good) {
  TARN_CHECK(good, V("row", 3));
  return Status::OK();
}

TEST(Check, FailsAsAnInternalErrorWithItsValues) {
  EXPECT_TRUE(Checked(true).ok());
  EXPECT_EQ(KindOf(Checked(false)), ErrorKind::kInternal);
  EXPECT_NE(MessageOf(Checked(false)).find("row=3"), std::string::npos);
}

}  // namespace
}  // namespace tarn

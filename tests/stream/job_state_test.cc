// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/job_state.h"

#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tarn/stream/job.h"
#include "tests/support/files.h"

namespace tarn::stream {
namespace {

TEST(PipelinePosition, ComesBackAsItWasStored) {
  PipelinePosition position;
  position.files = {{"shop.\"x\".jsonl", "120:3"}, {"ünï", "0:0"}};
  position.redelivery = {{"t/0", "00.1"}};
  position.truncates = {{"shop/qa/questions", "01.2"}};
  const auto back = PipelinePosition::FromJson(position.ToJson());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->files, position.files);
  EXPECT_EQ(back->redelivery, position.redelivery);
  EXPECT_EQ(back->truncates, position.truncates);
}

TEST(PipelinePosition, RefusesWhatItDidNotWrite) {
  for (const char* text : {"", "[]", "{\"files\":3}", "{\"files\":{\"a\":1}}", "{"}) {
    EXPECT_EQ(KindOf(PipelinePosition::FromJson(text).status()), ErrorKind::kCorruption)
        << text;
  }
}

TEST(PipelineIds, NumberFurtherStatementsOfTheSamePair) {
  PipelineIds ids;
  EXPECT_EQ(ids.Next("reviews", "db.t"), "reviews>db.t");
  EXPECT_EQ(ids.Next("prices", "db.t"), "prices>db.t");
  EXPECT_EQ(ids.Next("reviews", "db.t"), "reviews>db.t#2");
}

class Claims : public testing::Test {
 protected:
  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  io::TablePaths paths_ = *io::TablePaths::Make(folder_.path());
};

TEST_F(Claims, AreHeldByOneRunPerName) {
  auto first = JobClaim::Take(context_, paths_, "job/db.t");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(KindOf(JobClaim::Take(context_, paths_, "job/db.t").status()),
            ErrorKind::kConflict);
  EXPECT_TRUE(JobClaim::Take(context_, paths_, "other/db.t").ok());
  first->reset();
  EXPECT_TRUE(JobClaim::Take(context_, paths_, "job/db.t").ok());
}

TEST_F(Claims, RememberThatTheJobHasCommitted) {
  {
    auto claim = *JobClaim::Take(context_, paths_, "../a b");
    EXPECT_FALSE(claim->has_committed());
    ASSERT_TRUE(claim->MarkCommitted().ok());
  }
  auto again = *JobClaim::Take(context_, paths_, "../a b");
  EXPECT_TRUE(again->has_committed());
  EXPECT_EQ(KindOf(again->LostPosition("db.t")), ErrorKind::kCommitUnknown);
}

}  // namespace
}  // namespace tarn::stream

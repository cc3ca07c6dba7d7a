// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/snapshot.h"

#include <gtest/gtest.h>

#include "tarn/meta/tag.h"

namespace tarn::meta {
namespace {

constexpr char kOld[] = R"({"version":2,"id":7,"schemaId":1,"baseManifestList":"b",
  "deltaManifestList":"d","changelogManifestList":null,"commitUser":"u",
  "commitIdentifier":9223372036854775807,"commitKind":"COMPACT","timeMillis":5,
  "logOffsets":{},"unknown":[1,{"a":null}],"totalRecordCount":3,"deltaRecordCount":-2,
  "watermark":-9223372036854775808})";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Snapshot, ReadsExplicitNullsAndWhatItDoesNotKnow) {
  const auto snapshot = Snapshot::FromJson(kOld);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->id, 7);
  EXPECT_EQ(snapshot->commit_kind, CommitKind::kCompact);
  EXPECT_EQ(snapshot->commit_identifier, kBatchCommitIdentifier);
  EXPECT_EQ(snapshot->watermark, INT64_MIN);
  EXPECT_FALSE(snapshot->changelog_manifest_list.has_value());
  EXPECT_FALSE(snapshot->next_row_id.has_value());
  EXPECT_EQ(snapshot->delta_record_count, -2);
}

TEST(Snapshot, NamesThePropertyThatIsMissingOrWrong) {
  const auto message = [](const std::string& json) {
    const auto status = Snapshot::FromJson(json).status();
    EXPECT_EQ(KindOf(status), ErrorKind::kCorruption);
    return status.ToString();
  };
  EXPECT_NE(message(Replaced(kOld, "\"schemaId\":1,", "")).find("schemaId"),
            std::string::npos);
  EXPECT_NE(message(Replaced(kOld, "\"id\":7", "\"id\":\"x\"")).find("id"),
            std::string::npos);
  EXPECT_NE(message(Replaced(kOld, "\"timeMillis\":5", "\"timeMillis\":1e99"))
                .find("timeMillis"),
            std::string::npos);
  EXPECT_NE(message(Replaced(kOld, "9223372036854775807", "9223372036854775808"))
                .find("out of range"),
            std::string::npos);
  message("");
  message("[]");
  message("{");
}

TEST(Snapshot, RefusesKindsAndOperationsThatJavaDoesNotKnow) {
  EXPECT_EQ(KindOf(Snapshot::FromJson(Replaced(kOld, "COMPACT", "REBASE")).status()),
            ErrorKind::kUnsupported);
  const std::string operation =
      Replaced(kOld, "\"id\":7", "\"id\":7,\"operation\":\"GUESS\"");
  EXPECT_EQ(KindOf(Snapshot::FromJson(operation).status()), ErrorKind::kUnsupported);
}

TEST(Snapshot, EscapesTextAsJacksonDoes) {
  Snapshot snapshot = *Snapshot::FromJson(kOld);
  snapshot.commit_user = "a\"\\\b\f\n\r\t\x01\x1f/é";
  snapshot.properties = {{"k", "v"}};
  const std::string json = snapshot.ToJson();
  EXPECT_NE(json.find(R"("commitUser" : "a\"\\\b\f\n\r\t\u0001\u001F/é")"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("\"properties\" : {\n    \"k\" : \"v\"\n  }"), std::string::npos);
  const auto again = Snapshot::FromJson(json);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->commit_user, snapshot.commit_user);
  EXPECT_EQ(again->properties, snapshot.properties);
}

TEST(Tag, KeepsTimesInJacksonsForms) {
  Tag tag{*Snapshot::FromJson(kOld), int64_t{0}, int64_t{86'400'000'000'001}};
  const std::string json = tag.ToJson();
  EXPECT_NE(json.find("\"tagCreateTime\" : [ 1970, 1, 1, 0, 0 ]"), std::string::npos);
  EXPECT_NE(json.find("\"tagTimeRetained\" : 86400.000000001"), std::string::npos);
  const auto again = Tag::FromJson(json);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->create_time_nanos, tag.create_time_nanos);
  EXPECT_EQ(again->time_retained_nanos, tag.time_retained_nanos);

  tag.create_time_nanos = -1;
  EXPECT_NE(tag.ToJson().find("[ 1969, 12, 31, 23, 59, 59, 999999999 ]"),
            std::string::npos);
}

TEST(Tag, RefusesDatesThatAreNone) {
  const std::string json =
      Replaced(kOld, "\"id\":7", "\"id\":7,\"tagCreateTime\":[2024,13,1]");
  EXPECT_EQ(KindOf(Tag::FromJson(json).status()), ErrorKind::kCorruption);
}

}  // namespace
}  // namespace tarn::meta

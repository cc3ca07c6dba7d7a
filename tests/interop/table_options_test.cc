// SPDX-License-Identifier: Apache-2.0
// Options that decide which rows win, which vanish and where files lie.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/metadata_dump.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

json AtTable(json request, const std::string& warehouse) {
  request["warehouse"] = warehouse;
  request["table"] = "db.t";
  return request;
}

// The published core does not know this option, so the golden tables of 2.0.0 decide;
// metadata it can print.
TEST(SnapshotOrdering, TarnPlaysTheGoldenHistoriesAsJavaDid) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const std::string name :
       {"seq_snapshot_ordering", "seq_snapshot_ordering_compacted"}) {
    SCOPED_TRACE(name);
    TemporaryFolder warehouse;
    TarnTarget tarn(warehouse.path());
    const Status status = Replay(LoadHistory(name), &tarn);
    ASSERT_TRUE(status.ok()) << status;
    const GoldenTable golden = LoadGolden(name);
    for (const GoldenRead& read : golden.reads) {
      SCOPED_TRACE(read.file);
      const auto rows = tarn.Read(read.Request());
      ASSERT_TRUE(rows.ok()) << rows.status();
      EXPECT_TRUE(SameRows(*rows, read.lines));
    }
    const auto dump =
        JavaOracle::Core().Ask(AtTable({{"cmd", "dump"}}, warehouse.path()));
    ASSERT_TRUE(dump.ok()) << dump.status();
    json actual = Comparable(*dump);
    json expected = Comparable(*golden.Dump());
    for (json* side : {&actual, &expected}) {
      for (auto& [file, snapshot] : (*side)["snapshots"].items()) {
        if (snapshot.is_object()) snapshot.erase("commitIdentifier");
      }
      (*side)["snapshots"].erase("EARLIEST");
    }
    EXPECT_EQ(Differences(actual, expected), std::vector<std::string>{});
  }
}

TEST(ExternalPaths, FilesThatJavaKeepsElsewhereAreReadFromThere) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const bool vectors : {false, true}) {
    TemporaryFolder warehouse;
    TemporaryFolder elsewhere;
    History history = LoadHistory(vectors ? "dv_pk" : "pk_dedup_l0");
    json& options = history.schema["options"];
    options["data-file.external-paths"] = "file://" + elsewhere.path();
    options["data-file.external-paths.strategy"] = "round-robin";
    if (vectors) options["index-file-in-data-file-dir"] = "true";
    JavaTarget java(warehouse.path());
    const Status written = Replay(history, &java);
    ASSERT_TRUE(written.ok()) << written;
    const auto expected =
        JavaOracle::Core().AskRows(AtTable({{"cmd", "read"}}, warehouse.path()));
    ASSERT_TRUE(expected.ok()) << expected.status();
    const TarnTarget tarn(warehouse.path());
    const auto rows = tarn.Read(json::object());
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_TRUE(SameRows(*rows, *expected));
    // Stored paths are believed only as far as the option goes.
    const auto elsewhere_again =
        tarn.Read({{"options", {{"data-file.external-paths", "file:///nowhere"}}}});
    EXPECT_EQ(KindOf(elsewhere_again.status()), ErrorKind::kPermission)
        << elsewhere_again.status();
  }
}

json ExpiringRow(int64_t key, int64_t time) {
  return {{"op", "+I"}, {"row", {{"k", key}, {"v", std::to_string(time)}, {"ts", time}}}};
}

json Append(const std::vector<json>& rows) {
  return json::object({{"cmd", "write"}, {"write-only", true}, {"rows", rows}});
}

json Compact() {
  return json::object({{"cmd", "compact"}});
}

// Old and young rows of the same keys, in files that overlap, stand alone and lie in the
// highest level already.
TEST(RecordExpiry, CompactionsDropTheRowsThatJavaDrops) {
  TARN_SKIP_WITHOUT_JAVA();
  const int64_t old = 1000000;
  const int64_t young = int64_t{2} << 30;
  for (const std::string type : {"BIGINT", "INT"}) {
    for (const std::string engine : {"deduplicate", "partial-update"}) {
      SCOPED_TRACE(type + " " + engine);
      History history = LoadHistory("record_expire");
      history.schema["fields"][2]["type"] = type;
      history.schema["options"]["merge-engine"] = engine;
      history.schema["options"]["record-level.expire-time"] = "3650 d";
      const int64_t late = type == "INT" ? int64_t{2147000000} : young;
      history.steps = {
          Append({ExpiringRow(1, late), ExpiringRow(2, old), ExpiringRow(3, old)}),
          Compact(),
          Append({ExpiringRow(1, old), ExpiringRow(4, late), ExpiringRow(5, old)}),
          Append({ExpiringRow(9, old)}),
          Compact(),
          Compact()};
      TemporaryFolder by_java;
      TemporaryFolder by_tarn;
      JavaTarget java(by_java.path());
      TarnTarget tarn(by_tarn.path());
      ASSERT_TRUE(Replay(history, &java).ok());
      const Status status = Replay(history, &tarn);
      ASSERT_TRUE(status.ok()) << status;
      for (int64_t snapshot = 1; snapshot <= 5; ++snapshot) {
        const auto request = json::object({{"cmd", "read"}, {"snapshot", snapshot}});
        const auto expected =
            JavaOracle::Core().AskRows(AtTable(request, by_java.path()));
        ASSERT_TRUE(expected.ok()) << expected.status();
        const auto rows = tarn.Read({{"snapshot", snapshot}});
        ASSERT_TRUE(rows.ok()) << rows.status();
        EXPECT_TRUE(SameRows(*rows, *expected)) << snapshot;
      }
    }
  }
}

}  // namespace
}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
// Tables with deletion vectors that Java writes and Tarn reads, and to which Tarn appends
// what Java then compacts.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/random_history.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

std::vector<std::string> JavaRows(const std::string& warehouse, json request) {
  request["cmd"] = "read";
  request["warehouse"] = warehouse;
  request["table"] = "db.t";
  auto rows = JavaOracle::Core().AskRows(request);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ValueOr(std::vector<std::string>{"unread"});
}

void ExpectEqualReads(const std::string& warehouse, const json& request) {
  const auto tarn = TarnTarget(warehouse).Read(request);
  ASSERT_TRUE(tarn.ok()) << tarn.status();
  EXPECT_TRUE(SameRows(*tarn, JavaRows(warehouse, request))) << request;
}

// Histories whose writers compact as they write, so that rows are marked.
History WithVectors(const HistoryKind& kind, uint64_t seed) {
  History history = RandomHistory(kind, seed, 8, 40);
  history.schema["options"]["deletion-vectors.enabled"] = "true";
  history.schema["options"]["num-sorted-run.compaction-trigger"] = "2";
  if (seed % 2 == 0) history.schema["options"]["deletion-vectors.bitmap64"] = "true";
  if (seed % 3 == 0) history.schema["options"]["index-file-in-data-file-dir"] = "true";
  for (json& step : history.steps) {
    step.erase("write-only");
    if (step["cmd"] == "write") step["wait-compaction"] = true;
  }
  return history;
}

json Compact() {
  return json::object({{"cmd", "compact"}, {"full", true}});
}

bool TakesVectors(const HistoryKind& kind) {
  const json& options = kind.schema["options"];
  return options.value("merge-engine", "") != "first-row" &&
         options.value("changelog-producer", "none") != "full-compaction";
}

TEST(DeletionVectors, EverySnapshotThatJavaWritesIsReadAsJavaReadsIt) {
  TARN_SKIP_WITHOUT_JAVA();
  int vectors = 0;
  for (const HistoryKind& kind : HistoryKinds()) {
    if (!TakesVectors(kind)) continue;
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const History history = WithVectors(kind, seed);
      SCOPED_TRACE(history.name);
      TemporaryFolder warehouse;
      JavaTarget java(warehouse.path());
      const Status written = Replay(history, &java);
      ASSERT_TRUE(written.ok()) << written;
      const auto table = TarnTarget(warehouse.path()).Open(json::object());
      ASSERT_TRUE(table.ok()) << table.status();
      const auto latest = *(*table)->snapshots()->Latest();
      for (int64_t id = 1; id <= latest->id; ++id) {
        ExpectEqualReads(warehouse.path(), json::object({{"snapshot", id}}));
      }
      vectors += latest->index_manifest.has_value();
    }
  }
  EXPECT_GT(vectors, 3);
}

TEST(DeletionVectors, WhatTarnAppendsIsInvisibleUntilJavaCompactsIt) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const HistoryKind& kind : HistoryKinds()) {
    if (!TakesVectors(kind)) continue;
    const History history = WithVectors(kind, 2);
    SCOPED_TRACE(history.name);
    TemporaryFolder by_java;
    TemporaryFolder by_both;
    JavaTarget java(by_java.path());
    ASSERT_TRUE(Replay(history, &java).ok());
    // Every other commit is an append by Tarn.
    JavaTarget other(by_both.path());
    TarnTarget tarn(by_both.path());
    ASSERT_TRUE(other.Create(history.schema).ok());
    for (size_t i = 0; i < history.steps.size(); ++i) {
      json step = history.steps[i];
      step["commit-user"] = "oracle";
      if (i % 2 == 0) {
        ASSERT_TRUE(other.Run(step).ok());
        continue;
      }
      const auto before = JavaRows(by_both.path(), json::object());
      EXPECT_EQ(KindOf(tarn.Run(step)), ErrorKind::kUnsupported)
          << "without write-only Java would mark rows";
      step["write-only"] = true;
      step.erase("wait-compaction");
      const Status appended = tarn.Run(step);
      ASSERT_TRUE(appended.ok()) << appended;
      EXPECT_TRUE(SameRows(JavaRows(by_both.path(), json::object()), before));
      ExpectEqualReads(by_both.path(), json::object());
      EXPECT_EQ(KindOf(tarn.Run(Compact())), ErrorKind::kUnsupported);
      ASSERT_TRUE(other.Run(Compact()).ok());
      ExpectEqualReads(by_both.path(), json::object());
    }
    // What a merge of retractions and row removals yields depends on what met in it, and
    // the published 1.4.2 sorts its write buffer by ascending sequence fields always.
    if (kind.name.starts_with("group") || kind.name.ends_with("descending")) continue;
    ASSERT_TRUE(other.Run(Compact()).ok());
    ASSERT_TRUE(java.Run(Compact()).ok());
    EXPECT_TRUE(SameRows(JavaRows(by_both.path(), json::object()),
                         JavaRows(by_java.path(), json::object())));
    ExpectEqualReads(by_both.path(), json::object());
  }
}

}  // namespace
}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
// Where to read: points of history, stretches of it and tables about a table give the
// same rows through Tarn and Java.
#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/random_history.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

// Both read the same rows, or neither reads any. Answers whether they read.
bool BothAnswer(const std::string& warehouse, const json& request) {
  SCOPED_TRACE(request.dump());
  const auto java = JavaRows(warehouse, request);
  const auto tarn = TarnTarget(warehouse).Read(request);
  EXPECT_EQ(java.ok(), tarn.ok()) << java.status().ToString() << "\n"
                                  << tarn.status().ToString();
  if (!java.ok() || !tarn.ok()) {
    EXPECT_NE(KindOf(tarn.status()), ErrorKind::kUnsupported) << tarn.status();
    return false;
  }
  EXPECT_TRUE(SameRows(*tarn, *java));
  return true;
}

// Random questions about one table.
class Questions {
 public:
  Questions(uint64_t seed, std::vector<int64_t> times) : random_(seed), times_(times) {}

  json Next() {
    json out = json::object();
    switch (Below(7)) {
      case 0:
        out["snapshot"] = Id();
        break;
      case 1:
        out["timestamp"] = Time();
        break;
      case 2:
        out["tag"] = Below(2) == 0 ? "first" : "middle";
        break;
      case 3:
        out["options"]["scan.mode"] = Below(2) == 0 ? "compacted-full" : "latest";
        break;
      case 4:
        out["options"]["scan.file-creation-time-millis"] = std::to_string(Time());
        break;
      case 5:
        out["options"]["incremental-between-timestamp"] =
            std::to_string(Time()) + "," + std::to_string(Time());
        Mode(&out);
        break;
      default:
        out["options"]["incremental-between"] =
            Below(5) == 0 ? "first,middle"
                          : std::to_string(Id()) + "," + std::to_string(Id());
        Mode(&out);
    }
    return out;
  }

 private:
  int64_t Below(int64_t end) { return static_cast<int64_t>(random_() % end); }
  // One below the first to one above the last.
  int64_t Id() { return Below(static_cast<int64_t>(times_.size()) + 2); }
  int64_t Time() { return times_[Below(times_.size())] + Below(3) - 1; }
  void Mode(json* out) {
    const char* modes[] = {"auto", "delta", "changelog", "diff"};
    const std::string mode = modes[Below(4)];
    (*out)["options"]["incremental-between-scan-mode"] = mode;
    if (Below(2) == 0) (*out)["table"] = "db.t$audit_log";
    if (Below(4) == 0 && mode != "diff") (*out)["table"] = "db.t$binlog";
  }

  std::mt19937_64 random_;
  std::vector<int64_t> times_;
};

TEST(InteropWhere, RandomQuestionsHaveTheSameAnswers) {
  TARN_SKIP_WITHOUT_JAVA();
  int read = 0;
  for (const HistoryKind& kind : HistoryKinds()) {
    if (kind.name == "sequence_fields_descending") continue;  // see interop_test.cc
    History history = RandomHistory(kind, 7, 6, 20);
    history.steps.insert(history.steps.begin() + 3, json::object({{"cmd", "compact"}}));
    SCOPED_TRACE(history.name);
    TemporaryFolder warehouse;
    TarnTarget tarn(warehouse.path());
    const Status played = Replay(history, &tarn);
    ASSERT_TRUE(played.ok()) << played.ToString();
    for (const auto& [name, at] : {std::pair("first", 1), std::pair("middle", 3)}) {
      const Status tagged = tarn.Run(
          {{"cmd", "manage"}, {"action", "create-tag"}, {"name", name}, {"at", at}});
      ASSERT_TRUE(tagged.ok()) << tagged.ToString();
    }
    const auto table = *tarn.Open(json::object());
    std::vector<int64_t> times;
    const auto ids = table->snapshot_files().ListIds();
    ASSERT_TRUE(ids.ok());
    for (const int64_t id : *ids) {
      times.push_back(table->snapshot_files().Get(id)->time_millis);
    }
    Questions questions(17, times);
    for (int i = 0; i < 12; ++i) {
      read += BothAnswer(warehouse.path(), questions.Next()) ? 1 : 0;
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(read, 40);
}

// Changelogs that Java streamed, snapshot by snapshot as batches.
TEST(ChangelogBatches, HoldWhatAStreamSees) {
  int compared = 0;
  for (const std::string& name : GoldenNames()) {
    const GoldenTable golden = LoadGolden(name);
    if (!golden.changelog || name.starts_with("changelog_expiry")) continue;
    SCOPED_TRACE(name);
    std::map<int64_t, std::vector<std::string>> streamed;
    // A stream keeps the columns that it started with.
    std::vector<std::string> columns = {"rowkind"};
    for (const std::string& line : *golden.changelog) {
      const nlohmann::ordered_json change = nlohmann::ordered_json::parse(line);
      nlohmann::ordered_json row;
      row["rowkind"] = change["kind"];
      row.update(change["row"]);
      if (columns.size() == 1) {
        for (const auto& [column, value] : change["row"].items()) {
          columns.push_back(column);
        }
      }
      streamed[change["snapshot"]].push_back(row.dump());
    }
    const TarnTarget tarn(golden.warehouse);
    for (auto& [snapshot, rows] : streamed) {
      // The first plan of a stream is a state, or history that has expired.
      const std::string range =
          std::to_string(snapshot - 1) + "," + std::to_string(snapshot);
      const auto read = tarn.Read({{"table", "db.t$audit_log"},
                                   {"columns", columns},
                                   {"options", {{"incremental-between", range}}}});
      if (!read.ok()) {
        EXPECT_TRUE(KindOf(read.status()) == ErrorKind::kUnsupported ||
                    KindOf(read.status()) == ErrorKind::kInvalidInput)
            << read.status();
        continue;
      }
      std::sort(rows.begin(), rows.end());
      EXPECT_TRUE(SameRows(*read, rows)) << "snapshot " << snapshot;
      ++compared;
    }
  }
  EXPECT_GT(compared, 40);
}

}  // namespace
}  // namespace tarn::support

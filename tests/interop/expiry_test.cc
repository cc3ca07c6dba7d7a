// SPDX-License-Identifier: Apache-2.0
// Tarn and Java expire the same tables: the same files stay.
//
//   TARN_HISTORIES=2000 TARN_SEED=1 interop_test --gtest_filter='*Expiry*'
#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/random_table.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

/// Files and folders below a table, and what its hints say.
std::set<std::string> FilesOf(const std::string& warehouse) {
  const std::string table = warehouse + "/db.db/t";
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(table)) {
    std::string name = std::filesystem::relative(entry.path(), table).string();
    // Releases before 2.0 also write this hint when nothing may go.
    if (name == "changelog/EARLIEST") continue;
    const bool says = name == "snapshot/EARLIEST" || name.starts_with("changelog/");
    if (says) name += " " + ReadText(entry.path().string());
    out.insert(entry.is_directory() ? name + "/" : name);
  }
  return out;
}

std::string HowTheyDiffer(const std::set<std::string>& tarn,
                          const std::set<std::string>& java) {
  std::string out;
  for (const auto& name : tarn) {
    if (!java.contains(name)) out += " only in Tarn's: " + name;
  }
  for (const auto& name : java) {
    if (!tarn.contains(name)) out += " only in Java's: " + name;
  }
  return out;
}

/// Expiries, and tags that are deleted between them.
std::vector<json> ExpirySteps(const std::string& table, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<json> steps;
  std::vector<std::string> tags;
  if (std::filesystem::exists(table + "/tag")) {
    for (const auto& entry : std::filesystem::directory_iterator(table + "/tag")) {
      tags.push_back(entry.path().filename().string().substr(4));
    }
  }
  std::sort(tags.begin(), tags.end());
  for (const uint64_t left : {6 + random() % 4, 3 + random() % 3, 1 + random() % 2}) {
    json step = {{"cmd", "expire"}};
    if (random() % 2 == 0) {
      step["retain-max"] = left;
    } else {
      step["retain-min"] = left;
      step["retain-millis"] = 0;
    }
    steps.push_back(step);
    if (!tags.empty() && random() % 2 == 0) {
      const size_t at = random() % tags.size();
      steps.push_back({{"cmd", "manage"}, {"action", "delete-tag"}, {"name", tags[at]}});
      tags.erase(tags.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return steps;
}

/// What follows commits of a table whose changelogs outlive its snapshots.
std::vector<json> ChangelogSteps(const std::string& /*table*/, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<json> steps;
  for (uint64_t left : {6 + random() % 4, 3 + random() % 3, 1 + random() % 2}) {
    json options = {{"snapshot.num-retained.min", "1"}};
    const std::string snapshots = std::to_string(left);
    const std::string changelogs = std::to_string(left + 1 + random() % 4);
    switch (random() % 3) {
      case 0:
        options["snapshot.num-retained.max"] = snapshots;
        options["changelog.num-retained.max"] = changelogs;
        break;
      case 1:
        options["snapshot.time-retained"] = "1 ms";
        options["snapshot.num-retained.min"] = snapshots;
        options["changelog.num-retained.min"] = changelogs;
        break;
      default:
        options["snapshot.num-retained.max"] = snapshots;
        options["changelog.num-retained.min"] = "1";
        options["changelog.time-retained"] = "2 h";
    }
    steps.push_back({{"cmd", "maintain"}, {"options", options}});
  }
  // In the end by hand.
  steps.push_back({{"cmd", "expire"}, {"changelog", true}, {"retain-max", 2}});
  return steps;
}

using MakeSteps = std::vector<json> (*)(const std::string& table, uint64_t seed);

/// Empty = alike all the way.
std::string ExpireBoth(const History& history, uint64_t seed, MakeSteps steps,
                       int64_t* gone) {
  const TemporaryFolder place;
  const std::string by_java = place / "java", by_tarn = place / "tarn";
  JavaTarget java(by_java);
  Status status = java.Create(history.schema);
  for (size_t i = 0; i < history.steps.size() && status.ok(); ++i) {
    if (history.steps[i]["cmd"] != "expire") status = java.Run(history.steps[i]);
    // A tag here and there; a name that is taken is no matter.
    if (status.ok() && (seed + i) % 3 == 0) {
      (void)java.Run({{"cmd", "manage"},
                      {"action", "create-tag"},
                      {"name", "at" + std::to_string(i)}});
    }
  }
  if (!status.ok()) return "history: " + status.ToString();
  if (!std::filesystem::exists(by_java + "/db.db/t/snapshot")) return "";
  CopyFolder(by_java, by_tarn);
  TarnTarget tarn(by_tarn);
  for (json step : steps(by_java + "/db.db/t", seed)) {
    // What Java writes about a table goes through dynamic options alike.
    if (seed % 2 == 0) step["options"]["snapshot.clean-empty-directories"] = "true";
    const size_t before = FilesOf(by_java).size();
    const Status java_status = java.Run(step);
    const Status tarn_status = tarn.Run(step);
    if (KindOf(tarn_status) == ErrorKind::kUnsupported && !tarn_status.ok()) return "";
    // Releases before 2.0 look for a changelog that never was.
    const bool stumbled =
        java_status.ToString().find("Fails to read changelog") != std::string::npos;
    if (stumbled && tarn_status.ok()) return "";
    if (java_status.ok() != tarn_status.ok()) {
      return step.dump() + " Java: " + java_status.ToString() +
             " Tarn: " + tarn_status.ToString();
    }
    const std::string wrong = HowTheyDiffer(FilesOf(by_tarn), FilesOf(by_java));
    if (!wrong.empty()) return step.dump() + wrong;
    *gone += static_cast<int64_t>(before) - static_cast<int64_t>(FilesOf(by_java).size());
  }
  const auto java_rows = JavaRows(by_java), tarn_rows = JavaRows(by_tarn);
  if (!java_rows.ok() || !tarn_rows.ok()) {
    return "read: " + java_rows.status().ToString() + tarn_rows.status().ToString();
  }
  const auto same = SameRows(*tarn_rows, *java_rows);
  return same ? "" : same.message();
}

/// \param least  files that go at least, per history
void ExpectAlike(MakeSteps steps, uint64_t usual_histories, int64_t least) {
  const uint64_t histories = FromEnvironment("TARN_HISTORIES", usual_histories);
  const uint64_t first = FromEnvironment("TARN_SEED", 1);
  int64_t gone = 0;
  for (uint64_t seed = first; seed < first + histories; ++seed) {
    const History history = RandomTable(seed);
    EXPECT_EQ(ExpireBoth(history, seed, steps, &gone), "")
        << history.name << " " << history.schema.dump();
  }
  EXPECT_GT(gone, static_cast<int64_t>(histories) * least);
}

TEST(Expiry, LeavesTheFilesThatJavaLeaves) {
  TARN_SKIP_WITHOUT_JAVA();
  ExpectAlike(ExpirySteps, 60, 5);
}

TEST(Expiry, LeavesTheChangelogsThatJavaLeaves) {
  TARN_SKIP_WITHOUT_JAVA();
  ExpectAlike(ChangelogSteps, 40, 2);
}

}  // namespace
}  // namespace tarn::support

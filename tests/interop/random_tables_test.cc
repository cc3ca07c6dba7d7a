// SPDX-License-Identifier: Apache-2.0
// Random tables that Tarn and Java work on in turns: after every step both read the same
// rows. What Tarn refuses by name, Java does instead; a wrong answer has no excuse.
//
//   TARN_HISTORIES=20000 TARN_SEED=1 interop_test --gtest_filter='*RandomTables*'
#include <algorithm>
#include <map>
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

constexpr uint64_t kParts = 4;

/// What a run saw, for its last line.
struct Counts {
  int64_t histories = 0, steps = 0, by_tarn = 0, reads = 0;
  std::map<std::string, int64_t> refused;  ///< by code
};

std::string CodeOf(const Status& status) {
  const std::string text = status.ToString();
  const size_t at = text.find("TARN-");
  return at == std::string::npos ? "?" : text.substr(at, 9);
}

/// Empty = alike; otherwise what differs.
std::string HowReadsDiffer(const std::string& warehouse, const json& request,
                           Counts* counts) {
  const auto tarn = TarnTarget(warehouse).Read(request);
  if (!tarn.ok() && KindOf(tarn.status()) == ErrorKind::kUnsupported) {
    ++counts->refused[CodeOf(tarn.status())];
    return "";
  }
  ++counts->reads;
  const auto java = JavaRows(warehouse, request);
  const std::string read = "read " + request.dump() + ": ";
  if (!java.ok()) return read + "Java: " + java.status().ToString();
  if (!tarn.ok()) return read + "Tarn: " + tarn.status().ToString();
  const auto same = SameRows(*tarn, *java);
  return same ? "" : read + same.message();
}

/// One step by one of the two. Empty = done; otherwise why not.
std::string RunStep(json step, bool tarn_first, TarnTarget* tarn, JavaTarget* java,
                    Counts* counts) {
  ++counts->steps;
  if (!step.contains("commit-user")) step["commit-user"] = "both";
  if (tarn_first) {
    const Status status = tarn->Run(step);
    if (status.ok()) {
      ++counts->by_tarn;
      return "";
    }
    if (KindOf(status) != ErrorKind::kUnsupported) {
      return "Tarn: " + step.dump() + " " + status.ToString();
    }
    ++counts->refused[CodeOf(status)];
  }
  const Status status = java->Run(step);
  return status.ok() ? "" : "Java: " + step.dump() + " " + status.ToString();
}

/// Empty = both agreed all the way; otherwise the step and what was wrong.
std::string PlayInTurns(const History& history, uint64_t seed, Counts* counts) {
  const TemporaryFolder warehouse;
  TarnTarget tarn(warehouse.path());
  JavaTarget java(warehouse.path());
  ++counts->histories;
  Status created =
      seed % 2 == 0 ? tarn.Create(history.schema) : java.Create(history.schema);
  if (KindOf(created) == ErrorKind::kUnsupported && !created.ok()) {
    ++counts->refused[CodeOf(created)];
    created = java.Create(history.schema);
  }
  if (!created.ok()) return "create: " + created.ToString();
  for (size_t i = 0; i < history.steps.size(); ++i) {
    const json& step = history.steps[i];
    const bool tarn_first = (seed / 2 + i) % 3 != 0;
    std::string wrong = RunStep(step, tarn_first, &tarn, &java, counts);
    if (wrong.empty() && step["cmd"] != "alter") {
      wrong = HowReadsDiffer(warehouse.path(), json::object(), counts);
    }
    if (!wrong.empty()) {
      return "step " + std::to_string(i) + (tarn_first ? " (Tarn): " : " (Java): ") +
             wrong;
    }
  }
  for (const json& request : RandomReads(history, seed)) {
    const std::string wrong = HowReadsDiffer(warehouse.path(), request, counts);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

class RandomTables : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomTables, AreTheSameToTarnAndToJava) {
  TARN_SKIP_WITHOUT_JAVA();
  const uint64_t histories = FromEnvironment("TARN_HISTORIES", 500);
  const uint64_t first = FromEnvironment("TARN_SEED", 1);
  Counts counts;
  for (uint64_t seed = first + GetParam(); seed < first + histories; seed += kParts) {
    const History history = RandomTable(seed);
    EXPECT_EQ(PlayInTurns(history, seed, &counts), "")
        << history.name << " " << history.schema.dump();
  }
  std::string refused;
  for (const auto& [code, times] : counts.refused) {
    refused += " " + code + "=" + std::to_string(times);
  }
  RecordProperty("refused", refused);
  std::printf("histories=%ld steps=%ld by-tarn=%ld reads-alike=%ld refused:%s\n",
              static_cast<long>(counts.histories), static_cast<long>(counts.steps),
              static_cast<long>(counts.by_tarn), static_cast<long>(counts.reads),
              refused.c_str());
  // Most of what is asked is Tarn's to do.
  EXPECT_GT(counts.by_tarn * 2, counts.steps);
}

INSTANTIATE_TEST_SUITE_P(, RandomTables, ::testing::Range<uint64_t>(0, kParts));

}  // namespace
}  // namespace tarn::support

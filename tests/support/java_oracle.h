// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tarn/base/status.h"

namespace tarn::support {

/// Real Java Paimon, as a child process that answers JSON lines
/// (tests/interop/README.md).
///
/// A program starts at its first use and lives as long as the test program, so all tests
/// of an executable share one JVM. A missing JDK or Maven fails the test that asks; tests
/// open with `TARN_SKIP_WITHOUT_JAVA()`, which skips them where TARN_INTEROP=off says so.
/// One caller at a time.
class JavaOracle {
 public:
  /// Paimon's core 1.4.2: for answers.
  static JavaOracle& Core();
  /// Flink 1.20 with Paimon's connector 1.3.1: for SQL.
  static JavaOracle& Flink();
  static bool IsOff();

  ~JavaOracle();
  JavaOracle(const JavaOracle&) = delete;
  JavaOracle& operator=(const JavaOracle&) = delete;

  /// The answer to a request, `"ok":false` included. Errors: kUnavailable when the
  /// program did not start, ended, or was silent for five minutes.
  Result<std::string> AskText(const std::string& request);
  /// Errors: also kInvalidInput with Java's message for an answer that is not ok.
  Result<nlohmann::json> Ask(const nlohmann::json& request);
  /// The members of `rows` in the answer as their exact text, numbers as they were
  /// spelled.
  Result<std::vector<std::string>> AskRows(const nlohmann::json& request);

 private:
  struct Child;
  explicit JavaOracle(std::string program);
  Status Start();
  Status Send(const std::string& line);
  Result<std::string> Receive();

  const std::string program_;
  std::unique_ptr<Child> child_;
};

/// What Java's core reads of a table: `request` adds columns, points of history, options
/// and a table other than `db.t` (tests/interop/README.md, `read`).
Result<std::vector<std::string>> JavaRows(const std::string& warehouse);
Result<std::vector<std::string>> JavaRows(const std::string& warehouse,
                                          nlohmann::json request);

/// The member texts of the array `"name":[...]` of a JSON object's text.
std::vector<std::string> MemberTexts(const std::string& object, const std::string& name);

}  // namespace tarn::support

#define TARN_SKIP_WITHOUT_JAVA()                \
  do {                                          \
    if (::tarn::support::JavaOracle::IsOff()) { \
      GTEST_SKIP() << "TARN_INTEROP=off";       \
    }                                           \
  } while (false)

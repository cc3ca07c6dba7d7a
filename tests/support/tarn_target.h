// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tarn/base/context.h"
#include "tarn/catalog/catalog.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"

namespace tarn::support {

/// Services of a normal process over the local file system.
/// \param memory_bytes  small values make writers and readers spill
std::shared_ptr<base::Context> LocalContext(int64_t memory_bytes = 0);

/// Tarn's engine behind the requests that Java takes: `create`, `alter`, `write`,
/// `compact`, `manage` and `read` of tests/interop/README.md, on tables and branches of
/// one warehouse.
///
/// What Tarn's API has no word for (a whole compaction within a write) is
/// answered with kUnsupported and code TARN-6900, so that a test can tell it from the
/// engine's own refusals.
class TarnTarget : public HistoryTarget {
 public:
  static constexpr const char* kNoWordForIt = "TARN-6900";

  explicit TarnTarget(std::string warehouse, int64_t memory_bytes = 0);

  Status Create(const nlohmann::json& schema) override;
  Status Run(const nlohmann::json& request) override;

  /// Rows of a `read` request as canonical lines in byte order.
  Result<std::vector<std::string>> Read(const nlohmann::json& request) const;

  Result<std::shared_ptr<table::Table>> Open(const nlohmann::json& request) const;

 private:
  Status Write(const nlohmann::json& request);
  Status Expire(const nlohmann::json& request);
  Status Compact(const nlohmann::json& request);
  Status Alter(const nlohmann::json& request);
  Status Manage(const nlohmann::json& request);
  Status Truncate(const nlohmann::json& request);
  static Result<std::vector<std::string>> ReadSystemTable(
      const std::shared_ptr<table::Table>& table, const std::string& kind,
      const nlohmann::json& request);

  const std::string warehouse_;
  std::shared_ptr<base::Context> context_;
};

/// Predicate of a `filter` member. Errors: kUnsupported for operators without a
/// counterpart.
Result<expr::PredicatePtr> PredicateFromJson(const nlohmann::json& filter,
                                             const std::vector<types::DataField>& fields);

}  // namespace tarn::support

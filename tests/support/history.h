// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tarn/base/status.h"
#include "tarn/types/table_schema.h"

namespace tarn::support {

/// How a golden table came to be: tests/golden/inputs/<name>.json.
struct History {
  std::string name;
  nlohmann::json schema;  ///< as the `create` request has it
  std::vector<nlohmann::json>
      steps;  ///< requests; steps may carry `error`, a refusal expected
};

History LoadHistory(const std::string& name);

/// The steps use nothing but these commands.
bool UsesOnly(const History& history, const std::vector<std::string>& commands);

/// The schema of a `create` request as Paimon would number its fields. Options are as
/// given.
Result<types::TableSchema> SchemaOf(const nlohmann::json& create_schema);

/// An engine that a history can be played to. Requests are those of
/// tests/interop/README.md, without warehouse and table.
class HistoryTarget {
 public:
  virtual ~HistoryTarget() = default;
  virtual Status Create(const nlohmann::json& schema) = 0;
  virtual Status Run(const nlohmann::json& request) = 0;
};

/// Plays every step, as commit user "oracle" like the golden tables where a step names
/// none. Errors: the first step that fails, or that succeeds where a refusal is expected.
Status Replay(const History& history, HistoryTarget* target);

/// Java's core, writing to db.t of a warehouse.
class JavaTarget : public HistoryTarget {
 public:
  explicit JavaTarget(std::string warehouse) : warehouse_(std::move(warehouse)) {}
  Status Create(const nlohmann::json& schema) override;
  Status Run(const nlohmann::json& request) override;

 private:
  const std::string warehouse_;
};

}  // namespace tarn::support

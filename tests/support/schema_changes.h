// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "tarn/meta/schema_change.h"

namespace tarn::support {

/// The `changes` of an `alter` request: Paimon's JSON of schema changes.
Result<std::vector<meta::SchemaChange>> ChangesFromPaimon(const nlohmann::json& changes);

/// A type as a schema file spells it: SQL text, or an object for nested ones.
Result<types::DataType> TypeFromPaimon(const nlohmann::json& type);

}  // namespace tarn::support

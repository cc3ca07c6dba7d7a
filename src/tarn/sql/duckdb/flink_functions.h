// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <duckdb.hpp>
#include <duckdb/main/extension/extension_loader.hpp>

#include "tarn/base/context.h"

namespace tarn::sql {

/// Register the `tarn_` functions that emitted text calls (`emit_duckdb.h` says what
/// each means), a file per family.
void RegisterArithmetic(duckdb::ExtensionLoader* loader);  ///< div, mod, sum, avg, round
void RegisterCasts(duckdb::ExtensionLoader* loader);
void RegisterTextFunctions(duckdb::ExtensionLoader* loader);
void RegisterTimeFunctions(duckdb::ExtensionLoader* loader,
                           std::shared_ptr<base::Clock> clock);

}  // namespace tarn::sql

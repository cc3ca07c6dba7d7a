// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/base/context.h"
#include "tarn/sql/query_engine.h"
#include "tarn/stream/source_definition.h"

namespace tarn::sql {

/// All rows of a bounded source of inserts, for a batch query. Errors: kUnsupported for a
/// format that carries changes: as in Flink, those are read by streaming INSERTs.
Result<std::shared_ptr<ScanSource>> MakeBoundedSource(
    std::shared_ptr<base::Context> context, const stream::SourceDefinition& source);

}  // namespace tarn::sql

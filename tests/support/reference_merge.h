// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/base/status.h"
#include "tarn/merge/merge_spec.h"
#include "tests/support/record_run.h"

namespace tarn::support {

/// Merge record by record, the way Paimon's classes state it: the oracle of the columnar
/// merge. Slow on purpose, and knows nothing of orders, selections and ops.
///
/// \param runs     records sorted by key; `Record::level` decides with `spec.lookup`
/// \param columns  the columns that the merge sees, in this order
/// \return one record per key that has a result, ascending by key, with all columns of
/// the
///         table; those not seen are NULL
Result<std::vector<Record>> ReferenceMerge(const merge::MergeSpec& spec,
                                           const std::vector<std::vector<Record>>& runs,
                                           const std::vector<int>& columns);

/// All records of all runs in merge order.
std::vector<Record> ReferenceInterleave(const merge::MergeSpec& spec,
                                        const std::vector<std::vector<Record>>& runs);

}  // namespace tarn::support

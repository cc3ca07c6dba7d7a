// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/index/deletion_vector.h"
#include "tarn/meta/split.h"

namespace tarn::index {

/// Read vectors of one index file of type `DELETION_VECTORS` (Paimon
/// `DeletionVectorsIndexFile`): a version byte, then vectors back to back.
///
/// \param places  places in one and the same file
/// \return a vector for each place, in their order
/// Errors: kCorruption naming the file, kUnsupported (version), kNotFound, kUnavailable.
Result<std::vector<DeletionVector>> ReadDeletionVectors(
    const base::Context& context, const std::string& path,
    const std::vector<meta::DeletionVectorPlace>& places);

}  // namespace tarn::index

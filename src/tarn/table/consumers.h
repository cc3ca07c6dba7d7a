// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/table/table.h"

namespace tarn::table {

/// Let a consumer go on with `next_snapshot`, which must be there, or forget it without
/// one (Paimon `ConsumerManager`). Errors: kNotFound, kInvalidInput for an unsafe name.
Status ResetConsumer(const Table& table, const std::string& consumer,
                     std::optional<int64_t> next_snapshot);

/// Forget all consumers.
Status ClearConsumers(const Table& table);

}  // namespace tarn::table

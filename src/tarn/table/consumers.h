// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tarn/table/table.h"

namespace tarn::table {

/// Consumers and the snapshots that they read next, by name. Errors: kCorruption.
Result<std::vector<std::pair<std::string, int64_t>>> ListConsumers(const Table& table);

/// Let a consumer go on with `next_snapshot`, which must be there, or forget it without
/// one (Paimon `ConsumerManager`). Errors: kNotFound, kInvalidInput for an unsafe name.
Status ResetConsumer(const Table& table, const std::string& consumer,
                     std::optional<int64_t> next_snapshot);

/// Forget consumers that did not move after a time, in epoch milliseconds (Paimon
/// `ConsumerManager.expire`).
Status ExpireConsumers(const Table& table, int64_t older_than_millis);

/// Forget all consumers.
Status ClearConsumers(const Table& table);

}  // namespace tarn::table

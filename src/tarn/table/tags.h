// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tarn/table/table.h"

namespace tarn::table {

struct TagRequest {
  std::string name;
  std::optional<int64_t> snapshot_id;     ///< absent = the latest
  std::optional<int64_t> retained_nanos;  ///< how long it is kept; absent = for ever
};

/// Write a tag (Paimon `TagManager.createTag`): the file is Java's, byte for byte.
/// Answers the snapshot. Errors: kInvalidInput for a name that is taken or unsafe;
/// kNotFound for a snapshot that neither history nor a tag holds; kUnsupported naming an
/// option that wants more done.
Result<meta::Snapshot> CreateTag(const Table& table, const TagRequest& request);

/// The same over a tag that is there (kNotFound otherwise).
Result<meta::Snapshot> ReplaceTag(const Table& table, const TagRequest& request);

/// Remove a tag; a name that no tag has is skipped, as in Java. With the last tag of a
/// snapshot that has expired go the files that nothing else needs (Paimon
/// `TagManager.doClean`). Errors: kCorruption, kNotFound for metadata of what stays that
/// cannot be read, before anything is deleted.
Status DeleteTag(const Table& table, const std::string& name);

/// Errors: kNotFound, kInvalidInput for a target that exists.
Status RenameTag(const Table& table, const std::string& from, const std::string& to);

/// Remove the tags whose time is over, and, given a time, those created before it: tags
/// without a time of creation go by the time of their file (Paimon `TagTimeExpire`).
/// Answers their names.
/// \param older_than_millis  epoch milliseconds
Result<std::vector<std::string>> ExpireTags(const Table& table,
                                            std::optional<int64_t> older_than_millis);

/// The first snapshot of history or of a tag whose watermark is not below `watermark`.
/// Errors: kNotFound.
Result<meta::Snapshot> FirstAtOrAfterWatermark(const Table& table, int64_t watermark);

/// The first snapshot of history or of a tag whose time is not before `millis`. Errors:
/// kNotFound.
Result<meta::Snapshot> FirstAtOrAfter(const Table& table, int64_t millis);

}  // namespace tarn::table

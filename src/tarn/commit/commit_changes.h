// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/commit/commit_options.h"
#include "tarn/meta/commit_message.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/types/data_type.h"

namespace tarn::commit {

/// Entries of one snapshot.
struct Changes {
  std::vector<meta::ManifestEntry> files;
  std::vector<meta::ManifestEntry> changelog;
  std::vector<meta::IndexManifestEntry> index;  ///< ADD and DELETE
  /// Dynamic buckets: per partition the hash index files that the changes stand on.
  std::map<std::string, std::vector<std::string>> hash_index_bases;
  std::optional<int64_t> sole_writer_since;  ///< see `meta::CommitMessage`
  bool empty() const { return files.empty() && changelog.empty() && index.empty(); }
  /// Serialized rows of the partitions that `files` touch.
  std::set<std::string, std::less<>> Partitions() const;
};

/// What the messages of one committable become (Paimon `ManifestEntryChanges`).
struct CollectedChanges {
  Changes append;
  Changes compact;
};
CollectedChanges CollectChanges(const std::vector<meta::CommitMessage>& messages);

/// What leads from one set of live files to another: DELETEs of those that only `before`
/// has, then ADDs of those that only `after` has.
std::vector<meta::ManifestEntry> EntriesBetween(
    const std::vector<meta::ManifestEntry>& before,
    const std::vector<meta::ManifestEntry>& after);

/// New files of an overwrite moved to the highest level where they are all of level 0 and
/// do not overlap within their bucket (option `overwrite-upgrade`).
Result<std::vector<meta::ManifestEntry>> UpgradeForOverwrite(
    std::vector<meta::ManifestEntry> files,
    const std::vector<types::DataField>& key_fields, int32_t max_level);

/// Whether partitions match `column → value text`, as Java reads such texts: the name of
/// the default partition means NULL, any other text is cast to the column's type.
/// Immutable.
class PartitionMatcher {
 public:
  /// Errors: kInvalidInput for a column that is no partition key or a text that does not
  /// cast.
  static Result<PartitionMatcher> Make(const std::vector<types::DataField>& fields,
                                       const std::map<std::string, std::string>& spec,
                                       const std::string& default_name);
  /// \param partition  serialized row
  Result<bool> Matches(const std::string& partition) const;

 private:
  std::vector<types::DataField> fields_;
  /// Wanted value per field: absent = any, nullptr inside = NULL.
  std::vector<std::optional<std::shared_ptr<arrow::Scalar>>> wanted_;
};

}  // namespace tarn::commit

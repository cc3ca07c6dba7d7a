// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/scan_settings.h"

#include <string>

#include "tarn/io/table_paths.h"
#include "tarn/options/options.h"

namespace tarn::scan {

Result<ScanSettings> ScanSettings::FromSchema(const types::TableSchema& schema,
                                              ScanPurpose purpose) {
  const options::Options options(schema.options);
  ScanSettings out;
  ARROW_ASSIGN_OR_RAISE(out.partition_fields, schema.FieldsOf(schema.partition_keys));
  ARROW_ASSIGN_OR_RAISE(out.key_fields, schema.FieldsOf(schema.TrimmedPrimaryKey()));
  ARROW_ASSIGN_OR_RAISE(const auto target, options.Get(options::kSourceSplitTargetSize));
  ARROW_ASSIGN_OR_RAISE(const auto cost, options.Get(options::kSourceSplitOpenFileCost));
  out.pack = {target.bytes, cost.bytes};
  ARROW_ASSIGN_OR_RAISE(const std::string engine, options.Get(options::kMergeEngine));
  out.keyed = schema.has_primary_key();
  const bool first_row = out.keyed && engine == "first-row";
  ARROW_ASSIGN_OR_RAISE(out.deletion_vectors,
                        options.Get(options::kDeletionVectorsEnabled));
  ARROW_ASSIGN_OR_RAISE(const bool merge_on_read,
                        options.Get(options::kDeletionVectorsMergeOnRead));
  // Files of history count at level 0, where they were written.
  out.skip_level_0 = out.keyed && purpose == ScanPurpose::kState &&
                     (out.deletion_vectors ? !merge_on_read : first_row);
  // History holds level 0, too, whatever a state would leave out of it.
  out.one_version_per_key =
      out.deletion_vectors || (first_row && purpose == ScanPurpose::kState);
  out.folds = out.keyed && (engine == "partial-update" || engine == "aggregation");
  ARROW_ASSIGN_OR_RAISE(const int32_t bucket, options.Get(options::kBucket));
  out.real_buckets_only = bucket == io::kPostponeBucket;
  out.has_buckets = bucket > 0 || out.real_buckets_only;
  ARROW_ASSIGN_OR_RAISE(out.use_file_indexes,
                        options.Get(options::kFileIndexReadEnabled));
  return out;
}

}  // namespace tarn::scan

// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/index_file_path.h"

#include "tarn/options/options.h"

namespace tarn::meta {

Result<IndexFilePaths> IndexFilePaths::Make(const io::TablePaths& paths,
                                            const types::TableSchema& schema) {
  ARROW_ASSIGN_OR_RAISE(auto partitions, types::PartitionPaths::Make(schema));
  const options::Options options(schema.options);
  ARROW_ASSIGN_OR_RAISE(const bool with_data,
                        options.Get(options::kIndexFileInDataFileDir));
  return IndexFilePaths(paths, std::move(partitions), with_data);
}

Result<std::string> IndexFilePaths::PathOf(const IndexManifestEntry& entry) const {
  if (entry.external_path) return paths_.ExternalFile(*entry.external_path);
  if (!with_data_) return paths_.IndexFile(entry.file_name);
  ARROW_ASSIGN_OR_RAISE(const std::string partition, partitions_.PathOf(entry.partition));
  return paths_.DataFile(partition, entry.bucket, entry.file_name);
}

}  // namespace tarn::meta

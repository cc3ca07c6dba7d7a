// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// Schema of manifests, as Java 2.0.0 writes it into the header.
std::string_view ManifestAvroSchema();

/// Which entries of a manifest a reader wants; an empty function wants all.
struct EntryFilter {
  /// Asked before the file's record is decoded. \param partition serialized binary row
  std::function<bool(std::string_view partition, int32_t bucket, int32_t total_buckets)>
      bucket;
  /// Asked with the whole entry.
  std::function<bool(const ManifestEntry&)> entry;
};

/// Entries of a manifest in stored order, ADD and DELETE (Paimon `ManifestFile`). Fields
/// are found by name, so that what Java 0.8 to 2.x wrote is read alike; properties that
/// older writers did not know are absent. Errors: kNotFound, kCorruption, kUnsupported
/// (version, codec), kPermission (a name that leads elsewhere).
Result<std::vector<ManifestEntry>> ReadManifest(const base::Context& context,
                                                const std::string& path,
                                                const EntryFilter& filter = {});

/// Writes entries into new manifests, a next one whenever `target_bytes` are reached
/// (asked every 1000 entries, as Java does). Files not taken by `Finish` are removed. One
/// caller at a time.
class ManifestWriter {
 public:
  struct Options {
    int64_t target_bytes = int64_t{8} << 20;  ///< option `manifest.target-file-size`
    ManifestCompression compression;
  };
  /// \param partition_fields  types of the partition columns, for their statistics
  /// \param names             gives the files their names; borrowed
  ManifestWriter(const base::Context& context, const io::TablePaths& paths,
                 std::vector<types::DataField> partition_fields, io::FileNames* names,
                 const Options& options);
  ~ManifestWriter();
  ManifestWriter(const ManifestWriter&) = delete;
  ManifestWriter& operator=(const ManifestWriter&) = delete;

  Status Write(const ManifestEntry& entry);
  Status WriteAll(const std::vector<ManifestEntry>& entries);
  /// Close the last file; answers one record per file, none for no entries.
  Result<std::vector<ManifestFileMeta>> Finish();

 private:
  class File;
  Status CloseFile();

  const base::Context& context_;
  const io::TablePaths& paths_;
  const std::vector<types::DataField> partition_fields_;
  io::FileNames* names_;
  const Options options_;
  std::unique_ptr<File> file_;
  int64_t entries_ = 0;
  std::vector<ManifestFileMeta> finished_;
  bool taken_ = false;
};

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_merge.h"

#include <optional>
#include <unordered_set>

#include "tarn/meta/live_files.h"
#include "tarn/meta/partition_set.h"

namespace tarn::meta {
namespace {

class Merger {
 public:
  Merger(const base::Context& context, const io::TablePaths& paths,
         const std::vector<types::DataField>& partition_fields, io::FileNames* names,
         const ManifestMergeOptions& options, std::vector<std::string>* written)
      : context_(context),
        paths_(paths),
        fields_(partition_fields),
        names_(names),
        options_(options),
        written_(written) {}

  Result<std::vector<ManifestFileMeta>> Run(const std::vector<ManifestFileMeta>& input) {
    ARROW_ASSIGN_OR_RAISE(auto full, TryFull(input));
    if (full) return *std::move(full);
    return Minor(input);
  }

 private:
  bool MustChange(const ManifestFileMeta& meta) const {
    return meta.num_deleted_files > 0 || meta.file_size < options_.writer.target_bytes;
  }

  Status Write(const std::vector<ManifestEntry>& entries,
               std::vector<ManifestFileMeta>* out) {
    ManifestWriter writer(context_, paths_, fields_, names_, options_.writer);
    ARROW_RETURN_NOT_OK(writer.WriteAll(entries));
    ARROW_ASSIGN_OR_RAISE(auto metas, writer.Finish());
    for (ManifestFileMeta& meta : metas) {
      written_->push_back(meta.file_name);
      out->push_back(std::move(meta));
    }
    return Status::OK();
  }

  /// Rewrite what is small or holds DELETEs, and what those DELETEs reach. Absent when it
  /// is not worth it yet.
  Result<std::optional<std::vector<ManifestFileMeta>>> TryFull(
      const std::vector<ManifestFileMeta>& input) {
    int64_t changing_bytes = 0;
    for (const ManifestFileMeta& meta : input) {
      if (MustChange(meta)) changing_bytes += meta.file_size;
    }
    if (changing_bytes < options_.full_threshold_bytes) return std::nullopt;

    std::unordered_set<std::string> deleted;
    std::set<std::string, std::less<>> deleted_partitions;
    ARROW_RETURN_NOT_OK(CollectDeletes(input, &deleted, &deleted_partitions));
    ARROW_ASSIGN_OR_RAISE(const PartitionSet touched,
                          PartitionSet::Make(fields_, std::move(deleted_partitions)));
    std::vector<ManifestFileMeta> out, candidates;
    for (const ManifestFileMeta& meta : input) {
      const bool keep = !MustChange(meta) && !touched.MightTouch(meta);
      (keep ? out : candidates).push_back(meta);
    }
    if (candidates.size() <= 1) return std::nullopt;

    std::vector<ManifestEntry> rewritten;
    for (const ManifestFileMeta& meta : candidates) {
      ARROW_ASSIGN_OR_RAISE(auto entries, ReadEntries(context_, paths_, {meta}));
      bool change = MustChange(meta);
      std::vector<ManifestEntry> kept;
      for (ManifestEntry& entry : entries) {
        const bool gone = deleted.contains(IdentifierOf(entry));
        if (entry.kind == FileKind::kDelete) {
          if (gone) continue;
          return Corruption(7110, "Manifest deletes files that its list does not count:",
                            V("manifest", meta.file_name));
        }
        if (gone) {
          change = true;
        } else {
          kept.push_back(std::move(entry));
        }
      }
      if (!change) {
        out.push_back(meta);
        continue;
      }
      rewritten.insert(rewritten.end(), std::make_move_iterator(kept.begin()),
                       std::make_move_iterator(kept.end()));
    }
    ARROW_RETURN_NOT_OK(Write(rewritten, &out));
    return out;
  }

  Status CollectDeletes(const std::vector<ManifestFileMeta>& input,
                        std::unordered_set<std::string>* deleted,
                        std::set<std::string, std::less<>>* partitions) {
    std::vector<ManifestFileMeta> with_deletes;
    for (const ManifestFileMeta& meta : input) {
      if (meta.num_deleted_files > 0) with_deletes.push_back(meta);
    }
    ARROW_ASSIGN_OR_RAISE(const auto entries,
                          ReadEntries(context_, paths_, with_deletes));
    for (const ManifestEntry& entry : entries) {
      if (entry.kind != FileKind::kDelete) continue;
      deleted->insert(IdentifierOf(entry));
      partitions->insert(entry.partition);
    }
    return Status::OK();
  }

  Result<std::vector<ManifestFileMeta>> Minor(
      const std::vector<ManifestFileMeta>& input) {
    std::vector<ManifestFileMeta> out, group;
    int64_t group_bytes = 0;
    for (const ManifestFileMeta& meta : input) {
      group_bytes += meta.file_size;
      group.push_back(meta);
      if (group_bytes >= options_.writer.target_bytes) {
        ARROW_RETURN_NOT_OK(JoinGroup(group, &out));
        group.clear();
        group_bytes = 0;
      }
    }
    if (static_cast<int64_t>(group.size()) >= options_.min_count) {
      ARROW_RETURN_NOT_OK(JoinGroup(group, &out));
    } else {
      out.insert(out.end(), group.begin(), group.end());
    }
    return out;
  }

  /// One group becomes one file (or more): pairs of ADD and DELETE in it cancel, DELETEs
  /// of files that an earlier manifest added stay.
  Status JoinGroup(const std::vector<ManifestFileMeta>& group,
                   std::vector<ManifestFileMeta>* out) {
    if (group.size() == 1) {
      out->push_back(group.front());
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(auto entries, ReadEntries(context_, paths_, group));
    ARROW_ASSIGN_OR_RAISE(entries, MergeEntries(std::move(entries)));
    return Write(entries, out);
  }

  const base::Context& context_;
  const io::TablePaths& paths_;
  const std::vector<types::DataField>& fields_;
  io::FileNames* names_;
  const ManifestMergeOptions& options_;
  std::vector<std::string>* written_;
};

}  // namespace

Result<std::vector<ManifestFileMeta>> MergeManifests(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& input,
    const std::vector<types::DataField>& partition_fields, io::FileNames* names,
    const ManifestMergeOptions& options, std::vector<std::string>* written) {
  Merger merger(context, paths, partition_fields, names, options, written);
  return merger.Run(input);
}

}  // namespace tarn::meta

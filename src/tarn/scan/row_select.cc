// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/row_select.h"

#include <functional>
#include <memory>
#include <utility>

#include "tarn/index/file_index_reader.h"

namespace tarn::scan {

using meta::DataFileMeta;

Result<bool> RowSelect::WantsSection(const std::vector<DataFileMeta>& files,
                                     const BucketPlace& place) {
  if (options_.predicate == nullptr || (settings_.folds && files.size() > 1)) return true;
  const bool judge =
      files.size() > 1 ? options_.prune.sections : options_.prune.value_statistics;
  bool wanted = !judge;
  for (size_t i = 0; i < files.size() && !wanted; ++i) {
    ARROW_ASSIGN_OR_RAISE(wanted, stats_.ValuesMightMatch(files[i], *options_.predicate));
  }
  return wanted && files.size() == 1 ? MightHoldRows(files[0], place) : wanted;
}

/// By the file's index. Asked from several threads, of files that are live: the index of
/// one that was deleted may be gone.
Result<bool> RowSelect::MightHoldRows(const DataFileMeta& file,
                                      const BucketPlace& place) {
  if (!UsesIndexes() || !index::HasFileIndex(file)) return true;
  std::shared_ptr<const types::TableSchema> written;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ARROW_ASSIGN_OR_RAISE(written, stats_.SchemaOf(file.schema_id));
  }
  ARROW_ASSIGN_OR_RAISE(
      const auto rows,
      index::SelectRowsOf(
          {context_, paths_, place.partition_path, place.bucket, file, schema_, *written},
          *options_.predicate, index::IndexUse::kSkipFile));
  std::lock_guard<std::mutex> lock(mutex_);
  ++indexes_asked_;
  files_without_rows_ += rows.none() ? 1 : 0;
  return !rows.none();
}

Result<std::vector<DataFileMeta>> RowSelect::WithRows(std::vector<DataFileMeta> files,
                                                      const BucketPlace& place) {
  if (options_.predicate == nullptr || !UsesIndexes()) return files;
  std::vector<uint8_t> wanted(files.size(), 1);
  std::vector<std::function<Status()>> tasks;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!index::HasFileIndex(files[i])) continue;
    tasks.emplace_back([&, i]() -> Status {
      ARROW_ASSIGN_OR_RAISE(const bool holds, MightHoldRows(files[i], place));
      wanted[i] = holds ? 1 : 0;
      return Status::OK();
    });
  }
  ARROW_RETURN_NOT_OK(context_.executor->RunAll(std::move(tasks)));
  std::vector<DataFileMeta> kept;
  for (size_t i = 0; i < files.size(); ++i) {
    if (wanted[i] != 0) kept.push_back(std::move(files[i]));
  }
  return kept;
}

void RowSelect::CountInto(PlanCounters* counters) const {
  counters->indexes_asked += indexes_asked_;
  counters->files_without_rows += files_without_rows_;
}

}  // namespace tarn::scan

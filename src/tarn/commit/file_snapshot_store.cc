// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/file_snapshot_store.h"

#include "tarn/meta/snapshot_files.h"

namespace tarn::commit {
namespace {

class FileSnapshotStore final : public SnapshotStore {
 public:
  FileSnapshotStore(std::shared_ptr<const base::Context> context,
                    const io::TablePaths& paths, bool sync)
      : context_(context), files_(std::move(context), paths), sync_(sync) {}

  Result<std::optional<meta::Snapshot>> Latest() override { return files_.Latest(); }
  Result<std::optional<int64_t>> EarliestId() override { return files_.EarliestId(); }
  Result<std::vector<int64_t>> ListIds() override { return files_.ListIds(); }
  Result<meta::Snapshot> Get(int64_t id) override { return files_.Get(id); }

  Result<base::CreateOutcome> Publish(const meta::Snapshot& snapshot) override {
    return context_->files->CreateExclusively(files_.paths().SnapshotFile(snapshot.id),
                                              snapshot.ToJson(), sync_);
  }

  Status Confirm(int64_t id) override {
    if (!sync_) return Status::OK();
    return context_->files->Sync({files_.paths().SnapshotFile(id)});
  }

  Status Announce(int64_t id) override {
    // A writer that was held up must not turn the hint back, also when what came next
    // has expired with its own snapshot.
    ARROW_ASSIGN_OR_RAISE(const bool newer,
                          context_->files->Exists(files_.paths().SnapshotFile(id + 1)));
    ARROW_ASSIGN_OR_RAISE(const bool there,
                          context_->files->Exists(files_.paths().SnapshotFile(id)));
    if (newer || !there) return Status::OK();
    return context_->files->WriteAtomically(files_.paths().SnapshotLatestHint(),
                                            std::to_string(id));
  }

  Status Delete(const meta::Snapshot& snapshot) override {
    const auto there = files_.Get(snapshot.id);
    if (KindOf(there.status()) == ErrorKind::kNotFound) return Status::OK();
    ARROW_RETURN_NOT_OK(there.status());
    if (there->uuid != snapshot.uuid) return Status::OK();
    return context_->files->Delete(files_.paths().SnapshotFile(snapshot.id));
  }

 private:
  const std::shared_ptr<const base::Context> context_;
  const meta::SnapshotFiles files_;
  const bool sync_;
};

}  // namespace

std::shared_ptr<SnapshotStore> MakeFileSnapshotStore(
    std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
    bool sync) {
  return std::make_shared<FileSnapshotStore>(std::move(context), paths, sync);
}

}  // namespace tarn::commit

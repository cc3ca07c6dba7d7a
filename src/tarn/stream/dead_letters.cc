// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/dead_letters.h"

#include <arrow/io/interfaces.h>

namespace tarn::stream {

void DeadLetters::Add(const std::vector<cdc::Rejection>& rejections) {
  for (const auto& rejection : rejections) pending_ += rejection.ToJson() + "\n";
}

Status DeadLetters::Flush(const std::string& source, int64_t identifier) {
  if (pending_.empty()) return Status::OK();
  const std::string path =
      base::JoinPath(directory_, fmt::format("{}-{:010d}-{}.jsonl", source, identifier,
                                             context_->random->Uuid().substr(0, 8)));
  ARROW_ASSIGN_OR_RAISE(auto output, context_->files->CreateOutput(path));
  ARROW_RETURN_NOT_OK(
      output->Write(pending_.data(), static_cast<int64_t>(pending_.size())));
  ARROW_RETURN_NOT_OK(output->Close());
  ARROW_RETURN_NOT_OK(context_->files->Sync({path}));
  files_.push_back(path);
  pending_.clear();
  return Status::OK();
}

}  // namespace tarn::stream

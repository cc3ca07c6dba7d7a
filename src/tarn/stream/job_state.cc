// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/job_state.h"

#include <cctype>

#include <nlohmann/json.hpp>

namespace tarn::stream {
namespace {

/// A job's name as a file name: what is not plain becomes `%XX`.
std::string FileNameOf(const std::string& commit_user) {
  std::string out;
  for (const unsigned char c : commit_user) {
    if (std::isalnum(c) != 0 || c == '-' || c == '_' || (c == '.' && !out.empty())) {
      out += static_cast<char>(c);
    } else {
      out += fmt::format("%{:02X}", c);
    }
  }
  return out;
}

Status ReadMap(const nlohmann::json& json, const char* name,
               std::map<std::string, std::string>* out) {
  const auto found = json.find(name);
  if (found == json.end()) return Status::OK();
  if (!found->is_object()) {
    return Corruption(7801, "Position of a pipeline is malformed:", V("member", name));
  }
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) {
      return Corruption(7801, "Position of a pipeline is malformed:", V("member", key));
    }
    (*out)[key] = value.get<std::string>();
  }
  return Status::OK();
}

}  // namespace

std::string PipelinePosition::ToJson() const {
  nlohmann::json json = nlohmann::json::object();
  if (!files.empty()) json["files"] = files;
  if (!redelivery.empty()) json["redelivery"] = redelivery;
  if (!truncates.empty()) json["truncates"] = truncates;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<PipelinePosition> PipelinePosition::FromJson(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Corruption(
        7801, "Position of a pipeline is no JSON object:", V("text", text.substr(0, 80)));
  }
  PipelinePosition position;
  ARROW_RETURN_NOT_OK(ReadMap(json, "files", &position.files));
  ARROW_RETURN_NOT_OK(ReadMap(json, "redelivery", &position.redelivery));
  ARROW_RETURN_NOT_OK(ReadMap(json, "truncates", &position.truncates));
  return position;
}

Result<std::map<std::string, PipelinePosition>> PositionsOf(
    const meta::Snapshot& snapshot) {
  std::map<std::string, PipelinePosition> positions;
  for (const auto& [key, value] : snapshot.properties) {
    if (key.rfind(kPositionPrefix, 0) != 0) continue;
    ARROW_ASSIGN_OR_RAISE(positions[key.substr(kPositionPrefix.size())],
                          PipelinePosition::FromJson(value));
  }
  return positions;
}

Result<std::unique_ptr<JobClaim>> JobClaim::Take(
    std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
    const std::string& commit_user) {
  auto claim = std::unique_ptr<JobClaim>(new JobClaim());
  claim->context_ = std::move(context);
  claim->commit_user_ = commit_user;
  base::FileSystem& files = *claim->context_->files;
  const std::string directory = base::JoinPath(paths.MarkerDirectory(), "jobs");
  ARROW_RETURN_NOT_OK(files.CreateDirectory(directory));
  const std::string name = FileNameOf(commit_user);
  auto lock = files.Lock(base::JoinPath(directory, name + ".lock"));
  if (!lock.ok()) {
    if (KindOf(lock.status()) != ErrorKind::kConflict) return lock.status();
    return Conflict(
        3801,
        "A job of this name is running on the table; wait for it, or give this "
        "one another 'pipeline.name':",
        V("job", commit_user));
  }
  claim->lock_ = std::move(*lock);
  claim->marker_path_ = base::JoinPath(directory, name + ".committed");
  ARROW_ASSIGN_OR_RAISE(claim->has_committed_, files.Exists(claim->marker_path_));
  return claim;
}

Status JobClaim::MarkCommitted() {
  if (has_committed_) return Status::OK();
  ARROW_RETURN_NOT_OK(
      context_->files->WriteAtomically(marker_path_, commit_user_ + "\n"));
  has_committed_ = true;
  return Status::OK();
}

Status JobClaim::LostPosition(const std::string& table) const {
  return CommitUnknown(
      2801,
      fmt::format(
          "Job '{}' has committed to {} before, but no snapshot of its is left, so "
          "nobody "
          "knows how far it had read. Starting at zero could apply events twice. Ways "
          "out: "
          "roll the table back to a snapshot of the job; or, if every event may be "
          "applied "
          "again (no sums, order by event position), remove {} and start again; or start "
          "under another 'pipeline.name' with sources that begin where you want.",
          commit_user_, table, marker_path_));
}

}  // namespace tarn::stream

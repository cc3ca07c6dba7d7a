// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/history_procedures.h"

#include <optional>
#include <vector>

#include "tarn/base/units.h"
#include "tarn/table/branches.h"
#include "tarn/table/consumers.h"
#include "tarn/table/rollback.h"
#include "tarn/table/tags.h"

namespace tarn::sql {
namespace {

using Arguments = std::map<std::string, std::string>;
using Answer = Result<table::Listing>;

constexpr auto kText = LiteralKind::kString;
constexpr auto kNumber = LiteralKind::kInteger;
constexpr auto kFlag = LiteralKind::kTrue;

std::optional<std::string> TextOf(const Arguments& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<int64_t>> NumberOf(const Arguments& arguments, const char* name) {
  const auto text = TextOf(arguments, name);
  if (!text) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(const int64_t number, table::WholeNumber(name, *text));
  return std::optional(number);
}

table::Listing Say(const table::Table& table, std::string text) {
  table::Listing out(table.context().pool);
  out.AddColumn("result", types::DataType::String());
  out.AddRow({std::move(text)});
  return out;
}

Result<table::TagRequest> TagOf(const Arguments& arguments) {
  table::TagRequest request;
  request.name = arguments.at("tag");
  ARROW_ASSIGN_OR_RAISE(request.snapshot_id, NumberOf(arguments, "snapshot_id"));
  if (const auto retained = TextOf(arguments, "time_retained")) {
    ARROW_ASSIGN_OR_RAISE(const auto duration, base::ParseDuration(*retained));
    request.retained_nanos = duration.count();
  }
  return request;
}

Answer CreateTag(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto request, TagOf(arguments));
  ARROW_RETURN_NOT_OK(table::CreateTag(table, request).status());
  return Say(table, "Success");
}

Answer ReplaceTag(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto request, TagOf(arguments));
  ARROW_RETURN_NOT_OK(table::ReplaceTag(table, request).status());
  return Say(table, "Success");
}

/// A tag on the snapshot that a time or watermark leads to.
Answer CreateTagAt(const table::Table& table, const Arguments& arguments,
                   const meta::Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(auto request, TagOf(arguments));
  request.snapshot_id = snapshot.id;
  ARROW_RETURN_NOT_OK(table::CreateTag(table, request).status());
  table::Listing out(table.context().pool);
  out.AddColumn("tagName", types::DataType::String());
  out.AddColumn("snapshot", types::DataType::BigInt());
  out.AddColumn("commit_time", types::DataType::BigInt());
  out.AddColumn("watermark", types::DataType::String());
  out.AddRow({request.name, snapshot.id, snapshot.time_millis,
              snapshot.watermark ? std::to_string(*snapshot.watermark) : "null"});
  return out;
}

Answer CreateTagFromTimestamp(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto millis, NumberOf(arguments, "timestamp"));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot, table::FirstAtOrAfter(table, *millis));
  return CreateTagAt(table, arguments, snapshot);
}

Answer RenameTag(const table::Table& table, const Arguments& arguments) {
  const std::string& from = arguments.at("tagName");
  const std::string& to = arguments.at("targetTagName");
  ARROW_RETURN_NOT_OK(table::RenameTag(table, from, to));
  return Say(table, "Rename [" + from + "] to [" + to + "] successfully.");
}

/// Each of a list with commas.
Status ForEach(const table::Table& table, const std::string& names,
               Status (*change)(const table::Table&, const std::string&)) {
  size_t start = 0;
  while (start <= names.size()) {
    const size_t end = std::min(names.find(',', start), names.size());
    if (end > start) {
      ARROW_RETURN_NOT_OK(change(table, names.substr(start, end - start)));
    }
    start = end + 1;
  }
  return Status::OK();
}

Answer DeleteTag(const table::Table& table, const Arguments& arguments) {
  ARROW_RETURN_NOT_OK(ForEach(table, arguments.at("tag"), table::DeleteTag));
  return Say(table, "Success");
}

Answer CreateBranch(const table::Table& table, const Arguments& arguments) {
  auto tag = TextOf(arguments, "tag");
  if (tag && base::Trim(*tag).empty()) tag.reset();
  const bool ignore = TextOf(arguments, "ignoreIfExists").value_or("false") == "true";
  ARROW_RETURN_NOT_OK(table::CreateBranch(table, arguments.at("branch"), tag, ignore));
  return Say(table, "Success");
}

Answer DeleteBranch(const table::Table& table, const Arguments& arguments) {
  ARROW_RETURN_NOT_OK(ForEach(table, arguments.at("branch"), table::DropBranch));
  return Say(table, "Success");
}

Answer FastForward(const table::Table& table, const Arguments& arguments) {
  ARROW_RETURN_NOT_OK(table::FastForward(table, arguments.at("branch")));
  return Say(table, "Success");
}

Answer Rolled(const table::Table& table, int64_t from, int64_t to) {
  table::Listing out(table.context().pool);
  out.AddColumn("previous_snapshot_id", types::DataType::BigInt());
  out.AddColumn("current_snapshot_id", types::DataType::BigInt());
  out.AddRow({from, to});
  return out;
}

Answer RollbackTo(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshot_files().Latest());
  if (!latest) {
    return NotFound(4606, "Table has no snapshot:", V("table", table.name()));
  }
  const auto tag = TextOf(arguments, "tag");
  if (tag && !base::Trim(*tag).empty()) {
    ARROW_ASSIGN_OR_RAISE(const int64_t id, table::RollbackToTag(table, *tag));
    return Rolled(table, latest->id, id);
  }
  ARROW_ASSIGN_OR_RAISE(const auto id, NumberOf(arguments, "snapshot_id"));
  if (!id) {
    return InvalidInput(1172, "sys.rollback_to needs a tag or a snapshot_id");
  }
  ARROW_RETURN_NOT_OK(table::RollbackTo(table, *id).status());
  return Rolled(table, latest->id, *id);
}

Answer RollbackToTimestamp(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshot_files().Latest());
  table::TimeTravel at;
  ARROW_ASSIGN_OR_RAISE(at.timestamp_millis, NumberOf(arguments, "timestamp"));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot,
                        table::FindSnapshot(table.snapshot_files(), at));
  TARN_CHECK(latest && snapshot);
  ARROW_RETURN_NOT_OK(table::RollbackTo(table, snapshot->id).status());
  return Rolled(table, latest->id, snapshot->id);
}

Answer ResetConsumer(const table::Table& table, const Arguments& arguments) {
  ARROW_ASSIGN_OR_RAISE(const auto next, NumberOf(arguments, "next_snapshot_id"));
  ARROW_RETURN_NOT_OK(table::ResetConsumer(table, arguments.at("consumer_id"), next));
  return Say(table, "Success");
}

Answer ClearConsumers(const table::Table& table, const Arguments&) {
  ARROW_RETURN_NOT_OK(table::ClearConsumers(table));
  return Say(table, "Success");
}

struct Procedure {
  std::string_view name;
  std::vector<ProcedureParameter> parameters;
  Answer (*run)(const table::Table&, const Arguments&);
};

const std::vector<Procedure>& Procedures() {
  static const ProcedureParameter table{"table", kText, true};
  static const ProcedureParameter tag{"tag", kText, true};
  static const ProcedureParameter branch{"branch", kText, true};
  static const ProcedureParameter snapshot{"snapshot_id", kNumber, false};
  static const ProcedureParameter retained{"time_retained", kText, false};
  static const std::vector<Procedure> procedures = {
      {"create_tag", {table, tag, snapshot, retained}, CreateTag},
      {"replace_tag", {table, tag, snapshot, retained}, ReplaceTag},
      {"create_tag_from_timestamp",
       {table, tag, {"timestamp", kNumber, true}, retained},
       CreateTagFromTimestamp},
      {"rename_tag",
       {table, {"tagName", kText, true}, {"targetTagName", kText, true}},
       RenameTag},
      {"delete_tag", {table, tag}, DeleteTag},
      {"create_branch",
       {table, branch, {"tag", kText, false}, {"ignoreIfExists", kFlag, false}},
       CreateBranch},
      {"delete_branch", {table, branch}, DeleteBranch},
      {"fast_forward", {table, branch}, FastForward},
      {"rollback_to", {table, {"tag", kText, false}, snapshot}, RollbackTo},
      {"rollback_to_timestamp",
       {table, {"timestamp", kNumber, true}},
       RollbackToTimestamp},
      {"reset_consumer",
       {table, {"consumer_id", kText, true}, {"next_snapshot_id", kNumber, false}},
       ResetConsumer},
      {"clear_consumers", {table}, ClearConsumers},
  };
  return procedures;
}

const Procedure* Find(std::string_view name) {
  for (const Procedure& procedure : Procedures()) {
    if (procedure.name == name) return &procedure;
  }
  return nullptr;
}

}  // namespace

std::span<const ProcedureParameter> HistoryParameters(std::string_view procedure) {
  const Procedure* found = Find(procedure);
  if (found == nullptr) return {};
  return found->parameters;
}

Result<table::Listing> RunHistoryProcedure(std::string_view procedure,
                                           const table::Table& table,
                                           const Arguments& arguments) {
  const Procedure* found = Find(procedure);
  TARN_CHECK(found != nullptr);
  return found->run(table, arguments);
}

}  // namespace tarn::sql

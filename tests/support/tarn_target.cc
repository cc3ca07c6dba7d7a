// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tarn_target.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <arrow/api.h>

#include "tarn/commit/overwrite.h"
#include "tarn/io/local_file_system.h"
#include "tarn/options/options.h"
#include "tarn/table/branches.h"
#include "tarn/table/consumers.h"
#include "tarn/table/expire_changelogs.h"
#include "tarn/table/expire_partitions.h"
#include "tarn/table/expire_snapshots.h"
#include "tarn/table/maintenance.h"
#include "tarn/table/rollback.h"
#include "tarn/table/system_tables.h"
#include "tarn/table/table.h"
#include "tarn/table/tags.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/schema_changes.h"

namespace tarn::support {
namespace {

using nlohmann::json;

std::string Text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

int64_t Number(const json& value) {
  return std::stoll(Text(value));
}

bool Flag(const json& request, const char* name, bool fallback = false) {
  return request.contains(name) ? Text(request[name]) == "true" : fallback;
}

std::map<std::string, std::string> TextMap(const json& request, const char* name) {
  std::map<std::string, std::string> out;
  if (!request.contains(name)) return out;
  for (const auto& [key, value] : request[name].items()) out[key] = Text(value);
  return out;
}

Status NoWordForIt(std::string_view feature) {
  return Unsupported(
      6900, "A request that these tests cannot put to Tarn:", V("feature", feature));
}

// `db.t`, `db.t$branch_b`, `db.t$snapshots` of a request, its branch in the name.
Result<std::pair<catalog::TableName, std::string>> NamesOf(const json& request) {
  const std::string name = request.value("table", "db.t");
  const size_t dot = name.find('.');
  catalog::TableName table{name.substr(0, dot), name.substr(dot + 1)};
  std::string system;
  const size_t dollar = table.table.rfind('$');
  if (dollar != std::string::npos &&
      !std::string_view(table.table).substr(dollar).starts_with("$branch_")) {
    system = table.table.substr(dollar + 1);
    table.table.resize(dollar);
  }
  if (request.contains("branch")) table.table += "$branch_" + Text(request["branch"]);
  return std::pair(table, system);
}

// Names of a list, or of a text with commas.
std::vector<std::string> ColumnNames(const json& columns) {
  if (columns.is_array()) return columns.get<std::vector<std::string>>();
  std::vector<std::string> out;
  std::string names = columns;
  for (size_t comma; (comma = names.find(',')) != std::string::npos;) {
    out.push_back(names.substr(0, comma));
    names.erase(0, comma + 1);
  }
  out.push_back(names);
  return out;
}

Result<std::vector<types::DataField>> FieldsOf(
    const std::vector<types::DataField>& fields, const std::vector<std::string>& names) {
  std::vector<types::DataField> out;
  for (const std::string& name : names) {
    const int index = types::FieldIndex(fields, name);
    if (index < 0) return InvalidInput(1912, "No such column:", V("column", name));
    out.push_back(fields[static_cast<size_t>(index)]);
  }
  return out;
}

// One writer and its committer, committing as often as a request says.
class Writer {
 public:
  static Result<std::unique_ptr<Writer>> Make(const table::Table& table,
                                              const json& request) {
    auto out = std::unique_ptr<Writer>(new Writer());
    out->fields_ = table.schema()->fields;
    if (request.contains("overwrite")) out->overwrite_ = TextMap(request, "overwrite");
    commit::TableCommitOptions options;
    options.commit_user = request.value("commit-user", "tarn");
    ARROW_ASSIGN_OR_RAISE(out->write_,
                          table.NewWrite({.commit_user = options.commit_user,
                                          .overwrite = request.contains("overwrite")}));
    ARROW_ASSIGN_OR_RAISE(out->commit_, table.NewCommit(options));
    ARROW_ASSIGN_OR_RAISE(const auto last, out->commit_->LatestOfUser());
    if (request.contains("identifier")) {
      out->identifier_ = Number(request["identifier"]);
    } else if (Flag(request, "batch")) {
      out->identifier_ = meta::kBatchCommitIdentifier;
    } else if (last && last->commit_identifier != meta::kBatchCommitIdentifier) {
      out->identifier_ = last->commit_identifier + 1;
    }
    return out;
  }

  Status Add(const json& operation) {
    pending_.push_back(operation);
    return Status::OK();
  }
  size_t pending() const { return pending_.size(); }

  Status Commit(const json& request) {
    if (!pending_.empty()) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, ChangesFromJson(pending_, fields_));
      ARROW_RETURN_NOT_OK(write_->Write(batch));
      pending_ = json::array();
    }
    meta::Committable committable;
    committable.identifier = identifier_;
    if (request.contains("watermark")) {
      committable.watermark = Number(request["watermark"]);
    }
    committable.properties = TextMap(request, "properties");
    ARROW_ASSIGN_OR_RAISE(committable.messages, write_->PrepareCommit());
    if (overwrite_) {
      const auto partition =
          overwrite_->empty() ? std::nullopt : std::optional(*overwrite_);
      ARROW_RETURN_NOT_OK(commit_->Overwrite(committable, partition));
    } else {
      ARROW_RETURN_NOT_OK(commit_->Commit(committable));
    }
    if (identifier_ != meta::kBatchCommitIdentifier) ++identifier_;
    return Status::OK();
  }

 private:
  std::vector<types::DataField> fields_;
  std::unique_ptr<write::TableWrite> write_;
  std::unique_ptr<commit::TableCommit> commit_;
  std::optional<std::map<std::string, std::string>> overwrite_;
  int64_t identifier_ = 1;
  json pending_ = json::array();
};

Result<std::vector<std::shared_ptr<arrow::Scalar>>> Constants(
    const json& values, const types::DataField& field) {
  json rows = json::array();
  for (const json& value : values) rows.push_back({{field.name, value}});
  const auto parsed = BatchFromCanonical(rows, {field});
  if (!parsed.ok()) return NoWordForIt("constant " + values.dump());
  const auto& batch = *parsed;
  std::vector<std::shared_ptr<arrow::Scalar>> out;
  for (int64_t i = 0; i < batch->num_rows(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto scalar, batch->column(0)->GetScalar(i));
    out.push_back(std::move(scalar));
  }
  return out;
}

}  // namespace

std::shared_ptr<base::Context> LocalContext(int64_t memory_bytes) {
  return base::MakeSystemContext(io::MakeLocalFileSystem(), memory_bytes);
}

Result<expr::PredicatePtr> PredicateFromJson(
    const json& filter, const std::vector<types::DataField>& fields) {
  for (const char* junction : {"and", "or"}) {
    if (!filter.contains(junction)) continue;
    std::vector<expr::PredicatePtr> children;
    for (const json& child : filter[junction]) {
      ARROW_ASSIGN_OR_RAISE(auto parsed, PredicateFromJson(child, fields));
      children.push_back(std::move(parsed));
    }
    return std::string_view(junction) == "and" ? expr::And(std::move(children))
                                               : expr::Or(std::move(children));
  }
  if (filter.contains("not")) {
    ARROW_ASSIGN_OR_RAISE(auto child, PredicateFromJson(filter["not"], fields));
    return expr::Not(std::move(child));
  }
  const std::string column = filter.at("col");
  const int index = types::FieldIndex(fields, column);
  if (index < 0) return InvalidInput(1912, "No such column:", V("column", column));
  const json value = filter.value("value", json::array());
  ARROW_ASSIGN_OR_RAISE(
      auto constants,
      Constants(value.is_array() ? value : json::array({value}), fields[index]));
  using enum expr::CompareOp;
  const std::string op = filter.at("op");
  if (op == "notin") return expr::Not(expr::Leaf(column, kIn, constants));
  if (op == "between") {
    return expr::And({expr::Leaf(column, kGreaterOrEqual, {constants.at(0)}),
                      expr::Leaf(column, kLessOrEqual, {constants.at(1)})});
  }
  if (op == "startswith") {
    // Texts from the prefix on to the first that is above all that begin with it.
    std::string above = value;
    ++above.back();
    ARROW_ASSIGN_OR_RAISE(auto end, Constants(json::array({above}), fields[index]));
    return expr::And({expr::Leaf(column, kGreaterOrEqual, constants),
                      expr::Leaf(column, kLess, std::move(end))});
  }
  const std::map<std::string, expr::CompareOp> ops = {
      {"=", kEqual},        {"!=", kNotEqual},
      {"<>", kNotEqual},    {"<", kLess},
      {"<=", kLessOrEqual}, {">", kGreater},
      {"in", kIn},          {">=", kGreaterOrEqual},
      {"isnull", kIsNull},  {"isnotnull", kIsNotNull}};
  const auto found = ops.find(op);
  if (found == ops.end()) return NoWordForIt("operator " + op);
  return expr::Leaf(column, found->second, constants);
}

TarnTarget::TarnTarget(std::string warehouse, int64_t memory_bytes)
    : warehouse_(std::move(warehouse)), context_(LocalContext(memory_bytes)) {}

Status TarnTarget::Create(const json& schema) {
  ARROW_ASSIGN_OR_RAISE(auto catalog,
                        catalog::MakeFileSystemCatalog(context_, warehouse_));
  ARROW_RETURN_NOT_OK(catalog->CreateDatabase("db", true));
  ARROW_ASSIGN_OR_RAISE(const types::TableSchema table_schema, SchemaOf(schema));
  std::vector<meta::Notice> notices;
  return catalog->CreateTable({"db", "t"}, table_schema, false, &notices);
}

Result<std::shared_ptr<table::Table>> TarnTarget::Open(const json& request) const {
  std::map<std::string, std::string> dynamic = TextMap(request, "options");
  if (Flag(request, "write-only")) dynamic["write-only"] = "true";
  if (request.contains("scan-mode")) dynamic["scan.mode"] = Text(request["scan-mode"]);
  // Histories are played as Java takes them, quirks included.
  if (request.contains("cmd")) {
    dynamic[std::string(options::kAllowRetractionsIntoAggregates.key)] = "true";
  }
  ARROW_ASSIGN_OR_RAISE(auto catalog,
                        catalog::MakeFileSystemCatalog(context_, warehouse_));
  ARROW_ASSIGN_OR_RAISE(const auto names, NamesOf(request));
  return catalog->GetTable(names.first, dynamic);
}

Status TarnTarget::Run(const json& request) {
  const std::string command = request.at("cmd");
  if (command == "write") return Write(request);
  if (command == "compact") return Compact(request);
  if (command == "alter") return Alter(request);
  if (command == "manage") return Manage(request);
  if (command == "expire") return Expire(request);
  if (command == "expire-partitions") {
    ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
    return table::ExpirePartitions(*table).status();
  }
  if (command == "maintain") {
    ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
    return table::Maintenance(*table).Run(/*end_of_input=*/false);
  }
  return NoWordForIt(command);
}

Status TarnTarget::Write(const json& request) {
  if (request.contains("columns") || Flag(request, "full-compact")) {
    return NoWordForIt("write with columns or full-compact");
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
  ARROW_ASSIGN_OR_RAISE(const auto writer, Writer::Make(*table, request));
  const size_t every =
      request.contains("commit-every") ? Number(request["commit-every"]) : 0;
  bool committed = false;
  for (const json& operation : request.at("rows")) {
    if (operation.contains("compact")) return NoWordForIt("compact within a write");
    if (operation.contains("commit")) {
      ARROW_RETURN_NOT_OK(writer->Commit(operation));
      committed = true;
      continue;
    }
    ARROW_RETURN_NOT_OK(writer->Add(operation));
    if (writer->pending() == every) {
      ARROW_RETURN_NOT_OK(writer->Commit(request));
      committed = true;
    }
  }
  return writer->pending() > 0 || !committed ? writer->Commit(request) : Status::OK();
}

Status TarnTarget::Alter(const json& request) {
  ARROW_ASSIGN_OR_RAISE(const auto changes, ChangesFromPaimon(request.at("changes")));
  ARROW_ASSIGN_OR_RAISE(auto catalog,
                        catalog::MakeFileSystemCatalog(context_, warehouse_));
  return catalog->AlterTable({"db", "t"}, changes, false, nullptr);
}

Status TarnTarget::Truncate(const json& request) {
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
  commit::TableCommitOptions options;
  options.commit_user = request.value("commit-user", "tarn");
  ARROW_ASSIGN_OR_RAISE(const auto committer, table->NewCommit(options));
  std::vector<std::map<std::string, std::string>> partitions;
  if (request.contains("partition")) partitions.push_back(TextMap(request, "partition"));
  return commit::OverwriteCommit::Of(committer.get())
      .Truncate(meta::kBatchCommitIdentifier, partitions)
      .status();
}

Status TarnTarget::Expire(const json& request) {
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
  const auto number = [&](const char* name, int64_t otherwise) {
    return request.contains(name) ? Number(request[name]) : otherwise;
  };
  constexpr int64_t kAll = std::numeric_limits<int32_t>::max();
  table::ExpireRequest expire;
  expire.retain_max = static_cast<int32_t>(number("retain-max", kAll));
  expire.retain_min = static_cast<int32_t>(number("retain-min", 1));
  expire.max_deletes = static_cast<int32_t>(number("max-deletes", kAll));
  expire.older_than_millis = context_->clock->NowMillis() -
                             number("retain-millis", std::numeric_limits<int64_t>::max());
  return Flag(request, "changelog") ? table::ExpireChangelogs(*table, expire).status()
                                    : table::ExpireSnapshots(*table, expire).status();
}

Status TarnTarget::Compact(const json& request) {
  if (request.contains("bucket") || !Flag(request, "full", true)) {
    return NoWordForIt("compaction of one bucket, or not full");
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
  table::CompactRequest compact;
  if (request.contains("partition")) {
    compact.partitions.push_back(TextMap(request, "partition"));
  }
  compact.commit_user = request.value("commit-user", "tarn");
  // Numbered after the user's last commit, as the golden histories are.
  commit::TableCommitOptions options;
  options.commit_user = compact.commit_user;
  ARROW_ASSIGN_OR_RAISE(const auto committer, table->NewCommit(options));
  ARROW_ASSIGN_OR_RAISE(const auto last, committer->LatestOfUser());
  compact.commit_identifier = last ? last->commit_identifier + 1 : 1;
  return table->Compact(compact).status();
}

Status TarnTarget::Manage(const json& request) {
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(request));
  const std::string action = request.at("action");
  if (action == "truncate" || action == "truncate-partition") return Truncate(request);
  const std::string name = request.contains("name") ? Text(request["name"]) : "";
  std::optional<int64_t> at;
  if (request.contains("at")) at = Number(request["at"]);
  const table::TagRequest tag{
      .name = name, .snapshot_id = at, .retained_nanos = std::nullopt};
  if (action == "create-tag") return table::CreateTag(*table, tag).status();
  if (action == "replace-tag") return table::ReplaceTag(*table, tag).status();
  if (action == "delete-tag") return table::DeleteTag(*table, name);
  if (action == "rename-tag") {
    return table::RenameTag(*table, name, Text(request.at("to")));
  }
  if (action == "create-branch") {
    std::optional<std::string> from;
    if (request.contains("from-tag")) from = Text(request["from-tag"]);
    return table::CreateBranch(*table, name, from, false);
  }
  if (action == "delete-branch") return table::DropBranch(*table, name);
  if (action == "fast-forward") return table::FastForward(*table, name);
  if (action == "rollback") {
    return at ? table::RollbackTo(*table, *at).status()
              : table::RollbackToTag(*table, name).status();
  }
  if (action == "consumer") return table::ResetConsumer(*table, name, at);
  if (action == "delete-consumer") {
    return table::ResetConsumer(*table, name, std::nullopt);
  }
  return NoWordForIt(action);
}

Result<std::vector<std::string>> TarnTarget::Read(const json& request) const {
  if (Flag(request, "kinds")) return NoWordForIt("kinds");
  ARROW_ASSIGN_OR_RAISE(const auto names, NamesOf(request));
  json opened = request;
  // As Java's, a system table takes a point in time as options.
  if (!names.second.empty()) {
    for (const auto& [word, key] :
         {std::pair("snapshot", "scan.snapshot-id"), std::pair("tag", "scan.tag-name"),
          std::pair("timestamp", "scan.timestamp-millis")}) {
      if (request.contains(word)) opened["options"][key] = Text(request[word]);
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, Open(opened));
  if (!names.second.empty()) return ReadSystemTable(table, names.second, request);
  table::ScanRequest scan;
  if (request.contains("snapshot")) scan.at.snapshot_id = Number(request["snapshot"]);
  if (request.contains("tag")) scan.at.tag = Text(request["tag"]);
  if (request.contains("timestamp")) {
    scan.at.timestamp_millis = Number(request["timestamp"]);
  }
  ARROW_ASSIGN_OR_RAISE(const auto schema, table->SchemaAt(scan.at));
  if (request.contains("filter")) {
    ARROW_ASSIGN_OR_RAISE(scan.predicate,
                          PredicateFromJson(request["filter"], schema->fields));
  }
  std::vector<types::DataField> fields = schema->fields;
  if (request.contains("columns")) {
    scan.columns = ColumnNames(request["columns"]);
    ARROW_ASSIGN_OR_RAISE(fields, FieldsOf(schema->fields, scan.columns));
  }
  ARROW_ASSIGN_OR_RAISE(const auto reader, table->Scan(scan));
  return SortedLines(reader.get(), fields);
}

Result<std::vector<std::string>> TarnTarget::ReadSystemTable(
    const std::shared_ptr<table::Table>& table, const std::string& kind,
    const json& request) {
  if (request.contains("filter")) return NoWordForIt("a filter on a system table");
  ARROW_ASSIGN_OR_RAISE(const auto system, table::OpenSystemTable(table, kind));
  std::vector<std::string> columns;
  if (request.contains("columns")) {
    columns = ColumnNames(request["columns"]);
  } else {
    for (const auto& field : system->fields()) columns.push_back(field.name);
  }
  ARROW_ASSIGN_OR_RAISE(const auto fields, FieldsOf(system->fields(), columns));
  ARROW_ASSIGN_OR_RAISE(const auto reader, system->Read(columns));
  return SortedLines(reader.get(), fields);
}

}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <map>
#include <utility>

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/partition_value.h"
#include "tarn/sql/procedure.h"
#include "tarn/table/consumers.h"
#include "tarn/table/expire_changelogs.h"
#include "tarn/table/expire_snapshots.h"
#include "tarn/table/maintenance.h"
#include "tarn/table/time_travel.h"

namespace tarn::sql {
namespace {

using Answer = Result<ProcedureAnswer>;

void AfterCommit(const table::Table& table, ProcedureAnswer* answer) {
  const Status maintained = table::Maintenance(table).Run(/*end_of_input=*/true);
  if (maintained.ok()) return;
  answer->notices.push_back(table::MaintenanceNotice(table, maintained));
}

Answer Compact(const ProcedureCall& call) {
  const ProcedureArguments& arguments = call.arguments;
  table::CompactRequest request;
  if (const auto partitions = arguments.TextIfAny("partitions")) {
    ARROW_ASSIGN_OR_RAISE(request.partitions, PartitionTextsOf(*partitions));
  }
  for (const char* name : {"order_by", "order_strategy", "options", "where",
                           "partition_idle_time", "compact_strategy"}) {
    const auto text = arguments.TextIfAny(name);
    if (!text || (std::string_view(name) == "compact_strategy" && *text == "full")) {
      continue;
    }
    return MakeStatus(
        ErrorKind::kUnsupported, kUnsupportedStatement,
        fmt::format("The argument {} of sys.compact is not supported yet", name));
  }
  ARROW_ASSIGN_OR_RAISE(const auto report, call.table.Compact(request));
  ProcedureAnswer out = SayResult(call.table);
  out.message = fmt::format("Compacted {} buckets: {} files to {}, {} rows to {}.",
                            report.buckets, report.files_before, report.files_after,
                            report.rows_before, report.rows_after);
  // Who compacts also lets go what is old, for a table that is write-only, too.
  if (!report.snapshot_ids.empty()) AfterCommit(call.table, &out);
  return out;
}

Answer AlterDefault(const ProcedureCall& call) {
  meta::UpdateColumnDefaultChange change;
  for (std::string_view rest = call.arguments.Text("column"); !rest.empty();) {
    const size_t dot = rest.find('.');
    change.path.emplace_back(rest.substr(0, dot));
    rest = dot == rest.npos ? std::string_view() : rest.substr(dot + 1);
  }
  if (const auto* value = call.arguments.Find("default_value")) {
    change.default_value = value->text;
  }
  ARROW_RETURN_NOT_OK(call.catalog.AlterTable(call.name, {change}, false, nullptr));
  return SayResult(call.table);
}

/// The arguments over what `request` says.
Status TakeRequest(const ProcedureCall& call, table::ExpireRequest* request) {
  const auto take = [&](const char* name, int32_t* into) {
    const auto number = call.arguments.NumberIfAny(name);
    if (number) *into = static_cast<int32_t>(*number);
  };
  take("retain_max", &request->retain_max);
  take("retain_min", &request->retain_min);
  take("max_deletes", &request->max_deletes);
  if (const auto text = call.arguments.TextIfAny("older_than")) {
    ARROW_ASSIGN_OR_RAISE(request->older_than_millis,
                          table::LocalTimeMillis(call.table.context(), *text));
  }
  return Status::OK();
}

Answer ExpireSnapshots(const ProcedureCall& call) {
  const ProcedureArguments& arguments = call.arguments;
  ARROW_ASSIGN_OR_RAISE(const auto options, arguments.Options("options"));
  ARROW_ASSIGN_OR_RAISE(const auto table, call.catalog.GetTable(call.name, options));
  ARROW_ASSIGN_OR_RAISE(auto request, table::ExpireRequest::FromOptions(*table));
  ARROW_RETURN_NOT_OK(TakeRequest(call, &request));
  ARROW_ASSIGN_OR_RAISE(const int64_t expired, table::ExpireSnapshots(*table, request));
  return SayResult(call.table, std::to_string(expired));
}

Answer ExpireChangelogs(const ProcedureCall& call) {
  const ProcedureArguments& arguments = call.arguments;
  if (arguments.Flag("delete_all")) {
    ARROW_RETURN_NOT_OK(table::DeleteChangelogs(call.table).status());
    return SayResult(call.table, "Delete all separated changelogs success.");
  }
  // Not the table's options: what is left out does not hold.
  constexpr int32_t kAll = std::numeric_limits<int32_t>::max();
  table::ExpireRequest request{.retain_max = kAll,
                               .retain_min = 1,
                               .max_deletes = kAll,
                               .older_than_millis = std::numeric_limits<int64_t>::min()};
  ARROW_RETURN_NOT_OK(TakeRequest(call, &request));
  ARROW_ASSIGN_OR_RAISE(const int64_t expired,
                        table::ExpireChangelogs(call.table, request));
  return SayResult(call.table, std::to_string(expired));
}

Answer ResetConsumer(const ProcedureCall& call) {
  ARROW_RETURN_NOT_OK(
      table::ResetConsumer(call.table, call.arguments.Text("consumer_id"),
                           call.arguments.NumberIfAny("next_snapshot_id")));
  return SayResult(call.table);
}

Answer ClearConsumers(const ProcedureCall& call) {
  for (const char* name : {"including_consumers", "excluding_consumers"}) {
    if (!call.arguments.TextIfAny(name)) continue;
    return MakeStatus(
        ErrorKind::kUnsupported, kUnsupportedStatement,
        fmt::format("The argument {} of sys.clear_consumers is not supported yet", name));
  }
  ARROW_RETURN_NOT_OK(table::ClearConsumers(call.table));
  return SayResult(call.table);
}

}  // namespace

std::vector<Procedure> UpkeepProcedures() {
  return {
      {"alter_column_default_value",
       {{.name = "column", .required = true}, {.name = "default_value"}},
       AlterDefault,
       "as `ALTER COLUMN .. SET DEFAULT`; without a value the default is dropped"},
      {"clear_consumers",
       {{.name = "including_consumers", .spark_name = "includingConsumers"},
        {.name = "excluding_consumers", .spark_name = "excludingConsumers"}},
       ClearConsumers,
       "all consumers are forgotten; patterns are refused by name"},
      {"compact",
       {{.name = "partitions"},
        {.name = "order_strategy"},
        {.name = "order_by"},
        {.name = "options"},
        {.name = "where"},
        {.name = "partition_idle_time"},
        {.name = "compact_strategy"}},
       Compact,
       "a full compaction; `compact_strategy` may be `'full'`, and of the others only "
       "`partitions` does something: they are refused by name"},
      {"expire_changelogs",
       {{.name = "retain_max", .type = ArgumentType::kInt},
        {.name = "retain_min", .type = ArgumentType::kInt},
        {.name = "older_than"},
        {.name = "max_deletes", .type = ArgumentType::kInt},
        {.name = "delete_all", .type = ArgumentType::kBoolean}},
       ExpireChangelogs,
       "the oldest changelogs go that outlived their snapshots, as `expire_snapshots` "
       "says it; the newest stays but for `delete_all`"},
      {"expire_snapshots",
       {{.name = "retain_max", .type = ArgumentType::kInt},
        {.name = "retain_min", .type = ArgumentType::kInt},
        {.name = "older_than"},
        {.name = "max_deletes", .type = ArgumentType::kInt},
        {.name = "options"}},
       ExpireSnapshots,
       "the oldest snapshots go, with what nothing else needs: more than `retain_max`, "
       "and "
       "those whose successor is older than a local time; `retain_min`, consumers, tags "
       "and branches hold back. Options of the table where arguments are left out"},
      {"reset_consumer",
       {{.name = "consumer_id", .required = true, .spark_name = "consumerId"},
        {.name = "next_snapshot_id",
         .type = ArgumentType::kBigInt,
         .spark_name = "nextSnapshotId"}},
       ResetConsumer,
       "a consumer goes on with that snapshot, or is forgotten without one"},
  };
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <utility>

#include "tarn/sql/partition_value.h"
#include "tarn/sql/procedure.h"
#include "tarn/table/expire_partitions.h"
#include "tarn/table/partitions.h"

namespace tarn::sql {
namespace {

using Answer = Result<ProcedureAnswer>;

Answer DropNamedPartitions(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto partitions,
                        PartitionTextsOf(call.arguments.Text("partitions")));
  ARROW_RETURN_NOT_OK(table::Truncate(call.table, partitions));
  return SayResult(call.table);
}

Answer ExpirePartitions(const ProcedureCall& call) {
  const ProcedureArguments& arguments = call.arguments;
  ARROW_ASSIGN_OR_RAISE(auto options, arguments.Options("options"));
  constexpr std::pair<const char*, const char*> kTexts[] = {
      {"expiration_time", "partition.expiration-time"},
      {"timestamp_formatter", "partition.timestamp-formatter"},
      {"timestamp_pattern", "partition.timestamp-pattern"},
      {"expire_strategy", "partition.expiration-strategy"}};
  for (const auto& [name, key] : kTexts) {
    if (const auto text = arguments.TextIfAny(name)) options[key] = *text;
  }
  if (const auto most = arguments.NumberIfAny("max_expires")) {
    options["partition.expiration-max-num"] = std::to_string(*most);
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, call.catalog.GetTable(call.name, options));
  ARROW_ASSIGN_OR_RAISE(const auto expired, table::ExpirePartitions(*table));
  ProcedureAnswer out{table::Listing(call.table.context().pool), ""};
  out.rows.AddColumn("expired_partitions", types::DataType::String());
  for (const types::PartitionSpec& partition : expired) {
    std::string text;
    for (const auto& [column, value] : partition) {
      text += (text.empty() ? "" : ", ") + column + "=" + value;
    }
    out.rows.AddRow({text});
  }
  if (expired.empty()) out.rows.AddRow({std::string("No expired partitions.")});
  return out;
}

Answer MarkPartitionsDone(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto partitions,
                        PartitionTextsOf(call.arguments.Text("partitions")));
  ARROW_RETURN_NOT_OK(table::MarkPartitionsDone(call.table, partitions));
  return SayResult(call.table);
}

Answer RescalePartitions(const ProcedureCall& call) {
  table::RescaleRequest request;
  if (const auto buckets = call.arguments.NumberIfAny("bucket_num")) {
    request.buckets = static_cast<int32_t>(*buckets);
  }
  if (const auto partition = call.arguments.TextIfAny("partition")) {
    ARROW_ASSIGN_OR_RAISE(auto partitions, PartitionTextsOf(*partition));
    request.partition = std::move(partitions[0]);
  }
  ARROW_RETURN_NOT_OK(table::Rescale(call.table, request));
  return SayResult(call.table);
}

}  // namespace

std::vector<Procedure> PartitionProcedures() {
  constexpr auto kInt = ArgumentType::kInt;
  return {
      {"drop_partition",
       {{.name = "partitions", .required = true, .separator = ';'}},
       DropNamedPartitions,
       "one snapshot without these rows; several as `'p=1', 'p=2'` or `'p=1;p=2'`"},
      {"expire_partitions",
       {{.name = "expiration_time"},
        {.name = "timestamp_formatter"},
        {.name = "timestamp_pattern"},
        {.name = "expire_strategy"},
        {.name = "max_expires", .type = kInt},
        {.name = "options"}},
       ExpirePartitions,
       "partitions go whose time is over, by what their values state or by their newest "
       "file; options of the table where arguments are left out"},
      {"mark_partition_done",
       {{.name = "partitions", .required = true}},
       MarkPartitionsDone,
       "`_SUCCESS` files are the one way of marking"},
      {"rescale",
       {{.name = "bucket_num", .type = kInt},
        {.name = "partition", .spark_name = "partitions"},
        {.name = "scan_parallelism", .type = kInt},
        {.name = "sink_parallelism", .type = kInt}},
       RescalePartitions,
       "partitions written anew with another number of buckets, or with the table's own; "
       "parallelism means nothing here"},
  };
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/sql/partition_value.h"
#include "tarn/sql/procedure.h"
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

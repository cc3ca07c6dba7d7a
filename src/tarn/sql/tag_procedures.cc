// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/sql/procedure.h"
#include "tarn/table/tags.h"
#include "tarn/table/time_travel.h"

namespace tarn::sql {
namespace {

using Answer = Result<ProcedureAnswer>;

Result<table::TagRequest> TagOf(const ProcedureCall& call) {
  table::TagRequest request;
  request.name = call.arguments.Text("tag");
  request.snapshot_id = call.arguments.NumberIfAny("snapshot_id");
  if (const auto retained = call.arguments.TextIfAny("time_retained")) {
    ARROW_ASSIGN_OR_RAISE(const auto duration, base::ParseDuration(*retained));
    request.retained_nanos = duration.count();
  }
  return request;
}

Answer CreateTag(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto request, TagOf(call));
  ARROW_RETURN_NOT_OK(table::CreateTag(call.table, request).status());
  return SayResult(call.table);
}

Answer ReplaceTag(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto request, TagOf(call));
  ARROW_RETURN_NOT_OK(table::ReplaceTag(call.table, request).status());
  return SayResult(call.table);
}

/// A tag on the snapshot that a time or watermark leads to.
Answer CreateTagAt(const ProcedureCall& call, const meta::Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(auto request, TagOf(call));
  request.snapshot_id = snapshot.id;
  ARROW_RETURN_NOT_OK(table::CreateTag(call.table, request).status());
  table::Listing out(call.table.context().pool);
  out.AddColumn("tagName", types::DataType::String());
  out.AddColumn("snapshot", types::DataType::BigInt());
  out.AddColumn("commit_time", types::DataType::BigInt());
  out.AddColumn("watermark", types::DataType::String());
  out.AddRow({request.name, snapshot.id, snapshot.time_millis,
              snapshot.watermark ? std::to_string(*snapshot.watermark) : "null"});
  return ProcedureAnswer{std::move(out), ""};
}

Answer CreateTagFromTimestamp(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(
      const auto snapshot,
      table::FirstAtOrAfter(call.table, *call.arguments.NumberIfAny("timestamp")));
  return CreateTagAt(call, snapshot);
}

Answer CreateTagFromWatermark(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto snapshot,
                        table::FirstAtOrAfterWatermark(
                            call.table, *call.arguments.NumberIfAny("watermark")));
  return CreateTagAt(call, snapshot);
}

Answer ExpireTags(const ProcedureCall& call) {
  std::optional<int64_t> older_than;
  if (const auto text = call.arguments.TextIfAny("older_than")) {
    ARROW_ASSIGN_OR_RAISE(older_than,
                          table::LocalTimeMillis(call.table.context(), *text));
  }
  ARROW_ASSIGN_OR_RAISE(const auto expired, table::ExpireTags(call.table, older_than));
  table::Listing out(call.table.context().pool);
  out.AddColumn("expired_tags", types::DataType::String());
  for (const std::string& tag : expired) out.AddRow({tag});
  if (expired.empty()) out.AddRow({std::string("No expired tags.")});
  return ProcedureAnswer{std::move(out), ""};
}

Answer RenameTag(const ProcedureCall& call) {
  const std::string& from = call.arguments.Text("tagName");
  const std::string& to = call.arguments.Text("targetTagName");
  ARROW_RETURN_NOT_OK(table::RenameTag(call.table, from, to));
  return SayResult(call.table, "Rename [" + from + "] to [" + to + "] successfully.");
}

Answer DeleteTags(const ProcedureCall& call) {
  for (const std::string& tag : options::SplitList(call.arguments.Text("tag"))) {
    ARROW_RETURN_NOT_OK(table::DeleteTag(call.table, tag));
  }
  return SayResult(call.table);
}

}  // namespace

std::vector<Procedure> TagProcedures() {
  constexpr auto kBigInt = ArgumentType::kBigInt;
  const ProcedureArgument tag{.name = "tag", .required = true};
  const ProcedureArgument snapshot{
      .name = "snapshot_id", .type = kBigInt, .spark_name = "snapshot"};
  const ProcedureArgument retained{.name = "time_retained"};
  return {
      {"create_tag",
       {tag, snapshot, retained},
       CreateTag,
       "a tag on a snapshot, or on the latest"},
      {"create_tag_from_timestamp",
       {tag, {.name = "timestamp", .type = kBigInt, .required = true}, retained},
       CreateTagFromTimestamp,
       "a tag on the first snapshot at or after a time, in epoch milliseconds"},
      {"create_tag_from_watermark",
       {tag, {.name = "watermark", .type = kBigInt, .required = true}, retained},
       CreateTagFromWatermark,
       "a tag on the first snapshot whose watermark is there"},
      {"delete_tag",
       {{.name = "tag", .required = true, .separator = ','}},
       DeleteTags,
       "several names with commas between; a name that no tag has is skipped. Files of "
       "an "
       "expired snapshot go with its last tag"},
      {"expire_tags",
       {{.name = "older_than"}},
       ExpireTags,
       "tags whose `time_retained` is over, and those older than a local time"},
      {"rename_tag",
       {{.name = "tagName", .required = true, .spark_name = "tag"},
        {.name = "targetTagName", .required = true, .spark_name = "target_tag"}},
       RenameTag,
       "the same tag under another name"},
      {"replace_tag",
       {tag, snapshot, retained},
       ReplaceTag,
       "a tag that is there moves to another snapshot"},
  };
}

}  // namespace tarn::sql

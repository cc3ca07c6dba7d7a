// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/sql/procedure.h"
#include "tarn/table/rollback.h"
#include "tarn/table/time_travel.h"

namespace tarn::sql {
namespace {

using Answer = Result<ProcedureAnswer>;

Result<int64_t> LatestOf(const table::Table& table) {
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshot_files().LatestId());
  if (latest) return *latest;
  return NotFound(4606, "Table has no snapshot:", V("table", table.name()));
}

ProcedureAnswer Rolled(const table::Table& table, int64_t from, int64_t to) {
  table::Listing out(table.context().pool);
  out.AddColumn("previous_snapshot_id", types::DataType::BigInt());
  out.AddColumn("current_snapshot_id", types::DataType::BigInt());
  out.AddRow({from, to});
  return {std::move(out), ""};
}

Answer ToTag(const ProcedureCall& call, const std::string& tag) {
  ARROW_ASSIGN_OR_RAISE(const int64_t from, LatestOf(call.table));
  ARROW_ASSIGN_OR_RAISE(const int64_t to, table::RollbackToTag(call.table, tag));
  return Rolled(call.table, from, to);
}

Answer ToSnapshot(const ProcedureCall& call, int64_t id) {
  ARROW_ASSIGN_OR_RAISE(const int64_t from, LatestOf(call.table));
  ARROW_RETURN_NOT_OK(table::RollbackTo(call.table, id).status());
  return Rolled(call.table, from, id);
}

Answer To(const ProcedureCall& call) {
  if (const auto tag = call.arguments.TextIfAny("tag")) return ToTag(call, *tag);
  if (const auto id = call.arguments.NumberIfAny("snapshot_id")) {
    return ToSnapshot(call, *id);
  }
  return InvalidInput(1172, "sys.rollback_to needs a tag or a snapshot_id");
}

Answer ToAsLatest(const ProcedureCall& call) {
  ARROW_ASSIGN_OR_RAISE(const auto done, table::RollbackToAsLatest(
                                             call.table, call.arguments.TextIfAny("tag"),
                                             call.arguments.NumberIfAny("snapshot_id")));
  table::Listing out(call.table.context().pool);
  out.AddColumn("previous_snapshot_id", types::DataType::BigInt());
  out.AddColumn("rolled_back_snapshot_id", types::DataType::BigInt());
  out.AddColumn("current_snapshot_id", types::DataType::BigInt());
  out.AddRow({done.previous, done.rolled_back, done.current});
  return ProcedureAnswer{std::move(out), ""};
}

/// Spark's: `version` is the name of a tag or the number of a snapshot.
Answer ToVersion(const ProcedureCall& call) {
  const auto version = call.arguments.TextIfAny("version");
  const auto tag = call.arguments.TextIfAny("tag");
  const auto id = call.arguments.NumberIfAny("snapshot");
  if (int{version.has_value()} + int{tag.has_value()} + int{id.has_value()} != 1) {
    return InvalidInput(1173, "sys.rollback needs one of version, snapshot and tag");
  }
  if (tag) return ToTag(call, *tag);
  if (id) return ToSnapshot(call, *id);
  const bool digits = version->find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return ToTag(call, *version);
  ARROW_ASSIGN_OR_RAISE(const int64_t number, table::WholeNumber("version", *version));
  return ToSnapshot(call, number);
}

Answer ToWatermark(const ProcedureCall& call) {
  const int64_t watermark = *call.arguments.NumberIfAny("watermark");
  ARROW_ASSIGN_OR_RAISE(const auto snapshot, table::AtOrBeforeWatermark(
                                                 call.table.snapshot_files(), watermark));
  if (!snapshot) {
    return NotFound(4609, "There is no snapshot at or before this watermark:",
                    V("table", call.table.name()), V("watermark", watermark));
  }
  ARROW_RETURN_NOT_OK(table::RollbackTo(call.table, snapshot->id).status());
  return SayResult(call.table,
                   fmt::format("Success roll back to snapshot: {} .", snapshot->id));
}

Answer ToTimestamp(const ProcedureCall& call) {
  ARROW_RETURN_NOT_OK(LatestOf(call.table).status());
  table::TimeTravel at;
  at.timestamp_millis = call.arguments.NumberIfAny("timestamp");
  ARROW_ASSIGN_OR_RAISE(const auto snapshot,
                        table::FindSnapshot(call.table.snapshot_files(), at));
  TARN_CHECK(snapshot.has_value());
  return ToSnapshot(call, snapshot->id);
}

}  // namespace

std::vector<Procedure> RollbackProcedures() {
  constexpr auto kBigInt = ArgumentType::kBigInt;
  const ProcedureArgument tag{.name = "tag"};
  return {
      {"rollback",
       {{.name = "version"}, {.name = "snapshot", .type = kBigInt}, tag},
       ToVersion,
       "Spark's spelling of `rollback_to`; a version is a snapshot's number or a tag"},
      {"rollback_to",
       {tag, {.name = "snapshot_id", .type = kBigInt}},
       To,
       "back to a tag or a snapshot; what came later is gone"},
      {"rollback_to_as_latest",
       {tag, {.name = "snapshot_id", .type = kBigInt}},
       ToAsLatest,
       "the state of a tag or a snapshot once more, as the newest snapshot; nothing is "
       "lost"},
      {"rollback_to_timestamp",
       {{.name = "timestamp", .type = kBigInt, .required = true}},
       ToTimestamp,
       "back to the last snapshot at or before a time, in epoch milliseconds"},
      {"rollback_to_watermark",
       {{.name = "watermark", .type = kBigInt, .required = true}},
       ToWatermark,
       "back to the last snapshot whose watermark is not above; where the first one is "
       "above already, to that one, as in Java"},
  };
}

}  // namespace tarn::sql

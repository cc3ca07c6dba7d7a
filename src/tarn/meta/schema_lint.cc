// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "tarn/meta/schema_checks.h"
#include "tarn/options/field_options.h"

namespace tarn::meta {
namespace {

using types::DataField;

void LintKeys(SchemaExamination* at) {
  for (const options::UnknownKey& unknown : at->options.Unknown()) {
    std::string near;
    for (const std::string& key : unknown.nearest) {
      near += near.empty() ? "Did you mean '" : "' or '";
      near += key;
    }
    at->Warn(
        "W101",
        fmt::format("'{}' is no option of Paimon; it is stored and nothing reads it.",
                    unknown.key),
        near.empty() ? "" : near + "'?", unknown.key);
  }
  for (const std::string& key : at->options.WithoutEffect()) {
    at->Warn("W102", fmt::format("'{}' is stored and has no effect here.", key), "", key);
  }
  for (const auto& [key, value] : at->schema.options) {
    const std::string_view current = options::CurrentKey(key);
    if (current == key) continue;
    at->Warn("W113", fmt::format("'{}' is the old name of '{}'.", key, current), "", key);
  }
}

// `partition.expiration-time` without PARTITIONED BY: accepted by Java without a word.
void LintPartitions(SchemaExamination* at) {
  if (!at->schema.partition_keys.empty()) return;
  std::vector<std::string> keys;
  for (const auto& [key, value] : at->schema.options) {
    if (key.starts_with("partition.") && key != "partition.default-name" &&
        key != "partition.legacy-name") {
      keys.push_back("'" + key + "'");
    }
  }
  if (keys.empty()) return;
  std::string candidate;
  for (const DataField& field : at->schema.fields) {
    if (field.name == "ds" || field.name == "dt" || field.name == "day") {
      candidate = field.name;
    }
  }
  at->Warn(
      "W108",
      fmt::format("{}: the table has no partition columns, so nothing will ever expire "
                  "or be marked.",
                  Joined(keys, ", ")),
      candidate.empty()
          ? "Add PARTITIONED BY, or let rows expire with 'record-level.expire-time' and "
            "'record-level.time-field'."
          : fmt::format("Add PARTITIONED BY ({}).", candidate),
      keys[0].substr(1, keys[0].size() - 2));
}

void LintBuckets(SchemaExamination* at) {
  const std::string bucket = at->Text("bucket");
  if (!at->schema.has_primary_key() || bucket != "-1") return;
  at->Warn(
      "W123",
      fmt::format("Dynamic buckets ('bucket' = '-1'{}) take one writer at a time, and "
                  "ALTER TABLE can never give them a number.",
                  at->schema.options.contains("bucket") ? "" : ", the default"),
      "For several writers choose the number now, for instance 'bucket' = '4', about "
      "1 GB of data each; or postpone the choice with 'bucket' = '-2'.",
      "bucket");
}

void LintReading(SchemaExamination* at) {
  if (!at->schema.has_primary_key()) return;
  const std::string engine = at->MergeEngine();
  const std::string producer = at->Producer();
  if (producer == "none" && engine != "deduplicate") {
    at->Warn("W109",
             fmt::format("With 'changelog-producer' = 'none', the default, a table with "
                         "merge-engine {} cannot be read as a stream.",
                         engine),
             engine == "first-row"
                 ? "Set 'changelog-producer' = 'lookup' if you want to."
                 : "Set 'changelog-producer' to 'lookup' or 'full-compaction' for merged "
                   "rows, 'input' for the records as they were written.",
             "changelog-producer");
  }
  const bool write_only = at->IsTrue("write-only");
  if (write_only && (producer == "lookup" || producer == "full-compaction")) {
    at->Warn(
        "W110",
        fmt::format("With 'write-only' = 'true' the changelog of producer {} is written "
                    "by the compaction job: it is as late as that runs.",
                    producer),
        "Run CALL sys.compact at the pace that readers need.", "write-only");
  }
  if (write_only && at->IsTrue("deletion-vectors.enabled")) {
    at->Warn(
        "W111",
        "With deletion vectors and 'write-only' = 'true' rows are invisible to batch "
        "reads until somebody compacts.",
        "Compact regularly, or set 'deletion-vectors.merge-on-read' = 'true'.",
        "deletion-vectors.enabled");
  }
  if (at->schema.options.contains("snapshot.num-retained.max") &&
      !at->schema.options.contains("snapshot.time-retained")) {
    at->Warn(
        "W112",
        "'snapshot.num-retained.max' is unlimited by default, so this only lowers it; "
        "snapshots still expire after 'snapshot.time-retained', which is 1 hour.",
        "To keep more, raise 'snapshot.time-retained', or tag snapshots.",
        "snapshot.num-retained.max");
  }
}

// The column, where it is all that orders events and tells a time.
std::string LoneClock(const SchemaExamination& at,
                      const std::vector<std::string>& names) {
  if (names.size() != 1) return "";
  const DataField* field = at.FieldOf(names[0]);
  return field != nullptr && IsTemporal(field->type) ? names[0] : "";
}

void WarnOfClocks(SchemaExamination* at, const std::vector<std::string>& clocks,
                  const std::string& key) {
  if (clocks.empty()) return;
  const bool one = clocks.size() == 1;
  at->Warn(
      "W106",
      fmt::format("{} {}: all events of one transaction share {} (PostgreSQL), or those "
                  "of one second (MariaDB), and events with equal clocks replace each "
                  "other in the order in which they arrive.",
                  Joined(clocks, ", "), one ? "is a clock" : "are clocks",
                  one ? "it" : "them"),
      "Order by the place of the event in its source: a STRING column fed from METADATA "
      "FROM 'event-position' of the source table.",
      key, clocks[0]);
}

void LintPartialUpdate(SchemaExamination* at, const options::MergeOptions& merge) {
  if (merge.groups.empty() && !merge.ignore_delete &&
      !merge.partial_update_remove_on_delete) {
    at->Warn(
        "W105",
        "The table has no policy for deletes: a -D record is refused at the door, "
        "because in Paimon a lone one is committed and makes every later read of the "
        "table fail.",
        "Choose one: a sequence group per source clears that source's columns; "
        "'partial-update.remove-record-on-sequence-group' removes the row for one "
        "source; 'partial-update.remove-record-on-delete' = 'true' removes it for all; "
        "'ignore-delete' = 'true' drops deletes.");
  }
  if (merge.partial_update_remove_on_delete && merge.groups.empty()) {
    at->Warn("W116",
             "A delete of any source removes the whole row, with the columns that other "
             "sources wrote.",
             "Per source: sequence groups and "
             "'partial-update.remove-record-on-sequence-group'.",
             "partial-update.remove-record-on-delete");
  }
  if (!merge.remove_on_sequence_group.empty()) {
    at->Warn(
        "W115",
        fmt::format("A row removed by {} comes back when another source writes its key "
                    "again: with the deleted values if nothing was compacted in "
                    "between, empty otherwise.",
                    Joined(merge.remove_on_sequence_group, ", ")),
        "", "partial-update.remove-record-on-sequence-group");
  }
  std::vector<std::string> clocks;
  std::string clock_key;
  for (const options::SequenceGroupOption& group : merge.groups) {
    if (group.ordering == group.columns) continue;
    const std::string clock = LoneClock(*at, group.ordering);
    if (!clock.empty()) {
      clocks.push_back(clock);
      if (clock_key.empty()) clock_key = group.key;
    }
    if (group.ordering.size() == 1 && group.columns.size() == 1 &&
        !SoundsLikeClock(group.ordering[0]) && SoundsLikeClock(group.columns[0])) {
      at->Warn("W117",
               fmt::format("'{}' = '{}' means that the row with the greater {} wins.",
                           group.key, group.columns[0], group.ordering[0]),
               fmt::format("If {} is the clock, write 'fields.{}.sequence-group' = '{}'.",
                           group.columns[0], group.columns[0], group.ordering[0]),
               group.key);
    }
  }
  WarnOfClocks(at, clocks, clock_key);
  if (at->IsTrue(options::kAllowRetractionsIntoAggregates.key)) return;
  std::vector<std::string> sums;
  for (const auto& [column, own] : merge.aggregates) {
    if (own.function != "sum" && own.function != "product") continue;
    if (!merge.ProtectedColumns().contains(column)) continue;
    if (!own.ignore_retract) sums.push_back(column);
  }
  if (sums.empty()) return;
  at->Warn(
      "W107",
      fmt::format("Retractions (-U, -D) into {} are refused at the door: what Paimon "
                  "makes of them in a partial-update table differs from flush to flush.",
                  Joined(sums, ", ")),
      fmt::format("Feed signed +I deltas: +1 for the after image of an event, -1 for the "
                  "before image. '{}' = 'true' forces Paimon's way.",
                  options::kAllowRetractionsIntoAggregates.key),
      "fields." + sums[0] + ".aggregate-function", sums[0]);
}

// A default takes the place of every NULL before rows are merged.
void LintDefaults(SchemaExamination* at) {
  for (const types::DataField& field : at->schema.fields) {
    if (!field.default_value) continue;
    at->Warn("W123",
             fmt::format("Column {} has a default value, which takes the place of every "
                         "NULL that is written: NULL never means that the row has no "
                         "opinion about it.",
                         field.name),
             "Leave the default out where rows write some of the columns.", "",
             field.name);
  }
}

// Options about merging that this engine does not read.
void LintIdleOptions(SchemaExamination* at, const options::MergeOptions& merge) {
  const bool merges =
      merge.merge_engine == "partial-update" || merge.merge_engine == "aggregation";
  for (const auto& [key, value] : at->schema.options) {
    const auto parsed = options::ParseFieldKey(key);
    const bool removes = key.starts_with("partial-update.remove-record");
    if ((parsed && !merges &&
         (parsed->suffix == "sequence-group" || parsed->suffix == "aggregate-function" ||
          parsed->suffix == "ignore-retract")) ||
        (removes && merge.merge_engine != "partial-update")) {
      at->Warn("W119",
               fmt::format("'{}' has no effect with merge-engine {}.", key,
                           merge.merge_engine),
               "", key);
    } else if (parsed && parsed->suffix == "sequence-group" &&
               merge.merge_engine == "aggregation") {
      at->Warn("W119",
               fmt::format("'{}' has no effect with merge-engine aggregation.", key), "",
               key);
    } else if (parsed && parsed->suffix == "ignore-retract" && merges) {
      const std::string& column = parsed->columns[0];
      if (merge.AggregateFunctionOf(column) || merge.merge_engine == "aggregation")
        continue;
      at->Warn(
          "W104",
          fmt::format("'{}' = '{}' does nothing: it speaks about aggregated columns, "
                      "and {} has no aggregate function.",
                      key, value, column),
          fmt::format("To clear {} when its source deletes a row, put it in the "
                      "sequence group of that source.",
                      column),
          key, column);
      at->fixed.options.erase(key);
    }
  }
}

}  // namespace

void LintDefinition(SchemaExamination* at) {
  LintKeys(at);
  LintPartitions(at);
  LintBuckets(at);
  LintReading(at);
  const auto merge = options::ParseMergeOptions(at->schema.options);
  if (!merge.ok() || !at->schema.has_primary_key()) return;
  LintIdleOptions(at, *merge);
  const std::string clock = LoneClock(*at, merge->sequence_fields);
  if (!clock.empty()) WarnOfClocks(at, {clock}, "sequence.field");
  if (merge->merge_engine == "partial-update") {
    LintPartialUpdate(at, *merge);
    LintDefaults(at);
  }
}

void CheckInsertColumns(const types::TableSchema& schema,
                        const std::vector<std::string>& columns,
                        std::vector<Notice>* notices) {
  const auto merge = options::ParseMergeOptions(schema.options);
  if (!merge.ok() || merge->merge_engine != "partial-update") return;
  const auto named = [&](const std::string& column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  for (const options::SequenceGroupOption& group : merge->groups) {
    std::vector<std::string> written, left_out;
    for (const std::string& column : group.columns) {
      if (std::find(group.ordering.begin(), group.ordering.end(), column) !=
          group.ordering.end()) {
        continue;
      }
      (named(column) ? written : left_out).push_back(column);
    }
    const bool clocked = std::any_of(group.ordering.begin(), group.ordering.end(), named);
    const std::string clock = Joined(group.ordering, ", ");
    if (!written.empty() && !clocked) {
      notices->push_back(
          {"TARN-W121",
           fmt::format("The INSERT writes {} without the clock {}: its rows "
                       "leave these columns as they are.",
                       Joined(written, ", "), clock),
           fmt::format("Add {} to the columns.", clock), group.key, clock});
    }
    if (!clocked) continue;
    // Aggregated columns skip a NULL; the others take it.
    std::erase_if(left_out, [&](const std::string& column) {
      return merge->AggregateFunctionOf(column).has_value();
    });
    if (left_out.empty()) continue;
    notices->push_back(
        {"TARN-W122",
         fmt::format("The INSERT sets the clock {} and leaves {} out, which become NULL: "
                     "inside a sequence group a newer record writes its NULLs.",
                     clock, Joined(left_out, ", ")),
         "Write all columns of the group, or give the others a group of their own.",
         group.key, left_out[0]});
  }
}

}  // namespace tarn::meta

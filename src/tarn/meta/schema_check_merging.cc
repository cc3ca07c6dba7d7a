// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/merge/aggregate.h"
#include "tarn/meta/schema_checks.h"
#include "tarn/options/field_options.h"
#include "tarn/options/merge_options.h"

namespace tarn::meta {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

constexpr std::string_view kRemoveOnDelete = "partial-update.remove-record-on-delete";
constexpr std::string_view kRemoveOnGroup =
    "partial-update.remove-record-on-sequence-group";

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A sequence group as it is meant.
struct Group {
  std::vector<std::string> clocks;
  std::vector<std::string> columns;
  std::vector<std::string> keys;  // options it comes from
  bool inverted = false;
};

std::string GroupKey(const Group& group) {
  return fmt::format("fields.{}.sequence-group", Joined(group.clocks, ","));
}

std::string GroupText(const Group& group) {
  return fmt::format("'{}' = '{}'", GroupKey(group), Joined(group.columns, ","));
}

// review_cnt -> reviews_op_ts, open_question_cnt -> questions_op_ts.
std::string ClockNameFor(std::string_view column) {
  for (std::string_view tail : {"_cnt", "_count", "_sum", "_total", "_amount"}) {
    if (column.size() > tail.size() && column.ends_with(tail)) {
      column.remove_suffix(tail.size());
      break;
    }
  }
  const size_t last = column.rfind('_');
  std::string base(last == std::string_view::npos ? column : column.substr(last + 1));
  if (base.empty()) base = "event";
  if (!base.ends_with('s')) base += 's';
  return base + "_op_ts";
}

class MergeChecker {
 public:
  explicit MergeChecker(SchemaExamination* at) : at_(*at) {}

  void Run() {
    CheckNesting();
    const std::string engine = at_.MergeEngine();
    const bool merges = at_.schema.has_primary_key() &&
                        (engine == "partial-update" || engine == "aggregation");
    if (!merges) {
      CheckFieldNames();
      return;
    }
    ReadGroups();
    JudgeGroups();
    WriteGroups();
    CheckFunctions();
    if (engine == "partial-update") CheckPolicies();
    AddClocks();
    CheckFieldNames();
  }

 private:
  // fields.<row>.<member>.<suffix> is dropped silently by old Paimon, refused by 2.0.
  void CheckNesting() {
    for (const auto& [key, value] : at_.schema.options) {
      if (!key.starts_with("fields.")) continue;
      if (std::count(key.begin(), key.end(), '.') < 3) continue;
      const std::string parent = key.substr(7, key.find('.', 7) - 7);
      const DataField* field = at_.FieldOf(parent);
      if (field == nullptr || field->type.root() != TypeRoot::kRow) continue;
      at_.Wrong(kUnknownField,
                fmt::format("Nested-field path is not supported on ROW field '{}': {}.",
                            parent, key),
                "", {key});
    }
  }

  // Every `fields.` key must name columns.
  void CheckFieldNames() {
    for (const auto& [key, value] : at_.schema.options) {
      if (!key.starts_with("fields.") || handled_.contains(key)) continue;
      if (key == "fields.default-aggregate-function") continue;
      const auto parsed = options::ParseFieldKey(key);
      std::vector<std::string> names;
      if (parsed) {
        names = parsed->columns;
      } else {
        names = options::SplitList(key.substr(7, key.find('.', 7) - 7));
      }
      for (const std::string& name : names) {
        if (at_.HasField(name) || added_.contains(name)) continue;
        at_.Wrong(kUnknownField,
                  fmt::format("Field {} can not be found in table schema (option '{}').",
                              name, key),
                  at_.NearestColumns(name), {key});
      }
    }
  }

  void ReadGroups() {
    for (const auto& [key, value] : at_.schema.options) {
      const auto parsed = options::ParseFieldKey(key);
      if (!parsed || parsed->suffix != "sequence-group") continue;
      handled_.insert(key);
      written_.push_back({parsed->columns, options::SplitList(value), {key}, false});
    }
  }

  // How a clock is told from the columns it orders, when the line itself may be wrong.
  bool IsInverted(const Group& line) const {
    if (line.clocks.size() != 1 || line.columns.size() != 1) return false;
    const std::string& key = line.clocks[0];
    const std::string& value = line.columns[0];
    if (key == value || SoundsLikeClock(key)) return false;
    // Several columns with one common value: no clock can stand in two groups.
    int same = 0;
    for (const Group& other : written_) same += other.columns == line.columns;
    const bool value_is_clock = SoundsLikeClock(value);
    if (same > 1 && value_is_clock) return true;
    const DataField* key_field = at_.FieldOf(key);
    const DataField* value_field = at_.FieldOf(value);
    if (key_field == nullptr) return false;
    if (value_field == nullptr) return value_is_clock;
    if (IsTemporal(key_field->type)) return same > 1;
    const bool counts = key_field->type.root() >= TypeRoot::kTinyInt &&
                        key_field->type.root() <= TypeRoot::kBigInt;
    // An integer without a telling name may be a version.
    if (counts) return false;
    return value_is_clock || IsTemporal(value_field->type);
  }

  bool IsSelf(const Group& line) const { return line.clocks == line.columns; }

  // Turn lines round where needed and merge those of one clock, in the order of columns.
  void JudgeGroups() {
    for (const Group& line : written_) {
      if (IsSelf(line)) {
        selves_.push_back(line);
        continue;
      }
      Group meant = line;
      meant.inverted = IsInverted(line);
      if (meant.inverted) std::swap(meant.clocks, meant.columns);
      const auto same = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
        return g.clocks == meant.clocks;
      });
      if (same == groups_.end()) {
        groups_.push_back(std::move(meant));
        continue;
      }
      same->inverted = same->inverted || meant.inverted;
      same->keys.insert(same->keys.end(), meant.keys.begin(), meant.keys.end());
      for (std::string& column : meant.columns)
        same->columns.push_back(std::move(column));
    }
    for (Group& group : groups_) {
      if (!group.inverted) continue;
      std::stable_sort(group.columns.begin(), group.columns.end(),
                       [&](const std::string& a, const std::string& b) {
                         return types::FieldIndex(at_.schema.fields, a) <
                                types::FieldIndex(at_.schema.fields, b);
                       });
    }
    std::stable_sort(groups_.begin(), groups_.end(),
                     [&](const Group& a, const Group& b) { return Place(a) < Place(b); });
    for (const Group& group : groups_) JudgeGroup(group);
    for (const Group& self : selves_) JudgeSelf(self);
  }

  int Place(const Group& group) const {
    int place = INT32_MAX;
    for (const std::string& column : group.columns) {
      const int index = types::FieldIndex(at_.schema.fields, column);
      if (index >= 0) place = std::min(place, index);
    }
    return place;
  }

  void JudgeGroup(const Group& group) {
    if (group.inverted) {
      std::string sentence = fmt::format(
          "The sequence group{} {} the wrong way round: the key names the clock, the "
          "value "
          "the columns that it orders.",
          group.keys.size() > 1 ? "s of" : " of",
          Joined(group.columns, ", ") + (group.keys.size() > 1 ? " are" : " is"));
      if (group.keys.size() == 1 && at_.HasField(group.clocks[0])) {
        sentence += fmt::format(
            " As written the row with the greater {} wins, whatever its {} says.",
            group.columns[0], group.clocks[0]);
      }
      at_.Mended(kInvertedGroup, sentence, "Write " + GroupText(group) + ".", group.keys);
    }
    for (const std::string& clock : group.clocks) {
      clocks_.insert(clock);
      if (at_.IsKey(clock)) PrimaryKeyInGroup(group, clock);
      if (!at_.HasField(clock)) MissingClock(group, clock);
    }
    for (const std::string& column : group.columns) {
      if (at_.IsKey(column)) PrimaryKeyInGroup(group, column);
      const bool own_clock = Contains(group.clocks, column);
      if (!own_clock && protected_.contains(column)) {
        at_.Wrong(kBadGroup,
                  fmt::format("Field {} is defined repeatedly by multiple groups: {}.",
                              column, group.keys[0]),
                  "A column belongs to one clock.", group.keys, column);
      }
      protected_.insert(column);
      const DataField* field = at_.FieldOf(column);
      if (field == nullptr && !own_clock) {
        at_.Wrong(kUnknownField,
                  fmt::format("Field {} can not be found in table schema (option '{}').",
                              column, group.keys[0]),
                  at_.NearestColumns(column), group.keys);
      } else if (field != nullptr && field->type.root() == TypeRoot::kBlob) {
        at_.Wrong(kBadGroup,
                  fmt::format("Column {} is a BLOB and cannot be in a sequence "
                              "group.",
                              column),
                  "", group.keys, column);
      }
    }
  }

  void PrimaryKeyInGroup(const Group& group, const std::string& column) {
    at_.Wrong(kBadGroup,
              fmt::format("The sequence group {} contains the primary key column {}.",
                          group.keys[0], column),
              "Key columns never change: leave them out of groups.", group.keys, column);
  }

  void MissingClock(const Group& group, const std::string& clock) {
    if (!added_.insert(clock).second) return;
    const std::string near = at_.NearestColumns(clock);
    if (!near.empty() && !SoundsLikeClock(clock)) {
      at_.Wrong(kUnknownField,
                fmt::format("Field {} can not be found in table schema (option '{}').",
                            clock, group.keys[0]),
                near, group.keys);
      return;
    }
    clocks_to_add_.push_back({clock, group.columns});
    at_.Mended(
        kUnknownField,
        fmt::format("Field {} can not be found in table schema: the clock of {} has "
                    "no column.",
                    clock, Joined(group.columns, ", ")),
        fmt::format("Add the column {} TIMESTAMP(3), and send it with every record "
                    "of that source.",
                    clock),
        group.keys);
  }

  void JudgeSelf(const Group& self) {
    for (const std::string& clock : self.clocks) {
      if (at_.HasField(clock)) continue;
      const bool known = added_.contains(clock);
      if (!known) {
        at_.Wrong(kUnknownField,
                  fmt::format("Field {} can not be found in table schema (option '{}').",
                              clock, self.keys[0]),
                  at_.NearestColumns(clock), self.keys);
      }
    }
    at_.Warn("W103",
             fmt::format("'{}' orders a column by itself: a clock always follows its own "
                         "group, the line does nothing.",
                         self.keys[0]),
             "Leave it out.", self.keys[0]);
  }

  void WriteGroups() {
    for (const Group& line : written_) at_.fixed.options.erase(line.keys[0]);
    for (const Group& group : groups_) {
      at_.fixed.options[GroupKey(group)] = Joined(group.columns, ",");
    }
    // A group of one's own columns only stays when nothing else says what its clock is.
    for (const Group& self : selves_) {
      const bool grouped =
          std::any_of(groups_.begin(), groups_.end(),
                      [&](const Group& g) { return Contains(g.clocks, self.clocks[0]); });
      if (!grouped && self.clocks.size() > 1) {
        at_.fixed.options[self.keys[0]] = Joined(self.columns, ",");
      }
    }
  }

  void CheckFunctions() {
    const bool partial = at_.MergeEngine() == "partial-update";
    for (const auto& [key, value] : at_.schema.options) {
      const auto parsed = options::ParseFieldKey(key);
      const bool is_default = key == "fields.default-aggregate-function";
      if (!is_default && (!parsed || parsed->suffix != "aggregate-function")) continue;
      const std::string column = is_default ? "" : parsed->columns[0];
      const std::string function = CheckFunctionName(key, value);
      if (is_default || !at_.HasField(column)) continue;
      CheckFunctionType(key, function, *at_.FieldOf(column));
      if (!partial || function == "last_non_null_value") continue;
      if (clocks_.contains(column)) continue;  // a clock is never aggregated
      if (!protected_.contains(column) && !at_.IsKey(column))
        ungrouped_.push_back(column);
    }
    const std::string default_function = at_.Text("fields.default-aggregate-function");
    if (!default_function.empty()) CheckDefaultFunction(default_function, partial);
    if (partial && !default_function.empty() &&
        default_function != "last_non_null_value") {
      for (const DataField& field : at_.schema.fields) {
        const bool covered = at_.IsKey(field.name) || protected_.contains(field.name) ||
                             clocks_.contains(field.name) ||
                             options::FindFieldOption(at_.schema.options, field.name,
                                                      "aggregate-function") != nullptr;
        if (!covered) ungrouped_.push_back(field.name);
      }
    }
    for (const std::string& column : ungrouped_) AggregateWithoutGroup(column);
  }

  // The default function meets every aggregated column without one of its own.
  void CheckDefaultFunction(const std::string& function, bool partial) {
    const std::vector<std::string> sequence =
        options::SplitList(at_.Text("sequence.field"));
    for (const DataField& field : at_.schema.fields) {
      const bool aggregated =
          !at_.IsKey(field.name) &&
          (partial ? protected_.contains(field.name) && !clocks_.contains(field.name)
                   : !Contains(sequence, field.name)) &&
          options::FindFieldOption(at_.schema.options, field.name,
                                   "aggregate-function") == nullptr;
      if (aggregated) {
        CheckFunctionType("fields.default-aggregate-function", function, field);
      }
    }
  }

  std::string CheckFunctionName(const std::string& key, const std::string& value) {
    const auto& functions = merge::AggregateFunctionNames();
    if (std::find(functions.begin(), functions.end(), value) != functions.end()) {
      return value;
    }
    static constexpr std::pair<std::string_view, std::string_view> kMeant[] = {
        {"last_non_null", "last_non_null_value"},
        {"last_not_null", "last_non_null_value"},
        {"last", "last_value"},
        {"first", "first_value"},
        {"first_non_null", "first_non_null_value"},
        {"string_agg", "listagg"},
        {"listAgg", "listagg"},
        {"LISTAGG", "listagg"},
        {"SUM", "sum"},
        {"MAX", "max"},
        {"MIN", "min"}};
    std::string known;
    for (std::string_view name : functions) {
      known += known.empty() ? "" : " ";
      known += name;
    }
    const std::string sentence =
        fmt::format("There is no aggregate function '{}' (option '{}'). There are: {}.",
                    value, key, known);
    for (const auto& [wrong, right] : kMeant) {
      if (wrong != value) continue;
      at_.fixed.options[key] = right;
      at_.Mended(kUnknownAggregate, sentence,
                 fmt::format("Write '{}' = '{}'.", key, right), {key});
      return std::string(right);
    }
    const std::string remedy =
        value == "count" || value == "COUNT"
            ? "To count, sum 1 for every row: 'sum' of a BIGINT column."
            : "";
    at_.Wrong(kUnknownAggregate, sentence, remedy, {key});
    return value;
  }

  void CheckFunctionType(const std::string& key, const std::string& function,
                         const DataField& field) {
    const auto& names = merge::AggregateFunctionNames();
    if (std::find(names.begin(), names.end(), function) == names.end()) return;
    const auto merging = options::ParseMergeOptions(at_.schema.options);
    if (!merging.ok()) return;  // values are checked elsewhere
    const Status status =
        merge::MakeAggregate(field, function, merging->AggregateOptionsOf(field.name))
            .status();
    if (status.ok()) return;
    at_.Wrong(kUnknownAggregate, MessageOf(status), "", {key}, field.name);
    at_.report.problems.back().kind = KindOf(status);
  }

  void AggregateWithoutGroup(const std::string& column) {
    Group group;
    const std::string clock = ClockNameFor(column);
    group.clocks = {clock};
    group.columns = {column};
    const std::string key = "fields." + column + ".aggregate-function";
    const auto present =
        std::find_if(groups_.begin(), groups_.end(),
                     [&](const Group& g) { return g.clocks == group.clocks; });
    if (present != groups_.end()) {
      present->columns.push_back(column);
      group = *present;
    } else {
      groups_.push_back(group);
    }
    at_.fixed.options[GroupKey(group)] = Joined(group.columns, ",");
    protected_.insert(column);
    std::string remedy = fmt::format("Write {}", GroupText(group));
    if (!at_.HasField(clock) && added_.insert(clock).second) {
      clocks_to_add_.push_back({clock, {column}});
      remedy += fmt::format(" and add the column {} TIMESTAMP(3), sent with every record",
                            clock);
    }
    at_.Mended(
        kAggregateWithoutGroup,
        fmt::format("Must use sequence group for aggregation functions but not found "
                    "for field {}.",
                    column),
        remedy + ".", {key}, column);
  }

  void CheckPolicies() {
    const bool on_delete = at_.IsTrue(kRemoveOnDelete);
    const bool ignore = at_.IsTrue("ignore-delete");
    const std::vector<std::string> on_group =
        options::SplitList(at_.Text(kRemoveOnGroup));
    const std::string delete_key(kRemoveOnDelete);
    const std::string group_key(kRemoveOnGroup);
    if (on_delete && !groups_.empty()) {
      at_.fixed.options.erase(delete_key);
      std::string remedy = "Leave it out: a delete then clears the columns of its group";
      if (on_group.empty() && !ignore && !groups_[0].clocks.empty()) {
        const std::string& clock = groups_[0].clocks[0];
        at_.fixed.options[group_key] = clock;
        remedy = fmt::format(
            "Per source: '{}' = '{}' lets deletes of that source remove the row; in the "
            "other "
            "groups a delete clears the columns of its group",
            group_key, clock);
      }
      at_.Mended(
          kDeleteConflict,
          fmt::format("sequence-group and {} have conflicting behavior so should not "
                      "be enabled at the same time; it is also table-wide: a delete "
                      "of any source would remove the whole row.",
                      delete_key),
          remedy + ".", {delete_key});
    } else if (on_delete && ignore) {
      at_.Wrong(
          kDeleteConflict,
          fmt::format("ignore-delete and {} have conflicting behavior so should not "
                      "be enabled at the same time.",
                      delete_key),
          "Keep the one that is meant.", {"ignore-delete", delete_key});
    }
    if (on_group.empty()) return;
    if (ignore) {
      at_.Wrong(
          kDeleteConflict,
          fmt::format("ignore-delete and {} have conflicting behavior so should not "
                      "be enabled at the same time.",
                      group_key),
          "Keep the one that is meant.", {"ignore-delete", group_key});
    }
    for (const std::string& clock : on_group) {
      const bool known = std::any_of(groups_.begin(), groups_.end(), [&](const Group& g) {
        return Contains(g.clocks, clock);
      });
      if (known) continue;
      std::string remedy = "Name the clock of a sequence group.";
      for (const Group& group : groups_) {
        if (Contains(group.columns, clock)) {
          remedy = fmt::format("Its clock is {}.", Joined(group.clocks, ","));
        }
      }
      at_.Wrong(kDeleteConflict,
                fmt::format("field '{}' defined in '{}' option must be part of sequence "
                            "groups.",
                            clock, group_key),
                remedy, {group_key});
    }
  }

  // Each clock stands behind the last column that it orders.
  void AddClocks() {
    for (const auto& [clock, columns] : clocks_to_add_) {
      size_t place = at_.fixed.fields.size();
      for (size_t i = 0; i < at_.fixed.fields.size(); ++i) {
        if (Contains(columns, at_.fixed.fields[i].name)) place = i + 1;
      }
      DataField field;
      field.name = clock;
      field.type = DataType::Timestamp(3);
      at_.fixed.fields.insert(at_.fixed.fields.begin() + static_cast<ptrdiff_t>(place),
                              std::move(field));
    }
  }

  struct NewClock {
    std::string name;
    std::vector<std::string> columns;
  };

  SchemaExamination& at_;
  std::vector<Group> written_;  // as the options say
  std::vector<Group> groups_;   // as they are meant, one per clock
  std::vector<Group> selves_;
  std::set<std::string> handled_;
  std::set<std::string> added_;
  std::vector<NewClock> clocks_to_add_;
  std::set<std::string> protected_;
  std::set<std::string> clocks_;  // the clocks of groups
  std::vector<std::string> ungrouped_;
};

}  // namespace

void CheckMerging(SchemaExamination* examination) {
  MergeChecker(examination).Run();
}

}  // namespace tarn::meta

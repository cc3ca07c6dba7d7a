// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/key_retraction.h"

#include <algorithm>
#include <utility>

#include "tarn/merge/fold.h"
#include "tarn/types/row_kind.h"

namespace tarn::merge {

using types::RowKind;

KeyRetraction::KeyRetraction(const MergeSpec& spec, const MergeOrder& order,
                             const std::vector<GroupClocks>& groups, Outputs outputs)
    : spec_(spec),
      order_(order),
      groups_(groups),
      out_(std::move(outputs)),
      plain_(groups.size()),
      current_(groups.size()) {
  for (int column = 0; column < spec.num_columns(); ++column) {
    if (spec.group_of[column] >= 0 && !CanRetract(spec.aggregates[column])) {
      unretractable_.push_back(column);
    }
  }
}

Status KeyRetraction::Merge(int64_t key) {
  std::fill(plain_.begin(), plain_.end(), -1);
  std::fill(current_.begin(), current_.end(), -1);
  filled_ = met_insert_ = removed_ = false;
  sequence_ = 0;
  for (int32_t entry = order_.starts[key]; entry < order_.starts[key + 1]; ++entry) {
    removed_ = false;  // only the last record decides
    if ((order_.kind[entry] & 1) != 0) {
      ARROW_RETURN_NOT_OK(Retract(entry));
    } else {
      Add(entry);
    }
  }
  const RowKind kind = removed_ || !met_insert_ ? RowKind::kDelete : RowKind::kInsert;
  out_.plan->kinds[key] = static_cast<uint8_t>(kind);
  out_.plan->sequences[key] = sequence_;
  for (size_t group = 0; group < groups_.size(); ++group) {
    (*out_.plain[group])[key] = plain_[group];
    (*out_.clocks[group])[key] = current_[group];
  }
  return Status::OK();
}

void KeyRetraction::Add(int32_t entry) {
  sequence_ = order_.sequence[entry];
  (*out_.free_ops)[entry] = Op::kAdd;
  for (size_t group = 0; group < groups_.size(); ++group) {
    if (!groups_[group].present[entry]) {
      SetOp(group, entry, Op::kSkip);
    } else if (groups_[group].Compare(entry, current_[group]) >= 0) {
      plain_[group] = current_[group] = entry;
      SetOp(group, entry, Op::kAdd);
    } else {
      SetOp(group, entry, Op::kAddReversed);
    }
  }
  met_insert_ = filled_ = true;
}

void KeyRetraction::Reset(int32_t entry) {
  (*out_.free_ops)[entry] = Op::kReset;
  for (size_t group = 0; group < groups_.size(); ++group) {
    plain_[group] = current_[group] = entry;
    SetOp(group, entry, Op::kReset);
  }
  out_.plan->reset_entries.push_back(entry);
}

Status KeyRetraction::Retract(int32_t entry) {
  const bool first = !filled_;
  if (first) {
    Reset(entry);
    filled_ = true;
  } else {
    (*out_.free_ops)[entry] = Op::kSkip;
    for (size_t group = 0; group < groups_.size(); ++group)
      SetOp(group, entry, Op::kSkip);
  }
  if (spec_.ignore_delete) return Status::OK();
  sequence_ = order_.sequence[entry];
  const bool is_delete = order_.kind[entry] == static_cast<uint8_t>(RowKind::kDelete);
  if (!spec_.grouped) {
    if (!spec_.remove_record_on_delete) {
      return InvalidInput(
          1221,
          "By default, Partial update can not accept delete records, you can choose one "
          "of "
          "the following solutions: 1. Configure 'ignore-delete' to ignore delete "
          "records. "
          "2. Configure 'partial-update.remove-record-on-delete' to remove the whole row "
          "when "
          "receiving delete records. 3. Configure 'sequence-group's to retract partial "
          "columns. Also configure 'partial-update.remove-record-on-sequence-group' to "
          "remove "
          "the whole row when receiving deleted records of `specified sequence group`");
    }
    removed_ = is_delete;
    if (is_delete) Reset(entry);
    return Status::OK();
  }
  if (is_delete) {
    ARROW_ASSIGN_OR_RAISE(removed_, Remove(entry));
    if (removed_) return Status::OK();
  }
  for (size_t group = 0; group < groups_.size(); ++group) {
    if (!groups_[group].present[entry]) continue;
    if (groups_[group].Compare(entry, current_[group]) >= 0) {
      current_[group] = entry;
      plain_[group] = -1;
    }
    SetOp(group, entry, first ? Op::kResetRetract : Op::kRetract);
  }
  return Status::OK();
}

/// True if a removing group took the whole row. Java walks the columns as they are read
/// and stops at the group's first clock; an aggregate before it that cannot retract
/// fails.
Result<bool> KeyRetraction::Remove(int32_t entry) {
  int position = spec_.num_columns();
  for (size_t group = 0; group < groups_.size(); ++group) {
    const SequenceGroup& known = spec_.groups[group];
    if (!known.removes_record || !groups_[group].present[entry]) continue;
    if (groups_[group].Compare(entry, current_[group]) < 0) continue;
    for (int clock : known.clocks) position = std::min(position, spec_.positions[clock]);
  }
  if (position == spec_.num_columns()) return false;
  for (int column : unretractable_) {
    if (spec_.positions[column] > position) continue;
    if (groups_[spec_.group_of[column]].present[entry]) {
      return CannotRetract(spec_, column);
    }
  }
  Reset(entry);
  return true;
}

}  // namespace tarn::merge

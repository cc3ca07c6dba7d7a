// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/meta/schema_change.h"
#include "tarn/types/java_key_order.h"

/// The parts of `ApplyChanges`.
namespace tarn::meta::internal {

/// Codes of changes of a schema; the first digit is the kind's.
inline constexpr int kNoSuchColumn = 1432;     ///< the path leads nowhere
inline constexpr int kColumnIsThere = 1433;    ///< a name is taken
inline constexpr int kNotNullAdded = 1434;     ///< a new column has no values yet
inline constexpr int kFrozenOption = 1435;     ///< an option that stays as it is
inline constexpr int kFrozenBucket = 1436;     ///< a number of buckets that stays
inline constexpr int kOneWayOption = 1437;     ///< an option that goes one way only
inline constexpr int kFrozenColumn = 1438;     ///< a key or index column
inline constexpr int kNoColumnLeft = 1439;     ///< the last column stays
inline constexpr int kNoConversion = 1440;     ///< values cannot become the type
inline constexpr int kNullsInTheWay = 1441;    ///< NULL to NOT NULL
inline constexpr int kBadMove = 1442;          ///< a move that leads nowhere
inline constexpr int kKeyHasRows = 1444;       ///< the primary key of a table with rows
inline constexpr int kColumnDirective = 6412;  ///< a comment that means another type

/// Options as they change, with the order in which Java would list them.
struct ChangingOptions {
  std::map<std::string, std::string> values;
  types::JavaKeyOrder order;

  void Put(const std::string& key, const std::string& value) {
    values[key] = value;
    order.Put(key);
  }
  void Remove(const std::string& key) {
    values.erase(key);
    order.Remove(key);
  }
};

std::string JoinedPath(const ColumnPath& path);
Status NoSuchColumn(const ChangeScope& scope, const ColumnPath& path);

/// Change the list of fields that holds the last name of `path`.
Status ChangeMembers(const ChangeScope& scope, const ColumnPath& path,
                     std::vector<types::DataField>* fields,
                     const std::function<Status(std::vector<types::DataField>*,
                                                const std::string&)>& change);
/// Change the field that `path` names; a path that ends at an element or a value names
/// none.
Status ChangeField(const ChangeScope& scope, const ColumnPath& path,
                   std::vector<types::DataField>* fields,
                   const std::function<Status(types::DataField*)>& change);
/// Change the type at `path`, elements and values included.
Status ChangeType(
    const ChangeScope& scope, const ColumnPath& path,
    std::vector<types::DataField>* fields,
    const std::function<Result<types::DataType>(const types::DataType&)>& change);

/// Put `field` where `move` says; absent: last.
Status Insert(const ChangeScope& scope, const std::optional<ColumnMove>& move,
              types::DataField field, std::vector<types::DataField>* fields);
/// Move a field among its neighbours.
Status Move(const ChangeScope& scope, const ColumnMove& move,
            std::vector<types::DataField>* fields);

/// Whether an option may get a new value, or lose its own, once there are snapshots.
Status CheckSet(const std::map<std::string, std::string>& options, const std::string& key,
                const std::string* old_value, const std::string& new_value);
Status CheckReset(const std::map<std::string, std::string>& options,
                  const std::string& key);

/// Write options anew that name renamed top-level columns (Paimon
/// `applyRenameColumnsToOptions`): `bucket-key`, `sequence.field`, and those
/// `fields.<column>.*` that Java knows there.
ChangingOptions WithRenamedColumns(const ChangingOptions& options,
                                   const std::vector<RenameColumnChange>& renames);
/// Take a dropped column out of the options that list or lay out columns of its type.
void ForgetDroppedColumn(const types::DataField& field, ChangingOptions* options);

}  // namespace tarn::meta::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// A table's schema as `schema/schema-<id>` holds it (Paimon `TableSchema`). Immutable
/// once built; shared by many.
struct TableSchema {
  static constexpr int32_t kCurrentVersion = 3;

  int32_t version = kCurrentVersion;
  int64_t id = 0;
  std::vector<DataField> fields;
  int32_t highest_field_id = 0;
  std::vector<std::string> partition_keys;
  std::vector<std::string> primary_keys;
  std::map<std::string, std::string> options;
  /// Option keys in the order of the file that was read, so that `ToJson` gives it back;
  /// other keys follow sorted. Means nothing else.
  std::vector<std::string> option_order;
  std::optional<std::string> comment;
  int64_t time_millis = 0;

  /// Read the JSON of a schema file. Unknown properties are ignored, versions 1 and 2 get
  /// the defaults of their days. Errors: kCorruption naming the property.
  static Result<TableSchema> FromJson(std::string_view json);
  /// Write the JSON as Java does (order of properties, two-space indent, no trailing
  /// newline).
  std::string ToJson() const;

  bool has_primary_key() const { return !primary_keys.empty(); }
  /// Primary key without partition columns, in primary-key order: the key of the LSM
  /// tree.
  std::vector<std::string> TrimmedPrimaryKey() const;
  /// Option `bucket-key`, else the trimmed primary key.
  std::vector<std::string> BucketKeys() const;
  /// Indexes into `fields` of the named columns. Errors: kInvalidInput for an unknown
  /// name.
  Result<std::vector<int>> IndexesOf(const std::vector<std::string>& names) const;
  /// The fields of the named columns, in that order.
  Result<std::vector<DataField>> FieldsOf(const std::vector<std::string>& names) const;
};

/// Give ids to `fields` and all nested fields from one counter as Paimon does at CREATE
/// (`ReassignFieldId`); answers the highest id used.
int32_t AssignFieldIds(std::vector<DataField>* fields, int32_t next_id = 0);

/// Ids and names of the columns that Paimon adds (Paimon `SpecialFields`).
inline constexpr std::string_view kKeyFieldPrefix = "_KEY_";
inline constexpr std::string_view kSequenceNumberName = "_SEQUENCE_NUMBER";
inline constexpr std::string_view kValueKindName = "_VALUE_KIND";
inline constexpr int32_t kKeyFieldIdStart = 1073741823;
inline constexpr int32_t kSequenceNumberId = 2147483646;
inline constexpr int32_t kValueKindId = 2147483645;

}  // namespace tarn::types

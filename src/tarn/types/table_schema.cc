// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/table_schema.h"

#include <algorithm>

#include "tarn/base/units.h"

namespace tarn::types {
namespace {

DataType Renumbered(const DataType& type, int32_t* next_id) {
  switch (type.root()) {
    case TypeRoot::kArray:
      return DataType::Array(Renumbered(type.element(), next_id))
          .WithNullable(type.nullable());
    case TypeRoot::kMultiset:
      return DataType::Multiset(Renumbered(type.element(), next_id))
          .WithNullable(type.nullable());
    case TypeRoot::kVector:
      return DataType::Vector(Renumbered(type.element(), next_id), type.length())
          .WithNullable(type.nullable());
    case TypeRoot::kMap: {
      DataType key = Renumbered(type.key(), next_id);
      DataType value = Renumbered(type.element(), next_id);
      return DataType::Map(std::move(key), std::move(value))
          .WithNullable(type.nullable());
    }
    case TypeRoot::kRow: {
      std::vector<DataField> fields = type.fields();
      for (DataField& field : fields) {
        // Inside a ROW a field's own type is numbered before the field.
        field.type = Renumbered(field.type, next_id);
        field.id = (*next_id)++;
      }
      return DataType::Row(std::move(fields)).WithNullable(type.nullable());
    }
    default:
      return type;
  }
}

}  // namespace

std::vector<std::string> TableSchema::TrimmedPrimaryKey() const {
  std::vector<std::string> trimmed;
  for (const std::string& key : primary_keys) {
    if (std::find(partition_keys.begin(), partition_keys.end(), key) ==
        partition_keys.end()) {
      trimmed.push_back(key);
    }
  }
  return trimmed;
}

std::vector<std::string> TableSchema::BucketKeys() const {
  auto option = options.find("bucket-key");
  if (option == options.end() || base::Trim(option->second).empty()) {
    return TrimmedPrimaryKey();
  }
  // As Java's `split(",")`: no trimming, empty texts at the end are dropped.
  std::vector<std::string> keys;
  std::string_view rest = option->second;
  while (true) {
    const size_t comma = rest.find(',');
    keys.emplace_back(rest.substr(0, comma));
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  while (!keys.empty() && keys.back().empty()) keys.pop_back();
  return keys;
}

Result<std::vector<int>> TableSchema::IndexesOf(
    const std::vector<std::string>& names) const {
  std::vector<int> indexes;
  indexes.reserve(names.size());
  for (const std::string& name : names) {
    const int index = FieldIndex(fields, name);
    if (index < 0) {
      return InvalidInput(1042, "Table has no such column:", V("column", name));
    }
    indexes.push_back(index);
  }
  return indexes;
}

Result<std::vector<DataField>> TableSchema::FieldsOf(
    const std::vector<std::string>& names) const {
  ARROW_ASSIGN_OR_RAISE(std::vector<int> indexes, IndexesOf(names));
  std::vector<DataField> out;
  out.reserve(indexes.size());
  for (int index : indexes) out.push_back(fields[static_cast<size_t>(index)]);
  return out;
}

int32_t AssignFieldIds(std::vector<DataField>* fields, int32_t next_id) {
  for (DataField& field : *fields) {
    field.id = next_id++;
    field.type = Renumbered(field.type, &next_id);
  }
  return next_id - 1;
}

}  // namespace tarn::types

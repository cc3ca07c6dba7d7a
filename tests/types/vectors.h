// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <nlohmann/json.hpp>

#include "tarn/types/table_schema.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"

namespace tarn::types {

/// A column of canonical values, for instance `[1, null]`.
inline std::shared_ptr<arrow::Array> Column(const DataType& type,
                                            const nlohmann::json& values) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& value : values) rows.push_back({{"f", value}});
  return support::BatchFromCanonical(rows, {{.id = 0, .name = "f", .type = type}})
      .ValueOrDie()
      ->column(0);
}
inline std::shared_ptr<arrow::Array> ColumnOf(const DataType& type,
                                              const std::string& json) {
  return Column(type, nlohmann::json::parse(json));
}

/// A type as a schema file spells it: SQL text, or an object for nested ones.
inline DataType TypeOf(const nlohmann::json& type) {
  if (type.is_string()) return ParseAtomicType(type.get<std::string>()).ValueOrDie();
  const nlohmann::json schema = {{"id", 0},
                                 {"fields", {{{"id", 0}, {"name", "f"}, {"type", type}}}},
                                 {"highestFieldId", 0},
                                 {"partitionKeys", nlohmann::json::array()},
                                 {"primaryKeys", nlohmann::json::array()},
                                 {"options", nlohmann::json::object()}};
  return TableSchema::FromJson(schema.dump()).ValueOrDie().fields[0].type;
}

/// One line of a vector file with `types` and `values`: one row.
struct RowVector {
  std::vector<DataType> types;
  arrow::ArrayVector values;
  nlohmann::json line;
};

inline std::vector<nlohmann::json> VectorLines(const std::string& file) {
  std::vector<nlohmann::json> lines;
  const std::string path = support::TestFile("golden/vectors/" + file);
  for (const std::string& text : support::ReadLines(path)) {
    if (!text.empty()) lines.push_back(nlohmann::json::parse(text));
  }
  return lines;
}

inline std::vector<RowVector> RowVectors(const std::string& file) {
  std::vector<RowVector> out;
  for (nlohmann::json& line : VectorLines(file)) {
    RowVector vector;
    for (size_t i = 0; i < line["types"].size(); ++i) {
      vector.types.push_back(TypeOf(line["types"][i]));
      vector.values.push_back(
          Column(vector.types.back(), nlohmann::json::array({line["values"][i]})));
    }
    vector.line = std::move(line);
    out.push_back(std::move(vector));
  }
  return out;
}

}  // namespace tarn::types

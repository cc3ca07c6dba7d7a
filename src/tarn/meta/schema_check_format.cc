// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tarn/base/units.h"
#include "tarn/meta/schema_checks.h"

namespace tarn::meta {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

bool IsInstant(const DataType& type) {
  return type.root() == TypeRoot::kTimestamp ||
         type.root() == TypeRoot::kLocalZonedTimestamp;
}

/// Why Avro cannot hold `type` at some depth, or "" (Paimon `AvroSchemaConverter`).
std::string AvroLacks(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return type.precision() > 6 ? "timestamp precision up to 6" : "";
    case TypeRoot::kTime:
      return type.precision() > 3 ? "time precision up to 3" : "";
    case TypeRoot::kVariant:
      return "no variants";
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
    case TypeRoot::kVector:
      return AvroLacks(type.element());
    case TypeRoot::kMap: {
      std::string key = AvroLacks(type.key());
      return key.empty() ? AvroLacks(type.element()) : key;
    }
    case TypeRoot::kRow:
      for (const DataField& field : type.fields()) {
        std::string lack = AvroLacks(field.type);
        if (!lack.empty()) return lack;
      }
      return "";
    default:
      return "";
  }
}

/// Paimon `CsvFileFormat`, `JsonFileFormat`.
bool TextHolds(const std::string& format, const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kMultiset:
    case TypeRoot::kVariant:
    case TypeRoot::kBlob:
      return false;
    case TypeRoot::kArray:
    case TypeRoot::kVector:
    case TypeRoot::kMap:
    case TypeRoot::kRow:
      return format == "json";
    default:
      return true;
  }
}

}  // namespace

void CheckFormats(SchemaExamination* at) {
  const std::string format = base::ToLower(at->Text("file.format"));
  // Of levels Java looks at the timestamps alone: `0:avro,5:parquet`.
  bool avro_level = false;
  for (const std::string& part : options::SplitList(at->Text("file.format.per.level"))) {
    avro_level |= base::ToLower(part).ends_with(":avro");
  }
  for (const DataField& field : at->schema.fields) {
    std::string lack;
    std::string key = "file.format";
    if (format == "avro") lack = AvroLacks(field.type);
    if (lack.empty() && avro_level && IsInstant(field.type)) {
      lack = AvroLacks(field.type);
      key = "file.format.per.level";
    }
    if (!lack.empty()) {
      at->Wrong(kBadFormat,
                fmt::format("Avro supports {}: column {} is {}.", lack, field.name,
                            field.type.ToString()),
                lack.ends_with("variants")
                    ? "Use parquet."
                    : "Lower the precision, or use parquet or orc.",
                {key}, field.name);
    }
    if ((format == "csv" || format == "json") && !TextHolds(format, field.type)) {
      at->Wrong(kBadFormat,
                fmt::format("Files of format {} cannot hold column {}, which is {}.",
                            format, field.name, field.type.ToString()),
                "Use parquet, orc or avro.", {"file.format"}, field.name);
    }
  }
}

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_row_schema.h"

#include <set>

#include <fmt/format.h>

namespace tarn::format {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

Status CheckName(const std::string& name) {
  bool good = !name.empty() && IsNameStart(name[0]);
  for (char c : name) {
    if (static_cast<signed char>(c) < 0) {
      return Unsupported(
          6553, "Column names outside ASCII are not written to Avro:", V("column", name));
    }
    good &= IsNameStart(c) || (c >= '0' && c <= '9');
  }
  if (good) return Status::OK();
  return InvalidInput(1550,
                      "Avro does not allow the name of this column:", V("column", name));
}

class SchemaText {
 public:
  /// The schema of `type` with its nullability. \param name what a record is called
  Result<std::string> Of(const DataType& type, const std::string& name) {
    ARROW_ASSIGN_OR_RAISE(std::string text, NotNullOf(type, name));
    if (!type.nullable()) return text;
    return fmt::format(R"(["null",{}])", text);
  }

  Result<std::string> RecordOf(const std::vector<DataField>& fields,
                               const std::string& name, std::string_view space) {
    if (!names_.insert(name).second) {
      return Unsupported(6554, "Nested rows of the same name are not written to Avro:",
                         V("record", name));
    }
    std::string members;
    for (const DataField& field : fields) {
      ARROW_RETURN_NOT_OK(CheckName(field.name));
      ARROW_ASSIGN_OR_RAISE(const std::string type,
                            Of(field.type, name + "_" + field.name));
      members += MemberOf(field.name, type, field.type.nullable(), members.empty());
    }
    return fmt::format(R"({{"type":"record","name":"{}",{}"fields":[{}]}})", name, space,
                       members);
  }

 private:
  static std::string MemberOf(std::string_view name, std::string_view type,
                              bool default_null, bool first) {
    return fmt::format(R"({}{{"name":"{}","type":{}{}}})", first ? "" : ",", name, type,
                       default_null ? R"(,"default":null)" : "");
  }

  static Result<std::string> Instant(const DataType& type, std::string_view prefix) {
    if (type.precision() > 6) {
      return InvalidInput(
          1551, "Avro supports timestamp precision up to 6:", V("type", type.ToString()));
    }
    return fmt::format(R"({{"type":"long","logicalType":"{}timestamp-{}"}})", prefix,
                       type.precision() <= 3 ? "millis" : "micros");
  }

  Result<std::string> NotNullOf(const DataType& type, const std::string& name) {
    switch (type.root()) {
      case TypeRoot::kBoolean:
        return R"("boolean")";
      case TypeRoot::kTinyInt:
      case TypeRoot::kSmallInt:
      case TypeRoot::kInt:
        return R"("int")";
      case TypeRoot::kBigInt:
        return R"("long")";
      case TypeRoot::kFloat:
        return R"("float")";
      case TypeRoot::kDouble:
        return R"("double")";
      case TypeRoot::kChar:
      case TypeRoot::kVarChar:
        return R"("string")";
      case TypeRoot::kBinary:
      case TypeRoot::kVarBinary:
        return R"("bytes")";
      case TypeRoot::kTimestamp:
        return Instant(type, "");
      case TypeRoot::kLocalZonedTimestamp:
        return Instant(type, "local-");
      case TypeRoot::kDate:
        return R"({"type":"int","logicalType":"date"})";
      case TypeRoot::kTime:
        if (type.precision() > 3) break;
        return R"({"type":"int","logicalType":"time-millis"})";
      case TypeRoot::kDecimal:
        return fmt::format(
            R"({{"type":"bytes","logicalType":"decimal","precision":{},"scale":{}}})",
            type.precision(), type.scale());
      case TypeRoot::kRow:
        return RecordOf(type.fields(), name, "");
      case TypeRoot::kMap:
        return MapOf(type.key(), type.element(), name);
      case TypeRoot::kMultiset:
        // Java makes a schema for the others and then fails to write a row.
        if (!type.element().IsString()) break;
        return MapOf(type.element(), DataType::Int(), name);
      case TypeRoot::kArray: {
        ARROW_ASSIGN_OR_RAISE(const std::string items, Of(type.element(), name));
        return fmt::format(R"({{"type":"array","items":{}}})", items);
      }
      default:
        break;
    }
    return InvalidInput(1552,
                        "Type cannot be written to Avro:", V("type", type.ToString()));
  }

  Result<std::string> MapOf(const DataType& key, const DataType& value,
                            const std::string& name) {
    if (key.IsString()) {
      ARROW_ASSIGN_OR_RAISE(const std::string values, Of(value, name));
      return fmt::format(R"({{"type":"map","values":{}}})", values);
    }
    if (!names_.insert(name).second) {
      return Unsupported(6554, "Nested rows of the same name are not written to Avro:",
                         V("record", name));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string key_text, Of(key, name + "_key"));
    ARROW_ASSIGN_OR_RAISE(const std::string value_text, Of(value, name + "_value"));
    return fmt::format(
        R"({{"type":"array","items":{{"type":"record","name":"{}","fields":[{}{}]}},)"
        R"("logicalType":"map"}})",
        name, MemberOf("key", key_text, false, true),
        MemberOf("value", value_text, value.nullable(), false));
  }

  std::set<std::string> names_;
};

}  // namespace

Result<std::string> AvroSchemaOf(const std::vector<DataField>& fields) {
  return SchemaText().RecordOf(fields, "record",
                               R"("namespace":"org.apache.paimon.avro.generated",)");
}

}  // namespace tarn::format

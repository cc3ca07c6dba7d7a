// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "tarn/base/json_writer.h"
#include "tarn/types/table_schema.h"

namespace tarn::types {
namespace {

using Json = nlohmann::ordered_json;

/// Deeper types are refused: Parquet and Java's own stack end long before.
constexpr int kTypeDepthMax = 64;
/// What such types need: a ROW in a ROW stands three levels below it.
constexpr int kJsonDepthMax = 3 * kTypeDepthMax + 8;

Status BadProperty(std::string_view name, std::string_view wanted) {
  return Corruption(7041,
                    "Schema file has a missing or wrong property:", V("property", name),
                    V("wanted", wanted));
}

/// The property `name` if it is there and not null.
const Json* Find(const Json& object, const char* name) {
  auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<int64_t> IntegerOf(const Json& object, const char* name, int64_t min,
                          int64_t max) {
  const Json* value = Find(object, name);
  if (value == nullptr || !value->is_number_integer()) {
    return BadProperty(name, "an integer");
  }
  const bool huge = value->is_number_unsigned() &&
                    value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (huge || value->get<int64_t>() < min || value->get<int64_t>() > max) {
    return BadProperty(name, fmt::format("an integer in {} to {}", min, max));
  }
  return value->get<int64_t>();
}

Result<std::string> TextOf(const Json& object, const char* name) {
  const Json* value = Find(object, name);
  if (value == nullptr || !value->is_string()) return BadProperty(name, "text");
  return value->get<std::string>();
}

Result<std::vector<std::string>> TextsOf(const Json& object, const char* name) {
  const Json* value = Find(object, name);
  if (value == nullptr || !value->is_array()) return BadProperty(name, "a list of texts");
  std::vector<std::string> out;
  for (const Json& item : *value) {
    if (!item.is_string()) return BadProperty(name, "a list of texts");
    out.push_back(item.get<std::string>());
  }
  return out;
}

/// Java prints option values with `asText()`: numbers and booleans may stand there, too.
Result<std::string> OptionText(const std::string& key, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return BadProperty("options." + key, "text");
}

Result<DataField> ReadField(const Json& json, int depth);

Result<std::vector<DataField>> ReadFields(const Json& object, int depth) {
  const Json* list = Find(object, "fields");
  if (list == nullptr || !list->is_array()) return BadProperty("fields", "a list");
  std::vector<DataField> fields;
  for (const Json& item : *list) {
    ARROW_ASSIGN_OR_RAISE(DataField field, ReadField(item, depth));
    fields.push_back(std::move(field));
  }
  return fields;
}

Result<DataType> ReadType(const Json& object, const char* name, int depth) {
  if (depth > kTypeDepthMax) return BadProperty(name, "a type of bounded depth");
  const Json* json = Find(object, name);
  if (json == nullptr) return BadProperty(name, "a type");
  if (json->is_string()) {
    auto type = ParseAtomicType(json->get<std::string>());
    if (!type.ok()) {
      return Corruption(
          7042, "Schema file has an unknown type:", V("text", json->get<std::string>()),
          V("because", MessageOf(type.status())));
    }
    return type;
  }
  if (!json->is_object()) return BadProperty(name, "a type");
  ARROW_ASSIGN_OR_RAISE(const std::string root, TextOf(*json, "type"));
  const bool nullable = root.find("NOT NULL") == std::string::npos;
  if (root.starts_with("ARRAY") || root.starts_with("MULTISET") ||
      root.starts_with("VECTOR")) {
    ARROW_ASSIGN_OR_RAISE(DataType element, ReadType(*json, "element", depth + 1));
    if (root.starts_with("ARRAY")) {
      return DataType::Array(std::move(element)).WithNullable(nullable);
    }
    if (root.starts_with("MULTISET")) {
      return DataType::Multiset(std::move(element)).WithNullable(nullable);
    }
    ARROW_ASSIGN_OR_RAISE(int64_t length, IntegerOf(*json, "length", 1, kMaxLength));
    return DataType::Vector(std::move(element), static_cast<int32_t>(length))
        .WithNullable(nullable);
  }
  if (root.starts_with("MAP")) {
    ARROW_ASSIGN_OR_RAISE(DataType key, ReadType(*json, "key", depth + 1));
    ARROW_ASSIGN_OR_RAISE(DataType value, ReadType(*json, "value", depth + 1));
    return DataType::Map(std::move(key), std::move(value)).WithNullable(nullable);
  }
  if (root.starts_with("ROW")) {
    ARROW_ASSIGN_OR_RAISE(auto fields, ReadFields(*json, depth + 1));
    return DataType::Row(std::move(fields)).WithNullable(nullable);
  }
  return Corruption(7042, "Schema file has an unknown type:", V("text", root),
                    V("because", "the root is not known"));
}

Result<DataField> ReadField(const Json& json, int depth) {
  if (!json.is_object()) return BadProperty("fields", "a list of objects");
  DataField field;
  ARROW_ASSIGN_OR_RAISE(int64_t id, IntegerOf(json, "id", 0, INT32_MAX));
  field.id = static_cast<int32_t>(id);
  ARROW_ASSIGN_OR_RAISE(field.name, TextOf(json, "name"));
  ARROW_ASSIGN_OR_RAISE(field.type, ReadType(json, "type", depth));
  if (Find(json, "description") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(field.description, TextOf(json, "description"));
  }
  if (Find(json, "defaultValue") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(field.default_value, TextOf(json, "defaultValue"));
  }
  return field;
}

Status CheckFieldNames(const TableSchema& schema) {
  std::set<std::string_view> names;
  for (const DataField& field : schema.fields) {
    if (!names.insert(field.name).second) {
      return Corruption(7043,
                        "Schema file names a column twice:", V("column", field.name));
    }
  }
  for (const auto* keys : {&schema.partition_keys, &schema.primary_keys}) {
    for (const std::string& key : *keys) {
      if (names.count(key) == 0) {
        return Corruption(7044,
                          "Schema file has a key that is no column:", V("column", key));
      }
    }
  }
  return Status::OK();
}

void WriteField(const DataField& field, base::JsonWriter* writer);

void WriteType(const DataType& type, base::JsonWriter* writer) {
  if (!type.IsNested() || type.root() == TypeRoot::kVariant) {
    writer->String(type.ToString());
    return;
  }
  auto begin = [&](std::string_view root) {
    writer->BeginObject().Key("type");
    writer->String(type.nullable() ? std::string(root) : std::string(root) + " NOT NULL");
  };
  switch (type.root()) {
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      begin(type.root() == TypeRoot::kArray ? "ARRAY" : "MULTISET");
      writer->Key("element");
      WriteType(type.element(), writer);
      break;
    case TypeRoot::kVector:
      begin("VECTOR");
      writer->Key("element");
      WriteType(type.element(), writer);
      writer->Key("length").Int(type.length());
      break;
    case TypeRoot::kMap:
      begin("MAP");
      writer->Key("key");
      WriteType(type.key(), writer);
      writer->Key("value");
      WriteType(type.element(), writer);
      break;
    default:
      begin("ROW");
      writer->Key("fields").BeginArray();
      for (const DataField& field : type.fields()) WriteField(field, writer);
      writer->EndArray();
  }
  writer->EndObject();
}

void WriteField(const DataField& field, base::JsonWriter* writer) {
  writer->BeginObject();
  writer->Key("id").Int(field.id);
  writer->Key("name").String(field.name);
  writer->Key("type");
  WriteType(field.type, writer);
  if (field.description) writer->Key("description").String(*field.description);
  if (field.default_value) writer->Key("defaultValue").String(*field.default_value);
  writer->EndObject();
}

void WriteTexts(std::string_view name, const std::vector<std::string>& texts,
                base::JsonWriter* writer) {
  writer->Key(name).BeginArray();
  for (const std::string& text : texts) writer->String(text);
  writer->EndArray();
}

}  // namespace

Result<TableSchema> TableSchema::FromJson(std::string_view text) {
  if (base::JsonIsDeeperThan(text, kJsonDepthMax)) {
    return Corruption(7053,
                      "Schema file is nested too deeply:", V("depth_max", kJsonDepthMax));
  }
  const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return Corruption(7040, "Schema file is not a JSON object");
  TableSchema schema;
  schema.version = 1;
  if (Find(json, "version") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(int64_t version, IntegerOf(json, "version", 1, INT32_MAX));
    schema.version = static_cast<int32_t>(version);
  }
  ARROW_ASSIGN_OR_RAISE(schema.id, IntegerOf(json, "id", 0, INT64_MAX));
  ARROW_ASSIGN_OR_RAISE(schema.fields, ReadFields(json, 0));
  ARROW_ASSIGN_OR_RAISE(int64_t highest,
                        IntegerOf(json, "highestFieldId", -1, INT32_MAX));
  schema.highest_field_id = static_cast<int32_t>(highest);
  ARROW_ASSIGN_OR_RAISE(schema.partition_keys, TextsOf(json, "partitionKeys"));
  ARROW_ASSIGN_OR_RAISE(schema.primary_keys, TextsOf(json, "primaryKeys"));
  const Json* options = Find(json, "options");
  if (options == nullptr || !options->is_object()) {
    return BadProperty("options", "an object");
  }
  for (const auto& [key, value] : options->items()) {
    ARROW_ASSIGN_OR_RAISE(std::string option, OptionText(key, value));
    schema.options[key] = std::move(option);
    schema.option_order.push_back(key);
  }
  // The defaults of the days in which versions 1 and 2 were written.
  if (schema.version <= 1) schema.options.emplace("bucket", "1");
  if (schema.version <= 2) schema.options.emplace("file.format", "orc");
  if (Find(json, "comment") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(schema.comment, TextOf(json, "comment"));
  }
  if (Find(json, "timeMillis") != nullptr) {
    ARROW_ASSIGN_OR_RAISE(schema.time_millis,
                          IntegerOf(json, "timeMillis", INT64_MIN, INT64_MAX));
  }
  ARROW_RETURN_NOT_OK(CheckFieldNames(schema));
  return schema;
}

std::string TableSchema::ToJson() const {
  base::JsonWriter writer;
  writer.BeginObject();
  writer.Key("version").Int(version);
  writer.Key("id").Int(id);
  writer.Key("fields").BeginArray();
  for (const DataField& field : fields) WriteField(field, &writer);
  writer.EndArray();
  writer.Key("highestFieldId").Int(highest_field_id);
  WriteTexts("partitionKeys", partition_keys, &writer);
  WriteTexts("primaryKeys", primary_keys, &writer);
  writer.Key("options").BeginObject();
  std::set<std::string_view> written;
  for (const std::string& key : option_order) {
    auto option = options.find(key);
    if (option == options.end() || !written.insert(key).second) continue;
    writer.Key(key).String(option->second);
  }
  for (const auto& [key, value] : options) {
    if (written.count(key) == 0) writer.Key(key).String(value);
  }
  writer.EndObject();
  if (comment) writer.Key("comment").String(*comment);
  writer.Key("timeMillis").Int(time_millis);
  writer.EndObject();
  return writer.Take();
}

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_schema.h"

#include <arrow/util/macros.h>
#include <nlohmann/json.hpp>

namespace tarn::format {
namespace {

using nlohmann::json;

constexpr int kSchemaDepthMax = 64;
constexpr size_t kSchemaBytesMax = size_t{16} << 20;

constexpr std::pair<std::string_view, AvroKind> kPrimitives[] = {
    {"null", AvroKind::kNull},   {"boolean", AvroKind::kBoolean},
    {"int", AvroKind::kInt},     {"long", AvroKind::kLong},
    {"float", AvroKind::kFloat}, {"double", AvroKind::kDouble},
    {"bytes", AvroKind::kBytes}, {"string", AvroKind::kString},
};

Status Broken(std::string_view why) {
  return Corruption(7401, "Avro schema cannot be understood:", V("reason", why));
}

std::string StringOf(const json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

int64_t IntegerOf(const json& object, const char* key, int64_t otherwise) {
  auto it = object.find(key);
  if (it == object.end() || !it->is_number_integer()) return otherwise;
  return it->get<int64_t>();
}

}  // namespace

int AvroNode::FieldIndex(std::string_view field_name) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == field_name) return static_cast<int>(i);
  }
  return -1;
}

std::vector<int> AvroNode::MatchFields(std::span<const std::string_view> names) const {
  std::vector<int> positions(fields.size(), -1);
  for (size_t i = 0; i < fields.size(); ++i) {
    for (size_t j = 0; j < names.size(); ++j) {
      if (names[j] == fields[i].name) positions[i] = static_cast<int>(j);
    }
  }
  return positions;
}

/// Turns the JSON into nodes; remembers named types for later references.
class AvroSchemaParser {
 public:
  explicit AvroSchemaParser(AvroSchema* schema) : schema_(schema) {}

  Result<const AvroNode*> Walk(const json& value, const std::string& space, int depth) {
    if (depth > kSchemaDepthMax) return Broken("nested too deeply");
    if (value.is_string()) return Named(value.get<std::string>(), space);
    if (value.is_array()) return Union(value, space, depth);
    if (!value.is_object()) return Broken("a type is neither text, list nor object");
    auto type = value.find("type");
    if (type == value.end()) return Broken("an object without a type");
    // {"type": {...}} and {"type": [...]} only wrap.
    if (!type->is_string()) return Walk(*type, space, depth + 1);
    const std::string text = type->get<std::string>();
    if (text == "record" || text == "error") return Record(value, space, depth);
    if (text == "enum" || text == "fixed") return EnumOrFixed(value, text, space);
    if (text == "array" || text == "map") return Collection(value, text, space, depth);
    return Primitive(value, text, space);
  }

 private:
  AvroNode* NewNode(AvroKind kind) {
    schema_->nodes_.push_back(std::make_unique<AvroNode>());
    schema_->nodes_.back()->kind = kind;
    return schema_->nodes_.back().get();
  }

  Result<const AvroNode*> Named(const std::string& text, const std::string& space) {
    for (const auto& [name, kind] : kPrimitives) {
      if (name == text) return NewNode(kind);
    }
    auto it = named_.find(text);
    if (it == named_.end()) it = named_.find(space + "." + text);
    if (it == named_.end()) return Broken("unknown type " + text.substr(0, 100));
    return it->second;
  }

  Result<const AvroNode*> Primitive(const json& value, const std::string& text,
                                    const std::string& space) {
    for (const auto& [name, kind] : kPrimitives) {
      if (name != text) continue;
      AvroNode* node = NewNode(kind);
      AddLogicalType(value, node);
      return node;
    }
    return Named(text, space);
  }

  void AddLogicalType(const json& value, AvroNode* node) {
    node->logical_type = StringOf(value, "logicalType");
    node->precision = static_cast<int32_t>(IntegerOf(value, "precision", 0));
    node->scale = static_cast<int32_t>(IntegerOf(value, "scale", 0));
  }

  Result<const AvroNode*> Union(const json& value, const std::string& space, int depth) {
    AvroNode* node = NewNode(AvroKind::kUnion);
    if (value.empty()) return Broken("an empty union");
    for (const json& branch : value) {
      ARROW_ASSIGN_OR_RAISE(const AvroNode* item, Walk(branch, space, depth + 1));
      if (item->kind == AvroKind::kUnion) return Broken("a union in a union");
      node->items.push_back(item);
    }
    return node;
  }

  Result<const AvroNode*> Collection(const json& value, const std::string& text,
                                     const std::string& space, int depth) {
    AvroNode* node = NewNode(text == "array" ? AvroKind::kArray : AvroKind::kMap);
    auto items = value.find(text == "array" ? "items" : "values");
    if (items == value.end()) return Broken("a collection without items");
    ARROW_ASSIGN_OR_RAISE(const AvroNode* item, Walk(*items, space, depth + 1));
    node->items.push_back(item);
    AddLogicalType(value, node);
    return node;
  }

  /// Register `node` under its full name; answers the namespace for what it contains.
  Result<std::string> Register(const json& value, const std::string& space,
                               AvroNode* node) {
    std::string name = StringOf(value, "name");
    if (name.empty()) return Broken("a named type without a name");
    std::string own_space = space;
    if (auto dot = name.rfind('.'); dot != std::string::npos) {
      own_space = name.substr(0, dot);
      node->name = name;
    } else {
      if (value.contains("namespace")) own_space = StringOf(value, "namespace");
      node->name = own_space.empty() ? name : own_space + "." + name;
    }
    if (!named_.emplace(node->name, node).second) return Broken("a name defined twice");
    return own_space;
  }

  Result<const AvroNode*> EnumOrFixed(const json& value, const std::string& text,
                                      const std::string& space) {
    AvroNode* node = NewNode(text == "enum" ? AvroKind::kEnum : AvroKind::kFixed);
    ARROW_RETURN_NOT_OK(Register(value, space, node));
    AddLogicalType(value, node);
    if (node->kind == AvroKind::kFixed) {
      node->fixed_bytes = IntegerOf(value, "size", -1);
      if (node->fixed_bytes < 0) return Broken("a fixed without a size");
      return node;
    }
    auto symbols = value.find("symbols");
    if (symbols == value.end() || !symbols->is_array())
      return Broken("an enum without symbols");
    for (const json& symbol : *symbols) {
      if (!symbol.is_string()) return Broken("an enum symbol that is no text");
      node->symbols.push_back(symbol.get<std::string>());
    }
    return node;
  }

  Result<const AvroNode*> Record(const json& value, const std::string& space, int depth) {
    AvroNode* node = NewNode(AvroKind::kRecord);
    ARROW_ASSIGN_OR_RAISE(const std::string own_space, Register(value, space, node));
    auto fields = value.find("fields");
    if (fields == value.end() || !fields->is_array())
      return Broken("a record without fields");
    for (const json& field : *fields) {
      if (!field.is_object() || !field.contains("type"))
        return Broken("a field without a type");
      AvroField out;
      out.name = StringOf(field, "name");
      if (out.name.empty()) return Broken("a field without a name");
      ARROW_ASSIGN_OR_RAISE(out.type, Walk(field["type"], own_space, depth + 1));
      node->fields.push_back(std::move(out));
    }
    return node;
  }

  AvroSchema* schema_;
  std::map<std::string, const AvroNode*, std::less<>> named_;
};

Result<std::shared_ptr<const AvroSchema>> AvroSchema::Parse(std::string_view text) {
  if (text.size() > kSchemaBytesMax) return Broken("larger than 16 MiB");
  const nlohmann::json value =
      nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return Broken("not JSON");
  std::shared_ptr<AvroSchema> schema(new AvroSchema());
  schema->json_ = std::string(text);
  AvroSchemaParser parser(schema.get());
  ARROW_ASSIGN_OR_RAISE(schema->root_, parser.Walk(value, "", 0));
  return std::shared_ptr<const AvroSchema>(std::move(schema));
}

}  // namespace tarn::format

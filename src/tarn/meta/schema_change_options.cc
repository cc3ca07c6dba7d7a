// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "tarn/base/units.h"
#include "tarn/meta/schema_changes.h"
#include "tarn/options/options.h"

namespace tarn::meta::internal {
namespace {

using types::DataType;
using types::TypeRoot;

constexpr std::string_view kClusteringColumns = "clustering.columns";
constexpr std::string_view kClusteringOverride = "pk-clustering-override";

bool IsTrue(const std::string* text) {
  std::string lower = text == nullptr ? "" : *text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower == "true";
}

const std::string* Find(const std::map<std::string, std::string>& options,
                        std::string_view key) {
  const auto at = options.find(std::string(key));
  return at == options.end() ? nullptr : &at->second;
}

bool IsImmutable(const std::string& key) {
  const options::OptionRow* row = options::FindOption(key);
  return row != nullptr && row->key == key &&
         row->mutability == options::Mutability::kImmutable;
}

Status Frozen(const std::string& key) {
  return InvalidInput(kFrozenOption, "An option of a table with snapshots cannot change:",
                      V("option", key));
}

Status CheckBucket(const std::string* old_value, const std::string& new_value) {
  const auto number = [](const std::string& text, int32_t* out) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), *out);
    return error == std::errc() && end == text.data() + text.size();
  };
  int32_t before = -1;
  int32_t after = 0;
  if (!number(new_value, &after) || (old_value && !number(*old_value, &before))) {
    return InvalidInput(kFrozenBucket, "The number of buckets is a whole number:",
                        V("bucket", new_value));
  }
  if (before != -1 && after != -1) return Status::OK();
  return InvalidInput(kFrozenBucket,
                      "The number of buckets of a table with snapshots cannot change "
                      "from or to -1:",
                      V("from", before), V("to", after));
}

// Java's `split(",")`: no trimming, empty texts at the end are dropped.
std::vector<std::string> SplitAsJava(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const size_t comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  while (out.size() > 1 && out.back().empty()) out.pop_back();
  return out;
}

using Renames = std::map<std::string, std::string>;

std::string Renamed(std::string_view list, const Renames& renames) {
  std::string out;
  bool first = true;
  for (const std::string& name : SplitAsJava(list)) {
    const auto at = renames.find(name);
    if (!first) out += ',';
    first = false;
    out += at == renames.end() ? name : at->second;
  }
  return out;
}

void RemoveFromList(std::string_view key, const std::string& column,
                    ChangingOptions* options) {
  const std::string* list = Find(options->values, key);
  if (list == nullptr || list->empty()) return;
  std::string rest;
  for (const std::string& name : options::SplitList(*list)) {
    if (name != column) rest += (rest.empty() ? "" : ",") + name;
  }
  if (rest.empty()) {
    options->Remove(std::string(key));
  } else {
    options->Put(std::string(key), rest);
  }
}

bool HoldsBlobs(const DataType& type) {
  return type.root() == TypeRoot::kBlob ||
         ((type.root() == TypeRoot::kArray || type.root() == TypeRoot::kMap) &&
          type.element().root() == TypeRoot::kBlob);
}

}  // namespace

Status CheckSet(const std::map<std::string, std::string>& options, const std::string& key,
                const std::string* old_value, const std::string& new_value) {
  if (IsImmutable(key)) return Frozen(key);
  if (key == "bucket") return CheckBucket(old_value, new_value);
  if (key == "deletion-vectors.enabled" &&
      !IsTrue(Find(options, "deletion-vectors.modifiable")) &&
      IsTrue(old_value) != IsTrue(&new_value)) {
    return InvalidInput(
        kOneWayOption,
        "Deletion vectors of a table with snapshots cannot be switched on or off: "
        "without a full compaction rows may come twice. 'deletion-vectors.modifiable' = "
        "'true' allows it:",
        V("option", key), V("value", new_value));
  }
  if ((key == "ignore-delete" || key == "ignore-update-before") && IsTrue(old_value) &&
      !IsTrue(&new_value)) {
    return InvalidInput(kOneWayOption,
                        "An option cannot change from true to false:", V("option", key));
  }
  if (key == kClusteringColumns && Find(options, kClusteringOverride) != nullptr) {
    return InvalidInput(
        kFrozenOption,
        "An option cannot change while pk-clustering-override is set:", V("option", key));
  }
  return Status::OK();
}

Status CheckReset(const std::map<std::string, std::string>& options,
                  const std::string& key) {
  if (IsImmutable(key)) return Frozen(key);
  if (key == "bucket") {
    return InvalidInput(kFrozenBucket, "An option cannot be reset:", V("option", key));
  }
  if (key == kClusteringColumns && Find(options, kClusteringOverride) != nullptr) {
    return InvalidInput(kFrozenOption,
                        "An option cannot be reset while pk-clustering-override is set:",
                        V("option", key));
  }
  return Status::OK();
}

ChangingOptions WithRenamedColumns(const ChangingOptions& options,
                                   const std::vector<RenameColumnChange>& renames) {
  ChangingOptions out{options.values, options.order.Copy()};
  Renames names;
  for (const RenameColumnChange& rename : renames) {
    names[rename.path[0]] = rename.new_name;
  }
  // Columns in values only.
  for (const char* key : {"bucket-key", "sequence.field"}) {
    const std::string* list = Find(options.values, key);
    if (list != nullptr && !base::Trim(*list).empty()) {
      out.Put(key, Renamed(*list, names));
    }
  }
  // Columns in keys only.
  for (const RenameColumnChange& rename : renames) {
    for (const char* suffix :
         {"aggregate-function", "ignore-retract", "distinct", "list-agg-delimiter",
          "map.storage-layout", "map.shared-shredding.max-columns",
          "map.shared-shredding.column-placement-policy"}) {
      const std::string key = "fields." + rename.path[0] + "." + suffix;
      const auto at = out.values.find(key);
      if (at == out.values.end()) continue;
      const std::string value = at->second;
      out.Remove(key);
      out.Put("fields." + rename.new_name + "." + suffix, value);
    }
  }
  // Columns in both.
  constexpr std::string_view kFields = "fields.";
  for (const std::string& key : options.order.Keys()) {
    for (const std::string_view suffix : {".sequence-group", ".nested-key"}) {
      if (!key.starts_with(kFields) || !key.ends_with(suffix) ||
          key.size() < kFields.size() + suffix.size()) {
        continue;
      }
      const std::string columns =
          key.substr(kFields.size(), key.size() - kFields.size() - suffix.size());
      const std::string value = Renamed(out.values[key], names);
      out.Remove(key);
      out.Put(fmt::format("{}{}{}", kFields, Renamed(columns, names), suffix), value);
    }
  }
  return out;
}

void ForgetDroppedColumn(const types::DataField& field, ChangingOptions* options) {
  if (HoldsBlobs(field.type)) {
    for (const char* key : {"blob-field", "blob-descriptor-field",
                            "blob.stored-descriptor-fields", "blob-view-field"}) {
      RemoveFromList(key, field.name, options);
    }
  } else if (field.type.root() == TypeRoot::kVector) {
    RemoveFromList("vector-field", field.name, options);
    options->Remove("field." + field.name + ".vector-dim");
  } else if (field.type.root() == TypeRoot::kMap) {
    for (const char* suffix : {"map.storage-layout", "map.shared-shredding.max-columns",
                               "map.shared-shredding.column-placement-policy"}) {
      options->Remove("fields." + field.name + "." + suffix);
    }
  }
}

}  // namespace tarn::meta::internal

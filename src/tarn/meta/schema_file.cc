// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/schema_file.h"

#include <algorithm>

namespace tarn::meta {
namespace {

/// A schema file that is larger than this is not one.
constexpr int64_t kSchemaBytesMax = int64_t{64} << 20;

}  // namespace

Result<std::vector<int64_t>> SchemaFiles::ListIds() const {
  ARROW_ASSIGN_OR_RAISE(const auto listed,
                        context_->files->List(paths_.SchemaDirectory()));
  std::vector<int64_t> ids;
  for (const base::FileStatus& file : listed) {
    if (const auto id = io::VersionOf(file.name(), "schema-")) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::optional<int64_t>> SchemaFiles::LatestId() const {
  ARROW_ASSIGN_OR_RAISE(const std::vector<int64_t> ids, ListIds());
  if (ids.empty()) return std::nullopt;
  return ids.back();
}

Result<std::shared_ptr<const types::TableSchema>> SchemaFiles::Get(int64_t id) const {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (const auto at = read_.find(id); at != read_.end()) return at->second;
  }
  const std::string path = paths_.SchemaFile(id);
  ARROW_ASSIGN_OR_RAISE(const std::string json,
                        context_->files->ReadAll(path, kSchemaBytesMax));
  auto schema = types::TableSchema::FromJson(json);
  if (!schema.ok()) return Prefixed(schema.status(), "Reading schema " + path + ": ");
  if (schema->id != id) {
    return Corruption(7107,
                      "Schema states another id than its file name:", V("path", path),
                      V("id", schema->id));
  }
  auto shared = std::make_shared<const types::TableSchema>(*std::move(schema));
  std::lock_guard<std::mutex> lock(mutex_);
  return read_.emplace(id, std::move(shared)).first->second;
}

Result<std::shared_ptr<const types::TableSchema>> SchemaFiles::Latest() const {
  ARROW_ASSIGN_OR_RAISE(const std::optional<int64_t> id, LatestId());
  if (!id) return nullptr;
  return Get(*id);
}

Result<base::CreateOutcome> SchemaFiles::Create(const types::TableSchema& schema,
                                                bool sync) const {
  return context_->files->CreateExclusively(paths_.SchemaFile(schema.id), schema.ToJson(),
                                            sync);
}

}  // namespace tarn::meta

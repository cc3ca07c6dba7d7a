// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/consumers.h"

#include <nlohmann/json.hpp>

#include "tarn/base/json_writer.h"

namespace tarn::table {
namespace {

constexpr std::string_view kPrefix = "consumer-";

Result<int64_t> NextSnapshotIn(const std::string& text, const std::string& path) {
  const auto json = base::JsonIsDeeperThan(text, 16)
                        ? nlohmann::json()
                        : nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Corruption(7621, "File is not one object of JSON:", V("path", path));
  }
  if (!json.contains("nextSnapshot") || !json["nextSnapshot"].is_number_integer()) {
    return Corruption(7622, "A number is missing:", V("path", path),
                      V("property", "nextSnapshot"));
  }
  return json["nextSnapshot"].get<int64_t>();
}

Result<std::vector<base::FileStatus>> ConsumerFiles(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(
      auto listed,
      table.context().files->List(table.snapshot_files().paths().ConsumerDirectory()));
  std::erase_if(listed, [](const base::FileStatus& file) {
    return file.is_directory || !file.name().starts_with(kPrefix);
  });
  return listed;
}

}  // namespace

Result<std::vector<std::pair<std::string, int64_t>>> ListConsumers(const Table& table) {
  constexpr int64_t kBytesMax = 4096;
  std::vector<std::pair<std::string, int64_t>> out;
  ARROW_ASSIGN_OR_RAISE(const auto files, ConsumerFiles(table));
  for (const base::FileStatus& file : files) {
    const auto text = table.context().files->ReadAll(file.path, kBytesMax);
    if (!text.ok()) {
      // Forgotten meanwhile.
      if (KindOf(text.status()) == ErrorKind::kNotFound) continue;
      return text.status();
    }
    ARROW_ASSIGN_OR_RAISE(const int64_t next, NextSnapshotIn(*text, file.path));
    out.emplace_back(file.name().substr(kPrefix.size()), next);
  }
  return out;
}

Status ResetConsumer(const Table& table, const std::string& consumer,
                     std::optional<int64_t> next_snapshot) {
  ARROW_ASSIGN_OR_RAISE(const std::string path,
                        table.snapshot_files().paths().ConsumerFile(consumer));
  if (!next_snapshot) return table.context().files->Delete(path);
  ARROW_RETURN_NOT_OK(table.snapshot_files().Get(*next_snapshot).status());
  base::JsonWriter json;
  json.BeginObject().Key("nextSnapshot").Int(*next_snapshot).EndObject();
  return table.context().files->WriteAtomically(path, json.Take());
}

Status ExpireConsumers(const Table& table, int64_t older_than_millis) {
  ARROW_ASSIGN_OR_RAISE(const auto files, ConsumerFiles(table));
  for (const base::FileStatus& file : files) {
    if (file.modified_millis >= older_than_millis) continue;
    ARROW_RETURN_NOT_OK(table.context().files->Delete(file.path));
  }
  return Status::OK();
}

Status ClearConsumers(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(const auto files, ConsumerFiles(table));
  for (const base::FileStatus& file : files) {
    ARROW_RETURN_NOT_OK(table.context().files->Delete(file.path));
  }
  return Status::OK();
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/consumers.h"

#include "tarn/base/json_writer.h"

namespace tarn::table {

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

Status ClearConsumers(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(
      const auto listed,
      table.context().files->List(table.snapshot_files().paths().ConsumerDirectory()));
  for (const base::FileStatus& file : listed) {
    if (file.is_directory || !file.name().starts_with("consumer-")) continue;
    ARROW_RETURN_NOT_OK(table.context().files->Delete(file.path));
  }
  return Status::OK();
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/history.h"

#include <algorithm>

#include "tests/support/files.h"
#include "tests/support/java_oracle.h"

namespace tarn::support {

using nlohmann::json;

History LoadHistory(const std::string& name) {
  const json file = json::parse(ReadText(TestFile("golden/inputs/" + name + ".json")));
  History out;
  out.name = name;
  out.schema = file.at("schema");
  for (const json& step : file.at("steps")) out.steps.push_back(step);
  return out;
}

bool UsesOnly(const History& history, const std::vector<std::string>& commands) {
  return std::all_of(history.steps.begin(), history.steps.end(), [&](const json& step) {
    const std::string command = step.value("cmd", "sleep");
    return std::find(commands.begin(), commands.end(), command) != commands.end();
  });
}

Result<types::TableSchema> SchemaOf(const json& create_schema) {
  // The text of a schema file with ids to be replaced, so that types are read as
  // Paimon's.
  json file = create_schema;
  file["version"] = types::TableSchema::kCurrentVersion;
  file["id"] = 0;
  file["timeMillis"] = 0;
  int32_t id = 0;
  for (json& field : file["fields"]) field["id"] = id++;
  file["highestFieldId"] = id - 1;
  for (const char* list : {"partitionKeys", "primaryKeys"}) {
    if (!file.contains(list)) file[list] = json::array();
  }
  json options = json::object();
  const json given = create_schema.value("options", json::object());
  for (const auto& [name, value] : given.items()) {
    options[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  file["options"] = options;
  ARROW_ASSIGN_OR_RAISE(types::TableSchema out,
                        types::TableSchema::FromJson(file.dump()));
  out.highest_field_id = types::AssignFieldIds(&out.fields);
  // Java's builder makes key columns NOT NULL.
  for (const std::string& key : out.primary_keys) {
    const int i = types::FieldIndex(out.fields, key);
    if (i >= 0) out.fields[i].type = out.fields[i].type.NotNull();
  }
  return out;
}

Status Replay(const History& history, HistoryTarget* target) {
  ARROW_RETURN_NOT_OK(target->Create(history.schema));
  for (size_t i = 0; i < history.steps.size(); ++i) {
    json request = history.steps[i];
    const std::string refusal = request.value("error", "");
    request.erase("error");
    if (!request.contains("commit-user")) request["commit-user"] = "oracle";
    const Status status = target->Run(request);
    if (refusal.empty() && !status.ok()) {
      return Prefixed(status, history.name + " step " + std::to_string(i) + ": ");
    }
    if (!refusal.empty() && status.ok()) {
      return InternalError(900, "A step was to be refused:", V("history", history.name),
                           V("step", i), V("refusal", refusal));
    }
  }
  return Status::OK();
}

Status JavaTarget::Create(const json& schema) {
  return Run({{"cmd", "create"}, {"schema", schema}});
}

Status JavaTarget::Run(const json& request) {
  json whole = request;
  whole["warehouse"] = warehouse_;
  whole["table"] = "db.t";
  return JavaOracle::Core().Ask(whole).status();
}

}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden.h"

#include <algorithm>
#include <filesystem>

#include "tests/support/files.h"

namespace tarn::support {
namespace {

using nlohmann::json;

constexpr std::string_view kSuffix = ".jsonl";

// `N` of "expected.snapshot-N.jsonl" for the word "snapshot".
std::optional<std::string> Part(const std::string& file, const std::string& word) {
  const std::string head = "expected." + word + "-";
  if (!file.starts_with(head)) return std::nullopt;
  return file.substr(head.size(), file.size() - head.size() - kSuffix.size());
}

GoldenRead LoadRead(const std::string& folder, const std::string& file,
                    const json& extra_reads) {
  GoldenRead out;
  out.file = file;
  out.lines = ReadLines(folder + "/" + file);
  if (extra_reads.contains(file)) {
    out.command = extra_reads[file];
  } else if (const auto snapshot = Part(file, "snapshot")) {
    out.snapshot = std::stoll(*snapshot);
  } else {
    out.tag = Part(file, "tag");
    out.branch = Part(file, "branch");
  }
  return out;
}

bool LatestFirst(const GoldenRead& a, const GoldenRead& b) {
  const bool a_extra = a.file != "expected.jsonl";
  const bool b_extra = b.file != "expected.jsonl";
  return std::tie(a_extra, a.file) < std::tie(b_extra, b.file);
}

}  // namespace

json GoldenRead::Request() const {
  json out = command.empty() ? json::object() : command;
  if (snapshot) out["snapshot"] = *snapshot;
  if (tag) out["tag"] = *tag;
  if (branch) out["branch"] = *branch;
  return out;
}

std::optional<json> GoldenTable::Dump() const {
  const std::string file = TestFile("golden/" + name + "/dump.json");
  if (!std::filesystem::exists(file)) return std::nullopt;
  return json::parse(ReadText(file));
}

std::vector<std::string> GoldenNames() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(TestFile("golden"))) {
    if (std::filesystem::exists(entry.path() / "about.json")) {
      out.push_back(entry.path().filename());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> GoldenNames(const std::vector<std::string>& prefixes) {
  std::vector<std::string> out = GoldenNames();
  std::erase_if(out, [&](const std::string& name) {
    return std::none_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
      return name.starts_with(prefix);
    });
  });
  return out;
}

GoldenTable LoadGolden(const std::string& name) {
  const std::string folder = TestFile("golden/" + name);
  const json about = json::parse(ReadText(folder + "/about.json"));
  GoldenTable out;
  out.name = name;
  out.about = about.value("about", "");
  out.warehouse = folder + "/warehouse";
  out.path = out.warehouse + "/db.db/t";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename();
    if (file == "changelog.jsonl") {
      out.changelog = ReadLines(entry.path());
      const json history =
          json::parse(ReadText(TestFile("golden/inputs/" + name + ".json")));
      out.changelog_from = history.value("changelog-from", int64_t{1});
    } else if (file.ends_with(kSuffix)) {
      out.reads.push_back(LoadRead(folder, file, about.value("reads", json::object())));
    }
  }
  std::sort(out.reads.begin(), out.reads.end(), LatestFirst);
  return out;
}

std::vector<json> GoldenVectors(const std::string& file) {
  std::vector<json> out;
  for (const std::string& line : ReadLines(TestFile("golden/vectors/" + file))) {
    out.push_back(json::parse(line));
  }
  return out;
}

bool JavaCoreDiffers(const std::string& table, const std::string& file) {
  // Options and a type that 1.4.2 does not know, and columns of system tables that it
  // lacks.
  if (table == "vector" || table.starts_with("dv_merge_on_read")) return true;
  if (table.starts_with("seq_snapshot_ordering")) return true;
  return file == "expected.partitions.jsonl" || file == "expected.snapshots.jsonl";
}

}  // namespace tarn::support

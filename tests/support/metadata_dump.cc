// SPDX-License-Identifier: Apache-2.0
#include "tests/support/metadata_dump.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace tarn::support {
namespace {

using nlohmann::json;

void Erase(json* object, std::initializer_list<const char*> names) {
  for (const char* name : names) object->erase(name);
}

class Comparer {
 public:
  explicit Comparer(const json& dump) : dump_(dump) {}

  json Run() {
    json out = json::object();
    out["bucketMode"] = dump_.at("bucketMode");
    out["branches"] = dump_.at("branches");
    out["consumers"] = dump_.at("consumers");
    for (const auto& [name, schema] : dump_.at("schemas").items()) {
      out["schemas"][name] = schema;
      out["schemas"][name].erase("timeMillis");
    }
    for (const char* folder : {"snapshots", "changelogs", "tags"}) {
      out[folder] = json::object();
      for (const auto& [name, snapshot] : Ordered(dump_.at(folder))) {
        out[folder][name] = snapshot.is_object() ? Snapshot(snapshot) : snapshot;
      }
    }
    return out;
  }

 private:
  // By id, so that files are numbered in the order in which they came to be.
  static std::vector<std::pair<std::string, json>> Ordered(const json& files) {
    std::vector<std::pair<std::string, json>> out;
    for (const auto& [name, file] : files.items()) out.emplace_back(name, file);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      const auto id = [](const json& file) {
        return file.is_object() ? file.value("id", int64_t{0}) : int64_t{0};
      };
      return id(a.second) < id(b.second);
    });
    return out;
  }

  json Snapshot(json snapshot) {
    Erase(&snapshot,
          {"uuid", "timeMillis", "tagCreateTime", "baseManifestListSize",
           "deltaManifestListSize", "changelogManifestListSize", "statistics"});
    // The delta first: its files are new, those of the base are named already.
    for (const char* list :
         {"deltaManifestList", "changelogManifestList", "baseManifestList"}) {
      if (snapshot.contains(list) && snapshot[list].is_string()) {
        snapshot[list] = List(snapshot[list]);
      }
    }
    if (snapshot.contains("indexManifest") && snapshot["indexManifest"].is_string()) {
      snapshot["indexManifest"] = IndexManifest(snapshot["indexManifest"]);
    }
    return snapshot;
  }

  json List(const std::string& name) {
    json out = json::array();
    const json& lists = dump_.at("manifestLists");
    if (!lists.contains(name)) return name + " is missing";
    for (json manifest : lists[name]) {
      const std::string file = manifest.at("fileName");
      Erase(&manifest, {"fileName", "fileSize"});
      manifest["entries"] = Manifest(file);
      out.push_back(std::move(manifest));
    }
    return out;
  }

  json Manifest(const std::string& name) {
    std::vector<json> entries = dump_.at("manifests").at(name);
    std::vector<std::pair<std::string, json>> sorted;
    for (json& entry : entries) {
      const std::string file = entry["file"].at("fileName");
      Erase(&entry["file"], {"fileName", "fileSize", "creationTime"});
      for (json& extra : entry["file"]["extraFiles"]) extra = "a file";
      sorted.emplace_back(file, std::move(entry));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return a.second.dump() < b.second.dump();
    });
    json out = json::array();
    for (auto& [file, entry] : sorted) {
      entry["file"]["fileName"] = Label(file);
      out.push_back(std::move(entry));
    }
    return out;
  }

  json IndexManifest(const std::string& name) {
    json out = json::array();
    for (json entry : dump_.at("indexManifests").at(name)) {
      Erase(&entry, {"fileName", "fileSize"});
      if (entry["dvRanges"].is_array()) {
        for (json& range : entry["dvRanges"]) {
          range["dataFile"] = Label(range["dataFile"]);
          Erase(&range, {"offset", "length"});
        }
      }
      out.push_back(std::move(entry));
    }
    // Java lists them as a hash map has them.
    std::stable_sort(out.begin(), out.end(),
                     [](const json& a, const json& b) { return a.dump() < b.dump(); });
    return out;
  }

  std::string Label(const std::string& file) {
    const auto [label, is_new] =
        labels_.try_emplace(file, fmt::format("file {}", labels_.size() + 1));
    return label->second;
  }

  const json& dump_;
  std::map<std::string, std::string> labels_;
};

}  // namespace

json Comparable(const json& dump) {
  return Comparer(dump).Run();
}

std::vector<std::string> Differences(const json& actual, const json& expected) {
  std::vector<std::string> out;
  for (const json& change : json::diff(actual, expected)) {
    const std::string op = change.at("op");
    const json::json_pointer place(change.at("path").get<std::string>());
    const auto value = [&](const json& side) {
      return side.contains(place) ? side.at(place).dump() : std::string("nothing");
    };
    // An appended member is addressed by "-", which neither side holds.
    const std::string wanted = op == "remove" ? "nothing" : change.at("value").dump();
    out.push_back(fmt::format("{}: {} where {} is expected", place.to_string(),
                              op == "add" ? "nothing" : value(actual), wanted));
  }
  return out;
}

}  // namespace tarn::support

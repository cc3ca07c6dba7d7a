// SPDX-License-Identifier: Apache-2.0
#include "tests/support/features.h"

#include <algorithm>
#include <utility>

namespace tarn::support {
namespace {

using nlohmann::json;
using Has = std::function<bool(const json&)>;

std::string OptionOf(const json& history, const std::string& key) {
  const json& options = history["schema"]["options"];
  if (!options.contains(key)) return "";
  return options[key].is_string() ? options[key].get<std::string>() : options[key].dump();
}

Has Option(const std::string& key, const std::string& value) {
  return [=](const json& history) { return OptionOf(history, key) == value; };
}

Has AnyOption(const std::string& head, const std::string& tail = "") {
  return [=](const json& history) {
    for (const auto& [key, value] : history["schema"]["options"].items()) {
      if (key.starts_with(head) && key.ends_with(tail)) return true;
    }
    return false;
  };
}

Has Aggregate(const std::string& function) {
  return [=](const json& history) {
    for (const auto& [key, value] : history["schema"]["options"].items()) {
      if (key.starts_with("fields.") && key.ends_with("aggregate-function") &&
          value == function) {
        return true;
      }
    }
    return false;
  };
}

bool Keyed(const json& history) {
  return !history["schema"].value("primaryKeys", json::array()).empty();
}

int Bucket(const json& history) {
  const std::string text = OptionOf(history, "bucket");
  return text.empty() ? -1 : std::stoi(text);
}

bool CrossPartition(const json& history) {
  const json keys = history["schema"].value("primaryKeys", json::array());
  for (const json& column : history["schema"].value("partitionKeys", json::array())) {
    if (std::find(keys.begin(), keys.end(), column) == keys.end()) return Keyed(history);
  }
  return false;
}

bool MentionsType(const json& type, const std::string& word) {
  if (type.is_string()) {
    const std::string text = type;
    return text.starts_with(word) &&
           (text.size() == word.size() || !std::isalpha(text[word.size()]));
  }
  if (type.is_object() && type.contains("type") && type["type"].is_string() &&
      type["type"].get<std::string>().starts_with(word)) {
    return true;
  }
  if (!type.is_structured()) return false;
  return std::any_of(type.begin(), type.end(),
                     [&](const json& part) { return MentionsType(part, word); });
}

Has Type(const std::string& word) {
  return [=](const json& history) {
    for (const json& field : history["schema"]["fields"]) {
      if (MentionsType(field["type"], word)) return true;
    }
    return false;
  };
}

Has Step(const std::string& member, const std::string& value) {
  return [=](const json& history) {
    return std::any_of(
        history["steps"].begin(), history["steps"].end(),
        [&](const json& step) { return step.value(member, json()) == value; });
  };
}

Has StepWith(const std::string& member) {
  return [=](const json& history) {
    return std::any_of(history["steps"].begin(), history["steps"].end(),
                       [&](const json& step) { return step.contains(member); });
  };
}

Has Alter(const std::string& action) {
  return [=](const json& history) {
    for (const json& step : history["steps"]) {
      for (const json& change : step.value("changes", json::array())) {
        if (change.value("action", "") == action) return true;
      }
    }
    return false;
  };
}

Has ReadOption(const std::string& head) {
  return [=](const json& history) {
    const json reads = history.value("reads", json::object());
    for (const auto& [file, read] : reads.items()) {
      const json options = read.value("options", json::object());
      for (const auto& [key, value] : options.items()) {
        if (key.starts_with(head)) return true;
      }
    }
    return false;
  };
}

Has ReadTable(const std::string& suffix) {
  return [=](const json& history) {
    const json reads = history.value("reads", json::object());
    for (const auto& [file, read] : reads.items()) {
      if (read.value("table", "").ends_with(suffix)) return true;
    }
    return false;
  };
}

Has Member(const std::string& name) {
  return [=](const json& history) {
    const json value = history.value(name, json());
    return !value.is_null() && value != json(false) && value != json::array();
  };
}

Has Release(const std::string& release) {
  return
      [=](const json& history) { return history.value("release", "2.0.0") == release; };
}

Has PartitionOf(const std::string& type) {
  return [=](const json& history) {
    const json keys = history["schema"].value("partitionKeys", json::array());
    for (const json& field : history["schema"]["fields"]) {
      if (std::find(keys.begin(), keys.end(), field["name"]) != keys.end() &&
          MentionsType(field["type"], type)) {
        return true;
      }
    }
    return false;
  };
}

}  // namespace

std::vector<Feature> Features() {
  std::vector<Feature> out;
  std::string section;
  const auto add = [&](const std::string& name, Has has) {
    out.push_back({section, name, std::move(has)});
  };

  section = "Tables";
  add("primary key", Keyed);
  add("append", [](const json& h) { return !Keyed(h); });
  add("fixed buckets", [](const json& h) { return Keyed(h) && Bucket(h) > 0; });
  add("dynamic buckets",
      [](const json& h) { return Keyed(h) && Bucket(h) == -1 && !CrossPartition(h); });
  add("postponed buckets", Option("bucket", "-2"));
  add("key across partitions", CrossPartition);
  add("append with buckets", [](const json& h) { return !Keyed(h) && Bucket(h) > 0; });
  add("append without buckets",
      [](const json& h) { return !Keyed(h) && Bucket(h) == -1; });
  for (const char* function : {"mod", "hive"}) {
    add(std::string("`bucket-function.type` = ") + function,
        Option("bucket-function.type", function));
  }
  add("deletion vectors", Option("deletion-vectors.enabled", "true"));
  add("deletion vectors of 64 bits", Option("deletion-vectors.bitmap64", "true"));
  add("`deletion-vectors.merge-on-read`",
      Option("deletion-vectors.merge-on-read", "true"));
  add("thin files", Option("data-file.thin-mode", "true"));
  add("row tracking", Option("row-tracking.enabled", "true"));
  add("data evolution", Option("data-evolution.enabled", "true"));
  add("record-level expiry", AnyOption("record-level.expire-time"));

  section = "Merging";
  add("deduplicate", [](const json& h) {
    const std::string engine = OptionOf(h, "merge-engine");
    return Keyed(h) && (engine.empty() || engine == "deduplicate");
  });
  for (const char* engine : {"partial-update", "aggregation", "first-row"}) {
    add(engine, Option("merge-engine", engine));
  }
  add("sequence groups", AnyOption("fields.", ".sequence-group"));
  add("`sequence.field`", AnyOption("sequence.field"));
  add("`sequence.snapshot-ordering`", Option("sequence.snapshot-ordering", "true"));
  add("`rowkind.field`", AnyOption("rowkind.field"));
  add("`ignore-delete`", Option("ignore-delete", "true"));
  for (const char* function : {"sum",           "product",
                               "max",           "min",
                               "last_value",    "last_non_null_value",
                               "first_value",   "first_non_null_value",
                               "listagg",       "bool_and",
                               "bool_or",       "collect",
                               "merge_map",     "merge_map_with_keytime",
                               "nested_update", "nested_partial_update",
                               "rbm32",         "rbm64",
                               "hll_sketch",    "theta_sketch"}) {
    add(std::string("aggregate ") + function, Aggregate(function));
  }

  section = "Changelogs";
  for (const char* producer : {"input", "lookup", "full-compaction"}) {
    add(std::string("`changelog-producer` = ") + producer,
        Option("changelog-producer", producer));
  }
  add("row-deduplicate", Option("changelog-producer.row-deduplicate", "true"));
  add("kept longer than snapshots", AnyOption("changelog.num-retained"));

  section = "Files";
  add("Parquet", [](const json& h) {
    const std::string format = OptionOf(h, "file.format");
    return format.empty() || format == "parquet";
  });
  for (const char* format : {"orc", "avro", "csv", "json"}) {
    add(format, Option("file.format", format));
  }
  add("`file.format.per.level`", AnyOption("file.format.per.level"));
  for (const char* codec : {"none", "snappy", "lz4", "zstd", "gzip"}) {
    add(std::string("`file.compression` = ") + codec, Option("file.compression", codec));
  }
  add("`metadata.stats-*`", AnyOption("metadata.stats"));
  for (const char* index : {"bloom-filter", "bitmap", "bsi", "range-bitmap"}) {
    add(std::string("file index ") + index,
        AnyOption(std::string("file-index.") + index + ".columns"));
  }

  section = "Types";
  for (const char* type :
       {"BOOLEAN",   "TINYINT", "SMALLINT", "INT",     "BIGINT",    "FLOAT",
        "DOUBLE",    "DECIMAL", "CHAR",     "VARCHAR", "STRING",    "BINARY",
        "VARBINARY", "BYTES",   "DATE",     "TIME",    "TIMESTAMP", "ARRAY",
        "MAP",       "ROW",     "MULTISET", "VARIANT", "VECTOR",    "BLOB"}) {
    add(type, Type(type));
  }
  add("shredded VARIANT", AnyOption("variant."));

  section = "Schema evolution";
  for (const char* action : {"addColumn", "dropColumn", "renameColumn",
                             "updateColumnType", "updateColumnPosition", "setOption"}) {
    add(action, Alter(action));
  }

  section = "Partitions";
  for (const char* type : {"STRING", "INT", "DATE", "BOOLEAN", "DECIMAL"}) {
    add(std::string("by ") + type, PartitionOf(type));
  }
  add("`partition.legacy-name` = false", Option("partition.legacy-name", "false"));
  add("INSERT OVERWRITE", StepWith("overwrite"));

  section = "Where to read";
  add("a snapshot", Member("snapshots"));
  add("a tag", Member("tags"));
  add("a branch", Member("branches"));
  add("`incremental-between`", ReadOption("incremental-between"));
  for (const char* table :
       {"$audit_log", "$binlog", "$ro", "$snapshots", "$schemas", "$options", "$files",
        "$manifests", "$partitions", "$buckets", "$tags", "$branches", "$consumers",
        "$statistics", "$aggregation_fields"}) {
    add(std::string("`") + table + "`", ReadTable(table));
  }

  section = "Upkeep on the way";
  add("compaction", Step("cmd", "compact"));
  add("snapshots expired", Step("cmd", "expire"));
  for (const char* action : {"create-tag", "create-branch", "fast-forward", "rollback"}) {
    add(action, Step("action", action));
  }

  section = "Written by";
  for (const char* release : {"1.0.1", "1.1.1", "1.2.0", "1.3.1", "1.4.2", "2.0.0"}) {
    add(release, Release(release));
  }
  return out;
}

}  // namespace tarn::support

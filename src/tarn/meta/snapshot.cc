// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/snapshot.h"

#include <array>

#include <nlohmann/json.hpp>

#include "tarn/meta/json_text.h"
#include "tarn/meta/tag.h"

namespace tarn::meta {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kCommitKinds[] = {"APPEND", "COMPACT", "OVERWRITE", "ANALYZE"};

constexpr std::string_view kOperations[] = {"WRITE",
                                            "OVERWRITE",
                                            "DELETE",
                                            "TRUNCATE",
                                            "UPDATE",
                                            "MERGE",
                                            "CREATE_TABLE_AS_SELECT",
                                            "REPLACE_TABLE_AS_SELECT",
                                            "CREATE_OR_REPLACE_TABLE_AS_SELECT"};

/// Reads properties of one object; the first mistake stays. Null counts as absent, as
/// Java's own reader has it.
class PropertyReader {
 public:
  explicit PropertyReader(const Json& object) : object_(object) {}

  const Json* Find(const char* name) const {
    const auto it = object_.find(name);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  void Read(const char* name, std::optional<int64_t>* out) {
    const Json* value = Find(name);
    if (value == nullptr) return;
    if (value->is_number_unsigned() &&
        value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
      Fail(name, "is out of range");
    } else if (value->is_number_integer()) {
      *out = value->get<int64_t>();
    } else {
      Fail(name, "is not an integer");
    }
  }
  void Read(const char* name, std::optional<std::string>* out) {
    const Json* value = Find(name);
    if (value == nullptr) return;
    if (!value->is_string()) return Fail(name, "is not a string");
    *out = value->get<std::string>();
  }
  template <typename T>
  void ReadRequired(const char* name, T* out) {
    std::optional<T> value;
    Read(name, &value);
    if (!value) return Fail(name, "is missing");
    *out = *value;
  }
  void Read(const char* name, std::map<std::string, std::string>* out) {
    const Json* value = Find(name);
    if (value == nullptr) return;
    if (!value->is_object()) return Fail(name, "is not an object");
    for (const auto& [key, text] : value->items()) {
      if (!text.is_string()) return Fail(name, "holds something other than strings");
      out->emplace(key, text.get<std::string>());
    }
  }
  void Fail(const char* name, std::string_view what) {
    if (status_.ok()) {
      status_ = Corruption(7101, "Snapshot property cannot be read:", V("property", name),
                           V("problem", what));
    }
  }
  void Fail(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  Status Finish() const { return status_; }

 private:
  const Json& object_;
  Status status_;
};

Result<Json> ParseObject(std::string_view json) {
  Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded() || !object.is_object()) {
    return Corruption(7102, "Snapshot is not a JSON object:", V("bytes", json.size()));
  }
  return object;
}

void ReadKind(PropertyReader* reader, Snapshot* out) {
  std::string kind;
  reader->ReadRequired("commitKind", &kind);
  for (size_t i = 0; i < std::size(kCommitKinds); ++i) {
    if (kind == kCommitKinds[i]) {
      out->commit_kind = static_cast<CommitKind>(i);
      return;
    }
  }
  reader->Fail(Unsupported(6101, "Commit kind is unknown:", V("commitKind", kind)));
}

void ReadOperation(PropertyReader* reader, Snapshot* out) {
  reader->Read("operation", &out->operation);
  if (!out->operation) return;
  for (const std::string_view known : kOperations) {
    if (*out->operation == known) return;
  }
  reader->Fail(Unsupported(
      6102, "Operation of a snapshot is unknown:", V("operation", *out->operation)));
}

Result<Snapshot> ReadSnapshot(const Json& object) {
  Snapshot out;
  PropertyReader reader(object);
  std::optional<int64_t> version;
  reader.Read("version", &version);
  out.version = static_cast<int32_t>(version.value_or(0));
  reader.Read("uuid", &out.uuid);
  reader.ReadRequired("id", &out.id);
  reader.ReadRequired("schemaId", &out.schema_id);
  reader.ReadRequired("baseManifestList", &out.base_manifest_list);
  reader.Read("baseManifestListSize", &out.base_manifest_list_size);
  reader.ReadRequired("deltaManifestList", &out.delta_manifest_list);
  reader.Read("deltaManifestListSize", &out.delta_manifest_list_size);
  reader.Read("changelogManifestList", &out.changelog_manifest_list);
  reader.Read("changelogManifestListSize", &out.changelog_manifest_list_size);
  reader.Read("indexManifest", &out.index_manifest);
  reader.ReadRequired("commitUser", &out.commit_user);
  reader.ReadRequired("commitIdentifier", &out.commit_identifier);
  ReadKind(&reader, &out);
  reader.ReadRequired("timeMillis", &out.time_millis);
  // The counts came with version 3; Java reads their absence as 0.
  std::optional<int64_t> total, delta;
  reader.Read("totalRecordCount", &total);
  reader.Read("deltaRecordCount", &delta);
  out.total_record_count = total.value_or(0);
  out.delta_record_count = delta.value_or(0);
  reader.Read("changelogRecordCount", &out.changelog_record_count);
  reader.Read("watermark", &out.watermark);
  reader.Read("statistics", &out.statistics);
  reader.Read("properties", &out.properties);
  reader.Read("nextRowId", &out.next_row_id);
  ReadOperation(&reader, &out);
  ARROW_RETURN_NOT_OK(reader.Finish());
  return out;
}

void AddProperties(const Snapshot& s, JsonObjectText* out) {
  out->Add("version", s.version);
  out->AddIf("uuid", s.uuid);
  out->Add("id", s.id);
  out->Add("schemaId", s.schema_id);
  out->Add("baseManifestList", s.base_manifest_list);
  out->AddIf("baseManifestListSize", s.base_manifest_list_size);
  out->Add("deltaManifestList", s.delta_manifest_list);
  out->AddIf("deltaManifestListSize", s.delta_manifest_list_size);
  out->AddIf("changelogManifestList", s.changelog_manifest_list);
  out->AddIf("changelogManifestListSize", s.changelog_manifest_list_size);
  out->AddIf("indexManifest", s.index_manifest);
  out->Add("commitUser", s.commit_user);
  out->Add("commitIdentifier", s.commit_identifier);
  out->Add("commitKind", CommitKindName(s.commit_kind));
  out->Add("timeMillis", s.time_millis);
  out->Add("totalRecordCount", s.total_record_count);
  out->Add("deltaRecordCount", s.delta_record_count);
  out->AddIf("changelogRecordCount", s.changelog_record_count);
  out->AddIf("watermark", s.watermark);
  out->AddIf("statistics", s.statistics);
  if (!s.properties.empty()) out->Add("properties", s.properties);
  out->AddIf("nextRowId", s.next_row_id);
  out->AddIf("operation", s.operation);
}

constexpr int64_t kNanosPerSecond = 1'000'000'000;

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's algorithm).
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void DateOf(int64_t days, int64_t* year, int64_t* month, int64_t* day) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
  const int64_t shifted = (5 * of_year + 2) / 153;
  *day = of_year - (153 * shifted + 2) / 5 + 1;
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = y + era * 400 + (*month <= 2);
}

/// Jackson's form of a LocalDateTime: [year, month, day, hour, minute, second?, nanos?].
void ReadLocalDateTime(PropertyReader* reader, const char* name,
                       std::optional<int64_t>* out) {
  const Json* value = reader->Find(name);
  if (value == nullptr) return;
  if (!value->is_array() || value->size() < 3 || value->size() > 7) {
    return reader->Fail(name, "is not an array of a date and a time");
  }
  std::array<int64_t, 7> parts{};
  for (size_t i = 0; i < value->size(); ++i) {
    if (!(*value)[i].is_number_integer()) return reader->Fail(name, "is not of integers");
    parts[i] = (*value)[i].get<int64_t>();
  }
  // Years that nanoseconds in 64 bits can hold.
  const bool fits = parts[0] >= 1700 && parts[0] <= 2200 && parts[1] >= 1 &&
                    parts[1] <= 12 && parts[2] >= 1 && parts[2] <= 31 && parts[3] >= 0 &&
                    parts[3] < 24 && parts[4] >= 0 && parts[4] < 60 && parts[5] >= 0 &&
                    parts[5] < 60 && parts[6] >= 0 && parts[6] < kNanosPerSecond;
  if (!fits) return reader->Fail(name, "is out of range");
  const int64_t days = DaysOf(parts[0], parts[1], parts[2]);
  const int64_t seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5];
  *out = seconds * kNanosPerSecond + parts[6];
}

std::string LocalDateTimeText(int64_t nanos) {
  int64_t seconds = nanos / kNanosPerSecond;
  int64_t fraction = nanos % kNanosPerSecond;
  if (fraction < 0) {
    fraction += kNanosPerSecond;
    --seconds;
  }
  int64_t days = seconds / 86400;
  int64_t of_day = seconds % 86400;
  if (of_day < 0) {
    of_day += 86400;
    --days;
  }
  int64_t year, month, day;
  DateOf(days, &year, &month, &day);
  std::string out = fmt::format("[ {}, {}, {}, {}, {}", year, month, day, of_day / 3600,
                                of_day / 60 % 60);
  if (of_day % 60 != 0 || fraction != 0)
    fmt::format_to(std::back_inserter(out), ", {}", of_day % 60);
  if (fraction != 0) fmt::format_to(std::back_inserter(out), ", {}", fraction);
  return out + " ]";
}

/// Jackson's form of a Duration: seconds with nine digits after the point.
void ReadDuration(PropertyReader* reader, const char* name, std::optional<int64_t>* out) {
  const Json* value = reader->Find(name);
  if (value == nullptr) return;
  if (!value->is_number()) return reader->Fail(name, "is not a number of seconds");
  const double seconds = value->get<double>();
  if (!(seconds > -9.2e9 && seconds < 9.2e9))
    return reader->Fail(name, "is out of range");
  const auto whole = static_cast<int64_t>(seconds);
  const double fraction = (seconds - static_cast<double>(whole)) * 1e9;
  *out = whole * kNanosPerSecond +
         static_cast<int64_t>(fraction + (fraction < 0 ? -0.5 : 0.5));
}

std::string DurationText(int64_t nanos) {
  const bool negative = nanos < 0;
  const auto magnitude =
      negative ? 0 - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  return fmt::format("{}{}.{:09}", negative ? "-" : "", magnitude / kNanosPerSecond,
                     magnitude % kNanosPerSecond);
}

}  // namespace

std::string_view CommitKindName(CommitKind kind) {
  return kCommitKinds[static_cast<size_t>(kind)];
}

Result<Snapshot> Snapshot::FromJson(std::string_view json) {
  ARROW_ASSIGN_OR_RAISE(const Json object, ParseObject(json));
  return ReadSnapshot(object);
}

std::string Snapshot::ToJson() const {
  JsonObjectText out;
  AddProperties(*this, &out);
  return out.Finish();
}

Result<Tag> Tag::FromJson(std::string_view json) {
  ARROW_ASSIGN_OR_RAISE(const Json object, ParseObject(json));
  Tag tag;
  ARROW_ASSIGN_OR_RAISE(tag.snapshot, ReadSnapshot(object));
  PropertyReader reader(object);
  ReadLocalDateTime(&reader, "tagCreateTime", &tag.create_time_nanos);
  ReadDuration(&reader, "tagTimeRetained", &tag.time_retained_nanos);
  ARROW_RETURN_NOT_OK(reader.Finish());
  return tag;
}

std::string Tag::ToJson() const {
  JsonObjectText out;
  AddProperties(snapshot, &out);
  if (create_time_nanos) {
    out.AddRaw("tagCreateTime", LocalDateTimeText(*create_time_nanos));
  }
  if (time_retained_nanos) {
    out.AddRaw("tagTimeRetained", DurationText(*time_retained_nanos));
  }
  return out.Finish();
}

}  // namespace tarn::meta

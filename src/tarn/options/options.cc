// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

#include "tarn/options/field_options.h"

namespace tarn::options {
namespace {

/// Keys that Java still accepts, and what they are called today.
struct Alias {
  std::string_view legacy;
  std::string_view key;
};
constexpr Alias kAliases[] = {
    {"write.compaction-skip", "write-only"},
    {"orc.write.batch-size", "write.batch-size"},
    {"delete-file.thread-num", "file-operation.thread-num"},
    {"first-row.ignore-delete", "ignore-delete"},
    {"deduplicate.ignore-delete", "ignore-delete"},
    {"partial-update.ignore-delete", "ignore-delete"},
    {"changelog-producer.lookup-wait", "lookup-wait"},
    {"log.scan", "scan.mode"},
    {"log.scan.timestamp-millis", "scan.timestamp-millis"},
    {"log.scan.remove-normalize", "scan.remove-normalize"},
    {"lookup.dynamic-partition", "scan.partitions"},
    {"changelog.precommit-compact", "precommit-compact"},
    {"sink.clustering.by-columns", "clustering.columns"},
    {"sink.clustering.strategy", "clustering.strategy"},
    {"snapshot.expire.clean-empty-directories", "snapshot.clean-empty-directories"},
    {"streaming-read.shuffle-bucket-with-partition",
     "read.shuffle-bucket-with-partition"},
    {"parquet.variant.shreddingSchema", "variant.shreddingSchema"},
    {"blob.stored-descriptor-fields", "blob-descriptor-field"},
};

/// Starts of keys that belong to file formats, callbacks and other engines.
constexpr std::string_view kKnownPrefixes[] = {
    "fields.",
    "file-index.",
    "parquet.",
    "orc.",
    "avro.",
    "csv.",
    "json.",
    "metadata.iceberg.",
    "commit.callback.",
    "tag.callback.",
    "blob-descriptor.",
    "materialized-table.",
    "hive.",
    "kafka.",
    "spark.",
    "flink.",
};

constexpr auto kDynamic = Mutability::kDynamic;
constexpr auto kImmutable = Mutability::kImmutable;
constexpr auto kRestricted = Mutability::kRestricted;

/// The table in the order of its files; a section is a row without a key.
constexpr OptionRow kRows[] = {
#define TARN_SECTION(title) \
  {"", ValueType::kText, kUnset, {}, kDynamic, false, "", title},
#define TARN_OPTION(name, type, key, default_text, bounds, mutability, description) \
  {key, TypeOf<type>(), default_text, bounds, mutability, true, description, ""},
#define TARN_OPTIONAL(name, type, key, bounds, mutability, description) \
  {key, TypeOf<type>(), kUnset, bounds, mutability, true, description, ""},
#define TARN_KNOWN(type, key, default_text, bounds, mutability) \
  {key, TypeOf<type>(), default_text, bounds, mutability, false, "", ""},
#define TARN_REFUSED(type, key, default_text, bounds, mutability) \
  {key,                                                           \
   TypeOf<type>(),                                                \
   default_text,                                                  \
   bounds,                                                        \
   mutability,                                                    \
   true,                                                          \
   "Refused by name where it would act.",                         \
   ""},
// Options with an effect come first.
#include "tarn/options/table_options.def"
// Then those that are refused or have none.
#include "tarn/options/known_options.def"
#undef TARN_SECTION
#undef TARN_OPTION
#undef TARN_OPTIONAL
#undef TARN_KNOWN
#undef TARN_REFUSED
};

/// Rows with their sections.
std::vector<OptionRow> MakeRows() {
  std::vector<OptionRow> rows;
  std::string_view section;
  for (OptionRow row : kRows) {
    if (row.key.empty()) {
      section = row.section;
      continue;
    }
    row.section = section;
    rows.push_back(row);
  }
  return rows;
}

std::string BoundsText(ValueType type, const Bounds& bounds) {
  if (!bounds.choices.empty()) {
    std::string text = "one of ";
    for (char c : bounds.choices) {
      text += c == ',' ? std::string(", ") : std::string(1, c);
    }
    return text;
  }
  auto number = [&](int64_t value) {
    if (type == ValueType::kMemorySize) return MemorySize{value}.ToString();
    if (type == ValueType::kDuration) return base::FormatDuration(Duration(value));
    return std::to_string(value);
  };
  if (bounds.min > INT64_MIN && bounds.max < INT64_MAX) {
    return fmt::format("{} to {}", number(bounds.min), number(bounds.max));
  }
  if (bounds.min > INT64_MIN) return "at least " + number(bounds.min);
  return "";
}

std::string_view TypeText(ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return "true or false";
    case ValueType::kInt:
      return "a 32-bit integer";
    case ValueType::kLong:
      return "an integer";
    case ValueType::kDouble:
      return "a number";
    case ValueType::kMemorySize:
      return "a size such as '256 mb'";
    case ValueType::kDuration:
      return "a duration such as '1 h'";
    case ValueType::kChoice:
      return "a word";
    case ValueType::kText:
      return "text";
  }
  return "text";
}

Status BadValue(std::string_view key, std::string_view text, ValueType type,
                const Bounds& bounds) {
  std::string wanted = BoundsText(type, bounds);
  if (bounds.choices.empty()) {
    wanted = wanted.empty() ? std::string(TypeText(type))
                            : fmt::format("{}, {}", TypeText(type), wanted);
  }
  return InvalidInput(1020, "Option has a wrong value:", V("key", key), V("value", text),
                      V("expected", wanted));
}

bool InBounds(int64_t value, const Bounds& bounds) {
  return value >= bounds.min && value <= bounds.max;
}

template <typename Number>
bool ParseNumber(std::string_view text, Number* value) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Levenshtein distance of short texts.
size_t Distance(std::string_view left, std::string_view right) {
  std::vector<size_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[right.size()];
}

template <typename T>
Status CheckAs(const OptionRow& row, std::string_view key, std::string_view text) {
  return ParseValue<T>(key, text, row.bounds).status();
}

Status CheckRow(const OptionRow& row, std::string_view key, std::string_view text) {
  switch (row.type) {
    case ValueType::kBool:
      return CheckAs<bool>(row, key, text);
    case ValueType::kInt:
      return CheckAs<int32_t>(row, key, text);
    case ValueType::kLong:
      return CheckAs<int64_t>(row, key, text);
    case ValueType::kDouble:
      return CheckAs<double>(row, key, text);
    case ValueType::kMemorySize:
      return CheckAs<MemorySize>(row, key, text);
    case ValueType::kDuration:
      return CheckAs<Duration>(row, key, text);
    case ValueType::kChoice:
      return CheckAs<Choice>(row, key, text);
    case ValueType::kText:
      return CheckAs<Text>(row, key, text);
  }
  return Status::OK();
}

}  // namespace

template <>
Result<bool> ParseValue<bool>(std::string_view key, std::string_view text,
                              const Bounds& bounds) {
  const std::string lower = base::ToLower(base::Trim(text));
  if (lower == "true") return true;
  if (lower == "false") return false;
  return BadValue(key, text, ValueType::kBool, bounds);
}

template <>
Result<int32_t> ParseValue<int32_t>(std::string_view key, std::string_view text,
                                    const Bounds& bounds) {
  int32_t value = 0;
  if (ParseNumber(base::Trim(text), &value) && InBounds(value, bounds)) return value;
  return BadValue(key, text, ValueType::kInt, bounds);
}

template <>
Result<int64_t> ParseValue<int64_t>(std::string_view key, std::string_view text,
                                    const Bounds& bounds) {
  int64_t value = 0;
  if (ParseNumber(base::Trim(text), &value) && InBounds(value, bounds)) return value;
  return BadValue(key, text, ValueType::kLong, bounds);
}

template <>
Result<double> ParseValue<double>(std::string_view key, std::string_view text,
                                  const Bounds& bounds) {
  double value = 0;
  const bool in_bounds = ParseNumber(base::Trim(text), &value) && std::isfinite(value) &&
                         value >= static_cast<double>(bounds.min) &&
                         value <= static_cast<double>(bounds.max);
  if (in_bounds) return value;
  return BadValue(key, text, ValueType::kDouble, bounds);
}

template <>
Result<MemorySize> ParseValue<MemorySize>(std::string_view key, std::string_view text,
                                          const Bounds& bounds) {
  auto value = MemorySize::Parse(text);
  if (value.ok() && InBounds(value->bytes, bounds)) return value;
  return BadValue(key, text, ValueType::kMemorySize, bounds);
}

template <>
Result<Duration> ParseValue<Duration>(std::string_view key, std::string_view text,
                                      const Bounds& bounds) {
  auto value = base::ParseDuration(text);
  if (value.ok() && InBounds(value->count(), bounds)) return value;
  return BadValue(key, text, ValueType::kDuration, bounds);
}

template <>
Result<Text> ParseValue<Text>(std::string_view, std::string_view text, const Bounds&) {
  return Text(text);
}

template <>
Result<std::string> ParseValue<Choice>(std::string_view key, std::string_view text,
                                       const Bounds& bounds) {
  if (bounds.choices.empty()) return std::string(text);
  std::string wanted = base::ToLower(base::Trim(text));
  // Java compares enum names, which have underscores, as well as their values.
  std::string dashed = wanted;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  for (const std::string& choice : SplitList(bounds.choices)) {
    const std::string lower = base::ToLower(choice);
    if (lower == wanted || lower == dashed) return choice;
  }
  return BadValue(key, text, ValueType::kChoice, bounds);
}

const std::string* Options::Find(std::string_view key) const& {
  auto found = values_.find(std::string(key));
  if (found != values_.end()) return &found->second;
  for (const Alias& alias : kAliases) {
    if (alias.key != key) continue;
    found = values_.find(std::string(alias.legacy));
    if (found != values_.end()) return &found->second;
  }
  return nullptr;
}

Options Options::With(const std::map<std::string, std::string>& others) const {
  std::map<std::string, std::string> values = others;
  values.insert(values_.begin(), values_.end());
  return Options(std::move(values));
}

Status Options::Check() const {
  for (const auto& [key, text] : values_) {
    if (const OptionRow* row = FindOption(key)) {
      ARROW_RETURN_NOT_OK(CheckRow(*row, row->key, text));
    } else if (const auto field = ParseFieldKey(key)) {
      ARROW_RETURN_NOT_OK(CheckRow(*FindFieldOptionRow(field->suffix), key, text));
    }
  }
  return Status::OK();
}

std::vector<UnknownKey> Options::Unknown() const {
  std::vector<UnknownKey> out;
  for (const auto& [key, text] : values_) {
    if (FindOption(key) != nullptr) continue;
    bool known = false;
    for (std::string_view prefix : kKnownPrefixes) known |= key.starts_with(prefix);
    // A key of the form fields.x.y must end in something that Paimon knows.
    if (key.starts_with("fields.")) known = ParseFieldKey(key).has_value();
    if (!known) out.push_back({key, NearestKeys(key)});
  }
  return out;
}

std::vector<std::string> Options::WithoutEffect() const {
  std::vector<std::string> out;
  for (const auto& [key, text] : values_) {
    const OptionRow* row = FindOption(key);
    if (row != nullptr && !row->acts) out.push_back(key);
  }
  return out;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = base::Trim(text.substr(0, comma));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

const std::vector<OptionRow>& AllOptions() {
  static const auto* rows = new std::vector<OptionRow>(MakeRows());
  return *rows;
}

const OptionRow* FindOption(std::string_view key) {
  static const auto* index = [] {
    auto* map = new std::unordered_map<std::string_view, const OptionRow*>();
    for (const OptionRow& row : AllOptions()) map->emplace(row.key, &row);
    return map;
  }();
  auto found = index->find(CurrentKey(key));
  return found == index->end() ? nullptr : found->second;
}

std::string_view CurrentKey(std::string_view key) {
  for (const Alias& alias : kAliases) {
    if (alias.legacy == key) return alias.key;
  }
  return key;
}

std::vector<std::string> NearestKeys(std::string_view key) {
  const size_t limit = std::max<size_t>(2, key.size() / 4);
  std::vector<std::pair<size_t, std::string_view>> found;
  const std::string lower = base::ToLower(key);
  for (const OptionRow& row : AllOptions()) {
    const size_t distance = Distance(lower, base::ToLower(row.key));
    if (distance <= limit) found.emplace_back(distance, row.key);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (size_t i = 0; i < found.size() && i < 3; ++i) out.emplace_back(found[i].second);
  return out;
}

namespace {

std::string MarkdownOf(const OptionRow& row, std::string_view key) {
  const std::string bounds = BoundsText(row.type, row.bounds);
  std::string values(row.bounds.choices.empty() ? TypeText(row.type) : bounds);
  if (row.bounds.choices.empty() && !bounds.empty()) values += ", " + bounds;
  constexpr std::string_view kWhen[] = {"dynamic", "immutable", "restricted"};
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", key,
                     row.default_text == nullptr ? std::string("-")
                                                 : fmt::format("`{}`", row.default_text),
                     values, kWhen[static_cast<size_t>(row.mutability)],
                     row.acts ? row.description : std::string_view("No effect here."));
}

}  // namespace

std::string OptionsMarkdown() {
  constexpr std::string_view kHead =
      "\n## {}\n\n| key | default | values | changes | meaning |\n"
      "| --- | --- | --- | --- | --- |\n";
  std::string out =
      "# Table options\n\nKeys, defaults and meaning are Paimon's. *Changes*: dynamic "
      "options may change at any\ntime, immutable ones only while the table has no "
      "snapshot, restricted ones by rules of their\nown.\n";
  std::string_view section;
  for (const OptionRow& row : AllOptions()) {
    if (row.section != section) {
      section = row.section;
      out += fmt::format(kHead, section);
    }
    out += MarkdownOf(row, row.key);
  }
  out += fmt::format(kHead, FieldOptionRows()[0].section);
  for (const OptionRow& row : FieldOptionRows()) {
    const bool group = row.key == kFieldSequenceGroup.key;
    out += MarkdownOf(
        row, fmt::format("fields.<{}>.{}", group ? "clocks" : "column", row.key));
  }
  return out;
}

}  // namespace tarn::options

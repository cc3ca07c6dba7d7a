// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/options/options.h"

namespace tarn::options {

/// The type of an option as a row of a table holds it.
template <typename T>
constexpr ValueType TypeOf() {
  if constexpr (std::is_same_v<T, bool>) return ValueType::kBool;
  if constexpr (std::is_same_v<T, int32_t>) return ValueType::kInt;
  if constexpr (std::is_same_v<T, int64_t>) return ValueType::kLong;
  if constexpr (std::is_same_v<T, double>) return ValueType::kDouble;
  if constexpr (std::is_same_v<T, MemorySize>) return ValueType::kMemorySize;
  if constexpr (std::is_same_v<T, Duration>) return ValueType::kDuration;
  if constexpr (std::is_same_v<T, Choice>) return ValueType::kChoice;
  return ValueType::kText;
}

// Options of one column are rows of `field_options.def`, each declared once.
// The `key` of these options is the suffix alone.
#define TARN_FIELD_OPTION(name, type, suffix, default_text, bounds, description) \
  inline constexpr Option<type> name{suffix, default_text, bounds};
#define TARN_FIELD_OPTIONAL(name, type, suffix, bounds, description) \
  inline constexpr OptionalOption<type> name{suffix, bounds};
#define TARN_FIELD_KNOWN(type, suffix, default_text, bounds)
#include "tarn/options/field_options.def"
#undef TARN_FIELD_OPTION
#undef TARN_FIELD_OPTIONAL
#undef TARN_FIELD_KNOWN

/// The rows of `field_options.def`; `key` is the suffix.
const std::vector<OptionRow>& FieldOptionRows();
/// The row of a suffix; nullptr for one that Paimon does not know.
const OptionRow* FindFieldOptionRow(std::string_view suffix);

/// What a key `fields.<columns>.<suffix>` is about.
struct FieldKey {
  std::vector<std::string>
      columns;         ///< between commas, in order; several for groups only
  std::string suffix;  ///< "sequence-group", "aggregate-function", ...
};

/// Take a key apart. Column names may hold dots: the longest suffix that Paimon knows
/// wins. Nothing for keys of another form and for suffixes that Paimon does not know.
std::optional<FieldKey> ParseFieldKey(std::string_view key);

/// The text of the option `fields.<column>.<suffix>`, or nullptr.
const std::string* FindFieldOption(const std::map<std::string, std::string>& options,
                                   std::string_view column, std::string_view suffix);

/// The options of one column, typed. Borrows the options of the table.
class FieldOptions {
 public:
  FieldOptions(const std::map<std::string, std::string>& options, std::string_view column)
      : options_(options), column_(column) {}

  bool Has(std::string_view suffix) const {
    return FindFieldOption(options_, column_, suffix) != nullptr;
  }
  /// The value, or the default. Errors: kInvalidInput naming key, value and bounds.
  template <typename T>
  Result<ValueOf<T>> Get(const Option<T>& option) const {
    const std::string* text = FindFieldOption(options_, column_, option.key);
    return ParseValue<T>(KeyOf(option.key),
                         text == nullptr ? std::string_view(option.default_text) : *text,
                         option.bounds);
  }
  template <typename T>
  Result<std::optional<ValueOf<T>>> Get(const OptionalOption<T>& option) const {
    const std::string* text = FindFieldOption(options_, column_, option.key);
    if (text == nullptr) return std::optional<ValueOf<T>>();
    ARROW_ASSIGN_OR_RAISE(auto value,
                          ParseValue<T>(KeyOf(option.key), *text, option.bounds));
    return std::optional<ValueOf<T>>(std::move(value));
  }

 private:
  std::string KeyOf(std::string_view suffix) const {
    return fmt::format("fields.{}.{}", column_, suffix);
  }

  const std::map<std::string, std::string>& options_;
  std::string column_;
};

/// One `file-index.<type>.columns` option.
struct FileIndexOption {
  std::string type;                  ///< "bloom-filter", "bitmap", "bsi", "range-bitmap"
  std::vector<std::string> columns;  ///< nested ones as "map[key]"
};

/// Which file indexes the options ask for, by type. Parameters of an index
/// (`file-index.<type>.<column>.<name>`) are read where it is built.
std::vector<FileIndexOption> FileIndexOptions(
    const std::map<std::string, std::string>& options);

}  // namespace tarn::options

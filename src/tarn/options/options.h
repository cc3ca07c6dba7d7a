// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: options, every one declared once.
///
/// A table carries options as text. Each known key is one row of `table_options.def`
/// (options that code looks at: typed constants) or `known_options.def` (keys of Paimon
/// that have no effect here). From the row come parsing, bounds, hints for mistyped keys
/// and the reference page. Options with a column in their key (`fields.<c>.<suffix>`) are
/// read by `field_options.h`, what they say about merging by `merge_options.h`.
///
/// Words: *dynamic* options may change at any time, *immutable* ones not once the table
/// has a snapshot, *restricted* ones by rules of their own (`bucket`, `ignore-delete`).
///
/// Invariants: what is stored stays as it was written, legacy keys and unknown ones
/// included; reading an option never changes it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/base/units.h"

namespace tarn::options {

using base::Duration;
using base::MemorySize;
using Text = std::string;

/// Type of options with a closed set of values. Read as text, in the spelling of the set.
struct Choice {};

/// When an option may change after CREATE.
enum class Mutability : uint8_t { kDynamic, kImmutable, kRestricted };

/// What values an option takes. Numbers count in their unit: bytes, nanoseconds.
struct Bounds {
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
  std::string_view choices = "";  ///< comma-separated; "" = any text
};
constexpr Bounds Any() {
  return {};
}
constexpr Bounds AtLeast(int64_t min) {
  return {min, INT64_MAX, ""};
}
constexpr Bounds Between(int64_t min, int64_t max) {
  return {min, max, ""};
}
constexpr Bounds OneOf(std::string_view choices) {
  return {INT64_MIN, INT64_MAX, choices};
}

enum class ValueType : uint8_t {
  kBool,
  kInt,
  kLong,
  kDouble,
  kMemorySize,
  kDuration,
  kChoice,
  kText
};

/// One row of the table, without its C++ type.
struct OptionRow {
  std::string_view key;
  ValueType type;
  const char* default_text;  ///< nullptr = no default
  Bounds bounds;
  Mutability mutability;
  bool acts;  ///< false: a known key without effect here; refusing it is an effect
  std::string_view description;
  std::string_view section;
};

/// An option whose value has the C++ type `T`.
template <typename T>
struct Option {
  std::string_view key;
  const char* default_text;
  Bounds bounds;
};
/// One without a default.
template <typename T>
struct OptionalOption {
  std::string_view key;
  Bounds bounds;
};

inline constexpr const char* kUnset = nullptr;

#define TARN_SECTION(title)
#define TARN_OPTION(name, type, key, default_text, bounds, mutability, description) \
  inline constexpr Option<type> name{key, default_text, bounds};
#define TARN_OPTIONAL(name, type, key, bounds, mutability, description) \
  inline constexpr OptionalOption<type> name{key, bounds};
#include "tarn/options/table_options.def"
#undef TARN_SECTION
#undef TARN_OPTION
#undef TARN_OPTIONAL

/// C++ type that `Get` answers for an option of type `T`.
template <typename T>
using ValueOf = std::conditional_t<std::is_same_v<T, Choice>, std::string, T>;

/// Parse the text of one value. Errors: kInvalidInput naming key, value and what it may
/// be.
template <typename T>
Result<ValueOf<T>> ParseValue(std::string_view key, std::string_view text,
                              const Bounds& bounds);

/// A key that nobody knows, and known ones that look like it, nearest first.
struct UnknownKey {
  std::string key;
  std::vector<std::string> nearest;  ///< at most three
};

/// The options of one table, typed. Immutable; a small value.
class Options {
 public:
  Options() = default;
  explicit Options(std::map<std::string, std::string> values)
      : values_(std::move(values)) {}

  /// The value, or the default. Legacy keys count where the new one is missing.
  /// Errors: kInvalidInput naming key, value and bounds.
  template <typename T>
  Result<ValueOf<T>> Get(const Option<T>& option) const {
    const std::string* text = Find(option.key);
    return ParseValue<T>(option.key,
                         text == nullptr ? std::string_view(option.default_text) : *text,
                         option.bounds);
  }
  template <typename T>
  Result<std::optional<ValueOf<T>>> Get(const OptionalOption<T>& option) const {
    const std::string* text = Find(option.key);
    if (text == nullptr) return std::optional<ValueOf<T>>();
    ARROW_ASSIGN_OR_RAISE(auto value, ParseValue<T>(option.key, *text, option.bounds));
    return std::optional<ValueOf<T>>(std::move(value));
  }

  /// The text under `key` or one of its legacy keys; nullptr when it is not set.
  const std::string* Find(std::string_view key) const&;
  const std::string* Find(std::string_view key) const&& = delete;  // it would dangle
  const std::map<std::string, std::string>& values() const { return values_; }

  /// These options with others on top (hints, dynamic options).
  Options With(const std::map<std::string, std::string>& others) const;

  /// Check that every known key has a value of its type within its bounds. Errors:
  /// kInvalidInput for the first that has not.
  Status Check() const;
  /// Keys that are no option, no legacy key and no pattern of Paimon.
  std::vector<UnknownKey> Unknown() const;
  /// Known keys that are set and have no effect here.
  std::vector<std::string> WithoutEffect() const;

 private:
  std::map<std::string, std::string> values_;
};

/// Texts between commas, trimmed, empty ones left out.
std::vector<std::string> SplitList(std::string_view text);

/// All rows, in the order of the files.
const std::vector<OptionRow>& AllOptions();
/// The row of a key, legacy keys included; nullptr for an unknown one.
const OptionRow* FindOption(std::string_view key);
/// The new name of a legacy key, or `key`.
std::string_view CurrentKey(std::string_view key);
/// Keys that look like `key`, nearest first, at most three.
std::vector<std::string> NearestKeys(std::string_view key);
/// Reference page of all options.
std::string OptionsMarkdown();

}  // namespace tarn::options

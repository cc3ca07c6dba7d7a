// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: base, the ground.
///
/// What every other folder may use: errors with a kind (`status.h`), the services of the
/// platform behind interfaces (`context.h`, `clock.h`, `random.h`, `executor.h`,
/// `file_system.h`), sizes and durations (`units.h`), byte coding (`bytes.h`) and names
/// that are safe as paths (`name.h`). Nothing here knows what a table is.
///
/// Words: a *kind* says what a caller can do about an error; a *code* `TARN-kxxx` is
/// stable and names one situation, its first digit is the kind's.
///
/// Invariant: no clock, thread, random number, or file outside `base/` and `io/`; the
/// rest of the tree receives them through `Context`, so that a simulation can own them
/// all.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>
#include <fmt/format.h>

namespace tarn {

using Status = arrow::Status;
template <typename T>
using Result = arrow::Result<T>;

/// What the caller can do about an error. A new kind needs a caller who would act
/// differently.
enum class ErrorKind : uint8_t {
  kNone = 0,      ///< not an error
  kInvalidInput,  ///< correct the call, the option, the schema or the SQL
  kConflict,      ///< another commit came first: plan again on the newer snapshot
  kNotFound,      ///< no such table, snapshot, tag or file
  kPermission,   ///< the caller may not do this, or the path lies outside what is allowed
  kUnsupported,  ///< valid Paimon that we do not implement: name the feature
  kCorruption,   ///< stored bytes contradict the format: stop, name the file
  kUnavailable,  ///< storage or network: retry with back-off
  kResource,     ///< a memory, disk or time budget is used up
  kCommitUnknown,  ///< the commit may have happened: look before retrying, delete nothing
  kInternal,       ///< an invariant of ours failed; nothing was committed
};

/// The kind of `status`; statuses born in Arrow are mapped by their code.
ErrorKind KindOf(const Status& status);

/// Stable code such as "TARN-5003", or "" for a status without one.
std::string CodeOf(const Status& status);

/// The sentence and values without the code and without Arrow's prefix ("Invalid: ").
std::string MessageOf(const Status& status);

/// `kind` in lower-case words, for instance "unsupported".
std::string_view KindName(ErrorKind kind);

/// Exit code of a program that ends with an error of this kind (design: InvalidInput 1,
/// Conflict 3, NotFound 4, Permission 5, Unsupported 6, Corruption 7, Unavailable 8,
/// Resource 9, CommitUnknown 10, Internal 70).
int ExitCodeOf(ErrorKind kind);

/// Make a status of any kind. `code` is the number after "TARN-", 0 for none.
Status MakeStatus(ErrorKind kind, int code, std::string message);

/// Put more words in front of an error's message; kind and code stay.
Status Prefixed(const Status& status, std::string_view prefix);

/// A value appended to an error's sentence as ` name=value`.
template <typename T>
struct NamedValue {
  std::string_view name;
  const T& value;
};
template <typename T>
NamedValue<T> V(std::string_view name, const T& value) {
  return {name, value};
}

namespace internal {
template <typename... Values>
std::string WithValues(std::string_view sentence, const Values&... values) {
  std::string out(sentence);
  ((out += fmt::format(" {}={}", values.name, values.value)), ...);
  return out;
}
}  // namespace internal

/// One such function per kind: a code, one fixed sentence, then `V("name", value)` pairs.
/// Example: `NotFound(4001, "Snapshot is missing:", V("table", name), V("snapshot",
/// id))`.
#define TARN_ERROR_FUNCTION(Function, kind)                                              \
  template <typename... Values>                                                          \
  Status Function(int code, std::string_view sentence, const Values&... values) {        \
    return MakeStatus(ErrorKind::kind, code, internal::WithValues(sentence, values...)); \
  }
TARN_ERROR_FUNCTION(InvalidInput, kInvalidInput)
TARN_ERROR_FUNCTION(Conflict, kConflict)
TARN_ERROR_FUNCTION(NotFound, kNotFound)
TARN_ERROR_FUNCTION(Permission, kPermission)
TARN_ERROR_FUNCTION(Unsupported, kUnsupported)
TARN_ERROR_FUNCTION(Corruption, kCorruption)
TARN_ERROR_FUNCTION(Unavailable, kUnavailable)
TARN_ERROR_FUNCTION(ResourceExhausted, kResource)
TARN_ERROR_FUNCTION(CommitUnknown, kCommitUnknown)
TARN_ERROR_FUNCTION(InternalError, kInternal)
#undef TARN_ERROR_FUNCTION

/// First digit of the codes of `kind`: InvalidInput 1, Conflict 3, NotFound 4, Permission
/// 5, Unsupported 6, Corruption 7, Unavailable 8, Resource 9, CommitUnknown 2, Internal
/// 0.
int CodeDigitOf(ErrorKind kind);

/// A check that protects stored data; stays on in release.
#define TARN_CHECK(condition, ...)                                        \
  do {                                                                    \
    if (!(condition)) [[unlikely]] {                                      \
      return ::tarn::InternalError(                                       \
          1, "Invariant failed: " #condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                     \
  } while (false)

}  // namespace tarn

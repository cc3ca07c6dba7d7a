// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::base {

/// The name of a database, table, branch, tag or consumer: one part of a path that stays
/// where it is put. Checked once, here; whoever holds a `Name` may join it to a path.
/// Immutable.
///
/// Refused: empty and blank-edged text, "." and "..", a leading '.', '/' and '\\',
/// control characters, text that is not UTF-8, more than 255 bytes.
class Name {
 public:
  /// \param what  what is being named, for the message: "database", "table"
  /// Errors: kInvalidInput naming the text and the rule that it breaks.
  static Result<Name> Make(std::string_view text, std::string_view what);

  /// A branch name: also not "main" and not all digits (Paimon `BranchManager`).
  static Result<Name> MakeBranch(std::string_view text);

  const std::string& text() const { return text_; }
  bool operator==(const Name&) const = default;
  auto operator<=>(const Name&) const = default;

 private:
  explicit Name(std::string_view text) : text_(text) {}
  std::string text_;
};

/// Check a path read from stored bytes that must stay below a folder: relative, no "..",
/// no empty and no "." parts, no '\\' or NUL. Errors: kPermission naming the path.
Status CheckRelativePath(std::string_view path);

/// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

}  // namespace tarn::base

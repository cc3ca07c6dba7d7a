// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/file_system.h"

namespace tarn::stream {

/// A file of a source.
struct SourceFile {
  std::string path;  ///< as the file system takes it
  std::string name;  ///< below the source's root: stays when the root is moved
};

/// The files that a source's `path` means, in the order of their names.
///
/// `path` is a file, a folder (with all below it), or a pattern: `*` and `?` within one
/// part of the path, `[abc]`, `[a-z]`, `[!a]`, `{one,two}`, and `**` for any number of
/// folders. Files and folders whose names begin with `.` or `_` are left out unless
/// `path` spells them, as in Flink. A leading "file:" or "file://" is understood. Errors:
/// kNotFound when nothing matches, kUnsupported for other schemes, kInvalidInput for a
/// malformed pattern.
Result<std::vector<SourceFile>> ListSourceFiles(base::FileSystem* files,
                                                std::string_view path);

/// Does `name` (one part of a path) match `pattern`? Braces must have been expanded.
bool MatchesPattern(std::string_view pattern, std::string_view name);

}  // namespace tarn::stream

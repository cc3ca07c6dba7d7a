// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/context.h"

namespace tarn::format {

/// The lines of a text file as Paimon's `TextLineReader` splits them: at `\n`, `\r` and
/// `\r\n` without the byte order mark, or at another delimiter. ".gz" and ".zst" behind
/// the name say how the file is compressed.
///
/// Immutable; thread-safe. Memory: the decompressed file, 1 GiB at most, and 16 bytes per
/// line.
class TextLines {
 public:
  /// \param delimiter   `csv.line-delimiter` or `json.line-delimiter`
  /// \param skip_first  the first line is a header
  /// \param bytes       the file's size as metadata states it, or -1
  /// Errors: kUnsupported naming another compression, kResource for a larger file,
  /// kCorruption for another size.
  static Result<std::unique_ptr<TextLines>> Open(const base::Context& context,
                                                 const std::string& path, int64_t bytes,
                                                 std::string_view delimiter,
                                                 bool skip_first);

  int64_t size() const { return static_cast<int64_t>(lines_.size()); }
  std::string_view line(int64_t i) const { return lines_[static_cast<size_t>(i)]; }

 private:
  TextLines() = default;
  void SplitAtLineEnds();
  void SplitAt(std::string_view delimiter);

  std::string text_;
  std::vector<std::string_view> lines_;
};

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tarn::support {

/// A file under tests/, for instance `TestFile("golden/pk_dedup_l0/expected.jsonl")`.
std::string TestFile(std::string_view path);

/// The program `tarn` of this build.
std::string Program();

/// The whole file. Throws when it cannot be read: a test cannot go on without its data.
std::string ReadText(const std::string& path);

/// The lines of a file without their newlines; a last line without newline counts.
std::vector<std::string> ReadLines(const std::string& path);
std::vector<std::string> SplitLines(std::string_view text);

/// A fresh folder under the system's place for temporary files, removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const;

 private:
  std::string path_;
};

/// Copy a folder with everything in it; `to` must not exist.
void CopyFolder(const std::string& from, const std::string& to);

}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/cdc/record.h"
#include "tarn/stream/sources/file_list.h"

namespace tarn::stream {

/// How a source of files reads.
struct FileSourceOptions {
  std::string path;                        ///< see `ListSourceFiles`
  int64_t batch_lines = 4096;              ///< most lines that one call answers
  int64_t batch_bytes = int64_t{4} << 20;  ///< about; one line is always answered
  int64_t line_bytes_max = int64_t{256} << 20;
  /// A gzip stream that ends too early ends its file, instead of being an error.
  bool tolerate_cut_files = false;
};

/// Lines of files, one file after the other in the order of their names.
///
/// Plain and gzip files, told apart by their first bytes; gzip members may follow each
/// other. A line ends at a line feed, a carriage return before it is dropped; the last
/// line of a file needs no line feed. Every line has a place (file, byte, number), so
/// that reading can go on where an earlier run of the same source ended. One caller at a
/// time.
class FileSource {
 public:
  /// Errors: those of `ListSourceFiles`.
  static Result<std::unique_ptr<FileSource>> Make(std::shared_ptr<base::Context> context,
                                                  FileSourceOptions options);
  ~FileSource();

  const std::vector<SourceFile>& files() const { return files_; }

  /// Go on after the lines that `positions` counts. Files without a position are read
  /// from their start; positions of files that are gone are kept. Before the first
  /// `Next`. Errors: kCorruption for text that `positions()` did not write.
  Status Seek(const std::map<std::string, std::string>& positions);

  /// The next lines; empty at the end. Views stay valid until the next call.
  /// Errors: kInvalidInput for a broken gzip stream, a line that is too long, and a file
  /// that has become shorter than its position, each with the file and the line;
  /// kUnavailable.
  Result<std::span<const cdc::Line>> Next();

  /// File name to "bytes:lines" behind the lines answered so far (bytes of the unpacked
  /// text). Files not begun have none.
  std::map<std::string, std::string> positions() const;

  /// Files whose gzip stream ended too early, with tolerate_cut_files.
  const std::vector<std::string>& cut_files() const { return cut_files_; }

 private:
  struct Place {
    int64_t bytes = 0;
    int64_t lines = 0;
  };
  class Stream;

  FileSource(std::shared_ptr<base::Context> context, FileSourceOptions options);
  Status OpenFile();
  /// Read more text behind what the buffer holds; false at the end of the file.
  Result<bool> Fill();
  void CutLines();
  void AddLine(std::string_view bytes, int64_t framed_bytes);
  Status AtLine(const Status& status) const;

  std::shared_ptr<base::Context> context_;
  FileSourceOptions options_;
  std::vector<SourceFile> files_;
  std::map<std::string, Place> places_;
  std::vector<std::string> cut_files_;
  size_t file_ = 0;  // the one being read, files_.size() at the end
  std::unique_ptr<Stream> stream_;
  Place* place_ = nullptr;  // of the open file
  std::string buffer_;
  size_t begin_ = 0;    // text not yet answered
  size_t scanned_ = 0;  // up to here there is no line feed after begin_
  bool file_ended_ = false;
  std::vector<cdc::Line> lines_;
};

}  // namespace tarn::stream

// SPDX-License-Identifier: Apache-2.0
#include "tarn/io/table_paths.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tarn/base/file_system.h"
#include "tarn/base/name.h"
#include "tarn/base/units.h"

namespace tarn::io {
namespace {

using base::JoinPath;

/// Names of compressions and the extensions that they leave (Paimon
/// `HadoopCompressionType`).
constexpr std::pair<std::string_view, std::string_view> kCompressions[] = {
    {"gzip", "gz"},       {"bzip2", "bz2"}, {"deflate", "deflate"},
    {"snappy", "snappy"}, {"lz4", "lz4"},   {"zstd", "zst"},
};

/// `directory`/`name` for a name found in metadata: one plain part.
Result<std::string> NamedFile(std::string directory, std::string_view name) {
  if (name.find('/') != name.npos) {
    return Permission(5101, "Stored file name is not a plain name:", V("name", name));
  }
  ARROW_RETURN_NOT_OK(base::CheckRelativePath(name));
  return JoinPath(directory, name);
}

/// The path of a URI of the local file system (file:/a, file:///a) or of a plain absolute
/// path; nothing for other file systems.
std::optional<std::string_view> LocalPath(std::string_view uri) {
  if (uri.starts_with("file:")) {
    uri.remove_prefix(5);
    // An authority must be empty.
    if (uri.starts_with("//")) uri.remove_prefix(2);
  }
  if (!uri.starts_with('/') || uri.starts_with("//")) return std::nullopt;
  return uri;
}

Result<std::string> UserNamedFile(std::string directory, std::string_view prefix,
                                  std::string_view name, std::string_view what) {
  ARROW_ASSIGN_OR_RAISE(base::Name checked, base::Name::Make(name, what));
  return JoinPath(directory, fmt::format("{}{}", prefix, checked.text()));
}

}  // namespace

Result<TablePaths> TablePaths::Make(std::string root,
                                    const std::map<std::string, std::string>& options) {
  TablePaths paths;
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  paths.root_ = std::move(root);
  paths.branch_root_ = paths.root_;
  auto branch = options.find("branch");
  if (branch != options.end() && !base::Trim(branch->second).empty() &&
      branch->second != "main") {
    ARROW_ASSIGN_OR_RAISE(base::Name name, base::Name::MakeBranch(branch->second));
    paths.branch_ = name.text();
    paths.branch_root_ = JoinPath(paths.root_, "branch/branch-" + name.text());
  }
  auto directory = options.find("data-file.path-directory");
  if (directory != options.end()) {
    std::string_view text = directory->second;
    while (!text.empty() && text.back() == '/') text.remove_suffix(1);
    ARROW_RETURN_NOT_OK(
        Prefixed(base::CheckRelativePath(text), "Option data-file.path-directory: "));
    paths.data_directory_ = text;
  }
  auto external = options.find("data-file.external-paths");
  if (external != options.end()) paths.AllowExternal(external->second);
  return paths;
}

void TablePaths::AllowExternal(std::string_view uris) {
  while (!uris.empty()) {
    const size_t comma = uris.find(',');
    std::optional<std::string_view> root = LocalPath(base::Trim(uris.substr(0, comma)));
    uris.remove_prefix(comma == uris.npos ? uris.size() : comma + 1);
    if (!root) continue;
    while (root->ends_with('/')) root->remove_suffix(1);
    // The whole file system is no folder that files could be kept in.
    if (!root->empty()) external_roots_.emplace_back(*root);
  }
}

Result<std::string> TablePaths::ExternalFile(std::string_view stored_path) const {
  const auto path = LocalPath(stored_path);
  if (!path) {
    return Unsupported(6755, "File lies in a file system that is not supported yet:",
                       V("path", stored_path));
  }
  for (const std::string& root : external_roots_) {
    if (!path->starts_with(root + "/")) continue;
    ARROW_RETURN_NOT_OK(base::CheckRelativePath(path->substr(root.size() + 1)));
    return std::string(*path);
  }
  return Permission(5750,
                    "Stored path leads out of the table, and not to a folder of its "
                    "option 'data-file.external-paths':",
                    V("path", stored_path));
}

std::string TablePaths::Below(std::string_view relative) const {
  return JoinPath(branch_root_, relative);
}

std::string TablePaths::SchemaFile(int64_t id) const {
  return Below(fmt::format("schema/schema-{}", id));
}

std::string TablePaths::SnapshotFile(int64_t id) const {
  return Below(fmt::format("snapshot/snapshot-{}", id));
}

std::string TablePaths::ChangelogFile(int64_t id) const {
  return Below(fmt::format("changelog/changelog-{}", id));
}

Result<std::string> TablePaths::TagFile(std::string_view tag) const {
  return UserNamedFile(TagDirectory(), "tag-", tag, "tag");
}

Result<std::string> TablePaths::ConsumerFile(std::string_view consumer) const {
  return UserNamedFile(ConsumerDirectory(), "consumer-", consumer, "consumer");
}

Result<std::string> TablePaths::ManifestFile(std::string_view name) const {
  return NamedFile(JoinPath(root_, "manifest"), name);
}

Result<std::string> TablePaths::IndexFile(std::string_view name) const {
  return NamedFile(JoinPath(root_, "index"), name);
}

Result<std::string> TablePaths::StatisticsFile(std::string_view name) const {
  return NamedFile(JoinPath(root_, "statistics"), name);
}

std::string TablePaths::BucketDirectory(std::string_view partition,
                                        int32_t bucket) const {
  const std::string name = bucket == kPostponeBucket ? std::string("bucket-postpone")
                                                     : fmt::format("bucket-{}", bucket);
  while (!partition.empty() && partition.back() == '/') partition.remove_suffix(1);
  return JoinPath(JoinPath(JoinPath(root_, data_directory_), partition), name);
}

Result<std::string> TablePaths::DataFile(std::string_view partition, int32_t bucket,
                                         std::string_view name) const {
  return NamedFile(BucketDirectory(partition, bucket), name);
}

Result<std::string> DatabaseDirectory(std::string_view warehouse,
                                      std::string_view database) {
  ARROW_ASSIGN_OR_RAISE(base::Name name, base::Name::Make(database, "database"));
  return JoinPath(warehouse, name.text() + ".db");
}

Result<std::string> TableDirectory(std::string_view warehouse, std::string_view database,
                                   std::string_view table) {
  ARROW_ASSIGN_OR_RAISE(std::string directory, DatabaseDirectory(warehouse, database));
  ARROW_ASSIGN_OR_RAISE(base::Name name, base::Name::Make(table, "table"));
  return JoinPath(directory, name.text());
}

std::optional<int64_t> VersionOf(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size());
  const bool plain =
      !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                     [](char c) { return c >= '0' && c <= '9'; });
  int64_t version = 0;
  if (!plain) return std::nullopt;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (error != std::errc()) return std::nullopt;
  return version;
}

std::string FileNames::Next(std::string_view prefix, std::string_view suffix) {
  const int64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  return fmt::format("{}{}-{}{}", prefix, uuid_, number, suffix);
}

std::string DataFileExtension(std::string_view format, std::string_view compression,
                              bool with_compression) {
  std::string extension(compression);
  for (const auto& [name, short_name] : kCompressions) {
    if (base::ToLower(compression) == name) extension = short_name;
  }
  if (base::ToLower(compression) == "none") extension.clear();
  const std::string lower = base::ToLower(format);
  if (extension.empty()) return fmt::format(".{}", format);
  if (lower == "json" || lower == "csv") return fmt::format(".{}.{}", format, extension);
  return with_compression ? fmt::format(".{}.{}", extension, format)
                          : fmt::format(".{}", format);
}

Result<std::string> FormatOfFileName(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot != name.npos) {
    const std::string_view last = name.substr(dot + 1);
    bool compressed = false;
    for (const auto& [full, extension] : kCompressions) {
      compressed = compressed || last == extension;
    }
    if (!compressed && !last.empty()) return std::string(last);
    const size_t second = dot == 0 ? name.npos : name.rfind('.', dot - 1);
    if (compressed && second != name.npos && dot - second > 1) {
      return std::string(name.substr(second + 1, dot - second - 1));
    }
  }
  return Corruption(7120, "File name does not tell its format:", V("name", name));
}

}  // namespace tarn::io

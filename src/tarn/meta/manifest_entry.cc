// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_entry.h"

#include <unordered_map>

#include "tarn/base/bytes.h"

namespace tarn::meta {
namespace {

void AppendText(std::string* out, std::string_view text) {
  base::AppendVarint(out, text.size());
  out->append(text);
}

/// Absent and empty differ.
void AppendOptional(std::string* out, const std::optional<std::string>& text) {
  out->push_back(text ? 1 : 0);
  if (text) AppendText(out, *text);
}

}  // namespace

std::string IdentifierOf(const ManifestEntry& entry) {
  std::string out;
  out.reserve(entry.partition.size() + entry.file.file_name.size() + 24);
  AppendText(&out, entry.partition);
  base::AppendLittle(&out, entry.bucket);
  base::AppendLittle(&out, entry.file.level);
  AppendText(&out, entry.file.file_name);
  base::AppendVarint(&out, entry.file.extra_files.size());
  for (const std::string& name : entry.file.extra_files) AppendText(&out, name);
  AppendOptional(&out, entry.file.embedded_file_index);
  AppendOptional(&out, entry.file.external_path);
  return out;
}

Result<std::vector<ManifestEntry>> MergeEntries(std::vector<ManifestEntry> entries) {
  // Position of what is known about each identifier; erased when ADD meets its DELETE.
  std::unordered_map<std::string, size_t> last;
  last.reserve(entries.size());
  std::vector<bool> keep(entries.size(), false);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto [at, fresh] = last.try_emplace(IdentifierOf(entries[i]), i);
    if (fresh) {
      keep[i] = true;
      continue;
    }
    if (entries[i].kind == FileKind::kAdd) {
      return Corruption(7106, "File is added although it is there already:",
                        V("file", entries[i].file.file_name),
                        V("bucket", entries[i].bucket),
                        V("level", entries[i].file.level));
    }
    keep[at->second] = false;
    last.erase(at);
  }
  std::vector<ManifestEntry> out;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (keep[i]) out.push_back(std::move(entries[i]));
  }
  return out;
}

}  // namespace tarn::meta

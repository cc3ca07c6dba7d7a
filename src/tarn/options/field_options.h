// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::options {

/// What a key `fields.<columns>.<suffix>` is about.
struct FieldKey {
  std::vector<std::string>
      columns;         ///< between commas, in order; several for groups only
  std::string suffix;  ///< "sequence-group", "aggregate-function", ...
};

/// Take a key apart. Column names may hold dots: the longest suffix that Paimon knows
/// wins. Nothing for keys of another form and for suffixes that Paimon does not know.
std::optional<FieldKey> ParseFieldKey(std::string_view key);

/// The option `fields.<column>.<suffix>`, or nullptr.
const std::string* FindFieldOption(const std::map<std::string, std::string>& options,
                                   std::string_view column, std::string_view suffix);

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

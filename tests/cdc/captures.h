// SPDX-License-Identifier: Apache-2.0
#pragma once

// Recorded change events of real databases, and the tables that they must give.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/cdc/decoder.h"

namespace tarn::cdc {

/// Lines of tests/data/<database>/<variant>/<topic>.jsonl.gz.
std::vector<std::string> CapturedLines(const std::string& database,
                                       const std::string& variant,
                                       const std::string& topic);

/// A table of the captures: its topic, its columns as a user would declare them.
struct CapturedTable {
  std::string name;  ///< "catalog.products"
  std::vector<types::DataField> fields;
  std::vector<int> keys;
};
std::vector<CapturedTable> CapturedTables(const std::string& database);

/// The options that a user sets for a variant.
DecoderOptions OptionsFor(const CapturedTable& table, const std::string& variant);

/// A row as one canonical text per column; nullopt = NULL.
using TextRow = std::vector<std::optional<std::string>>;

/// Cells of a batch as canonical text: numbers without trailing zeros, "YYYY-MM-DD
/// hh:mm:ss.f" without trailing zeros, bytes as lower-case hex, lists as ["a","b"].
std::vector<TextRow> RowsAsText(const types::ChangeBatch& batch, size_t columns);

/// The table's rows in the database at the end, in the same text, by the text of their
/// keys.
std::map<std::string, TextRow> TruthOf(const std::string& database,
                                       const CapturedTable& table);

/// A table that changes are applied to by key; absent cells keep what was there.
class FoldedTable {
 public:
  explicit FoldedTable(const CapturedTable& table) : table_(table) {}
  void Apply(const DecodedBatch& batch);
  const std::map<std::string, TextRow>& rows() const { return rows_; }

 private:
  const CapturedTable& table_;
  std::map<std::string, TextRow> rows_;
};

}  // namespace tarn::cdc

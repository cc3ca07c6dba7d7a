// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tarn::support {

/// One file of expected rows of a golden table, and the read that yields it.
struct GoldenRead {
  std::string file;                 ///< "expected.snapshot-2.jsonl"
  std::vector<std::string> lines;   ///< canonical rows in byte order
  std::optional<int64_t> snapshot;  ///< at most one of these three is set
  std::optional<std::string> tag;
  std::optional<std::string> branch;
  /// Read command of an extra file (`filter`, `columns`, `table`, `options`, ...); empty
  /// for the plain ones.
  nlohmann::json command;

  bool plain() const { return command.empty(); }
  /// Members that make this read a request to Java.
  nlohmann::json Request() const;
};

/// A table written by Java with what Java reads from it (tests/golden/README.md).
struct GoldenTable {
  std::string name;
  std::string about;
  std::string warehouse;          ///< folder; the table is db.t
  std::string path;               ///< folder of the table
  std::vector<GoldenRead> reads;  ///< the latest rows first
  /// Streaming read from snapshot 1 (`changelog_from`): lines with snapshot, kind and
  /// row.
  std::optional<std::vector<std::string>> changelog;
  int64_t changelog_from = 1;

  /// `dump.json`, absent for a few.
  std::optional<nlohmann::json> Dump() const;
};

/// All golden tables by name, in order.
std::vector<std::string> GoldenNames();
/// Those whose names begin with one of `prefixes`.
std::vector<std::string> GoldenNames(const std::vector<std::string>& prefixes);

GoldenTable LoadGolden(const std::string& name);

/// Lines of tests/golden/vectors/`file` as JSON.
std::vector<nlohmann::json> GoldenVectors(const std::string& file);

/// Expected reads that the published core answers otherwise than 2.0.0, which wrote them.
bool JavaCoreDiffers(const std::string& table, const std::string& file);

}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tarn::expr {

/// Which prunings a read may use. Each changes how much is read and never what is
/// answered; each can be turned off, so that tests can prove it.
struct Pruning {
  bool partitions = true;        ///< manifests and entries by partition
  bool buckets = true;           ///< buckets that the bucket key selects
  bool key_statistics = true;    ///< files by the statistics of their keys
  bool value_statistics = true;  ///< files by the statistics of their values
  bool sections = true;          ///< files that share keys, together, by the same
  bool file_indexes = true;      ///< files and rows by bloom filters and bitmaps
  bool row_groups = true;        ///< row groups and pages by the statistics in files
  bool late_columns = true;      ///< columns only of rows that satisfy the predicate

  Pruning() = default;
  /// All or none.
  Pruning(bool on)  // NOLINT(google-explicit-constructor): `prune = false` reads well
      : partitions(on),
        buckets(on),
        key_statistics(on),
        value_statistics(on),
        sections(on),
        file_indexes(on),
        row_groups(on),
        late_columns(on) {}
};

}  // namespace tarn::expr

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/meta/schema_check.h"
#include "tarn/options/merge_options.h"
#include "tarn/options/options.h"

namespace tarn::meta {

/// Codes of mistakes in a table definition.
inline constexpr int kManyMistakes = 1240;
inline constexpr int kBadOptionValue = 1241;
inline constexpr int kUnknownField = 1242;
inline constexpr int kInvertedGroup = 1243;
inline constexpr int kBadGroup = 1244;
inline constexpr int kAggregateWithoutGroup = 1245;
inline constexpr int kUnknownAggregate = 1246;
inline constexpr int kDeleteConflict = 1247;
inline constexpr int kBadKey = 1248;
inline constexpr int kBadBucket = 1249;
inline constexpr int kBadColumn = 1250;
inline constexpr int kBadChangelog = 1251;
inline constexpr int kBadSequence = 1252;
inline constexpr int kBadScan = 1253;
inline constexpr int kBadNumber = 1254;
inline constexpr int kBadFormat = 1255;
inline constexpr int kLackingBucketMode = 6220;

/// What the checks of one definition share: the definition, what was found, and the
/// correction that grows beside it. One caller at a time.
class SchemaExamination {
 public:
  explicit SchemaExamination(const types::TableSchema& schema)
      : schema(schema), options(schema.options), fixed(schema) {}

  const types::DataField* FieldOf(std::string_view name) const;
  bool HasField(std::string_view name) const { return FieldOf(name) != nullptr; }
  bool IsKey(std::string_view name) const;
  /// The text of an option, legacy keys included, or its default or "".
  std::string Text(std::string_view key) const;
  bool IsTrue(std::string_view key) const;
  std::string MergeEngine() const { return Text("merge-engine"); }
  std::string Producer() const { return Text("changelog-producer"); }
  /// Text of the columns that look like `name`, to be put behind a sentence, or "".
  std::string NearestColumns(std::string_view name) const;

  /// A mistake whose remedy is already in `fixed`.
  void Mended(int code, std::string sentence, std::string remedy,
              std::vector<std::string> option_keys = {}, std::string column = "");
  /// A mistake that only the user can mend.
  void Wrong(int code, std::string sentence, std::string remedy = "",
             std::vector<std::string> option_keys = {}, std::string column = "");
  void Warn(std::string_view code, std::string sentence, std::string hint = "",
            std::string option = "", std::string column = "");

  const types::TableSchema& schema;
  const options::Options options;
  types::TableSchema fixed;  ///< with the mistakes mended so far
  bool mendable = true;      ///< false once a mistake has no plain remedy
  SchemaReport report;
};

/// Keys, columns, buckets, option values, sequence field, producers, scan options.
void CheckDefinition(SchemaExamination* examination);
/// Sequence groups, aggregates and delete policies of partial-update and aggregation.
void CheckMerging(SchemaExamination* examination);
/// Warnings about what is accepted and may surprise.
void LintDefinition(SchemaExamination* examination);

/// A name that sounds like an order of events: catalog_op_ts, updated_at, lsn, version.
bool SoundsLikeClock(std::string_view name);
/// TIMESTAMP, TIMESTAMP_LTZ, DATE or TIME.
bool IsTemporal(const types::DataType& type);
/// "a,b".
std::string Joined(const std::vector<std::string>& names, std::string_view separator);

}  // namespace tarn::meta

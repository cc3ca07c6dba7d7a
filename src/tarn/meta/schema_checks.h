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
inline constexpr int kManyMistakes = 1220;
inline constexpr int kBadOptionValue = 1221;
inline constexpr int kUnknownField = 1222;
inline constexpr int kInvertedGroup = 1223;
inline constexpr int kBadGroup = 1224;
inline constexpr int kAggregateWithoutGroup = 1225;
inline constexpr int kUnknownAggregate = 1226;
inline constexpr int kDeleteConflict = 1227;
inline constexpr int kBadKey = 1228;
inline constexpr int kBadBucket = 1229;
inline constexpr int kBadColumn = 1230;
inline constexpr int kBadChangelog = 1231;
inline constexpr int kBadSequence = 1232;
inline constexpr int kBadScan = 1233;
inline constexpr int kBadNumber = 1234;
inline constexpr int kBadFormat = 1235;
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

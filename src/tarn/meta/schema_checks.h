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

/// Codes of mistakes in a table definition; the first digit is the kind's.
inline constexpr int kManyMistakes = 1240;    ///< several mistakes, all listed
inline constexpr int kBadOptionValue = 1241;  ///< an option does not take this value
inline constexpr int kUnknownField = 1242;    ///< an option names no column
inline constexpr int kInvertedGroup = 1243;   ///< a group is the wrong way round
inline constexpr int kBadGroup = 1244;        ///< a group takes a column that it may not
inline constexpr int kAggregateWithoutGroup = 1245;  ///< an aggregate needs a group
inline constexpr int kUnknownAggregate = 1246;       ///< no aggregate for this column
inline constexpr int kDeleteConflict = 1247;  ///< policies for deletes exclude each other
inline constexpr int kBadKey = 1248;        ///< a primary or partition key is impossible
inline constexpr int kBadBucket = 1249;     ///< buckets or their key are impossible
inline constexpr int kBadColumn = 1250;     ///< a column is impossible
inline constexpr int kBadChangelog = 1251;  ///< the changelog producer does not fit
inline constexpr int kBadSequence = 1252;   ///< the sequence field does not fit
inline constexpr int kBadScan = 1253;       ///< options of scans contradict each other
inline constexpr int kBadNumber = 1254;     ///< a number is outside its bounds
inline constexpr int kBadFormat = 1255;     ///< the file format cannot hold a column

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
/// Whether the formats of data files can hold the columns.
void CheckFormats(SchemaExamination* examination);
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

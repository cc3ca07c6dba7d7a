// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// Something that is accepted and will not do what one may expect.
struct Notice {
  std::string code;         ///< "TARN-W..." stable
  std::string sentence;     ///< what will happen
  std::string hint;         ///< what to write instead, may be empty
  std::string option = {};  ///< the key it is about, may be empty
  std::string column = {};  ///< the column it is about, may be empty
};

/// A mistake in a table definition.
struct SchemaProblem {
  ErrorKind kind = ErrorKind::kInvalidInput;
  int code = 0;
  std::string sentence;              ///< Java's words or clearer ones
  std::string remedy;                ///< what to write instead, may be empty
  std::vector<std::string> options;  ///< keys it is about
  std::string column;                ///< column it is about, may be empty
};

/// All that can be said about a definition.
struct SchemaReport {
  std::vector<SchemaProblem> problems;
  std::vector<Notice> notices;
  /// The definition with all problems mended, where each intention is plain.
  std::optional<types::TableSchema> corrected;
};

/// Every check that Java makes when a table is created (Paimon `SchemaValidation`,
/// `PartialUpdateMergeFunction.Factory`), and the traps that a definition can reveal:
/// sequence groups the wrong way round, clocks without a column, aggregates without a
/// group, deletes without a policy. Pure.
SchemaReport ExamineSchema(const types::TableSchema& schema);

/// The report of `ExamineSchema` as one error that lists all mistakes, each with its
/// remedy, followed by the corrected DDL where the intention is plain.
///
/// \param schema      fields, keys and options as the user gave them
/// \param notices     warnings are appended; may be nullptr
/// \param table_name  shown in the corrected DDL
/// Errors: kInvalidInput, kUnsupported (an option that acts and that we lack).
Status CheckSchema(const types::TableSchema& schema, std::vector<Notice>* notices,
                   std::string_view table_name = "my_table");

/// The one error of a report with problems; OK without.
Status ErrorOf(const SchemaReport& report, std::string_view table_name);

/// What an INSERT that names only some columns does to a partial-update table: rows of a
/// group without its clock are ignored, columns of a group that are left out become NULL.
/// Notices are appended; nothing for other tables and for INSERTs of all columns.
void CheckInsertColumns(const types::TableSchema& schema,
                        const std::vector<std::string>& columns,
                        std::vector<Notice>* notices);

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tarn/cdc/column_buffer.h"
#include "tarn/cdc/conversion.h"
#include "tarn/cdc/json_document.h"
#include "tarn/cdc/placeholder.h"

namespace tarn::cdc {

/// What a row is for: an image of a delete or update may lack columns that a new row must
/// have.
enum class RowRole : uint8_t {
  kNew,     ///< NOT NULL columns must be there
  kBefore,  ///< only key columns must be there
  kKey,     ///< only key columns are there: all others are absent
};

/// How a row ended.
enum class RowOutcome : uint8_t {
  kAppended,
  kRejected,  ///< `reason()`; nothing of the row is left
  kFailed,    ///< `failure()`: no memory; the decoder is of no more use
};

/// Turns JSON objects into rows of columns. Members are found by name (in the order of
/// the last object first); members that are no column are checked and ignored; columns
/// without a member become NULL; a member that comes twice is an error. One caller at a
/// time.
class RowDecoder {
 public:
  /// \param fields       the columns that rows have
  /// \param key_columns  indexes into `fields` of columns that no row may lack
  /// \param placeholder  marks absent cells, or nullptr
  static Result<std::unique_ptr<RowDecoder>> Make(
      const std::vector<types::DataField>& fields, std::vector<int> key_columns,
      bool fail_on_missing_field, std::shared_ptr<const Placeholder> placeholder,
      arrow::MemoryPool* pool);

  /// Append the object at `*token` and move past it.
  /// \param conversions  one per field
  /// \param role         which columns must have a value
  RowOutcome AppendRow(JsonDocument* document, JsonDocument::Token* token,
                       const std::vector<Conversion>& conversions, RowRole role);
  /// Fill key columns of the last row that are NULL from an object with the key.
  RowOutcome AppendKeyRow(JsonDocument* document, JsonDocument::Token* token,
                          const std::vector<Conversion>& conversions) {
    return AppendRow(document, token, conversions, RowRole::kKey);
  }

  int64_t rows() const { return rows_; }
  int64_t bytes() const;
  void Truncate(int64_t rows);
  ColumnBuffer* column(size_t i) { return columns_[i].get(); }

  const std::string& reason() const { return reason_; }
  const Status& failure() const { return failure_; }

 private:
  using Token = JsonDocument::Token;
  struct Seen {
    std::string name;
    int column = -1;
  };

  RowDecoder() = default;
  int ColumnOf(std::string_view name, size_t member);
  bool AppendMembers(JsonDocument* document, Token* token,
                     const std::vector<Conversion>& conversions, RowRole role);
  bool FinishRow(RowRole role);
  bool AppendMember(JsonDocument* document, Token* token, const Conversion& conversion,
                    size_t column);
  bool AppendCell(JsonDocument* document, Token* token, const Conversion& conversion,
                  ColumnBuffer* column);
  bool AppendBoolean(JsonDocument* document, Token* token, const Conversion& conversion,
                     ColumnBuffer* column);
  template <typename T>
  bool AppendInteger(JsonDocument* document, Token* token, const Conversion& conversion,
                     ColumnBuffer* column);
  template <typename T>
  bool AppendFloat(JsonDocument* document, Token* token, const Conversion& conversion,
                   ColumnBuffer* column);
  bool AppendDecimal(JsonDocument* document, Token* token, const Conversion& conversion,
                     ColumnBuffer* column);
  bool ReadVariableScale(JsonDocument* document, Token* token,
                         const Conversion& conversion, __int128* out);
  bool ReadDecimalString(JsonDocument* document, Token* token,
                         const Conversion& conversion, __int128* out);
  bool AppendString(JsonDocument* document, Token* token, ColumnBuffer* column);
  bool AppendBytes(JsonDocument* document, Token* token, const Conversion& conversion,
                   ColumnBuffer* column);
  bool AppendTemporal(JsonDocument* document, Token* token, const Conversion& conversion,
                      ColumnBuffer* column);
  bool AppendArray(JsonDocument* document, Token* token, const Conversion& conversion,
                   ColumnBuffer* column);
  bool AppendMap(JsonDocument* document, Token* token, const Conversion& conversion,
                 ColumnBuffer* column);
  bool AppendStruct(JsonDocument* document, Token* token, const Conversion& conversion,
                    ColumnBuffer* column);
  /// The integer at `*token`. Sets the reason.
  bool ReadInteger(JsonDocument* document, Token* token, const Conversion& conversion,
                   int64_t* out);
  bool Reject(const JsonDocument& document, Token token, const Conversion& conversion,
              std::string_view why);
  bool Malformed(const JsonDocument& document);
  bool Checked(const Status& status);

  std::vector<std::string> names_;
  std::vector<std::unique_ptr<ColumnBuffer>> columns_;
  std::vector<int> key_columns_;
  std::vector<bool> is_key_;
  std::vector<int> not_null_columns_;
  bool fail_on_missing_field_ = false;
  std::shared_ptr<const Placeholder> placeholder_;
  std::unordered_map<std::string_view, int> by_name_;
  std::vector<Seen> order_;  // members of the last object, in their order
  int64_t rows_ = 0;
  std::string scratch_;
  std::string reason_;
  Status failure_;
};

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/format/orc_numbers.h"
#include "tarn/format/orc_tail.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// A stream of a stripe, ready to be stored.
struct OrcStoredStream {
  uint64_t kind = 0;
  uint32_t column = 0;
  std::string bytes;
};

/// What all columns of a file share.
struct OrcColumnOptions {
  OrcBlocks blocks;
  bool legacy_instants = true;
  base::Clock* clock = nullptr;
};

/// Encodes one column of a file, stripe by stripe: a tree beside the type. Types, order
/// of streams and values are those of Java's writer (Paimon `OrcTypeUtil`,
/// `FieldWriterFactory`); numbers are packed, texts stored without dictionaries. One
/// caller at a time.
class OrcColumnWriter {
 public:
  /// A writer of `field`. Appends the types of the column, in preorder, to `types`, with
  /// the ids that Java gives to what is nested. Errors: kUnsupported naming a type that
  /// has no ORC form here.
  static Result<std::unique_ptr<OrcColumnWriter>> Make(const types::DataField& field,
                                                       const OrcColumnOptions& options,
                                                       std::vector<OrcType>* types);
  virtual ~OrcColumnWriter() = default;

  /// Append rows [begin, end) of an array of the engine type.
  Status Add(const arrow::Array& array, int64_t begin, int64_t end);
  /// End the stripe: append its streams and, by type, encodings.
  Status FinishStripe(std::vector<OrcStoredStream>* streams,
                      std::vector<uint64_t>* encodings);
  /// Bytes of the open stripe, before what is pending is compressed.
  int64_t bytes() const;
  /// Append, by type, the number of values of the whole file and whether NULLs are among
  /// the rows.
  struct Counts {
    int64_t values = 0;
    bool has_null = false;
  };
  void AppendCounts(std::vector<Counts>* out) const;

 protected:
  explicit OrcColumnWriter(const OrcColumnOptions& options) : present_(options.blocks) {}
  /// Append the values of rows [begin, end), NULLs left out.
  virtual Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) = 0;
  virtual Status FinishValues(std::vector<OrcStoredStream>* streams) = 0;
  virtual int64_t value_bytes() const = 0;
  virtual uint64_t encoding() const { return 2; }
  void Store(uint64_t kind, std::string bytes,
             std::vector<OrcStoredStream>* streams) const;

  std::vector<std::unique_ptr<OrcColumnWriter>> children_;

 private:
  friend class OrcColumnFactory;
  uint32_t number_ = 0;
  OrcBitWriter present_;
  bool stripe_has_null_ = false;
  Counts counts_;
};

/// A text as Java's ORC writer stores it: of CHAR(n) padded with blanks to n characters,
/// of CHAR(n) and VARCHAR(n) cut after n. Answers `text` itself where nothing changes.
std::string_view OrcText(std::string_view text, const types::DataType& type,
                         std::string* scratch);

}  // namespace tarn::format

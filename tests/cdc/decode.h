// SPDX-License-Identifier: Apache-2.0
#pragma once

// Decoding a few lines and looking at the rows.

#include <map>
#include <string>
#include <vector>

#include "tests/cdc/captures.h"

namespace tarn::cdc {

/// Columns "name TYPE" (an atomic type, or one given), metadata columns "name TYPE <-
/// key".
DecoderOptions Columns(
    const std::vector<std::pair<std::string, types::DataType>>& columns,
    const std::vector<int>& keys = {},
    const std::map<std::string, std::string>& metadata = {});

/// Rows as "+I a,b,NULL", absent cells as "-".
struct Decoded {
  std::vector<std::string> rows;
  DecodedBatch batch;
  Status status;
};
Decoded Decode(const DecoderOptions& options, const std::vector<std::string>& lines,
               RedeliveryFilter* filter = nullptr, TruncateHorizon* horizon = nullptr);

/// The single cell of the rows that come of {"after":{"x":<value>},"op":"c"}; the
/// rejection's reason after "! " if there is none.
std::string Cell(const types::DataType& type, const std::string& value,
                 DecoderOptions options = {});
/// The same under the Connect schema `schema` (the JSON of the field, without "field").
std::string CellWithSchema(const types::DataType& type, const std::string& schema,
                           const std::string& value, DecoderOptions options = {});

/// A recorded message; `value` is JSON.
std::string Recorded(int partition, int64_t offset, const std::string& key,
                     const std::string& value);

}  // namespace tarn::cdc

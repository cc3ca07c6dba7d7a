// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// Something that is accepted and will not do what one may expect.
struct Notice {
  std::string code;      ///< "TARN-W..." stable
  std::string sentence;  ///< what will happen
  std::string hint;      ///< what to write instead, may be empty
};

/// Every check that Java makes when a table is created (Paimon `SchemaValidation`), and the
/// traps that a definition can reveal. All mistakes come in one error, each with its remedy,
/// followed by the corrected DDL where the intention is plain.
///
/// \param schema   fields, keys and options as the user gave them
/// \param notices  warnings are appended; may be nullptr
/// Errors: kInvalidInput, kUnsupported (an option that acts and that we lack).
Status CheckSchema(const types::TableSchema& schema, std::vector<Notice>* notices);

}  // namespace tarn::meta

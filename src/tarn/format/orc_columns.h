// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/format/orc_column_writer.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// The encoder of a type's own streams, without those of what it nests; nullptr for a
/// type that has no ORC form here. Numbers are packed, texts stored without dictionaries.
std::unique_ptr<OrcColumnWriter> NewOrcColumn(const types::DataType& type,
                                              const OrcColumnOptions& options);

}  // namespace tarn::format

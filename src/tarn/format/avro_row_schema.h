// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tarn/types/data_type.h"

namespace tarn::format {

/// Avro schema, as compact JSON, of records with these fields: byte for byte what
/// Paimon's `AvroSchemaConverter` makes of them. The root is called
/// `org.apache.paimon.avro.generated.record`, what it nests `record_<field>` and so on;
/// NULL is branch 0 of a union; maps whose keys are not text are arrays of entries.
/// Errors: kInvalidInput for what Java refuses (TIMESTAMP above 6 and TIME above 3
/// digits, names that Avro does not allow, VARIANT), kUnsupported for names outside
/// ASCII, for two nested records of one name, and for MULTISET of other than text, which
/// Java's Avro cannot write either.
Result<std::string> AvroSchemaOf(const std::vector<types::DataField>& fields);

}  // namespace tarn::format

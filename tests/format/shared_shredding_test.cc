// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/shared_shredding.h"

#include <gtest/gtest.h>

#include <arrow/api.h>
#include <arrow/json/from_string.h>

#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/files.h"

namespace tarn::format {
namespace {

using types::DataField;
using types::DataType;

TEST(SharedShredding, IsRefusedByNameWhateverTheTableSays) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  const std::vector<DataField> stored = {
      {0, "m",
       DataType::Row({{0, "__field_mapping", DataType::Array(DataType::Int())},
                      {1, "__col_0", DataType::BigInt()},
                      {2, "__overflow",
                       DataType::Map(DataType::Int().NotNull(), DataType::BigInt())}})}};
  const auto schema = types::ToArrow(stored).ValueOrDie();
  const auto rows =
      arrow::json::ArrayFromJSONString(schema->field(0)->type(), "[[[0], 7, []], null]")
          .ValueOrDie();
  support::TemporaryFolder folder;
  for (const char* format : {"parquet", "orc"}) {
    const std::string path = folder / (std::string("file.") + format);
    auto writer = CreateFile(*context, path, format, stored, {}).ValueOrDie();
    ASSERT_TRUE(writer->Write(*arrow::RecordBatch::Make(schema, 2, {rows})).ok());
    ASSERT_TRUE(writer->Finish().ok());
    auto reader = OpenFile(*context, path).ValueOrDie();
    const auto cursor = reader->OpenColumn(
        "m", DataType::Map(DataType::String().NotNull(), DataType::BigInt()));
    EXPECT_EQ(KindOf(cursor.status()), ErrorKind::kUnsupported) << cursor.status();
    EXPECT_NE(MessageOf(cursor.status()).find("shared-shredding"), std::string::npos);
  }
}

}  // namespace
}  // namespace tarn::format

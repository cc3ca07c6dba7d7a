// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/global_index.h"

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/io/local_file_system.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/row_kind.h"
#include "tests/support/canonical_rows.h"

namespace tarn::write {
namespace {

using nlohmann::json;

types::TableSchema Schema(const std::string& engine) {
  types::TableSchema schema;
  schema.fields = {{0, "p", types::DataType::String(), {}, {}},
                   {1, "k", types::DataType::Int().NotNull(), {}, {}},
                   {2, "v", types::DataType::String(), {}, {}}};
  schema.primary_keys = {"k"};
  schema.partition_keys = {"p"};
  schema.options = {{"bucket", "-1"}, {"merge-engine", engine}};
  return schema;
}

json Change(const std::string& op, const std::string& p, int k, const std::string& v) {
  return {{"op", op}, {"row", {{"p", p}, {"k", k}, {"v", v}}}};
}

/// What a batch becomes over an empty table: "+I a 1 x" per row.
std::vector<std::string> Place(const std::string& engine,
                               const std::vector<json>& changes) {
  const auto schema = Schema(engine);
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 0);
  auto index = GlobalIndex::Make(context, schema, [](const Restore::VisitKeys&) {
    return Result<int64_t>(int64_t{0});
  });
  EXPECT_TRUE(index.ok()) << index.status();
  const auto batch = support::ChangesFromJson(json(changes), schema.fields);
  const auto placed = (*index)->Place(*batch);
  EXPECT_TRUE(placed.ok()) << placed.status();
  std::vector<std::string> out;
  const auto text = [&](int column, int64_t row) {
    return (*placed->rows->column(column)->GetScalar(row))->ToString();
  };
  for (int64_t row = 0; row < placed->num_rows(); ++row) {
    const uint8_t* kinds = placed->kinds_data();
    const auto kind = static_cast<types::RowKind>(kinds == nullptr ? 0 : kinds[row]);
    out.push_back(std::string(types::ShortName(kind)) + " " + text(0, row) + " " +
                  text(1, row) + " " + text(2, row));
  }
  return out;
}

using Rows = std::vector<std::string>;

TEST(GlobalIndex, DeletesAMovedKeyInItsOldPartition) {
  EXPECT_EQ(Place("deduplicate", {Change("+I", "a", 1, "x"), Change("+I", "a", 2, "y"),
                                  Change("+I", "b", 1, "z"), Change("+I", "b", 1, "w")}),
            (Rows{"+I a 1 x", "+I a 2 y", "-D a 1 z", "+I b 1 z", "+I b 1 w"}));
}

TEST(GlobalIndex, WritesIntoTheOldPartitionWhereRowsAreFolded) {
  EXPECT_EQ(
      Place("partial-update", {Change("+I", "a", 1, "x"), Change("+I", "b", 1, "y")}),
      (Rows{"+I a 1 x", "+I a 1 y"}));
}

TEST(GlobalIndex, DropsALaterRowOfFirstRow) {
  EXPECT_EQ(Place("first-row", {Change("+I", "a", 1, "x"), Change("+I", "b", 1, "y"),
                                Change("+I", "a", 1, "z")}),
            (Rows{"+I a 1 x", "+I a 1 z"}));
}

TEST(GlobalIndex, RefusesOptionsUnderWhichAKeyWouldStayInBothPartitions) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 0);
  for (const char* key : {"ignore-delete", "rowkind.field"}) {
    auto schema = Schema("deduplicate");
    schema.options[key] = "true";
    EXPECT_EQ(KindOf(GlobalIndex::Make(context, schema, {}).status()),
              ErrorKind::kUnsupported);
  }
}

TEST(GlobalIndex, ReadsTheKeysOfTheTableOnce) {
  const auto schema = Schema("deduplicate");
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 0);
  int read = 0;
  const auto batch =
      support::ChangesFromJson(json::array({Change("+I", "b", 1, "x")}), schema.fields);
  auto keys = *batch->rows->SelectColumns({1});
  auto index = GlobalIndex::Make(
      context, schema, [&](const Restore::VisitKeys& visit) -> Result<int64_t> {
        ++read;
        const std::string partition = types::SerializeBinaryRow(
            1, *types::EncodeBinaryRow({std::make_shared<arrow::StringScalar>("a")},
                                       {types::DataType::String()}));
        ARROW_RETURN_NOT_OK(visit(partition, 3, *keys));
        return 7;
      });
  ASSERT_TRUE(index.ok());
  auto placed = (*index)->Place(*batch);
  ASSERT_TRUE(placed.ok()) << placed.status();
  EXPECT_EQ(placed->num_rows(), 2);
  EXPECT_EQ(*(*index)->Choose(*placed->rows, {}, {}), (std::vector<int32_t>{3, 0}));
  placed = (*index)->Place(*batch);
  EXPECT_EQ(placed->num_rows(), 1);
  EXPECT_EQ(read, 1);
  std::vector<meta::CommitMessage> messages(1);
  ASSERT_TRUE((*index)->AddIndexFiles(&messages).ok());
  EXPECT_EQ(messages[0].sole_writer_since, 7);
}

}  // namespace
}  // namespace tarn::write

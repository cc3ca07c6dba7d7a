// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/table_features.h"

#include <map>

#include <gtest/gtest.h>

#include "tarn/options/options.h"

namespace tarn::meta {
namespace {

constexpr TableUse kAll[] = {TableUse::kOpen, TableUse::kCreate, TableUse::kRead,
                             TableUse::kWrite, TableUse::kCompact};

types::TableSchema With(const std::map<std::string, std::string>& options,
                        bool keyed = true) {
  types::TableSchema schema;
  schema.fields = {
      {0, "k", types::DataType::Int().NotNull(), {}, {}},
      {1,
       "m",
       types::DataType::Map(types::DataType::String(), types::DataType::Int()),
       {},
       {}}};
  if (keyed) schema.primary_keys = {"k"};
  schema.options = options;
  return schema;
}

// The uses that are refused, as letters: o c r w C.
std::string Refused(const types::TableSchema& schema, const std::string& word) {
  std::string out;
  for (size_t i = 0; i < std::size(kAll); ++i) {
    const Status status = CheckFeatures(schema, kAll[i], "db.t");
    if (status.ok()) continue;
    EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported) << status;
    EXPECT_EQ(CodeOf(status), "TARN-6752");
    EXPECT_NE(status.ToString().find(word), std::string::npos) << status;
    EXPECT_NE(status.ToString().find("table=db.t"), std::string::npos) << status;
    out += "ocrwC"[i];
  }
  return out;
}

TEST(TableFeatures, EachIsRefusedWhereItWouldChangeTheAnswer) {
  const std::vector<std::tuple<std::string, std::string, std::string>> features = {
      {"data-evolution.enabled", "true", "crwC"},
      {"row-tracking.enabled", "true", "cwC"},
      {"pk-clustering-override", "TRUE", "crwC"},
      {"chain-table.enabled", "true", "crwC"},
      {"query-auth.enabled", "true", "r"},
      {"scan.fallback-branch", "b", "r"},
      {"scan.primary-branch", "b", "r"},
      {"scan.fallback-snapshot-branch", "b", "r"},
      {"scan.fallback-delta-branch", "b", "r"},
      {"postpone.merge-on-read", "true", "r"},
      {"pk-vector.index.columns", "v", "cwC"},
      {"pk-full-text.index.columns", "v", "cwC"},
      {"pk-btree.index.columns", "v", "cwC"},
      {"pk-bitmap.index.columns", "v", "cwC"},
      {"pk-multivalue.index.columns", "v", "cwC"},
      {"clustering.incremental", "true", "cC"},
      {"blob-field", "b", "cwC"},
      {"blob-descriptor-field", "b", "cwC"},
      {"blob-view-field", "b", "cwC"},
      {"vector.file.format", "lance", "crwC"},
      {"fields.m.map.storage-layout", "shared-shredding", "crwC"},
      {"type", "format-table", "ocrwC"},
      {"type", "object-table", "ocrwC"},
      {"type", "lance-table", "ocrwC"},
      {"type", "iceberg-table", "ocrwC"},
      {"deletion-vectors.enabled", "true", "wC"}};
  for (const auto& [key, value, refused] : features) {
    EXPECT_EQ(Refused(With({{key, value}}), key), refused) << key;
    // Nobody is told that it has no effect.
    EXPECT_TRUE(options::Options(With({{key, value}}).options).WithoutEffect().empty())
        << key;
  }
}

TEST(TableFeatures, ValuesThatMeanNothingAreTaken) {
  for (const auto& [key, value] :
       std::map<std::string, std::string>{{"data-evolution.enabled", "false"},
                                          {"row-tracking.enabled", " False "},
                                          {"deletion-vectors.enabled", "false"},
                                          {"type", "table"},
                                          {"fields.m.map.storage-layout", "default"},
                                          {"scan.fallback-branch", ""}}) {
    EXPECT_EQ(Refused(With({{key, value}}), key), "") << key;
  }
  EXPECT_EQ(Refused(With({{"type", "materialized-table"}}), ""), "");
}

TEST(TableFeatures, TablesWithDeletionVectorsTakeRowsThatNobodyNeedsToMark) {
  const std::string vectors = "deletion-vectors.enabled";
  EXPECT_EQ(Refused(With({{vectors, "true"}, {"write-only", "true"}}), vectors), "C");
  EXPECT_EQ(Refused(With({{vectors, "true"}, {"deletion-vectors.merge-on-read", "true"}}),
                    vectors),
            "C");
  EXPECT_EQ(Refused(With({{vectors, "true"}}, /*keyed=*/false), vectors), "C");
}

}  // namespace
}  // namespace tarn::meta

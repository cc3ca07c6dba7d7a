// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include <arrow/io/interfaces.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/catalog/catalog.h"
#include "tarn/catalog/object_name.h"
#include "tarn/io/local_file_system.h"
#include "tests/support/files.h"

namespace tarn::catalog {
namespace {

using types::DataType;
using types::TableSchema;

class FileSystemCatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    context_ = base::MakeSystemContext(io::MakeLocalFileSystem());
    catalog_ = *MakeFileSystemCatalog(context_, folder_ / "warehouse");
    ASSERT_TRUE(catalog_->CreateDatabase("db", false).ok());
  }

  static TableSchema Keyed() {
    TableSchema schema;
    schema.fields = {{0, "k", DataType::BigInt()},
                     {0, "r", DataType::Row({{0, "x", DataType::Int()}})},
                     {0, "v", DataType::String()}};
    schema.primary_keys = {"k"};
    schema.options = {{"bucket", "2"}};
    return schema;
  }
  ErrorKind Create(const std::string& table, TableSchema schema,
                   bool if_not_exists = false) {
    return KindOf(
        catalog_->CreateTable({"db", table}, std::move(schema), if_not_exists, nullptr));
  }

  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_;
  std::shared_ptr<Catalog> catalog_;
};

TEST_F(FileSystemCatalogTest, ATableIsItsSchemaFileAsJavaWritesIt) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  const std::string path = *catalog_->TablePath({"db", "t"});
  EXPECT_EQ(path, folder_ / "warehouse/db.db/t");
  const auto schema = TableSchema::FromJson(support::ReadText(path + "/schema/schema-0"));
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->id, 0);
  EXPECT_FALSE(schema->fields[0].type.nullable());
  EXPECT_EQ(schema->fields[1].id, 1);
  EXPECT_EQ(schema->fields[1].type.fields()[0].id, 2);
  EXPECT_EQ(schema->fields[2].id, 3);
  EXPECT_EQ(schema->highest_field_id, 3);
  EXPECT_GT(schema->time_millis, 0);
  EXPECT_EQ(*catalog_->ListTables("db"), std::vector<std::string>{"t"});
  EXPECT_TRUE(*catalog_->TableExists({"db", "t"}));
  EXPECT_FALSE(*catalog_->TableExists({"db", "t$branch_b"}));
}

TEST_F(FileSystemCatalogTest, CreatingTwiceIsAnErrorUnlessAskedFor) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  EXPECT_EQ(Create("t", Keyed()), ErrorKind::kInvalidInput);
  EXPECT_EQ(Create("t", Keyed(), true), ErrorKind::kNone);
}

TEST_F(FileSystemCatalogTest, AlteringWritesTheNextSchemaFile) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  const meta::AddColumnChange add{{"r", "y"}, DataType::Date()};
  const Status status = catalog_->AlterTable({"db", "t"}, {add}, false, nullptr);
  ASSERT_TRUE(status.ok()) << status;
  const std::string path = *catalog_->TablePath({"db", "t"});
  const auto schema = TableSchema::FromJson(support::ReadText(path + "/schema/schema-1"));
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->fields[1].type.fields()[1].id, 4);
  const auto alter = [&](const std::string& table, bool if_exists) {
    return KindOf(catalog_->AlterTable({"db", table}, {add}, if_exists, nullptr));
  };
  EXPECT_EQ(alter("t", false), ErrorKind::kInvalidInput);  // it is there by now
  EXPECT_EQ(alter("none", false), ErrorKind::kNotFound);
  EXPECT_EQ(alter("none", true), ErrorKind::kNone);
  EXPECT_EQ(alter("t$snapshots", false), ErrorKind::kInvalidInput);
}

TEST_F(FileSystemCatalogTest, ChangesOfManyAtOnceAllCount) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  constexpr int kThreads = 4;
  constexpr int kEach = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto catalog = *MakeFileSystemCatalog(context_, folder_ / "warehouse");
      for (int i = 0; i < kEach; ++i) {
        const meta::AddColumnChange add{{fmt::format("c{}_{}", t, i)}, DataType::Int()};
        const Status status = catalog->AlterTable({"db", "t"}, {add}, false, nullptr);
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string path = *catalog_->TablePath({"db", "t"});
  const auto last = TableSchema::FromJson(
      support::ReadText(path + fmt::format("/schema/schema-{}", kThreads * kEach)));
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->fields.size(), 3u + kThreads * kEach);
  EXPECT_EQ(last->highest_field_id, 3 + kThreads * kEach);
}

TEST_F(FileSystemCatalogTest, RenamingMovesTheFolder) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  ASSERT_EQ(Create("other", Keyed()), ErrorKind::kNone);
  ASSERT_TRUE(catalog_->CreateDatabase("db2", false).ok());
  const auto rename = [&](const TableName& from, const TableName& to) {
    return KindOf(catalog_->RenameTable(from, to, false));
  };
  EXPECT_EQ(rename({"db", "t"}, {"db", "other"}), ErrorKind::kInvalidInput);
  EXPECT_EQ(rename({"db", "none"}, {"db", "x"}), ErrorKind::kNotFound);
  EXPECT_EQ(rename({"db", "t"}, {"none", "t"}), ErrorKind::kNotFound);
  EXPECT_EQ(rename({"db", "t"}, {"db2", "u"}), ErrorKind::kNone);
  EXPECT_FALSE(*catalog_->TableExists({"db", "t"}));
  EXPECT_TRUE(*catalog_->TableExists({"db2", "u"}));
  EXPECT_TRUE(catalog_->RenameTable({"db", "t"}, {"db", "v"}, true).ok());
}

TEST_F(FileSystemCatalogTest, KeysGivenAsOptionsMoveIntoTheSchema) {
  TableSchema schema = Keyed();
  schema.fields.push_back({0, "p", DataType::Int()});
  schema.primary_keys.clear();
  schema.options["primary-key"] = " p , k";
  schema.options["partition"] = "p";
  ASSERT_EQ(Create("t", schema), ErrorKind::kNone);
  const std::string path = *catalog_->TablePath({"db", "t"});
  const auto stored = TableSchema::FromJson(support::ReadText(path + "/schema/schema-0"));
  EXPECT_EQ(stored->primary_keys, (std::vector<std::string>{"p", "k"}));
  EXPECT_EQ(stored->partition_keys, std::vector<std::string>{"p"});
  EXPECT_EQ(stored->options, (std::map<std::string, std::string>{{"bucket", "2"}}));

  schema.primary_keys = {"k"};
  EXPECT_EQ(Create("u", schema), ErrorKind::kInvalidInput);
}

TEST_F(FileSystemCatalogTest, WhatIsWrongWithASchemaIsFoundBeforeAnythingIsWritten) {
  TableSchema schema = Keyed();
  schema.primary_keys = {"missing"};
  EXPECT_EQ(Create("t", schema), ErrorKind::kInvalidInput);
  schema = Keyed();
  schema.options["path"] = "/tmp/x";
  EXPECT_EQ(Create("t", schema), ErrorKind::kInvalidInput);
  EXPECT_FALSE(*catalog_->TableExists({"db", "t"}));
  EXPECT_FALSE(*context_->files->Exists(folder_ / "warehouse/db.db/t"));
}

TEST_F(FileSystemCatalogTest, NamesCannotLeadOutOfTheWarehouse) {
  for (const std::string name : {"..", "a/b", ".hidden", "", "a\\b", "t$snapshots"}) {
    EXPECT_EQ(Create(name, Keyed()), ErrorKind::kInvalidInput) << name;
    EXPECT_NE(KindOf(catalog_->DropTable({"db", name}, true)), ErrorKind::kNone) << name;
  }
  EXPECT_EQ(KindOf(catalog_->CreateDatabase("../x", false)), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(catalog_->DropDatabase("..", true, true)), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(catalog_->CreateDatabase("sys", false)), ErrorKind::kInvalidInput);
}

TEST_F(FileSystemCatalogTest, DroppingRemovesTheFolder) {
  ASSERT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  EXPECT_EQ(KindOf(catalog_->DropDatabase("db", false, false)), ErrorKind::kInvalidInput);
  ASSERT_TRUE(catalog_->DropTable({"db", "t"}, false).ok());
  EXPECT_FALSE(*context_->files->Exists(folder_ / "warehouse/db.db/t"));
  EXPECT_EQ(KindOf(catalog_->DropTable({"db", "t"}, false)), ErrorKind::kNotFound);
  EXPECT_TRUE(catalog_->DropTable({"db", "t"}, true).ok());
  ASSERT_TRUE(catalog_->DropDatabase("db", false, false).ok());
  EXPECT_EQ(KindOf(catalog_->DropDatabase("db", false, false)), ErrorKind::kNotFound);
  EXPECT_TRUE(catalog_->ListDatabases()->empty());
}

TEST_F(FileSystemCatalogTest, OnlyFoldersWithASchemaAreTables) {
  ASSERT_TRUE(
      context_->files->CreateDirectory(folder_ / "warehouse/db.db/no_table").ok());
  ASSERT_TRUE(context_->files->CreateDirectory(folder_ / "warehouse/no_database").ok());
  EXPECT_TRUE(catalog_->ListTables("db")->empty());
  EXPECT_EQ(*catalog_->ListDatabases(), std::vector<std::string>{"db"});
  EXPECT_EQ(KindOf(catalog_->ListTables("none").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(catalog_->GetTable({"db", "no_table"}).status()),
            ErrorKind::kNotFound);
  EXPECT_EQ(Create("t", Keyed()), ErrorKind::kNone);
  const auto table = catalog_->GetTable({"db", "t"});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ((*table)->name(), "db.t");
}

TEST_F(FileSystemCatalogTest, TakesLocalUrisAndRefusesOthersByScheme) {
  EXPECT_TRUE(MakeFileSystemCatalog(context_, "file:" + folder_.path()).ok());
  const auto catalog =
      MakeFileSystemCatalog(context_, "file://" + (folder_ / "warehouse"));
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ(*(*catalog)->ListDatabases(), std::vector<std::string>{"db"});
  const auto s3 = MakeFileSystemCatalog(context_, "s3://bucket/x");
  EXPECT_EQ(KindOf(s3.status()), ErrorKind::kUnsupported);
  EXPECT_NE(s3.status().ToString().find("s3"), std::string::npos);
  EXPECT_EQ(KindOf(MakeFileSystemCatalog(context_, "").status()),
            ErrorKind::kInvalidInput);
}

TEST(ObjectName, SplitsBranchesAndSystemTables) {
  const auto both = ObjectName::Parse("t$branch_b1$snapshots");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->table, "t");
  EXPECT_EQ(both->branch, "b1");
  EXPECT_EQ(both->system_table, "snapshots");
  EXPECT_EQ(ObjectName::Parse("t$files")->system_table, "files");
  EXPECT_FALSE(ObjectName::Parse("t")->branch.has_value());
  for (const std::string name :
       {"t$a$b", "t$branch_b$a$c", "t$", "$a", "t$branch_../x"}) {
    EXPECT_EQ(KindOf(ObjectName::Parse(name).status()), ErrorKind::kInvalidInput) << name;
  }
}

}  // namespace
}  // namespace tarn::catalog

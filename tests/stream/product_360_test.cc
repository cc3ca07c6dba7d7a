// SPDX-License-Identifier: Apache-2.0
// Five recorded change streams into one wide row: whatever the interleaving, the commit
// points, the memory, the compactions and the crashes, the database's own answer.
#include <map>
#include <random>
#include <set>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tarn/catalog/catalog.h"
#include "tarn/io/local_file_system.h"
#include "tarn/stream/job.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/row_kind.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"

namespace tarn::stream {
namespace {

using nlohmann::json;
using types::DataField;
using types::DataType;

DataField Field(const std::string& name, DataType type) {
  return {0, name, std::move(type), {}, {}};
}

// Signed insertions from a change stream: +1 for an after image, -1 for a before image.
class SignedDeltas final : public SelectOperator {
 public:
  explicit SignedDeltas(std::vector<DataField> input)
      : fields_{input[0], Field("delta", DataType::BigInt()), input[1]} {}

  Result<types::ChangeBatch> Apply(const types::ChangeBatch& input) override {
    arrow::Int64Builder deltas;
    for (int64_t i = 0; i < input.num_rows(); ++i) {
      const auto kind = input.kinds == nullptr
                            ? types::RowKind::kInsert
                            : static_cast<types::RowKind>(input.kinds_data()[i]);
      ARROW_RETURN_NOT_OK(deltas.Append(types::IsAdd(kind) ? 1 : -1));
    }
    ARROW_ASSIGN_OR_RAISE(auto delta, deltas.Finish());
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(fields_));
    types::ChangeBatch out;
    out.rows = arrow::RecordBatch::Make(
        schema, input.num_rows(), {input.rows->column(0), delta, input.rows->column(1)});
    return out;
  }
  const std::vector<DataField>& output_fields() const override { return fields_; }
  int InputColumnOf(int output) const override {
    return output == 0 ? 0 : (output == 2 ? 1 : -1);
  }
  bool has_filter() const override { return false; }

 private:
  std::vector<DataField> fields_;
};

struct Case {
  std::string database;
  std::string variant;
};

class Product360 : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    context_ = base::MakeSystemContext(io::MakeLocalFileSystem());
    auto catalog = catalog::MakeFileSystemCatalog(context_, folder_ / "warehouse");
    ASSERT_TRUE(catalog.ok()) << catalog.status();
    catalog_ = *catalog;
    ASSERT_TRUE(catalog_->CreateDatabase("db", false).ok());
    Create(
        "product_360",
        {Field("product_id", DataType::BigInt()),
         Field("product_name", DataType::String()), Field("brand", DataType::String()),
         Field("catalog_pos", DataType::String()),
         Field("price", DataType::Decimal(10, 2)), Field("sale_ends", DataType::Date()),
         Field("pricing_pos", DataType::String()),
         Field("discontinue_date", DataType::Date()),
         Field("lifecycle_pos", DataType::String()),
         Field("review_cnt", DataType::BigInt()),
         Field("reviews_pos", DataType::String())},
        {"product_id"},
        {{"bucket", "3"},
         {"merge-engine", "partial-update"},
         {"write-only", "true"},
         {"commit.sync", "none"},
         {"write-buffer-size", "64 kb"},
         {"fields.catalog_pos.sequence-group", "product_name,brand"},
         {"fields.pricing_pos.sequence-group", "price,sale_ends"},
         {"fields.lifecycle_pos.sequence-group", "discontinue_date"},
         {"fields.reviews_pos.sequence-group", "review_cnt"},
         {"fields.review_cnt.aggregate-function", "sum"}});
    Create(
        "questions",
        {Field("product_id", DataType::BigInt()), Field("question_no", DataType::Int()),
         Field("answered", DataType::Boolean()), Field("pos", DataType::String())},
        {"product_id", "question_no"},
        {{"bucket", "2"}, {"sequence.field", "pos"}, {"commit.sync", "none"}});
  }

  void Create(const std::string& name, std::vector<DataField> fields,
              std::vector<std::string> keys, std::map<std::string, std::string> options) {
    types::TableSchema schema;
    schema.fields = std::move(fields);
    schema.primary_keys = std::move(keys);
    schema.options = std::move(options);
    const Status created = catalog_->CreateTable({"db", name}, schema, false, nullptr);
    ASSERT_TRUE(created.ok()) << created;
  }

  SourceDefinition Source(const std::string& topic, std::vector<DataField> fields,
                          std::vector<std::string> keys) {
    std::vector<SourceTableColumn> columns;
    for (auto& field : fields) columns.push_back({field, ""});
    columns.push_back({Field("pos", DataType::String()), "event-position"});
    std::map<std::string, std::string> options = {
        {"connector", "filesystem"},
        {"path", support::TestFile("data/" + GetParam().database + "/" +
                                   GetParam().variant + "/shop." + topic + ".jsonl.gz")},
        {"format", "debezium-json"}};
    auto made = SourceDefinition::Make(topic, columns, keys, options);
    EXPECT_TRUE(made.ok()) << made.status();
    made->files.batch_lines = 61;
    return *made;
  }

  PipelineSpec Into(const std::string& table, SourceDefinition source,
                    const std::vector<std::string>& targets, bool deltas = false) {
    PipelineSpec spec;
    spec.sink = *catalog_->GetTable({"db", table});
    spec.id = source.name + ">" + table;
    const auto fields = source.fields();
    if (deltas) {
      spec.select = std::make_unique<SignedDeltas>(fields);
    } else {
      std::vector<int> all(fields.size());
      for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
      spec.select = SelectColumns(fields, all);
    }
    for (const auto& target : targets) {
      spec.target_columns.push_back(
          types::FieldIndex(spec.sink->schema()->fields, target));
    }
    spec.source = std::move(source);
    return spec;
  }

  std::vector<PipelineSpec> Pipelines() {
    const DataField id = Field("product_id", DataType::BigInt());
    std::vector<PipelineSpec> out;
    out.push_back(Into("product_360",
                       Source("catalog.products",
                              {id, Field("product_name", DataType::String()),
                               Field("brand", DataType::String())},
                              {"product_id"}),
                       {"product_id", "product_name", "brand", "catalog_pos"}));
    out.push_back(Into("product_360",
                       Source("pricing.prices",
                              {id, Field("price", DataType::Decimal(10, 2)),
                               Field("sale_ends", DataType::Date())},
                              {"product_id"}),
                       {"product_id", "price", "sale_ends", "pricing_pos"}));
    out.push_back(
        Into("product_360",
             Source("lifecycle.lifecycle",
                    {id, Field("discontinue_date", DataType::Date())}, {"product_id"}),
             {"product_id", "discontinue_date", "lifecycle_pos"}));
    out.push_back(Into("product_360", Source("reviews.reviews", {id}, {}),
                       {"product_id", "review_cnt", "reviews_pos"}, /*deltas=*/true));
    out.push_back(Into("questions",
                       Source("qa.questions",
                              {id, Field("question_no", DataType::Int()),
                               Field("answered", DataType::Boolean())},
                              {"product_id", "question_no"}),
                       {"product_id", "question_no", "answered", "pos"}));
    return out;
  }

  std::vector<json> Rows(const std::string& table) {
    auto opened = *catalog_->GetTable({"db", table});
    auto reader = opened->Scan({});
    EXPECT_TRUE(reader.ok()) << reader.status();
    std::vector<json> rows;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      const Status read = (*reader)->ReadNext(&batch);
      EXPECT_TRUE(read.ok()) << read;
      if (!read.ok() || batch == nullptr) return rows;
      std::string text;
      EXPECT_TRUE(
          types::AppendCanonicalRows(*batch, opened->schema()->fields, &text).ok());
      for (const auto& line : support::SplitLines(text))
        rows.push_back(json::parse(line));
    }
  }

  void ExpectTruth() {
    static const std::vector<std::string> kColumns = {"product_name",
                                                      "brand",
                                                      "price",
                                                      "sale_ends",
                                                      "discontinue_date",
                                                      "review_cnt",
                                                      "open_question_cnt"};
    const auto add = [&](std::map<int64_t, json>* rows, json row) {
      json kept;
      for (const auto& column : kColumns) {
        json value = row.value(column, json());
        if (value == 0) value = nullptr;
        kept[column] = value;
      }
      for (const auto& value : kept) {
        if (!value.is_null()) {
          (*rows)[row["product_id"].get<int64_t>()] = kept;
          return;
        }
      }
    };
    std::map<int64_t, json> expected;
    for (const auto& line : support::ReadLines(support::TestFile(
             "data/" + GetParam().database + "/truth/product_360.jsonl"))) {
      add(&expected, json::parse(line));
    }
    std::map<int64_t, json> wide;
    for (auto& row : Rows("product_360")) wide[row["product_id"].get<int64_t>()] = row;
    for (const auto& question : Rows("questions")) {
      if (question["answered"] != false) continue;
      json& row = wide[question["product_id"].get<int64_t>()];
      row["product_id"] = question["product_id"];
      row["open_question_cnt"] = row.value("open_question_cnt", 0) + 1;
    }
    std::map<int64_t, json> actual;
    for (auto& [id, row] : wide) add(&actual, row);
    EXPECT_EQ(actual.size(), expected.size());
    int shown = 0;
    for (const auto& [id, row] : expected) {
      if (actual[id] != row && ++shown < 5) {
        ADD_FAILURE() << id << ": " << actual[id] << " instead of " << row;
      }
    }
    EXPECT_EQ(shown, 0);
  }

  void Compact(const std::string& table) {
    auto report = (*catalog_->GetTable({"db", table}))->Compact({});
    ASSERT_TRUE(report.ok()) << report.status();
  }

  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_;
  std::shared_ptr<catalog::Catalog> catalog_;
};

int Seeds() {
  return static_cast<int>(support::FromEnvironment("TARN_SEEDS", 3));
}

TEST_P(Product360, EqualsTheDatabaseUnderAnyInterleaving) {
  for (int seed = 1; seed <= Seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    if (seed > 1) {
      ASSERT_TRUE(catalog_->DropDatabase("db", false, true).ok());
      SetUp();
    }
    std::mt19937 random(static_cast<unsigned>(seed));
    // Stop at random points, let the job die without a commit, compact in between, go on.
    bool finished = false;
    for (int run = 0; !finished; ++run) {
      JobOptions options;
      options.name = "wide";
      options.commit_interval_millis = int64_t{1} << 40;
      options.commit_rows = 1 + static_cast<int64_t>(random() % 700);
      options.choose = [&](const std::vector<size_t>& runnable) {
        return random() % runnable.size();
      };
      const int steps = run < 4 ? 5 + static_cast<int>(random() % 30) : 1 << 30;
      int taken = 0;
      bool die = random() % 2 == 0;
      options.progress = [&](const JobProgress&) { ++taken; };
      options.stop = [&] { return taken >= steps; };
      auto job = Job::Make(context_, options, Pipelines());
      ASSERT_TRUE(job.ok()) << job.status();
      if (die && run < 4) {
        // An error in mid-commit-interval: what was not committed never happened.
        options.stop = nullptr;
        options.choose = [&](const std::vector<size_t>& runnable) -> size_t {
          if (taken >= steps) throw std::runtime_error("the process dies here");
          return random() % runnable.size();
        };
        job->reset();
        job = Job::Make(context_, options, Pipelines());
        ASSERT_TRUE(job.ok()) << job.status();
        try {
          auto report = (*job)->Run();
          ASSERT_TRUE(report.ok()) << report.status();
          finished = !report->stopped;
        } catch (const std::runtime_error&) {
        }
      } else {
        auto report = (*job)->Run();
        ASSERT_TRUE(report.ok()) << report.status();
        finished = !report->stopped;
        for (const auto& source : report->sources) {
          EXPECT_EQ(source.events.read, source.events.applied +
                                            source.events.skipped_total() +
                                            source.events.rejected)
              << source.source;
        }
      }
      job->reset();
      if (random() % 2 == 0) Compact("product_360");
      if (random() % 3 == 0) Compact("questions");
    }
    ExpectTruth();
    Compact("product_360");
    Compact("questions");
    ExpectTruth();
  }
}

TEST_P(Product360, RunsOnceUnderOneName) {
  JobOptions options;
  options.name = "wide";
  auto first = Job::Make(context_, options, Pipelines());
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = Job::Make(context_, options, Pipelines());
  EXPECT_EQ(KindOf(second.status()), ErrorKind::kConflict) << second.status();
}

TEST_P(Product360, ChangesNothingWhenItIsRunAgain) {
  for (int run = 0; run < 2; ++run) {
    JobOptions options;
    options.name = "wide";
    auto job = Job::Make(context_, options, Pipelines());
    ASSERT_TRUE(job.ok()) << job.status();
    auto report = (*job)->Run();
    ASSERT_TRUE(report.ok()) << report.status();
    if (run == 1) {
      for (const auto& source : report->sources) EXPECT_EQ(source.events.read, 0);
    }
  }
  ExpectTruth();
}

INSTANTIATE_TEST_SUITE_P(
    Captures, Product360,
    testing::Values(Case{"debezium-postgres", "schema"},
                    Case{"debezium-postgres", "plain"}, Case{"debezium-postgres", "iso"},
                    Case{"debezium-postgres", "at-least-once"},
                    Case{"debezium-mariadb", "schema"}, Case{"debezium-mariadb", "plain"},
                    Case{"debezium-mariadb", "iso"},
                    Case{"debezium-mariadb", "at-least-once"}),
    [](const auto& info) {
      std::string name = info.param.database.substr(9) + "_" + info.param.variant;
      for (char& c : name) c = c == '-' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace tarn::stream

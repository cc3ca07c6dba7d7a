// SPDX-License-Identifier: Apache-2.0
// Five streams of Debezium messages in files into one wide table, statements and commits
// included, CPU nanoseconds per event; beside it the limit from the same run: simdjson
// parsing the same lines and nothing else. Then the wide rows read back, uncompacted.
//
// 500 000 events over 50 000 products (a tenth with --small): catalog 1, prices 15,
// lifecycle 2, reviews 60, questions 22 of 100; a commit every 100 000 rows.
#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "benchmarks/support/bench_table.h"
#include "benchmarks/support/meter.h"
#include "simdjson.h"
#include "tarn/catalog/catalog.h"
#include "tarn/sql/parser.h"
#include "tarn/sql/session.h"

namespace tarn::benchmarks {
namespace {

struct Stream {
  const char* name;
  int share;  ///< of 100 events
};
constexpr std::array<Stream, 5> kStreams = {
    {{"catalog", 1}, {"pricing", 15}, {"lifecycle", 2}, {"reviews", 60}, {"qa", 22}}};

std::string AfterOf(size_t stream, int64_t product, std::mt19937_64* random) {
  const auto number = static_cast<int64_t>((*random)() % 100000);
  switch (stream) {
    case 0:
      return fmt::format(
          R"({{"product_id":{},"product_name":"Product {} of {}","brand":"Brand {}"}})",
          product, product, number, number % 300);
    case 1:
      return fmt::format(R"({{"product_id":{},"price":"{}.{:02}","sale_ends":{}}})",
                         product, number, number % 100, 20000 + number % 1000);
    case 2:
      return fmt::format(R"({{"product_id":{},"discontinue_date":{}}})", product,
                         20000 + number % 1000);
    case 3:
      return fmt::format(
          R"({{"review_id":{},"product_id":{},"rating":{},"body":"Review text {}"}})",
          (*random)() % 100000000, product, number % 5 + 1, number);
    default:
      return fmt::format(
          R"({{"product_id":{},"question_no":{},"question":"Why {}?","answered":{}}})",
          product, number % 50, number, number % 3 == 0);
  }
}

/// One file per stream; all lines, too.
std::vector<std::string> WriteStreams(const std::string& folder, int64_t events,
                                      int64_t products) {
  std::mt19937_64 random(7);
  std::array<std::string, kStreams.size()> texts;
  std::vector<std::string> lines;
  for (int64_t i = 0; i < events; ++i) {
    auto left = static_cast<int>(random() % 100);
    size_t stream = 0;
    while (left >= kStreams[stream].share) left -= kStreams[stream++].share;
    // Small numbers are frequent ones.
    const double chance = static_cast<double>(random() >> 11) * 0x1p-53;
    const auto product =
        static_cast<int64_t>(chance * chance * chance * static_cast<double>(products));
    const int64_t millis = 1'770'000'000'000 + i;
    lines.push_back(fmt::format(
        R"({{"before":null,"after":{},"source":{{"version":"3.6.1.Final",)"
        R"("connector":"postgresql","name":"shop","ts_ms":{},"snapshot":"false",)"
        R"("db":"shop","sequence":"[null,\"{}\"]","ts_us":{}000,"ts_ns":{}000000,)"
        R"("schema":"{}","table":"t","txId":{},"lsn":{},"xmin":null}},)"
        R"("transaction":null,"op":"c","ts_ms":{}}})",
        AfterOf(stream, product, &random), millis, 1000 + i * 8, millis, millis,
        kStreams[stream].name, 500 + i, 1000 + i * 8, millis));
    texts[stream] += lines.back() + "\n";
  }
  for (size_t i = 0; i < kStreams.size(); ++i) {
    std::ofstream(folder + "/" + kStreams[i].name + ".jsonl") << texts[i];
  }
  return lines;
}

constexpr const char* kScript = R"(
SET 'pipeline.name' = 'product_360';
SET 'tarn.commit.rows' = '100000';
CREATE DATABASE db;
USE db;
CREATE TEMPORARY TABLE catalog_changes (product_id BIGINT, product_name STRING,
  brand STRING, pos STRING METADATA FROM 'event-position' VIRTUAL)
WITH ('connector' = 'filesystem', 'format' = 'debezium-json', 'path' = '${dir}/catalog.jsonl');
CREATE TEMPORARY TABLE pricing_changes (product_id BIGINT, price DECIMAL(10, 2),
  sale_ends DATE, pos STRING METADATA FROM 'event-position' VIRTUAL)
WITH ('connector' = 'filesystem', 'format' = 'debezium-json', 'path' = '${dir}/pricing.jsonl');
CREATE TEMPORARY TABLE lifecycle_changes (product_id BIGINT, discontinue_date DATE,
  pos STRING METADATA FROM 'event-position' VIRTUAL)
WITH ('connector' = 'filesystem', 'format' = 'debezium-json', 'path' = '${dir}/lifecycle.jsonl');
CREATE TEMPORARY TABLE review_events (`after` ROW<product_id BIGINT>,
  pos STRING METADATA FROM 'event-position' VIRTUAL)
WITH ('connector' = 'filesystem', 'format' = 'json', 'path' = '${dir}/reviews.jsonl');
CREATE TEMPORARY TABLE question_changes (product_id BIGINT, question_no INT,
  answered BOOLEAN, pos STRING METADATA FROM 'event-position' VIRTUAL)
WITH ('connector' = 'filesystem', 'format' = 'debezium-json', 'path' = '${dir}/qa.jsonl');
CREATE TABLE product_360 (product_id BIGINT, product_name STRING, brand STRING,
  catalog_pos STRING, price DECIMAL(10, 2), sale_ends DATE, pricing_pos STRING,
  discontinue_date DATE, lifecycle_pos STRING, review_cnt BIGINT, reviews_pos STRING,
  PRIMARY KEY (product_id) NOT ENFORCED)
WITH ('merge-engine' = 'partial-update', 'bucket' = '2', 'write-only' = 'true',
  'commit.sync' = 'none',
  'fields.catalog_pos.sequence-group' = 'product_name,brand',
  'fields.pricing_pos.sequence-group' = 'price,sale_ends',
  'fields.lifecycle_pos.sequence-group' = 'discontinue_date',
  'fields.reviews_pos.sequence-group' = 'review_cnt',
  'fields.review_cnt.aggregate-function' = 'sum');
CREATE TABLE questions (product_id BIGINT, question_no INT, answered BOOLEAN, pos STRING,
  PRIMARY KEY (product_id, question_no) NOT ENFORCED)
WITH ('bucket' = '1', 'write-only' = 'true', 'commit.sync' = 'none',
  'sequence.field' = 'pos');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO product_360 (product_id, product_name, brand, catalog_pos)
    SELECT product_id, product_name, brand, pos FROM catalog_changes;
  INSERT INTO product_360 (product_id, price, sale_ends, pricing_pos)
    SELECT product_id, price, sale_ends, pos FROM pricing_changes;
  INSERT INTO product_360 (product_id, discontinue_date, lifecycle_pos)
    SELECT product_id, discontinue_date, pos FROM lifecycle_changes;
  INSERT INTO product_360 (product_id, review_cnt, reviews_pos)
    SELECT `after`.product_id, CAST(1 AS BIGINT), pos FROM review_events
    WHERE `after` IS NOT NULL;
  INSERT INTO questions
    SELECT product_id, question_no, answered, pos FROM question_changes;
END;
)";

Status RunScript(const std::string& text, const std::string& warehouse) {
  sql::SessionOptions options;
  options.warehouse = warehouse;
  ARROW_ASSIGN_OR_RAISE(auto session,
                        sql::Session::Make(BenchContext(), std::move(options)));
  sql::SourceText source(text, "product_360_bench");
  sql::ScriptParser parser(source);
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto statement, parser.Next());
    if (!statement) return Status::OK();
    ARROW_RETURN_NOT_OK(session->Execute(*statement, source).status());
  }
}

Result<uint64_t> ReadTables(const std::string& warehouse,
                            const std::vector<std::string>& names) {
  ARROW_ASSIGN_OR_RAISE(auto catalog,
                        catalog::MakeFileSystemCatalog(BenchContext(), warehouse));
  uint64_t sum = 0;
  for (const std::string& name : names) {
    ARROW_ASSIGN_OR_RAISE(auto table, catalog->GetTable({"db", name}));
    ARROW_ASSIGN_OR_RAISE(auto reader, table->Scan({}));
    ARROW_ASSIGN_OR_RAISE(const uint64_t part, ChecksumOf(reader.get()));
    sum += part;
  }
  return sum;
}

Result<uint64_t> ParseAll(const std::vector<simdjson::padded_string>& lines) {
  simdjson::dom::parser parser;
  uint64_t objects = 0;
  for (const auto& line : lines) {
    simdjson::dom::element element;
    if (parser.parse(line).get(element) != simdjson::SUCCESS) {
      return InternalError(0, "A generated line is no JSON");
    }
    objects += element.is_object() ? 1 : 0;
  }
  return objects;
}

void Report(int64_t events, const std::string& folder) {
  const auto lines = WriteStreams(folder, events, events / 10);
  const std::vector<simdjson::padded_string> padded(lines.begin(), lines.end());
  std::string script = kScript;
  for (size_t at; (at = script.find("${dir}")) != std::string::npos;) {
    script.replace(at, 6, folder);
  }
  int made = 0;
  std::string warehouse;
  Measured ours, limit;
  MeasureInTurn(
      3,
      [&]() -> Result<uint64_t> {
        warehouse = folder + "/warehouse" + std::to_string(++made);
        ARROW_RETURN_NOT_OK(RunScript(script, warehouse));
        return 0;
      },
      [&] { return ParseAll(padded); }, &ours, &limit);
  ours.checksum = ValueOf(ReadTables(warehouse, {"product_360", "questions"}));
  PrintBesideLimit("product_360, files to commits", events, ours, "simdjson parses lines",
                   limit);

  auto catalog = ValueOf(catalog::MakeFileSystemCatalog(BenchContext(), warehouse));
  const auto table = ValueOf(catalog->GetTable({"db", "product_360"}));
  const auto files = DataFiles(*table);
  int64_t in = 0;
  Measured read, raw;
  MeasureInTurn(
      3, [&] { return ReadTables(warehouse, {"product_360"}); },
      [&] { return ReadWithArrow(files, {}, &in); }, &read, &raw);
  PrintBesideLimit("product_360, wide rows read", in, read, "Arrow reads the files", raw);
}

}  // namespace
}  // namespace tarn::benchmarks

int main(int argc, char** argv) {
  using namespace tarn::benchmarks;
  const std::string folder = MakeFolder();
  Report(IsSmall(argc, argv) ? 50'000 : 500'000, folder);
  RemoveFolder(folder);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/merge_case.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>

namespace tarn::support {
namespace {

Result<std::vector<Record>> Drain(const merge::MergeSpec& spec, merge::RunMerger* merger,
                                  const std::vector<int>& projection) {
  std::vector<Record> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, merger->Next());
    if (!batch) return out;
    for (const auto& column : batch->rows->columns()) {
      ARROW_RETURN_NOT_OK(column->ValidateFull());
    }
    const int64_t rows = batch->rows->num_rows();
    TARN_CHECK(rows > 0 && batch->kinds->size() == rows &&
               batch->sequences->size() == rows * 8);
    for (int64_t i = 0; i < rows; ++i) {
      Record record;
      record.kind = static_cast<types::RowKind>(batch->kinds->data()[i]);
      record.sequence = batch->sequences->data_as<int64_t>()[i];
      record.values.resize(spec.fields.size());
      for (size_t c = 0; c < projection.size(); ++c) {
        record.values[projection[c]] =
            FromArray(spec.fields[projection[c]].type,
                      *batch->rows->column(static_cast<int>(c)), i);
      }
      out.push_back(std::move(record));
    }
  }
}

Result<std::vector<Record>> Run(const merge::MergeSpec& spec,
                                const std::vector<std::vector<Record>>& runs,
                                merge::RunMergerOptions options, bool fold) {
  std::vector<std::unique_ptr<merge::SortedRun>> sorted;
  for (const auto& run : runs) {
    const int32_t level = run.empty() ? 0 : run.front().level;
    ARROW_ASSIGN_OR_RAISE(auto made, MakeRecordRun(spec.fields, run, level));
    sorted.push_back(std::move(made));
  }
  if (!options.projection) {
    options.projection.emplace();
    for (int i = 0; i < spec.num_columns(); ++i) options.projection->push_back(i);
  }
  auto make = fold ? merge::RunMerger::Make : merge::RunMerger::Interleave;
  ARROW_ASSIGN_OR_RAISE(auto merger,
                        make(MemoryContext(), spec, std::move(sorted), options));
  return Drain(spec, merger.get(), *options.projection);
}

}  // namespace

base::Context MemoryContext() {
  base::Context context;
  context.pool = arrow::default_memory_pool();
  return context;
}

types::DataType TypeOf(const std::string& text) {
  const size_t open = text.find('<');
  if (open == std::string::npos) return types::ParseAtomicType(text).ValueOrDie();
  const size_t close = text.rfind('>');
  std::vector<std::string> parts(1);
  int depth = 0;
  for (char c : text.substr(open + 1, close - open - 1)) {
    depth += (c == '<' || c == '(') - (c == '>' || c == ')');
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back() += c;
    }
  }
  const std::string name = text.substr(0, open);
  types::DataType type;
  if (name == "ARRAY") {
    type = types::DataType::Array(TypeOf(parts.at(0)));
  } else if (name == "MAP") {
    type = types::DataType::Map(TypeOf(parts.at(0)), TypeOf(parts.at(1)));
  } else {
    std::vector<types::DataField> fields;
    for (const std::string& part : parts) {
      types::DataField field;
      field.name = part.substr(0, part.find(' '));
      field.type = TypeOf(part.substr(part.find(' ') + 1));
      fields.push_back(std::move(field));
    }
    type = types::DataType::Row(std::move(fields));
  }
  return text.ends_with("NOT NULL") ? type.NotNull() : type;
}

types::TableSchema MakeTable(
    const std::vector<std::pair<std::string, std::string>>& columns,
    const std::vector<std::string>& keys, std::map<std::string, std::string> options) {
  types::TableSchema schema;
  for (const auto& [name, type] : columns) {
    types::DataField field;
    field.name = name;
    field.type = TypeOf(type);
    schema.fields.push_back(std::move(field));
  }
  schema.highest_field_id = types::AssignFieldIds(&schema.fields);
  schema.primary_keys = keys;
  schema.options = std::move(options);
  return schema;
}

Record Row(const char* kind, int64_t sequence, std::vector<Value> values, int32_t level) {
  Record record;
  record.kind = types::RowKindFromShortName(kind).ValueOrDie();
  record.sequence = sequence;
  record.values = std::move(values);
  record.level = level;
  return record;
}

Result<std::vector<Record>> MergeRecords(const merge::MergeSpec& spec,
                                         const std::vector<std::vector<Record>>& runs,
                                         merge::RunMergerOptions options) {
  return Run(spec, runs, std::move(options), true);
}

Result<std::vector<Record>> InterleaveRecords(
    const merge::MergeSpec& spec, const std::vector<std::vector<Record>>& runs,
    merge::RunMergerOptions options) {
  return Run(spec, runs, std::move(options), false);
}

std::string Text(const std::vector<Record>& records) {
  std::string out;
  for (Record record : records) {
    record.level = 0;
    out += ToString(record) + "\n";
  }
  return out;
}

}  // namespace tarn::support

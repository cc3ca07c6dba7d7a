// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/text_reader.h"

#include <algorithm>

#include <arrow/api.h>

#include "tarn/base/units.h"
#include "tarn/format/csv_line.h"
#include "tarn/format/json_column.h"
#include "tarn/format/row_file.h"
#include "tarn/format/text_lines.h"
#include "tarn/format/text_values.h"

namespace tarn::format {
namespace {

constexpr int64_t kBlockLines = 4096;

/// An option by its key or the first of its older keys.
std::string OptionOf(const FileShape& shape, std::initializer_list<const char*> keys,
                     std::string_view otherwise) {
  for (const char* key : keys) {
    const auto found = shape.options.find(key);
    if (found != shape.options.end()) return found->second;
  }
  return std::string(otherwise);
}

/// Lines in blocks; what is common to both formats.
class TextBlocks : public RowBlocks {
 public:
  TextBlocks(std::unique_ptr<TextLines> lines, const FileShape& shape,
             const types::CastContext& context)
      : lines_(std::move(lines)), context_(context) {
    for (const types::DataField& field : shape.fields) names_.push_back(field.name);
    for (int64_t row = 0; row < lines_->size(); row += kBlockLines) {
      starts_.push_back(row);
    }
    starts_.push_back(lines_->size());
  }

  const std::vector<std::string>& names() const override { return names_; }
  const std::vector<int64_t>& starts() const override { return starts_; }

 protected:
  const std::string& NameOf(const RowColumn& column) const {
    return names_[static_cast<size_t>(column.field)];
  }

  const std::unique_ptr<TextLines> lines_;
  const types::CastContext context_;
  std::vector<std::string> names_;
  std::vector<int64_t> starts_;
};

class CsvBlocks final : public TextBlocks {
 public:
  CsvBlocks(std::unique_ptr<TextLines> lines, const FileShape& shape,
            const types::CastContext& context, CsvDialect dialect)
      : TextBlocks(std::move(lines), shape, context), line_(std::move(dialect)) {}

  Status Check(const RowColumn& column) override {
    if (!column.type.IsNested()) return Status::OK();
    return Unsupported(6564,
                       "Type is not read from CSV files:", V("column", NameOf(column)),
                       V("type", column.type.ToString()));
  }

  Result<arrow::ArrayVector> Decode(size_t block, const std::vector<RowColumn>& columns,
                                    int64_t* bytes) override {
    size_t fields = 0;
    std::vector<arrow::StringBuilder> texts;
    for (const RowColumn& column : columns) {
      fields = std::max(fields, static_cast<size_t>(column.field) + 1);
      texts.emplace_back(context_.pool);
    }
    for (int64_t row = starts_[block]; row < starts_[block + 1]; ++row) {
      const std::string_view line = lines_->line(row);
      *bytes += static_cast<int64_t>(line.size());
      const auto& values = line_.Parse(line, fields);
      for (size_t i = 0; i < columns.size(); ++i) {
        const auto& value = values[static_cast<size_t>(columns[i].field)];
        ARROW_RETURN_NOT_OK(value ? texts[i].Append(*value) : texts[i].AppendNull());
      }
    }
    arrow::ArrayVector out;
    for (size_t i = 0; i < columns.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::Array> text, texts[i].Finish());
      ARROW_ASSIGN_OR_RAISE(auto values, ParseTextValues(context_, NameOf(columns[i]),
                                                         columns[i].type, text));
      out.push_back(std::move(values));
    }
    return out;
  }

 private:
  CsvLine line_;
};

class JsonBlocks final : public TextBlocks {
 public:
  using TextBlocks::TextBlocks;

  Status Check(const RowColumn& column) override { return ColumnsOf({column}).status(); }

  Result<arrow::ArrayVector> Decode(size_t block, const std::vector<RowColumn>& columns,
                                    int64_t* bytes) override {
    ARROW_ASSIGN_OR_RAISE(const auto decoder, ColumnsOf(columns));
    for (int64_t row = starts_[block]; row < starts_[block + 1]; ++row) {
      const std::string_view line = lines_->line(row);
      *bytes += static_cast<int64_t>(line.size());
      ARROW_RETURN_NOT_OK(decoder->Append(line));
    }
    return decoder->Finish();
  }

 private:
  Result<std::unique_ptr<JsonColumns>> ColumnsOf(
      const std::vector<RowColumn>& columns) const {
    std::vector<types::DataField> fields;
    for (const RowColumn& column : columns) {
      fields.push_back({column.field, NameOf(column), column.type});
    }
    return JsonColumns::Make(context_, fields);
  }
};

/// The first character of an option, which Java takes alone.
Result<char> CharacterOf(const FileShape& shape, std::initializer_list<const char*> keys,
                         std::string_view otherwise) {
  const std::string text = OptionOf(shape, keys, otherwise);
  if (text.empty()) {
    return InvalidInput(1557, "A character of CSV is empty:", V("option", *keys.begin()));
  }
  if (static_cast<signed char>(text[0]) < 0) {
    return Unsupported(6566, "Characters of CSV outside ASCII are not supported yet:",
                       V("option", *keys.begin()), V("value", text));
  }
  return text[0];
}

Result<CsvDialect> DialectOf(const FileShape& shape) {
  CsvDialect out;
  ARROW_ASSIGN_OR_RAISE(
      out.separator,
      CharacterOf(shape, {"csv.field-delimiter", "field-delimiter", "seq"}, ","));
  ARROW_ASSIGN_OR_RAISE(out.quote,
                        CharacterOf(shape, {"csv.quote-character", "quote"}, "\""));
  ARROW_ASSIGN_OR_RAISE(out.escape,
                        CharacterOf(shape, {"csv.escape-character", "escape"}, "\\"));
  out.null_literal = OptionOf(shape, {"csv.null-literal", "nullvalue"}, "");
  const bool same = out.quote == out.escape && out.quote != '\0';
  if (out.separator == '\0' || out.separator == out.quote ||
      out.separator == out.escape || same) {
    return InvalidInput(1558, "Delimiter, quote and escape character of CSV must differ:",
                        V("delimiter", out.separator), V("quote", out.quote),
                        V("escape", out.escape));
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<FileReader>> OpenText(const base::Context& context,
                                             const std::string& format,
                                             const std::string& path, int64_t bytes,
                                             const FileShape& shape) {
  types::CastContext cast;
  cast.pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  cast.clock = context.clock.get();
  if (format == "json") {
    ARROW_ASSIGN_OR_RAISE(auto lines,
                          TextLines::Open(context, path, bytes,
                                          OptionOf(shape, {"json.line-delimiter"}, "\n"),
                                          /*skip_first=*/false));
    return MakeRowFileReader(path, cast.pool,
                             std::make_unique<JsonBlocks>(std::move(lines), shape, cast));
  }
  ARROW_ASSIGN_OR_RAISE(CsvDialect dialect, DialectOf(shape));
  const std::string header = OptionOf(shape, {"csv.include-header", "header"}, "false");
  ARROW_ASSIGN_OR_RAISE(
      auto lines,
      TextLines::Open(context, path, bytes,
                      OptionOf(shape, {"csv.line-delimiter", "lineSep"}, "\n"),
                      base::ToLower(header) == "true"));
  return MakeRowFileReader(
      path, cast.pool,
      std::make_unique<CsvBlocks>(std::move(lines), shape, cast, std::move(dialect)));
}

}  // namespace tarn::format

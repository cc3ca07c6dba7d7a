// SPDX-License-Identifier: Apache-2.0
#include "tools/tarn/output.h"

#include <algorithm>
#include <cstdio>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "tarn/types/canonical_json.h"

namespace tarn::tool {
namespace {

void Put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// Characters, not bytes.
size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  }));
}

// A canonical value as people read it: text without quotes, NULL by name.
std::string Plain(const std::string& canonical, const types::DataType& type,
                  std::string_view null, bool lines) {
  if (canonical == "null") return std::string(null);
  const bool quoted =
      canonical.size() >= 2 && canonical.front() == '"' && !type.IsNested();
  if (!quoted) return canonical;
  std::string out;
  for (size_t i = 1; i + 1 < canonical.size(); ++i) {
    if (canonical[i] != '\\') {
      out += canonical[i];
      continue;
    }
    const char next = canonical[++i];
    switch (next) {
      case '"':
      case '\\':
        out += next;
        break;
      case 'n':
        out += lines ? "\n" : "\\n";
        break;
      default:  // \t, \u001f: shown as they are escaped
        out += '\\';
        out += next;
    }
  }
  return out;
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

using Cells = std::vector<std::vector<std::string>>;  // text[columns][rows]

Status AppendCells(const arrow::RecordBatch& batch,
                   const std::vector<types::DataField>& fields, std::string_view null,
                   Cells* cells) {
  cells->resize(fields.size());
  for (size_t c = 0; c < fields.size(); ++c) {
    const auto& column = *batch.column(static_cast<int>(c));
    ARROW_ASSIGN_OR_RAISE(const auto values,
                          types::CanonicalValues(column, fields[c].type));
    for (int64_t row = 0; row < column.length(); ++row) {
      (*cells)[c].push_back(column.IsNull(row)
                                ? std::string(null)
                                : Plain(values[static_cast<size_t>(row)], fields[c].type,
                                        null, fields.size() == 1));
    }
  }
  return Status::OK();
}

bool IsRightAligned(const types::DataType& type) {
  return type.IsNumeric();
}

void PutCell(std::string_view text, size_t width, bool right) {
  const std::string blanks(width - std::min(width, WidthOf(text)), ' ');
  if (right) Put(blanks);
  Put(text);
  if (!right) Put(blanks);
}

void PutTable(const std::vector<types::DataField>& fields, const Cells& cells,
              bool markdown) {
  std::vector<size_t> widths;
  for (size_t c = 0; c < fields.size(); ++c) {
    size_t width = WidthOf(fields[c].name);
    for (const std::string& cell : cells[c]) width = std::max(width, WidthOf(cell));
    widths.push_back(std::max<size_t>(width, markdown ? 3 : 1));
  }
  const auto rule = [&] {
    Put(markdown ? "|" : "+");
    for (size_t c = 0; c < fields.size(); ++c) {
      std::string line(widths[c] + 2, '-');
      if (markdown && IsRightAligned(fields[c].type)) line.back() = ':';
      Put(line);
      Put(markdown ? "|" : "+");
    }
    Put("\n");
  };
  if (!markdown) rule();
  Put("|");
  for (size_t c = 0; c < fields.size(); ++c) {
    Put(" ");
    PutCell(fields[c].name, widths[c], false);
    Put(" |");
  }
  Put("\n");
  rule();
  const size_t rows = cells.empty() ? 0 : cells[0].size();
  for (size_t row = 0; row < rows; ++row) {
    Put("|");
    for (size_t c = 0; c < fields.size(); ++c) {
      Put(" ");
      PutCell(cells[c][row], widths[c], IsRightAligned(fields[c].type));
      Put(" |");
    }
    Put("\n");
  }
  if (!markdown) rule();
}

// One cell of several lines is a text, such as a plan, and no table.
bool IsText(const Cells& cells) {
  return cells.size() == 1 && cells[0].size() == 1 &&
         cells[0][0].find('\n') != std::string::npos;
}

}  // namespace

std::optional<OutputForm> OutputFormOf(std::string_view name) {
  if (name == "table") return OutputForm::kTable;
  if (name == "csv") return OutputForm::kCsv;
  if (name == "json") return OutputForm::kJson;
  if (name == "jsonl") return OutputForm::kJsonl;
  if (name == "markdown") return OutputForm::kMarkdown;
  return std::nullopt;
}

Result<int64_t> PrintRows(OutputForm form, const std::vector<types::DataField>& fields,
                          arrow::RecordBatchReader* rows) {
  int64_t count = 0;
  Cells cells(fields.size());
  if (form == OutputForm::kCsv) {
    for (size_t c = 0; c < fields.size(); ++c) {
      Put((c > 0 ? "," : "") + CsvCell(fields[c].name));
    }
    Put("\n");
  }
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) break;
    if (form == OutputForm::kJsonl || form == OutputForm::kJson) {
      std::string text;
      ARROW_RETURN_NOT_OK(types::AppendCanonicalRows(*batch, fields, &text));
      if (form == OutputForm::kJsonl) {
        Put(text);
      } else {
        size_t begin = 0;
        for (int64_t row = 0; row < batch->num_rows(); ++row) {
          const size_t end = text.find('\n', begin);
          Put(count + row == 0 ? "[" : ",\n ");
          Put(std::string_view(text).substr(begin, end - begin));
          begin = end + 1;
        }
      }
    } else if (form == OutputForm::kCsv) {
      Cells some;
      ARROW_RETURN_NOT_OK(AppendCells(*batch, fields, "", &some));
      std::string text;
      for (int64_t row = 0; row < batch->num_rows(); ++row) {
        for (size_t c = 0; c < fields.size(); ++c) {
          if (c > 0) text += ',';
          text += CsvCell(some[c][static_cast<size_t>(row)]);
        }
        text += '\n';
      }
      Put(text);
    } else {
      ARROW_RETURN_NOT_OK(AppendCells(*batch, fields, "NULL", &cells));
    }
    count += batch->num_rows();
  }
  if (form == OutputForm::kJson) Put(count == 0 ? "[]\n" : "]\n");
  if (form == OutputForm::kTable && IsText(cells)) {
    Put(cells[0][0]);
    if (!cells[0][0].ends_with('\n')) Put("\n");
  } else if (form == OutputForm::kTable || form == OutputForm::kMarkdown) {
    PutTable(fields, cells, form == OutputForm::kMarkdown);
  }
  std::fflush(stdout);
  return count;
}

}  // namespace tarn::tool

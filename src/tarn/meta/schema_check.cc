// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/schema_check.h"

#include <algorithm>
#include <set>

#include "tarn/merge/merge_spec.h"
#include "tarn/meta/schema_checks.h"
#include "tarn/meta/table_ddl.h"
#include "tarn/meta/table_features.h"

namespace tarn::meta {
namespace {

// The checks alone, without a correction.
SchemaReport Examine(const types::TableSchema& schema, types::TableSchema* fixed,
                     bool* mendable) {
  SchemaExamination examination(schema);
  CheckMerging(&examination);
  CheckDefinition(&examination);
  LintDefinition(&examination);
  // What cannot be used or merged must not be created; the refusal names what is lacking.
  if (examination.report.problems.empty()) {
    Status status = CheckFeatures(schema, TableUse::kCreate, "");
    if (status.ok() && schema.has_primary_key()) {
      status = merge::MergeSpec::FromSchema(schema).status();
    }
    if (!status.ok()) {
      examination.Wrong(0, MessageOf(status));
      SchemaProblem& problem = examination.report.problems.back();
      problem.kind = KindOf(status);
      const std::string code = CodeOf(status);
      if (code.size() > 5) problem.code = std::stoi(code.substr(5));
    }
  }
  *fixed = std::move(examination.fixed);
  *mendable = examination.mendable;
  return std::move(examination.report);
}

}  // namespace

SchemaReport ExamineSchema(const types::TableSchema& schema) {
  types::TableSchema fixed;
  bool mendable = false;
  SchemaReport report = Examine(schema, &fixed, &mendable);
  if (report.problems.empty() || !mendable) return report;
  // Never hand out a correction that would be refused in its turn.
  types::TableSchema again;
  if (Examine(fixed, &again, &mendable).problems.empty()) {
    report.corrected = std::move(fixed);
  }
  return report;
}

Status ErrorOf(const SchemaReport& report, std::string_view table_name) {
  if (report.problems.empty()) return Status::OK();
  std::string text;
  ErrorKind kind = ErrorKind::kUnsupported;
  for (const SchemaProblem& problem : report.problems) {
    if (problem.kind != ErrorKind::kUnsupported) kind = problem.kind;
  }
  const auto one = [](const SchemaProblem& problem) {
    return problem.remedy.empty() ? problem.sentence
                                  : problem.sentence + "\n     " + problem.remedy;
  };
  int code = report.problems[0].code;
  if (report.problems.size() == 1) {
    text = one(report.problems[0]);
  } else {
    if (kind == ErrorKind::kInvalidInput) code = kManyMistakes;
    text = fmt::format("The table definition has {} mistakes.", report.problems.size());
    for (size_t i = 0; i < report.problems.size(); ++i) {
      text += fmt::format("\n {:>2}. {}", i + 1, one(report.problems[i]));
    }
  }
  if (report.corrected) {
    // What is said about a line that is wrong anyway only distracts.
    std::set<std::string> wrong;
    for (const SchemaProblem& problem : report.problems) {
      wrong.insert(problem.options.begin(), problem.options.end());
    }
    for (const Notice& notice : report.notices) {
      if (wrong.contains(notice.option) && notice.code != "TARN-W120") continue;
      text += fmt::format("\n  -  {}", notice.sentence);
    }
    text += fmt::format("\nCorrected, ready to paste:\n\n{};\n",
                        TableDdl(table_name, *report.corrected));
  }
  return MakeStatus(kind, code, text);
}

Status CheckSchema(const types::TableSchema& schema, std::vector<Notice>* notices,
                   std::string_view table_name) {
  SchemaReport report = ExamineSchema(schema);
  ARROW_RETURN_NOT_OK(ErrorOf(report, table_name));
  if (notices != nullptr) {
    notices->insert(notices->end(), report.notices.begin(), report.notices.end());
  }
  return Status::OK();
}

const types::DataField* SchemaExamination::FieldOf(std::string_view name) const {
  const int index = types::FieldIndex(schema.fields, name);
  return index < 0 ? nullptr : &schema.fields[index];
}

bool SchemaExamination::IsKey(std::string_view name) const {
  return std::find(schema.primary_keys.begin(), schema.primary_keys.end(), name) !=
         schema.primary_keys.end();
}

std::string SchemaExamination::Text(std::string_view key) const {
  if (const std::string* text = options.Find(key)) return *text;
  const options::OptionRow* row = options::FindOption(key);
  return row == nullptr || row->default_text == nullptr ? "" : row->default_text;
}

bool SchemaExamination::IsTrue(std::string_view key) const {
  std::string text = Text(key);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text == "true";
}

std::string SchemaExamination::NearestColumns(std::string_view name) const {
  // A column is near when one edit, a case or a common beginning tells them apart.
  std::string out;
  for (const types::DataField& field : schema.fields) {
    const std::string& other = field.name;
    size_t same = 0;
    while (same < name.size() && same < other.size() &&
           (name[same] | 0x20) == (other[same] | 0x20)) {
      ++same;
    }
    size_t tail = 0;
    while (tail < name.size() - same && tail < other.size() - same &&
           name[name.size() - 1 - tail] == other[other.size() - 1 - tail]) {
      ++tail;
    }
    const size_t differing = std::max(name.size(), other.size()) - same - tail;
    if (differing > 2 || same + tail < std::max<size_t>(2, differing)) continue;
    out += out.empty() ? "Did you mean " : " or ";
    out += other;
  }
  return out.empty() ? out : out + "?";
}

void SchemaExamination::Mended(int code, std::string sentence, std::string remedy,
                               std::vector<std::string> option_keys, std::string column) {
  report.problems.push_back({ErrorKind::kInvalidInput, code, std::move(sentence),
                             std::move(remedy), std::move(option_keys),
                             std::move(column)});
}

void SchemaExamination::Wrong(int code, std::string sentence, std::string remedy,
                              std::vector<std::string> option_keys, std::string column) {
  mendable = false;
  Mended(code, std::move(sentence), std::move(remedy), std::move(option_keys),
         std::move(column));
}

void SchemaExamination::Warn(std::string_view code, std::string sentence,
                             std::string hint, std::string option, std::string column) {
  report.notices.push_back({fmt::format("TARN-{}", code), std::move(sentence),
                            std::move(hint), std::move(option), std::move(column)});
}

bool SoundsLikeClock(std::string_view name) {
  static constexpr std::string_view kWords[] = {
      "ts",       "time",      "at",     "seq",     "sequence", "lsn",
      "pos",      "position",  "offset", "version", "clock",    "date",
      "datetime", "epoch",     "scn",    "gtid",    "millis",   "rev",
      "revision", "timestamp", "order",  "ver"};
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (std::string_view word : kWords) {
    if (lower == word) return true;
    if (lower.size() > word.size() && lower.ends_with(word) &&
        lower[lower.size() - word.size() - 1] == '_') {
      return true;
    }
  }
  return false;
}

bool IsTemporal(const types::DataType& type) {
  return type.root() >= types::TypeRoot::kDate &&
         type.root() <= types::TypeRoot::kLocalZonedTimestamp;
}

std::string Joined(const std::vector<std::string>& names, std::string_view separator) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += separator;
    out += name;
  }
  return out;
}

}  // namespace tarn::meta

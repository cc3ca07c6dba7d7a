// SPDX-License-Identifier: Apache-2.0
// ALTER TABLE in Flink's spellings and in Spark's, and TRUNCATE TABLE.
#include "tarn/sql/statement_parser.h"
#include "tarn/sql/type_parser.h"

namespace tarn::sql {
namespace {

/// How deep a column may lie inside others.
constexpr size_t kPathPartsMax = 64;

// Forms of ALTER TABLE that are recognised, so that they are refused by their name.
constexpr std::string_view kRefusedForms[] = {"ADD WATERMARK",
                                              "MODIFY WATERMARK",
                                              "DROP WATERMARK",
                                              "ADD CONSTRAINT",
                                              "ADD PRIMARY KEY",
                                              "MODIFY PRIMARY KEY",
                                              "MODIFY CONSTRAINT",
                                              "ADD DISTRIBUTION",
                                              "MODIFY DISTRIBUTION",
                                              "DROP DISTRIBUTION",
                                              "CHANGE",
                                              "REPLACE",
                                              "RECOVER PARTITIONS",
                                              "COMPACT",
                                              "SET LOCATION",
                                              "SET SERDE",
                                              "SET SERDEPROPERTIES",
                                              "CLUSTER BY"};

}  // namespace

Result<Statement::Node> StatementParser::ParseAlterTable() {
  in_.Advance();
  ARROW_RETURN_NOT_OK(in_.Expect("TABLE"));
  AlterTable out;
  out.if_exists = in_.Accept("IF EXISTS");
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a table"));
  for (std::string_view words : kRefusedForms) {
    if (in_.Looking(words)) return Unsupported(fmt::format("ALTER TABLE ... {}", words));
  }
  const bool of_partition = in_.Looking("PARTITION");
  if (of_partition) return Unsupported("ALTER TABLE ... PARTITION (...) ...");
  const size_t begin = in_.position();
  if (in_.Accept("SET")) {
    ARROW_RETURN_NOT_OK(ParseAlterSet(&out));
  } else if (in_.Looking("RESET") || in_.Looking("UNSET")) {
    ARROW_RETURN_NOT_OK(ParseAlterReset(&out));
  } else if (in_.Accept("RENAME")) {
    ARROW_RETURN_NOT_OK(ParseAlterRename(&out));
  } else if (in_.Accept("ADD")) {
    ARROW_RETURN_NOT_OK(ParseAlterAdd(&out));
  } else if (in_.Accept("MODIFY")) {
    ModifyColumns modify;
    ARROW_ASSIGN_OR_RAISE(modify.columns, ParseDescribedColumns());
    out.action = std::move(modify);
  } else if (in_.Accept("DROP")) {
    ARROW_RETURN_NOT_OK(ParseAlterDrop(&out));
  } else if (in_.Accept("ALTER")) {
    ARROW_RETURN_NOT_OK(ParseAlterColumn(&out));
  } else {
    return in_.Unexpected();
  }
  out.action_span = in_.SpanSince(begin);
  return out;
}

Status StatementParser::ParseAlterSet(AlterTable* out) {
  if (in_.Looking("TBLPROPERTIES")) in_.Advance();
  SetTableOptions set;
  ARROW_ASSIGN_OR_RAISE(set.options, in_.ExpectProperties("the option"));
  out->action = std::move(set);
  return Status::OK();
}

Status StatementParser::ParseAlterReset(AlterTable* out) {
  ResetTableOptions reset;
  if (in_.Accept("UNSET")) {
    ARROW_RETURN_NOT_OK(in_.Expect("TBLPROPERTIES"));
    // Paimon never minds a key that is not there.
    in_.Accept("IF EXISTS");
  } else {
    in_.Advance();
  }
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  do {
    reset.key_spans.push_back(in_.Peek().span);
    ARROW_ASSIGN_OR_RAISE(std::string key, in_.ExpectString("an option key"));
    reset.keys.push_back(std::move(key));
  } while (in_.AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  out->action = std::move(reset);
  return Status::OK();
}

Status StatementParser::ParseAlterRename(AlterTable* out) {
  if (in_.Accept("TO")) {
    RenameTable rename;
    ARROW_ASSIGN_OR_RAISE(rename.to, in_.ExpectObjectName("a table"));
    out->action = std::move(rename);
    return Status::OK();
  }
  if (in_.Looking("COLUMN") && in_.Peek(1).IsName() && !in_.Looking("COLUMN TO")) {
    in_.Advance();
  }
  RenameColumn rename;
  ARROW_ASSIGN_OR_RAISE(rename.column, in_.ExpectObjectName("a column", kPathPartsMax));
  ARROW_RETURN_NOT_OK(in_.Expect("TO"));
  ARROW_ASSIGN_OR_RAISE(rename.to, in_.ExpectName("a column name"));
  out->action = std::move(rename);
  return Status::OK();
}

Status StatementParser::ParseAlterAdd(AlterTable* out) {
  const bool if_not_exists = in_.Accept("IF NOT EXISTS");
  if (in_.Looking("PARTITION") || if_not_exists) {
    AddPartitions add;
    add.if_not_exists = if_not_exists;
    ARROW_ASSIGN_OR_RAISE(add.partitions, ParsePartitionSpecs());
    out->action = std::move(add);
    return Status::OK();
  }
  AddColumns add;
  ARROW_ASSIGN_OR_RAISE(add.columns, ParseDescribedColumns());
  out->action = std::move(add);
  return Status::OK();
}

Status StatementParser::ParseAlterDrop(AlterTable* out) {
  if (in_.Accept("PRIMARY KEY")) {
    out->action = DropPrimaryKey{};
    return Status::OK();
  }
  if (in_.Looking("CONSTRAINT") && in_.Peek(1).IsName()) {
    in_.Advance();
    DropPrimaryKey drop;
    ARROW_ASSIGN_OR_RAISE(drop.constraint, in_.ExpectName("a constraint"));
    out->action = std::move(drop);
    return Status::OK();
  }
  bool if_exists = in_.Accept("IF EXISTS");
  if (in_.Looking("PARTITION") && in_.Peek(1).IsSymbol("(")) {
    DropPartitions drop;
    drop.if_exists = if_exists;
    ARROW_ASSIGN_OR_RAISE(drop.partitions, ParsePartitionSpecs());
    out->action = std::move(drop);
    return Status::OK();
  }
  DropColumns drop;
  for (std::string_view word : {"COLUMNS", "COLUMN"}) {
    if (in_.Looking(word) && (in_.Peek(1).IsName() || in_.Peek(1).IsSymbol("("))) {
      in_.Advance();
    }
  }
  drop.if_exists = in_.Accept("IF EXISTS") || if_exists;
  const bool list = in_.AcceptSymbol("(");
  do {
    ARROW_ASSIGN_OR_RAISE(ObjectName column,
                          in_.ExpectObjectName("a column", kPathPartsMax));
    drop.columns.push_back(std::move(column));
  } while (in_.AcceptSymbol(","));
  if (list) ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  out->action = std::move(drop);
  return Status::OK();
}

Status StatementParser::ParseAlterColumn(AlterTable* out) {
  if (in_.Looking("COLUMN") && in_.Peek(1).IsName()) in_.Advance();
  AlterColumn alter;
  ARROW_ASSIGN_OR_RAISE(alter.column, in_.ExpectObjectName("a column", kPathPartsMax));
  if (in_.Accept("TYPE")) {
    alter.aspect = ColumnAspect::kType;
    ARROW_ASSIGN_OR_RAISE(alter.type, ParseType(&in_));
  } else if (in_.Accept("COMMENT")) {
    alter.aspect = ColumnAspect::kComment;
    ARROW_ASSIGN_OR_RAISE(alter.text, in_.ExpectString("the comment"));
  } else if (in_.Accept("SET NOT NULL")) {
    alter.aspect = ColumnAspect::kSetNotNull;
  } else if (in_.Accept("DROP NOT NULL")) {
    alter.aspect = ColumnAspect::kDropNotNull;
  } else if (in_.Accept("DROP DEFAULT")) {
    alter.aspect = ColumnAspect::kDropDefault;
  } else if (in_.Looking("SET DEFAULT")) {
    in_.Advance();
    alter.aspect = ColumnAspect::kSetDefault;
    ARROW_ASSIGN_OR_RAISE(alter.text, ParseDefault());
  } else {
    alter.aspect = ColumnAspect::kPlace;
    ARROW_ASSIGN_OR_RAISE(alter.place, ParseColumnPlace());
    if (alter.place.kind == PlaceKind::kUnsaid) return in_.Unexpected();
  }
  out->action = std::move(alter);
  return Status::OK();
}

Result<std::vector<DescribedColumn>> StatementParser::ParseDescribedColumns() {
  for (std::string_view word : {"COLUMNS", "COLUMN"}) {
    if (in_.Looking(word) && (in_.Peek(1).IsName() || in_.Peek(1).IsSymbol("("))) {
      in_.Advance();
    }
  }
  std::vector<DescribedColumn> out;
  const bool list = in_.AcceptSymbol("(");
  do {
    for (std::string_view words :
         {"WATERMARK FOR", "PRIMARY KEY", "CONSTRAINT", "UNIQUE"}) {
      if (list && in_.Looking(words)) {
        return in_.Unsupported(kUnsupportedClause,
                               fmt::format("{} in ALTER TABLE", words), in_.Peek().span);
      }
    }
    ARROW_ASSIGN_OR_RAISE(DescribedColumn column, ParseDescribedColumn());
    out.push_back(std::move(column));
  } while (in_.AcceptSymbol(","));
  if (list) ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  return out;
}

Result<DescribedColumn> StatementParser::ParseDescribedColumn() {
  const size_t begin = in_.position();
  DescribedColumn out;
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a column name", kPathPartsMax));
  if (in_.Looking("AS")) {
    return in_.Unsupported(kUnsupportedClause, "A computed column of a stored table",
                           in_.Peek().span);
  }
  ARROW_ASSIGN_OR_RAISE(out.type, ParseType(&in_));
  if (in_.Looking("DEFAULT")) {
    return in_.Unsupported(
        kUnsupportedClause, "DEFAULT of an added column", in_.Peek().span,
        "Paimon takes none here: add the column, then ALTER COLUMN ... SET DEFAULT");
  }
  for (std::string_view words : {"METADATA", "PRIMARY KEY", "CONSTRAINT", "UNIQUE",
                                 "REFERENCES", "CHECK", "GENERATED"}) {
    if (in_.Looking(words)) {
      return in_.Unsupported(kUnsupportedClause, fmt::format("{} in ALTER TABLE", words),
                             in_.Peek().span);
    }
  }
  ARROW_ASSIGN_OR_RAISE(out.comment, ParseComment());
  ARROW_ASSIGN_OR_RAISE(out.place, ParseColumnPlace());
  out.span = in_.SpanSince(begin);
  return out;
}

Result<ColumnPlace> StatementParser::ParseColumnPlace() {
  ColumnPlace out;
  if (in_.Accept("FIRST")) {
    out.kind = PlaceKind::kFirst;
  } else if (in_.Accept("AFTER")) {
    out.kind = PlaceKind::kAfter;
    ARROW_ASSIGN_OR_RAISE(out.after, in_.ExpectName("a column"));
  }
  return out;
}

// Paimon keeps the text and casts it to the column's type; quotes stay, as in Spark.
Result<std::string> StatementParser::ParseDefault() {
  in_.Advance();
  const size_t begin = in_.position();
  const Token first = in_.Peek();
  ARROW_ASSIGN_OR_RAISE(const ExpressionPtr value, query_.ParseExpression());
  const Span span = in_.SpanSince(begin);
  const Expression* literal = value.get();
  const bool signed_number = first.IsSymbol("-") || first.IsSymbol("+");
  if (literal->As<Literal>() == nullptr && !signed_number) {
    return in_.Unsupported(kUnsupportedClause, "A default that is no literal", span);
  }
  if (const Literal* plain = literal->As<Literal>();
      plain != nullptr && plain->kind != LiteralKind::kString && !plain->text.empty() &&
      (plain->kind == LiteralKind::kDate || plain->kind == LiteralKind::kTime ||
       plain->kind == LiteralKind::kTimestamp)) {
    return plain->text;
  }
  return std::string(in_.source().At(span));
}

Result<std::vector<PartitionSpec>> StatementParser::ParsePartitionSpecs() {
  std::vector<PartitionSpec> out;
  do {
    ARROW_RETURN_NOT_OK(in_.Expect("PARTITION"));
    ARROW_ASSIGN_OR_RAISE(PartitionSpec spec, ParsePartitionSpec());
    out.push_back(std::move(spec));
    // Flink separates them with commas, Spark's ADD with blanks.
  } while (in_.AcceptSymbol(",") || in_.Looking("PARTITION"));
  return out;
}

Result<PartitionSpec> StatementParser::ParsePartitionSpec() {
  PartitionSpec out;
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  do {
    PartitionItem item;
    ARROW_ASSIGN_OR_RAISE(item.column, in_.ExpectName("a partition column"));
    if (in_.AcceptSymbol("=")) {
      ARROW_ASSIGN_OR_RAISE(item.value, query_.ParseExpression());
    }
    out.push_back(std::move(item));
  } while (in_.AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  return out;
}

Result<Statement::Node> StatementParser::ParseTruncate() {
  const size_t begin = in_.position();
  in_.Advance();
  ARROW_RETURN_NOT_OK(in_.Expect("TABLE"));
  TruncateTable out;
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a table"));
  if (in_.Accept("PARTITION")) {
    ARROW_ASSIGN_OR_RAISE(out.partition, ParsePartitionSpec());
  }
  out.span = in_.SpanSince(begin);
  return out;
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "tarn/sql/emit_duckdb.h"
#include "tarn/sql/lexer.h"
#include "tarn/sql/parser.h"

namespace {

using tarn::ErrorKind;

/// Knows every table; its columns are not told, so names are not checked.
class AnyTable : public tarn::sql::RelationBinder {
 public:
  tarn::Result<tarn::sql::Relation> Bind(const tarn::sql::NamedTable&,
                                         tarn::sql::Span) override {
    return tarn::sql::Relation{"t", {}};
  }
};

void CheckKind(const tarn::Status& status) {
  const ErrorKind kind = tarn::KindOf(status);
  const bool expected =
      status.ok() || kind == ErrorKind::kInvalidInput || kind == ErrorKind::kUnsupported;
  if (!expected) __builtin_trap();
}

}  // namespace

/// Whatever the bytes are, a script parses or is refused with a message, in bounded time
/// and depth; statements handed out before a mistake are whole, and queries are written
/// again for DuckDB or refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tarn;
  const sql::SourceText source(std::string(reinterpret_cast<const char*>(data), size));
  sql::SplitStatements(source);
  sql::IsIncomplete(source);
  sql::ScriptParser parser(source);
  while (true) {
    auto next = parser.Next();
    if (!next.ok()) {
      CheckKind(next.status());
      break;
    }
    if (!next->has_value()) break;
    if ((*next)->span.end() > size) __builtin_trap();
    AnyTable binder;
    if (const auto* query = (*next)->As<sql::QueryStatement>()) {
      CheckKind(sql::EmitDuckDb(*query->query, source, &binder).status());
    } else if (const auto* insert = (*next)->As<sql::Insert>()) {
      CheckKind(sql::EmitDuckDb(*insert->query, source, &binder).status());
    }
  }
  (void)sql::ParseTypeText(source);
  (void)sql::ParseExpressionText(source);
  return 0;
}

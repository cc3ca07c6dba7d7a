// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "tarn/sql/lexer.h"
#include "tarn/sql/parser.h"

/// Whatever the bytes are, a script parses or is refused with a message, in bounded time and
/// depth; statements handed out before a mistake are whole.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tarn;
  const sql::SourceText source(std::string(reinterpret_cast<const char*>(data), size));
  sql::SplitStatements(source);
  sql::IsIncomplete(source);
  sql::ScriptParser parser(source);
  while (true) {
    auto next = parser.Next();
    if (!next.ok()) {
      const ErrorKind kind = KindOf(next.status());
      if (kind != ErrorKind::kInvalidInput && kind != ErrorKind::kUnsupported) __builtin_trap();
      break;
    }
    if (!next->has_value()) break;
    if ((*next)->span.end() > size) __builtin_trap();
  }
  (void)sql::ParseTypeText(source);
  (void)sql::ParseExpressionText(source);
  return 0;
}

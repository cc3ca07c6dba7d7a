// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/json_document.h"

#include <array>
#include <bit>
#include <cstring>

#include "simdjson.h"

namespace tarn::cdc {

namespace {

// What the library may read past the end of a string.
constexpr size_t kPadding = simdjson::SIMDJSON_PADDING;
constexpr size_t kDocumentBytesMax = size_t{1} << 30;
constexpr size_t kChunkBytes = size_t{64} << 10;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view ReasonOf(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "invalid UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "control character in a string";
    case simdjson::UNCLOSED_STRING:
      return "the text ends inside a string";
    case simdjson::EMPTY:
      return "no JSON value";
    default:
      return "malformed JSON";
  }
}

// Four hexadecimal digits, or -1.
int Hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    int digit;
    if (IsDigit(c)) {
      digit = c - '0';
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = (c | 0x20) - 'a' + 10;
    } else {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

// A code point as UTF-8: never longer than the escape that spelled it.
char* WriteUtf8(uint32_t code, char* to) {
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xc0 | (code >> 6));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xe0 | (code >> 12));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  } else {
    *to++ = static_cast<char>(0xf0 | (code >> 18));
    *to++ = static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    *to++ = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    *to++ = static_cast<char>(0x80 | (code & 0x3f));
  }
  return to;
}

// What the letter behind a backslash stands for; 0 = no escape of one letter.
constexpr std::array<char, 256> kPlainEscapes = [] {
  std::array<char, 256> plain{};
  plain['"'] = '"';
  plain['\\'] = '\\';
  plain['/'] = '/';
  plain['b'] = '\b';
  plain['f'] = '\f';
  plain['n'] = '\n';
  plain['r'] = '\r';
  plain['t'] = '\t';
  return plain;
}();

// The escape sequence \uXXXX, or two of them, at `*from`. Half of a surrogate pair has no
// UTF-8 and is refused.
bool UnescapeUnicode(const char** from, const char* end, char** to) {
  const char* at = *from + 1;
  if (at == end || *at++ != 'u') return false;
  const int unit = Hex4(at, end);
  if (unit < 0) return false;
  at += 4;
  auto code = static_cast<uint32_t>(unit);
  if (code >= 0xdc00 && code < 0xe000) return false;
  if (code >= 0xd800 && code < 0xdc00) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
    const int low = Hex4(at + 2, end);
    if (low < 0xdc00 || low >= 0xe000) return false;
    at += 6;
    code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
  }
  *to = WriteUtf8(code, *to);
  *from = at;
  return true;
}

}  // namespace

struct JsonDocument::Stage1 {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t capacity = 0;
};

JsonDocument::JsonDocument() : stage1_(std::make_unique<Stage1>()) {}
JsonDocument::~JsonDocument() = default;

bool JsonDocument::Fail(std::string_view reason, Token token) {
  error_.assign(positions_ != nullptr && token >= count_ ? "the text ends early: " : "");
  error_ += reason;
  const size_t position = positions_ == nullptr ? 0 : positions_[std::min(token, count_)];
  error_ += fmt::format(" at byte {}", position);
  return false;
}

bool JsonDocument::Parse(std::string_view bytes) {
  count_ = 0;
  positions_ = nullptr;
  // One chunk is kept: most documents need no more, and the next one needs as much.
  if (chunks_.size() > 1) {
    chunks_.clear();
    chunk_bytes_ = 0;
  }
  chunk_used_ = 0;
  if (bytes.size() > kDocumentBytesMax) return Fail("the value is larger than 1 GiB", 0);
  if (bytes.size() + kPadding > buffer_bytes_) {
    buffer_bytes_ = bytes.size() + bytes.size() / 2 + 4096 + kPadding;
    buffer_ = std::make_unique<char[]>(buffer_bytes_);
  }
  if (!bytes.empty()) std::memcpy(buffer_.get(), bytes.data(), bytes.size());
  std::memset(buffer_.get() + bytes.size(), 0, kPadding);
  data_ = buffer_.get();
  if (bytes.size() > stage1_->capacity || !stage1_->parser) {
    const size_t capacity = bytes.size() + bytes.size() / 2 + 4096;
    simdjson::error_code made =
        stage1_->parser
            ? stage1_->parser->set_capacity(capacity)
            : simdjson::get_active_implementation()->create_dom_parser_implementation(
                  capacity, kDepthMax, stage1_->parser);
    if (made != simdjson::SUCCESS) {
      stage1_->parser.reset();
      stage1_->capacity = 0;
      return Fail("no memory to index the value", 0);
    }
    stage1_->capacity = capacity;
  }
  const auto code = stage1_->parser->stage1(reinterpret_cast<const uint8_t*>(data_),
                                            bytes.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return Fail(ReasonOf(code), 0);
  // The library leaves the length as a position behind the last token.
  positions_ = stage1_->parser->structural_indexes.get();
  count_ = stage1_->parser->n_structural_indexes;
  return true;
}

std::string_view JsonDocument::Span(Token first, Token last) const {
  const char* begin = data_ + positions_[first];
  const char* end = data_ + positions_[last];
  while (end > begin && IsBlank(end[-1])) --end;
  return {begin, static_cast<size_t>(end - begin)};
}

bool JsonDocument::Jump(Token* token) const {
  int64_t depth = 0;
  for (Token at = *token; at < count_; ++at) {
    const char c = At(at);
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth < 0) return false;
    }
    if (depth == 0) {
      *token = at + 1;
      return true;
    }
  }
  return false;
}

bool JsonDocument::IsNumber(std::string_view text, bool* integer) {
  const char* at = text.data();
  const char* end = at + text.size();
  *integer = true;
  if (at < end && *at == '-') ++at;
  if (at == end || !IsDigit(*at)) return false;
  if (*at == '0') {
    ++at;
  } else {
    while (at < end && IsDigit(*at)) ++at;
  }
  if (at < end && *at == '.') {
    *integer = false;
    if (++at == end || !IsDigit(*at)) return false;
    while (at < end && IsDigit(*at)) ++at;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    *integer = false;
    if (++at < end && (*at == '+' || *at == '-')) ++at;
    if (at == end || !IsDigit(*at)) return false;
    while (at < end && IsDigit(*at)) ++at;
  }
  return at == end;
}

bool JsonDocument::Unescape(std::string_view raw, std::string_view* out) {
  const size_t bytes = raw.size() + sizeof(uint64_t);
  if (chunk_used_ + bytes > chunk_bytes_) {
    chunk_bytes_ = std::max(bytes, kChunkBytes);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes_));
    chunk_used_ = 0;
  }
  char* const target = chunks_.back().get() + chunk_used_;
  char* to = target;
  const char* from = raw.data();
  const char* const end = from + raw.size();
  while (from < end) {
    // Eight bytes at a time up to the next backslash; both sides have room behind them.
    uint64_t word;
    std::memcpy(&word, from, sizeof(word));
    std::memcpy(to, &word, sizeof(word));
    constexpr uint64_t kOnes = 0x0101010101010101;
    const uint64_t flipped = word ^ (kOnes * static_cast<uint8_t>('\\'));
    const uint64_t found = (flipped - kOnes) & ~flipped & (kOnes << 7);
    if (found == 0) {
      from += sizeof(word);
      to += sizeof(word);
      continue;
    }
    const int before = std::countr_zero(found) / 8;
    from += before;
    to += before;
    if (from >= end) {
      // The backslash lies behind the string.
      to -= from - end;
      from = end;
      break;
    }
    const char plain = from + 1 < end ? kPlainEscapes[static_cast<uint8_t>(from[1])] : 0;
    if (plain != 0) {
      // Texts that are JSON themselves hold little else.
      *to++ = plain;
      from += 2;
    } else if (!UnescapeUnicode(&from, end, &to)) {
      return false;
    }
  }
  to -= from - end;
  *out = {target, static_cast<size_t>(to - target)};
  chunk_used_ += out->size();
  return true;
}

bool JsonDocument::EscapedString(Token* token, std::string_view* out) {
  const std::string_view text = At(*token) == '"' ? Text(*token) : std::string_view();
  if (text.size() < 2 || text.back() != '"') return Fail("expected a string", *token);
  if (!Unescape(text.substr(1, text.size() - 2), out)) {
    return Fail("bad escape in a string", *token);
  }
  ++*token;
  return true;
}

bool JsonDocument::SkipScalar(Token* token) {
  const char c = At(*token);
  if (c == '"') {
    std::string_view ignored;
    const size_t used = chunk_used_;
    const size_t chunks = chunks_.size();
    const bool good = String(token, &ignored);
    if (chunks == chunks_.size()) chunk_used_ = used;
    return good;
  }
  const std::string_view text = Text(*token);
  bool integer;
  const bool good = (c == 't' && text == "true") || (c == 'f' && text == "false") ||
                    (c == 'n' && text == "null") ||
                    ((c == '-' || IsDigit(c)) && IsNumber(text, &integer));
  if (!good) return Fail("expected a value", *token);
  ++*token;
  return true;
}

bool JsonDocument::Skip(Token* token) {
  char closers[kDepthMax];
  int depth = 0;
  do {
    const char c = At(*token);
    if (c == '{' || c == '[') {
      if (depth == kDepthMax) return Fail("nested too deeply", *token);
      closers[depth++] = c == '{' ? '}' : ']';
      ++*token;
      if (At(*token) == closers[depth - 1]) {
        ++*token;
        --depth;
      } else {
        if (c == '{') {
          std::string_view key;
          if (!String(token, &key)) return false;
          if (At(*token) != ':') return Fail("expected a colon", *token);
          ++*token;
        }
        continue;  // to the first value
      }
    } else if (!SkipScalar(token)) {
      return false;
    }
    // A value has ended: close what ends here, then go to the next value.
    while (depth > 0 && At(*token) == closers[depth - 1]) {
      ++*token;
      --depth;
    }
    if (depth == 0) return true;
    if (At(*token) != ',') return Fail("expected a comma or a closing bracket", *token);
    ++*token;
    if (closers[depth - 1] == '}') {
      std::string_view key;
      if (!String(token, &key)) return false;
      if (At(*token) != ':') return Fail("expected a colon", *token);
      ++*token;
    }
  } while (true);
}

bool JsonDocument::BeginObject(Token* token) {
  if (At(*token) != '{') return Fail("expected an object", *token);
  ++*token;
  return true;
}

bool JsonDocument::BeginArray(Token* token) {
  if (At(*token) != '[') return Fail("expected an array", *token);
  ++*token;
  return true;
}

int JsonDocument::NextElement(Token* token, bool* first) {
  if (At(*token) == ']') {
    ++*token;
    return 0;
  }
  if (!*first) {
    if (At(*token) != ',') return Fail("expected a comma or ]", *token), -1;
    ++*token;
    if (At(*token) == ']') return Fail("expected a value", *token), -1;
  }
  *first = false;
  return 1;
}

}  // namespace tarn::cdc

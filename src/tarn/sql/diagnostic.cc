// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/diagnostic.h"

#include <algorithm>

#include "tarn/sql/token.h"

namespace tarn::sql {
namespace {

// Longer lines are cut around the place, so that one generated line does not fill the
// screen.
constexpr size_t kShownCharacters = 160;

size_t Characters(std::string_view text) {
  size_t count = 0;
  for (unsigned char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

void AppendNote(std::string* out, size_t margin, std::string_view label,
                std::string_view text) {
  if (text.empty()) return;
  *out += fmt::format("\n{:>{}} = {}: ", "", margin, label);
  for (char c : text) {
    *out += c;
    if (c == '\n') out->append(margin + 3, ' ');
  }
}

// Edits (insert, delete, replace, swap of neighbours) between two short words.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      next[j] =
          std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        next[j] = std::min(next[j], before[j - 2] + 1);
      }
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

}  // namespace

std::string RenderPlace(Span span, const SourceText& source) {
  const LineColumn place = source.PlaceOf(span.offset);
  const std::string number = fmt::format("{}", place.line);
  const size_t margin = number.size();
  std::string_view line = source.Line(place.line);
  size_t before = span.offset - source.LineStart(place.line);
  before = std::min(before, line.size());

  std::string cut_front, cut_back;
  if (Characters(line) > kShownCharacters) {
    size_t begin = before > kShownCharacters / 2 ? before - kShownCharacters / 2 : 0;
    while (begin > 0 && IsContinuation(line[begin])) --begin;
    size_t end = std::min(line.size(), begin + kShownCharacters);
    while (end < line.size() && IsContinuation(line[end])) ++end;
    if (begin > 0) cut_front = "...";
    if (end < line.size()) cut_back = "...";
    line = line.substr(begin, end - begin);
    before -= begin;
  }
  std::string pad(cut_front.size(), ' ');
  for (size_t i = 0; i < before && i < line.size(); ++i) {
    if (!IsContinuation(line[i])) pad += line[i] == '\t' ? '\t' : ' ';
  }
  const std::string_view marked =
      before < line.size() ? line.substr(before, span.length) : std::string_view();
  const size_t carets = std::max<size_t>(1, Characters(marked));

  std::string out = fmt::format("{:>{}} --> {}:{}:{}\n", "", margin, source.name(),
                                place.line, place.column);
  out += fmt::format("{:>{}} |\n", "", margin);
  out += fmt::format("{} | {}{}{}\n", number, cut_front, line, cut_back);
  out += fmt::format("{:>{}} | {}{}", "", margin, pad, std::string(carets, '^'));
  return out;
}

std::string Render(const Diagnostic& diagnostic, const SourceText& source) {
  std::string out = diagnostic.sentence;
  if (!out.empty() && out.back() != '.' && out.back() != '?') out += '.';
  out += '\n';
  out += RenderPlace(diagnostic.span, source);
  const size_t margin =
      fmt::format("{}", source.PlaceOf(diagnostic.span.offset).line).size();
  AppendNote(&out, margin, "why", diagnostic.why);
  AppendNote(&out, margin, "help", diagnostic.hint);
  return out;
}

Status ToStatus(const Diagnostic& diagnostic, const SourceText& source) {
  return MakeStatus(diagnostic.kind, diagnostic.code, Render(diagnostic, source));
}

std::vector<std::string> NearestOf(std::string_view word,
                                   const std::vector<std::string_view>& candidates) {
  // Hostile words must not cost quadratic time.
  if (word.empty() || word.size() > 128) return {};
  const std::string upper = ToUpper(word);
  const size_t bound = upper.size() <= 3 ? 1 : upper.size() <= 6 ? 2 : 3;
  std::vector<std::pair<size_t, std::string>> found;
  for (std::string_view candidate : candidates) {
    const size_t difference = candidate.size() > upper.size()
                                  ? candidate.size() - upper.size()
                                  : upper.size() - candidate.size();
    if (difference > bound) continue;
    const size_t distance = EditDistance(upper, ToUpper(candidate));
    if (distance <= bound) found.emplace_back(distance, std::string(candidate));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (const auto& [distance, name] : found) {
    if (out.size() == 3 || distance > found.front().first) break;
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

std::string DidYouMean(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string out = "Did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out + "?";
}

}  // namespace tarn::sql

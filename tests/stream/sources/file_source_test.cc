// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/sources/file_source.h"

#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tarn/io/local_file_system.h"
#include "tests/support/files.h"

namespace tarn::stream {
namespace {

std::string Gzip(const std::string& text) {
  auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP).ValueOrDie();
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  std::string out(static_cast<size_t>(codec->MaxCompressedLen(size, data)), '\0');
  const int64_t bytes = codec
                            ->Compress(size, data, static_cast<int64_t>(out.size()),
                                       reinterpret_cast<uint8_t*>(out.data()))
                            .ValueOrDie();
  out.resize(static_cast<size_t>(bytes));
  return out;
}

class FileSourceTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }

  Result<std::unique_ptr<FileSource>> Open(const std::string& path,
                                           FileSourceOptions options = {}) {
    options.path = folder_ / path;
    return FileSource::Make(context_, options);
  }

  // "name:number:text" of all lines that are left.
  static std::vector<std::string> Drain(FileSource* source) {
    std::vector<std::string> out;
    while (true) {
      auto lines = source->Next();
      EXPECT_TRUE(lines.ok()) << lines.status();
      if (!lines.ok() || lines->empty()) return out;
      for (const auto& line : *lines) {
        const std::string file(line.file.substr(line.file.rfind('/') + 1));
        out.push_back(fmt::format("{}:{}:{}", file, line.number, line.bytes));
      }
    }
  }

  using Texts = std::vector<std::string>;
  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
};

TEST_F(FileSourceTest, CutsLinesAtLineFeedsAndDropsCarriageReturns) {
  Write("a", "one\r\n\ntwo\nthree");
  auto source = *Open("a");
  EXPECT_EQ(Drain(source.get()), (Texts{"a:1:one", "a:2:", "a:3:two", "a:4:three"}));
}

TEST_F(FileSourceTest, ReadsGzipFilesByTheirContentMembersIncluded) {
  Write("b.jsonl", Gzip("one\ntw") + Gzip("o\nthree\n"));
  auto source = *Open("b.jsonl");
  EXPECT_EQ(Drain(source.get()),
            (Texts{"b.jsonl:1:one", "b.jsonl:2:two", "b.jsonl:3:three"}));
}

TEST_F(FileSourceTest, ReadsFoldersInTheOrderOfNamesWithoutHiddenFiles) {
  Write("d/b", "3\n");
  Write("d/a/z", "1\n");
  Write("d/a/zz", "2");
  Write("d/.hidden", "no\n");
  Write("d/_SUCCESS", "no\n");
  Write("d/_tmp/x", "no\n");
  auto source = *Open("d");
  EXPECT_EQ(Drain(source.get()), (Texts{"z:1:1", "zz:1:2", "b:1:3"}));
}

TEST_F(FileSourceTest, MatchesPatterns) {
  for (const char* name : {"t/p0/a.jsonl", "t/p1/a.jsonl.gz", "t/p1/b.csv",
                           "t/p10/c.jsonl", "t/q/d.jsonl", "t/.x/e.jsonl"}) {
    Write(name, std::string(name) + "\n");
  }
  const auto names = [&](const std::string& pattern) {
    Texts out;
    auto source = Open(pattern);
    if (!source.ok()) return Texts{MessageOf(source.status())};
    for (const auto& file : (*source)->files()) out.push_back(file.name);
    return out;
  };
  EXPECT_EQ(names("t/p?/*.jsonl"), (Texts{"p0/a.jsonl"}));
  EXPECT_EQ(names("t/p*/*.jsonl*"),
            (Texts{"p0/a.jsonl", "p1/a.jsonl.gz", "p10/c.jsonl"}));
  EXPECT_EQ(names("t/{p0,q}/*"), (Texts{"p0/a.jsonl", "q/d.jsonl"}));
  EXPECT_EQ(names("t/p[02-9]/*"), (Texts{"p0/a.jsonl"}));
  EXPECT_EQ(names("t/[!p]/*"), (Texts{"q/d.jsonl"}));
  EXPECT_EQ(names("t/**/*.jsonl"), (Texts{"p0/a.jsonl", "p10/c.jsonl", "q/d.jsonl"}));
  EXPECT_EQ(names("t/p1*"), (Texts{"p1/a.jsonl.gz", "p1/b.csv", "p10/c.jsonl"}));
  EXPECT_EQ(names("t/.x/*"), (Texts{"e.jsonl"}));
  EXPECT_TRUE(Open("t/*.nothing").status().message().find("No file matches") !=
              std::string::npos);
  EXPECT_EQ(KindOf(Open("missing").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(Open("t/{a").status()), ErrorKind::kInvalidInput);
}

TEST_F(FileSourceTest, RefusesOtherSchemes) {
  FileSourceOptions options;
  options.path = "s3://bucket/x";
  EXPECT_EQ(KindOf(FileSource::Make(context_, options).status()),
            ErrorKind::kUnsupported);
}

TEST_F(FileSourceTest, GoesOnFromEveryPositionInPlainAndPackedFiles) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += fmt::format("line {}{}\n", i, i % 7 == 0 ? "\r" : "");
  text += "last";
  Write("s/plain", text);
  Write("s/zipped", Gzip(text));
  FileSourceOptions one;
  one.batch_lines = 1;
  const auto all = Drain(Open("s")->get());
  ASSERT_EQ(all.size(), 102u);
  for (size_t stop = 0; stop <= all.size(); ++stop) {
    auto source = *Open("s", one);
    Texts read;
    for (size_t i = 0; i < stop; ++i) {
      auto lines = *source->Next();
      ASSERT_EQ(lines.size(), 1u);
      const std::string file(lines[0].file.substr(lines[0].file.rfind('/') + 1));
      read.push_back(fmt::format("{}:{}:{}", file, lines[0].number, lines[0].bytes));
    }
    auto again = *Open("s");
    ASSERT_TRUE(again->Seek(source->positions()).ok());
    for (auto& line : Drain(again.get())) read.push_back(line);
    ASSERT_EQ(read, all) << stop;
  }
}

TEST_F(FileSourceTest, FilesThatComeLaterAreReadFromTheirStart) {
  Write("l/a", "1\n2\n");
  auto source = *Open("l");
  Drain(source.get());
  const auto positions = source->positions();
  EXPECT_EQ(positions, (std::map<std::string, std::string>{{"a", "4:2"}}));
  Write("l/0", "new\n");
  Write("l/a", "1\n2\n3\n");
  source = *Open("l");
  ASSERT_TRUE(source->Seek(positions).ok());
  EXPECT_EQ(Drain(source.get()), (Texts{"0:1:new", "a:3:3"}));
}

TEST_F(FileSourceTest, AFileThatShrankIsAnError) {
  Write("f", "short\n");
  auto source = *Open("f");
  ASSERT_TRUE(source->Seek({{"f", "100:9"}}).ok());
  EXPECT_EQ(KindOf(source->Next().status()), ErrorKind::kInvalidInput);
}

TEST_F(FileSourceTest, APositionThatIsNoneIsCorruption) {
  Write("f", "short\n");
  auto source = *Open("f");
  for (const char* text : {"", "1", "1:", ":1", "-1:0", "1:2:3", "x:y"}) {
    EXPECT_EQ(KindOf(source->Seek({{"f", text}})), ErrorKind::kCorruption) << text;
  }
}

TEST_F(FileSourceTest, ACutGzipFileGivesItsLinesAndThenAnError) {
  std::string text;
  for (int i = 0; i < 100000; ++i)
    text += fmt::format("line {} {}\n", i, i * 7919 % 10007);
  const std::string whole = Gzip(text);
  Write("cut.gz", whole.substr(0, whole.size() / 2));
  auto source = *Open("cut.gz");
  int64_t lines = 0;
  Status end;
  while (true) {
    auto next = source->Next();
    end = next.status();
    if (!next.ok() || next->empty()) break;
    lines += static_cast<int64_t>(next->size());
  }
  EXPECT_GT(lines, 30000);
  EXPECT_EQ(KindOf(end), ErrorKind::kInvalidInput) << end;
  EXPECT_NE(end.message().find("cut.gz"), std::string::npos);

  FileSourceOptions tolerant;
  tolerant.tolerate_cut_files = true;
  source = *Open("cut.gz", tolerant);
  const auto drained = Drain(source.get());
  EXPECT_GE(static_cast<int64_t>(drained.size()),
            lines);  // with the piece of the last line
  EXPECT_EQ(source->cut_files().size(), 1u);

  std::string broken = whole;
  broken[broken.size() / 2] ^= 0x55;
  Write("broken.gz", broken);
  source = *Open("broken.gz");
  do {
    auto next = source->Next();
    end = next.status();
    if (end.ok() && next->empty()) FAIL() << "a broken stream was read to its end";
  } while (end.ok());
  EXPECT_EQ(KindOf(end), ErrorKind::kInvalidInput) << end;
}

TEST_F(FileSourceTest, ALineMayBeLongerThanABatchButNotWithoutLimit) {
  const std::string line(3 << 20, 'x');
  Write("long", line + "\nshort\n");
  FileSourceOptions options;
  options.batch_bytes = 1000;
  auto source = *Open("long", options);
  auto lines = *source->Next();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].bytes, line);
  EXPECT_EQ((*source->Next())[0].bytes, "short");
  options.line_bytes_max = 1 << 20;
  source = *Open("long", options);
  EXPECT_EQ(KindOf(source->Next().status()), ErrorKind::kInvalidInput);
}

TEST_F(FileSourceTest, AnEmptyFileHasNoLines) {
  Write("e/empty", "");
  Write("e/empty.gz", Gzip(""));
  auto source = *Open("e");
  EXPECT_TRUE(Drain(source.get()).empty());
}

TEST(MatchesPatternTest, TakesStarsBackWhenNeeded) {
  EXPECT_TRUE(MatchesPattern("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(MatchesPattern("*a*b", "xxaxxbxx"));
  EXPECT_TRUE(MatchesPattern("", ""));
  EXPECT_FALSE(MatchesPattern("", "x"));
  EXPECT_TRUE(MatchesPattern("[a-c]x", "bx"));
  EXPECT_FALSE(MatchesPattern("[!a-c]x", "bx"));
  EXPECT_TRUE(MatchesPattern("a[", "a["));
  EXPECT_FALSE(MatchesPattern("?", ""));
}

}  // namespace
}  // namespace tarn::stream

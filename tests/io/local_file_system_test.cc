// SPDX-License-Identifier: Apache-2.0
#include "tarn/io/local_file_system.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

namespace tarn::io {
namespace {

using base::CreateOutcome;

class LocalFileSystemTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "tarn-io-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string At(const std::string& name) const { return root_ + "/" + name; }
  std::vector<std::string> Names(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : files_->List(folder).ValueOrDie()) {
      names.emplace_back(entry.name());
    }
    return names;
  }

  std::string root_;
  std::shared_ptr<base::FileSystem> files_ = MakeLocalFileSystem();
};

TEST_F(LocalFileSystemTest, WritesAndReadsBack) {
  auto out = files_->CreateOutput(At("a/b/data")).ValueOrDie();
  ASSERT_TRUE(out->Write("hello ", 6).ok());
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE(out->Write(large.data(), static_cast<int64_t>(large.size())).ok());
  ASSERT_TRUE(out->Write("end", 3).ok());
  EXPECT_EQ(out->Tell().ValueOrDie(), static_cast<int64_t>(large.size()) + 9);
  ASSERT_TRUE(out->Close().ok());
  EXPECT_EQ(files_->ReadAll(At("a/b/data")).ValueOrDie(), "hello " + large + "end");

  auto in = files_->OpenInput(At("a/b/data")).ValueOrDie();
  EXPECT_EQ(in->GetSize().ValueOrDie(), static_cast<int64_t>(large.size()) + 9);
  auto tail = in->ReadAt(in->GetSize().ValueOrDie() - 3, 100).ValueOrDie();
  EXPECT_EQ(tail->ToString(), "end");
  ASSERT_TRUE(in->Seek(6).ok());
  EXPECT_EQ(in->Read(2).ValueOrDie()->ToString(), "xx");
  EXPECT_EQ(in->Tell().ValueOrDie(), 8);
  EXPECT_FALSE(in->ReadAt(-1, 1).ok());
  EXPECT_FALSE(in->Seek(int64_t{1} << 40).ok());
}

TEST_F(LocalFileSystemTest, AnOutputThatIsDroppedLeavesNothing) {
  {
    auto out = files_->CreateOutput(At("half")).ValueOrDie();
    ASSERT_TRUE(out->Write("x", 1).ok());
  }
  EXPECT_FALSE(files_->Exists(At("half")).ValueOrDie());
  auto aborted = files_->CreateOutput(At("half")).ValueOrDie();
  ASSERT_TRUE(aborted->Abort().ok());
  EXPECT_FALSE(files_->Exists(At("half")).ValueOrDie());
}

TEST_F(LocalFileSystemTest, AnOutputNeverReplacesAFile) {
  ASSERT_TRUE(files_->CreateOutput(At("f")).ValueOrDie()->Close().ok());
  EXPECT_EQ(KindOf(files_->CreateOutput(At("f")).status()), ErrorKind::kConflict);
}

TEST_F(LocalFileSystemTest, ErrorsTellWhatACallerCanDo) {
  EXPECT_EQ(KindOf(files_->OpenInput(At("none")).status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(files_->ReadAll(At("none")).status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(files_->Stat(At("none")).status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(files_->OpenInput(root_).status()), ErrorKind::kInvalidInput);
  ASSERT_TRUE(files_->WriteAtomically(At("f"), "12345").ok());
  EXPECT_EQ(KindOf(files_->ReadAll(At("f"), 4).status()), ErrorKind::kResource);
  EXPECT_EQ(KindOf(files_->List(At("f")).status()), ErrorKind::kInvalidInput);
  EXPECT_TRUE(files_->List(At("none")).ValueOrDie().empty());
  EXPECT_TRUE(files_->Delete(At("none")).ok());
  EXPECT_TRUE(files_->DeleteRecursively(At("none")).ok());
}

TEST_F(LocalFileSystemTest, AtomicWritesReplace) {
  ASSERT_TRUE(files_->WriteAtomically(At("hint/LATEST"), "1").ok());
  ASSERT_TRUE(files_->WriteAtomically(At("hint/LATEST"), "22").ok());
  EXPECT_EQ(files_->ReadAll(At("hint/LATEST")).ValueOrDie(), "22");
  EXPECT_EQ(Names(At("hint")), (std::vector<std::string>{"LATEST"}));
}

TEST_F(LocalFileSystemTest, ExclusiveCreateNeverReplacesAndLeavesNoTemporary) {
  for (bool sync : {false, true}) {
    const std::string path = At(sync ? "s/snapshot-1" : "n/snapshot-1");
    EXPECT_EQ(files_->CreateExclusively(path, "mine", sync).ValueOrDie(),
              CreateOutcome::kCreated);
    EXPECT_EQ(files_->CreateExclusively(path, "other", sync).ValueOrDie(),
              CreateOutcome::kExists);
    EXPECT_EQ(files_->ReadAll(path).ValueOrDie(), "mine");
  }
  EXPECT_EQ(Names(At("s")), (std::vector<std::string>{"snapshot-1"}));
}

TEST_F(LocalFileSystemTest, OfManyWhoCreateAtOnceExactlyOneWins) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 100;
  std::vector<std::atomic<int>> wins(kRounds);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      auto files = MakeLocalFileSystem();
      for (int round = 0; round < kRounds; ++round) {
        const std::string path = At("race/snapshot-" + std::to_string(round));
        const std::string bytes(1000, static_cast<char>('a' + t));
        auto outcome = files->CreateExclusively(path, bytes, false);
        ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
        if (*outcome == CreateOutcome::kCreated) {
          ++wins[static_cast<size_t>(round)];
          EXPECT_EQ(files->ReadAll(path).ValueOrDie(), bytes);
        } else {
          EXPECT_EQ(*outcome, CreateOutcome::kExists);
          // Whole from the first moment on which anybody can see it.
          EXPECT_EQ(files->ReadAll(path).ValueOrDie().size(), 1000U);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto& count : wins) EXPECT_EQ(count, 1);
  EXPECT_EQ(Names(At("race")).size(), static_cast<size_t>(kRounds));
}

TEST_F(LocalFileSystemTest, ListsByNameWithKindsAndSizes) {
  ASSERT_TRUE(files_->WriteAtomically(At("b"), "12").ok());
  ASSERT_TRUE(files_->WriteAtomically(At(".a"), "").ok());
  ASSERT_TRUE(files_->CreateDirectory(At("c/d")).ok());
  ASSERT_TRUE(files_->CreateDirectory(At("c/d")).ok());
  const auto entries = files_->List(root_).ValueOrDie();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name(), ".a");
  EXPECT_EQ(entries[1].path, At("b"));
  EXPECT_EQ(entries[1].bytes, 2);
  EXPECT_GT(entries[1].modified_millis, 1600000000000);
  EXPECT_TRUE(entries[2].is_directory);
  EXPECT_EQ(files_->Stat(At("b"))->bytes, 2);
  EXPECT_TRUE(files_->Sync({At("b"), At("c/d")}).ok());
  EXPECT_FALSE(files_->Sync({At("none")}).ok());
}

TEST_F(LocalFileSystemTest, AFolderThatComesAndGoesIsListedOrEmpty) {
  const std::string folder = At("snapshot");
  std::atomic<bool> stop = false;
  std::thread other([&] {
    while (!stop) {
      std::filesystem::create_directory(folder);
      std::filesystem::remove(folder);
    }
  });
  for (int i = 0; i < 20000; ++i) {
    const auto listed = files_->List(folder);
    EXPECT_TRUE(listed.ok() && listed->empty()) << listed.status();
    if (!listed.ok()) break;
  }
  stop = true;
  other.join();
}

TEST_F(LocalFileSystemTest, DeletesTreesButNotWhatLinksPointTo) {
  ASSERT_TRUE(files_->WriteAtomically(At("keep/f"), "x").ok());
  ASSERT_TRUE(files_->WriteAtomically(At("tree/a/b/f"), "x").ok());
  std::filesystem::create_directory_symlink(At("keep"), At("tree/a/link"));
  ASSERT_TRUE(files_->DeleteRecursively(At("tree")).ok());
  EXPECT_FALSE(files_->Exists(At("tree")).ValueOrDie());
  EXPECT_TRUE(files_->Exists(At("keep/f")).ValueOrDie());
  EXPECT_TRUE(files_->Delete(At("keep/f")).ok());
  EXPECT_TRUE(files_->Delete(At("keep")).ok());
}

TEST_F(LocalFileSystemTest, ALockHasOneHolder) {
  auto lock = files_->Lock(At("locks/job"));
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(KindOf(files_->Lock(At("locks/job")).status()), ErrorKind::kConflict);
  lock->reset();
  EXPECT_TRUE(files_->Lock(At("locks/job")).ok());
}

TEST_F(LocalFileSystemTest, ManyThreadsReadOneFile) {
  std::string bytes;
  for (int i = 0; i < 1 << 16; ++i) bytes += static_cast<char>(i * 31 >> 3);
  ASSERT_TRUE(files_->WriteAtomically(At("f"), bytes).ok());
  auto in = files_->OpenInput(At("f")).ValueOrDie();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const int64_t at = (i * 131 + t * 17) % 65000;
        auto read = in->ReadAt(at, 100);
        ASSERT_TRUE(read.ok());
        EXPECT_EQ((*read)->ToString(), bytes.substr(static_cast<size_t>(at), 100));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(FileStatus, NameIsTheLastPart) {
  base::FileStatus status;
  status.path = "/a/b.c/";
  EXPECT_EQ(status.name(), "b.c");
  status.path = "x";
  EXPECT_EQ(status.name(), "x");
  EXPECT_EQ(base::JoinPath("/a/", "b"), "/a/b");
  EXPECT_EQ(base::JoinPath("a", "/b"), "a/b");
  EXPECT_EQ(base::JoinPath("", "b"), "b");
  EXPECT_EQ(base::JoinPath("a", ""), "a");
}

}  // namespace
}  // namespace tarn::io

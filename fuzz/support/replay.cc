// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: every input of its corpus, then random mutations
// of them. Understands libFuzzer's spelling of -runs=, -seed= and -max_len=; other
// arguments are input files or folders of them.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// There when a sanitizer is linked.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<uint8_t>;

struct Flags {
  uint64_t runs = 0;
  uint64_t seed = 1;
  size_t max_len = 64 * 1024;
  std::vector<std::filesystem::path> paths;
};

/// What the target was reading when it died.
const Input* current = nullptr;

void KeepCurrentInput() {
  constexpr char kPath[] = "fuzz-crash-input";
  std::FILE* file = current == nullptr ? nullptr : std::fopen(kPath, "wb");
  if (file == nullptr) return;
  std::fwrite(current->data(), 1, current->size(), file);
  std::fclose(file);
  std::fprintf(stderr, "the input was kept in %s\n", kPath);
}

void KeepInputsThatKill() {
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(KeepCurrentInput);
  }
  std::signal(SIGABRT, [](int) { KeepCurrentInput(); });
}

void RunTarget(const Input& input) {
  current = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
  current = nullptr;
}

Flags ParseFlags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    auto number = [&] {
      return std::strtoull(argument.substr(argument.find('=') + 1).data(), nullptr, 10);
    };
    if (argument.starts_with("-runs=")) {
      flags.runs = number();
    } else if (argument.starts_with("-seed=")) {
      flags.seed = number();
    } else if (argument.starts_with("-max_len=")) {
      flags.max_len = number();
    } else if (!argument.starts_with('-')) {
      flags.paths.emplace_back(argument);
    }
  }
  return flags;
}

Input ReadInput(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Input> ReadCorpus(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (std::filesystem::is_regular_file(path)) files.push_back(path);
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  // Directory order differs between machines; one seed shall mean one sequence of inputs.
  std::sort(files.begin(), files.end());
  std::vector<Input> corpus;
  for (const auto& file : files) corpus.push_back(ReadInput(file));
  return corpus;
}

/// One to eight small edits: what breaks a decoder are lengths, cuts and repeated pieces.
void Mutate(Input& input, const std::vector<Input>& corpus, size_t max_len,
            std::mt19937_64& random) {
  constexpr uint8_t kEdges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
  auto below = [&](size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (size_t edits = 1 + below(8); edits > 0; --edits) {
    const size_t at = below(input.size());
    switch (below(7)) {
      case 0:
        if (!input.empty()) input[at] ^= static_cast<uint8_t>(1u << below(8));
        break;
      case 1:
        if (!input.empty()) input[at] = kEdges[below(std::size(kEdges))];
        break;
      case 2:
        if (!input.empty()) input[at] = static_cast<uint8_t>(random());
        break;
      case 3:
        input.resize(below(input.size() + 1));
        break;
      case 4:
        input.insert(input.begin() + at, static_cast<uint8_t>(random()));
        break;
      case 5: {  // Repeat a piece of the input itself.
        const Input piece(input.begin() + at,
                          input.begin() + at + below(input.size() - at + 1));
        input.insert(input.begin() + below(input.size() + 1), piece.begin(), piece.end());
        break;
      }
      case 6: {  // Overwrite the tail with another input's.
        const Input& other = corpus[below(corpus.size())];
        const size_t from = below(other.size() + 1);
        input.resize(at);
        input.insert(input.end(), other.begin() + from, other.end());
        break;
      }
    }
  }
  if (input.size() > max_len) input.resize(max_len);
}

}  // namespace

int main(int argc, char** argv) {
  const Flags flags = ParseFlags(argc, argv);
  std::vector<Input> corpus = ReadCorpus(flags.paths);
  KeepInputsThatKill();
  for (const Input& input : corpus) RunTarget(input);
  const size_t replayed = corpus.size();

  if (corpus.empty()) corpus.emplace_back();
  std::mt19937_64 random(flags.seed);
  for (uint64_t run = 0; run < flags.runs; ++run) {
    Input input = corpus[random() % corpus.size()];
    Mutate(input, corpus, flags.max_len, random);
    RunTarget(input);
  }
  std::printf("replayed %zu inputs, then %llu mutations of them\n", replayed,
              static_cast<unsigned long long>(flags.runs));
  return 0;
}

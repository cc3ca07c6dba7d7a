// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::merge {

/// Tournament over the head keys of `runs` runs. A node is one number, the key's code
/// above the run's rank, so that a match is one comparison without a branch; with
/// `kExact` false equal codes are decided by the whole key. Equal keys are won by the
/// lower rank. One caller at a time.
template <bool kExact>
class LoserTree {
 public:
  /// Code in the upper 64 bits; below it the run, or run + runs when the run is
  /// exhausted.
  using Head = unsigned __int128;

  explicit LoserTree(int runs) : runs_(runs), heads_(runs), views_(runs), losers_(runs) {}

  /// Set the head of `run`; `Build` makes it count.
  void SetHead(int run, uint64_t code, std::string_view view, bool exhausted) {
    heads_[run] = MakeHead(run, code, exhausted);
    views_[run] = view;
  }

  void Build() {
    std::vector<Head> winners(2 * runs_);
    for (int run = 0; run < runs_; ++run) winners[runs_ + run] = heads_[run];
    for (int node = runs_ - 1; node > 0; --node) {
      Head winner = winners[2 * node];
      Head loser = winners[2 * node + 1];
      if (Less(loser, winner)) std::swap(winner, loser);
      winners[node] = winner;
      losers_[node] = loser;
    }
    winner_ = runs_ == 1 ? heads_[0] : winners[1];
  }

  bool done() const { return IsExhausted(winner_); }
  int winner() const { return static_cast<int>(RankOf(winner_)); }

  /// Give the winning run its next key and play its matches again.
  void Replace(uint64_t code, std::string_view view, bool exhausted) {
    const int run = winner();
    if constexpr (!kExact) views_[run] = view;
    Head climber = MakeHead(run, code, exhausted);
    for (int node = (run + runs_) >> 1; node > 0; node >>= 1) {
      const Head other = losers_[node];
      const bool swap = Less(other, climber);
      losers_[node] = swap ? climber : other;
      climber = swap ? other : climber;
    }
    winner_ = climber;
  }

  /// The best head among the other runs. REQUIRES: more than one run.
  Head RunnerUp() const {
    int node = (winner() + runs_) >> 1;
    Head best = losers_[node];
    for (node >>= 1; node > 0; node >>= 1) {
      if (Less(losers_[node], best)) best = losers_[node];
    }
    return best;
  }
  bool IsExhausted(Head head) const {
    return RankOf(head) >= static_cast<uint32_t>(runs_);
  }
  static uint64_t CodeOf(Head head) { return static_cast<uint64_t>(head >> 64); }
  /// REQUIRES: `head` is not exhausted.
  std::string_view ViewOf(Head head) const { return views_[RankOf(head)]; }

 private:
  static uint32_t RankOf(Head head) { return static_cast<uint32_t>(head); }
  Head MakeHead(int run, uint64_t code, bool exhausted) const {
    // Behind every key, one with the highest code included.
    if (exhausted) return Head{~uint64_t{0}} << 64 | static_cast<uint32_t>(run + runs_);
    return Head{code} << 64 | static_cast<uint32_t>(run);
  }
  bool Less(Head a, Head b) const {
    if constexpr (!kExact) {
      if (CodeOf(a) == CodeOf(b) && !IsExhausted(a) && !IsExhausted(b)) {
        const int compared = ViewOf(a).compare(ViewOf(b));
        if (compared != 0) return compared < 0;
      }
    }
    return a < b;
  }

  int runs_;
  Head winner_ = 0;
  std::vector<Head> heads_;
  std::vector<std::string_view> views_;
  std::vector<Head> losers_;
};

}  // namespace tarn::merge

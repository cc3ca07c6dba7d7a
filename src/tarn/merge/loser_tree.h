// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::merge {

/// Tournament over the head keys of `runs` runs. Codes stand inside the nodes, so that a
/// match on exact codes touches nothing else; with `kExact` false equal codes are decided
/// by the whole key. Equal keys are won by the lower run. One caller at a time.
template <bool kExact>
class LoserTree {
 public:
  struct Head {
    uint64_t code = 0;
    uint32_t rank = 0;  ///< run, or run + runs when the run is exhausted
  };

  explicit LoserTree(int runs) : runs_(runs), heads_(runs), views_(runs), losers_(runs) {}

  /// Set the head of `run`; `Build` makes it count.
  void SetHead(int run, uint64_t code, std::string_view view, bool exhausted) {
    heads_[run] = {exhausted ? ~uint64_t{0} : code,
                   static_cast<uint32_t>(exhausted ? run + runs_ : run)};
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

  bool done() const { return winner_.rank >= static_cast<uint32_t>(runs_); }
  int winner() const { return static_cast<int>(winner_.rank); }
  uint64_t winner_code() const { return winner_.code; }

  /// Give the winning run its next key and play its matches again.
  void Replace(uint64_t code, std::string_view view, bool exhausted) {
    const int run = winner();
    if constexpr (!kExact) views_[run] = view;
    Head climber{exhausted ? ~uint64_t{0} : code,
                 static_cast<uint32_t>(exhausted ? run + runs_ : run)};
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
    const int run = winner();
    int node = (run + runs_) >> 1;
    Head best = losers_[node];
    for (node >>= 1; node > 0; node >>= 1) {
      if (Less(losers_[node], best)) best = losers_[node];
    }
    return best;
  }
  bool IsExhausted(const Head& head) const {
    return head.rank >= static_cast<uint32_t>(runs_);
  }
  std::string_view ViewOf(const Head& head) const { return views_[head.rank % runs_]; }

 private:
  bool Less(const Head& a, const Head& b) const {
    if constexpr (kExact) {
      return (a.code < b.code) | ((a.code == b.code) & (a.rank < b.rank));
    } else {
      if (a.code != b.code) return a.code < b.code;
      const bool a_done = a.rank >= static_cast<uint32_t>(runs_);
      const bool b_done = b.rank >= static_cast<uint32_t>(runs_);
      if (a_done || b_done) return a.rank < b.rank;
      const int compared = ViewOf(a).compare(ViewOf(b));
      return compared != 0 ? compared < 0 : a.rank < b.rank;
    }
  }

  int runs_;
  Head winner_;
  std::vector<Head> heads_;
  std::vector<std::string_view> views_;
  std::vector<Head> losers_;
};

}  // namespace tarn::merge

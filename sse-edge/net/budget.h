#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "process/tally.h"

namespace taskwire::edge {

/// So many bytes of a request, and of an answer, are their connection's own and count in no budget: it has a place.
inline constexpr std::size_t kOwnBytes = 4096;

/// What several connections may hold together: bytes, or places. Where they want more, the one is cut that has made no
/// progress for the longest time; that is logged and counted. Confined to its shard's thread. Outlives its shares.
class Budget {
 public:
  /// `name` begins the log's lines.
  Budget(std::string name, std::size_t most) : most_(most), cuts_(std::move(name)) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  class Share;

  /// What is held now.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// Thread-safe: how often one was cut.
  [[nodiscard]] std::uint64_t cuts() const { return cuts_.total(); }

 private:
  struct Entry {
    std::size_t amount;
    std::function<void()> cut;
    const void* what = nullptr;  // held by others too
  };
  using Entries = std::list<Entry>;

  void take(const Entry& entry);
  void give_back(const Entry& entry);
  void balance();

  const std::size_t most_;
  Tally cuts_;
  std::size_t held_ = 0;
  Entries entries_;  // the longest without progress first
  Entries cut_;      // hold nothing any more, but are not gone yet
  std::unordered_map<const void*, std::size_t> holders_;
};

/// A connection's part of a budget, for as long as it lives.
class Budget::Share {
 public:
  /// Holds `amount`. `cut` is called at most once, for another share's sake: it closes the connection. `what`, unless
  /// null, is what is held where others may hold the same, all of the same amount: it counts once.
  Share(Budget& budget, std::size_t amount, std::function<void()> cut, const void* what = nullptr);
  ~Share();
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  /// The connection has made progress, and holds so much now. Another may be cut for that, never this one.
  void set(std::size_t amount);

 private:
  Budget& budget_;
  Entries::iterator entry_;
};

}  // namespace taskwire::edge

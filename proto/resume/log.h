#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "resume/cursor.h"
#include "resume/limits.h"

namespace taskwire {

/// Rising numbers, added at the end and taken from the front. Holds no memory while there are none.
class Ordinals {
 public:
  [[nodiscard]] bool empty() const { return numbers_.empty(); }
  /// Valid until the next change.
  [[nodiscard]] std::span<const std::uint64_t> all() const { return std::span(numbers_).subspan(taken_); }
  void push_back(std::uint64_t number) { numbers_.push_back(number); }
  void pop_front() {
    if (++taken_ == numbers_.size()) return clear();
    if (taken_ < numbers_.size() / 2) return;
    numbers_.erase(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    if (numbers_.capacity() > 4 * numbers_.size() + 16) numbers_.shrink_to_fit();
  }
  void clear() noexcept {
    numbers_ = {};
    taken_ = 0;
  }

 private:
  std::vector<std::uint64_t> numbers_;
  std::size_t taken_ = 0;  // of the front, and not gone yet
};

struct NoAttachment {
  explicit operator bool() const { return false; }
};

/// A bounded log in memory that is read by cursors: the end of one ordered log, everything in `(base, head]`.
///
/// It answers one question: what comes after this cursor for these topics? It can be read
///  - *whole*: every event, in order;
///  - *latest*: of a topic with keys only the events that no later one of the same key has superseded, and every
///  deletion, in
///    the same order. A topic with keys is read so while more than `max_lag` of its events lie ahead of the cursor.
///
/// Invariants:
///  1. Sequences of entries rise strictly; all lie in `(base, head]`.
///  2. What was evicted lies at or below `base`: a cursor at or above it misses nothing.
///
/// Reading copies no `Value` and allocates nothing. Not thread-safe.
///
/// What is to be found by a topic, as what waits for its news, may be attached to it: an `Attachment`, which says
/// whether there is something.
template <class Value, class Attachment = NoAttachment>
class Log {
 public:
  struct Limits {
    std::size_t events = 10'000;
    std::size_t bytes = std::size_t{16} << 20;
  };

  /// An event to append. The strings are copied.
  struct Item {
    Sequence sequence = 0;
    std::string_view topic;
    std::string_view key;   ///< Empty: none.
    bool deletion = false;  ///< The last event of its key.
    std::size_t bytes = 0;  ///< What it counts against `Limits::bytes`.
    Value value;
  };

  class TopicIndex;
  /// A handle to read a topic by. It may be made before the topic's first event and outlive its last.
  using TopicRef = std::shared_ptr<const TopicIndex>;

  struct Entry {
    Sequence sequence;
    bool deletion;
    bool superseded;  ///< A later event of the same key is in the log.
    std::size_t bytes;
    Value value;
    TopicIndex* topic;
    std::string key;
  };

  /// How far a read came.
  struct Read {
    Sequence through = 0;  ///< Everything up to here was read: the reader's next cursor.
    bool latest = false;   ///< Some topic was read latest.
  };

  /// The `max_lag` that reads every topic whole.
  static constexpr std::int64_t kWhole = std::numeric_limits<std::int64_t>::max();

  explicit Log(Limits limits) : limits_(limits) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] Sequence base() const { return base_; }
  [[nodiscard]] Sequence head() const { return head_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool covers(Sequence cursor) const { return base_ <= cursor && cursor <= head_; }

  /// Forgets everything, also what an append that threw has left; what is appended from now on follows `base`.
  void restart(Sequence base) noexcept {
    for (const auto& topic : topics_) {
      topic->ordinals_.clear();
      topic->last_.reset();
    }
    first_ordinal_ += entries_.size();
    entries_.clear();
    bytes_ = 0;
    base_ = head_ = base;
  }

  /// Appends an event above the head, and evicts old ones until the limits hold (the newest always stays). The answer
  /// is valid until the next append.
  const Entry& append(Item item) {
    assert(item.sequence > head_);
    TopicIndex* const topic = index(item.topic).get();
    const std::uint64_t ordinal = first_ordinal_ + entries_.size();
    if (!item.key.empty()) {
      if (!topic->last_) topic->last_ = std::make_unique<typename TopicIndex::LastOfKey>();
      const auto [last, is_new] = topic->last_->try_emplace(std::string(item.key), ordinal);
      if (!is_new) {
        entries_[last->second - first_ordinal_].superseded = true;
        last->second = ordinal;
      }
    }
    entries_.push_back(
        {item.sequence, item.deletion, false, item.bytes, std::move(item.value), topic, std::string(item.key)});
    topic->ordinals_.push_back(ordinal);
    bytes_ += item.bytes;
    head_ = item.sequence;
    while (entries_.size() > 1 && (entries_.size() > limits_.events || bytes_ > limits_.bytes)) evict(1);
    return entries_.back();
  }

  /// Says that nothing but what was appended happened up to `head`.
  void advance(Sequence head) { head_ = std::max(head_, head); }

  /// Forgets the `count` oldest events.
  void evict(std::size_t count) {
    for (; count > 0 && !entries_.empty(); --count) {
      const Entry& oldest = entries_.front();
      oldest.topic->ordinals_.pop_front();
      if (auto& last = oldest.topic->last_; !oldest.key.empty() && !oldest.superseded) {
        last->erase(oldest.key);
        if (last->empty()) last.reset();
      }
      base_ = oldest.sequence;
      bytes_ -= oldest.bytes;
      entries_.pop_front();
      ++first_ordinal_;
    }
  }

  [[nodiscard]] TopicRef topic(std::string_view name) { return index(name); }

  template <class Visit>
  void for_each_topic(Visit&& visit) const {
    for (const auto& topic : topics_) visit(*topic);
  }

  /// The cursor that lies at most `events` events before the head.
  [[nodiscard]] Sequence back(std::size_t events) const {
    if (events >= entries_.size()) return base_;
    return events == 0 ? head_ : entries_[entries_.size() - events - 1].sequence;
  }

  /// Visits what comes after `after` in all topics, whole. As `read` otherwise.
  template <class Visit>
  Read read_all(Sequence after, Visit&& visit) const {
    assert(covers(after));
    const auto begin = std::upper_bound(entries_.begin(), entries_.end(), after,
                                        [](Sequence s, const Entry& entry) { return s < entry.sequence; });
    Sequence through = after;
    for (auto entry = begin; entry != entries_.end(); ++entry) {
      if (!visit(*entry)) return {through, false};
      through = entry->sequence;
    }
    return {head_, false};
  }

  /// Visits what comes after `after` in `topics` (at most kMostTopics), in order, up to the head, or until `visit(const
  /// Entry&)` answers false, which leaves that entry unread, or until `most` entries were visited or passed over as
  /// superseded: a reader that goes on from there misses nothing. Requires covers(after).
  template <class Visit>
  Read read(std::span<const TopicRef> topics, Sequence after, std::int64_t max_lag, Visit&& visit,
            std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    assert(covers(after) && topics.size() <= kMostTopics);
    if (topics.size() == 1) {
      Position only = position(*topics.front(), after, max_lag);
      return merge({&only, 1}, after, visit, most);
    }
    std::array<Position, kMostTopics> all;  // NOLINT(cppcoreguidelines-pro-type-member-init): as many as are read
    for (std::size_t i = 0; i < topics.size(); ++i) all[i] = position(*topics[i], after, max_lag);
    return merge({all.data(), topics.size()}, after, visit, most);
  }

  /// The events of one topic, which are opaque to readers. It stays while something is attached.
  class TopicIndex {
   public:
    explicit TopicIndex(std::string_view name) : name_(name) {}
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Attachment& attachment() const { return attachment_; }

   private:
    friend class Log;
    using LastOfKey = std::unordered_map<std::string, std::uint64_t>;  // key -> the ordinal of its latest entry

    Ordinals ordinals_;                // of its entries
    std::unique_ptr<LastOfKey> last_;  // none: it has no keys
    const std::string name_;
    [[no_unique_address]] mutable Attachment attachment_;
  };

 private:
  // Topics are known by their names, which are looked up as they are.
  static std::string_view name_of(std::string_view name) { return name; }
  static std::string_view name_of(const std::shared_ptr<TopicIndex>& topic) { return topic->name(); }
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const auto& topic) const { return std::hash<std::string_view>()(name_of(topic)); }
  };
  struct SameName {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return name_of(a) == name_of(b); }
  };

  struct Position {
    const std::uint64_t *at, *end;
    bool latest;
  };

  /// Most readers stand near the end, so it is looked for from there.
  Position position(const TopicIndex& topic, Sequence after, std::int64_t max_lag) const {
    const auto ordinals = topic.ordinals_.all();
    const auto comes_after = [&](Sequence s, std::uint64_t ordinal) {
      return s < entries_[ordinal - first_ordinal_].sequence;
    };
    const auto* const end = ordinals.data() + ordinals.size();
    const auto* begin = ordinals.data();
    const auto* at = end;  // all from here on come after
    for (std::ptrdiff_t step = 1; at != begin; step *= 2) {
      const auto* const look = at - std::min(step, at - begin);
      if (!comes_after(after, *look)) {
        begin = look + 1;
        break;
      }
      at = look;
    }
    at = std::upper_bound(begin, at, after, comes_after);
    return {at, end, topic.last_ != nullptr && end - at > max_lag};
  }

  template <class Visit>
  Read merge(std::span<Position> positions, Sequence after, Visit& visit, std::size_t most) const {
    Read result{after, false};
    for (const auto& position : positions) result.latest |= position.latest;
    for (;; --most) {
      Position* next = nullptr;
      for (auto& candidate : positions) {
        if (candidate.at != candidate.end && (next == nullptr || *candidate.at < *next->at)) next = &candidate;
      }
      if (next == nullptr) break;
      if (most == 0) return result;
      const Entry& entry = entries_[*next->at - first_ordinal_];
      const bool is_passed_over = next->latest && entry.superseded && !entry.deletion;
      if (!is_passed_over && !visit(entry)) return result;
      result.through = entry.sequence;
      ++next->at;
    }
    result.through = head_;
    return result;
  }

  const std::shared_ptr<TopicIndex>& index(std::string_view name) {
    if (topics_.size() > 2 * topics_after_sweep_ + 64) {
      std::erase_if(topics_, [](const auto& topic) {
        return topic->ordinals_.empty() && !topic->attachment_ && topic.use_count() == 1;
      });
      topics_after_sweep_ = topics_.size();
    }
    if (const auto known = topics_.find(name); known != topics_.end()) return *known;
    return *topics_.insert(std::make_shared<TopicIndex>(name)).first;
  }

  Limits limits_;
  Sequence base_ = 0;
  Sequence head_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t first_ordinal_ = 0;  // of entries_.front()
  std::deque<Entry> entries_;
  std::unordered_set<std::shared_ptr<TopicIndex>, Hash, SameName> topics_;
  std::size_t topics_after_sweep_ = 0;  // unused topics go when their number could have doubled
};

}  // namespace taskwire

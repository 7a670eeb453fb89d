#pragma once

#include <absl/container/inlined_vector.h>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "hub/event.h"
#include "resume/log.h"

namespace taskwire::edge {

/// One shard's copy of the end of the log, and who wants to hear of what. Confined to its shard's thread.
///
/// News of a topic are delivered by a walk over its subscribers, a slice at a time (`deliver`), so that the shard takes
/// in what else arrived between two slices: the busier it is, the more events a subscriber gets at one visit. Topics
/// take turns, so that a topic with many subscribers keeps no other waiting.
class Hub {
  struct Audience;

 public:
  using EventLog = Log<EventPtr, std::unique_ptr<Audience>>;

  /// Someone who reads topics of the hub. Told that there may be something; reads for itself.
  class Subscriber {
   public:
    Subscriber() = default;
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// There may be something new. May unsubscribe or destroy this subscriber, but no other.
    virtual void on_news() = 0;
    virtual ~Subscriber() = default;

   private:
    friend class Hub;
    struct Place {
      Audience* audience;
      std::uint32_t index;  // in audience->subscribers
    };
    absl::InlinedVector<Place, 1> places_;
  };

  explicit Hub(EventLog::Limits limits);
  ~Hub();

  [[nodiscard]] const EventLog& log() const { return log_; }
  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  [[nodiscard]] bool covers(const Cursor& cursor) const {
    return cursor.epoch == epoch_ && log_.covers(cursor.sequence);
  }
  [[nodiscard]] EventLog::TopicRef topic(std::string_view name) { return log_.topic(name); }

  /// Rises with every change.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// Rises when the hub begins anew; what was known of its events before counts no longer. Never 0.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  /// Everything after `after` follows. Where that is not the head, the hub begins anew there.
  void start(const Cursor& after);
  /// As `start`, whatever the hub holds: it may have taken in a part of something.
  void begin_anew(const Cursor& after);
  /// Takes in events above the head; nothing else happened up to `through`. Where it throws, the hub has to begin anew.
  void append(std::span<const EventPtr> events, Sequence through);

  /// From now on `subscriber` is told when `topics` have news. It is told nothing of what the log holds already.
  void subscribe(Subscriber& subscriber, std::span<const EventLog::TopicRef> topics);
  void subscribe(Subscriber& subscriber, std::span<const std::string> topics);
  /// From now on `subscriber` is told of every change of the hub.
  void subscribe_to_changes(Subscriber& subscriber);
  void unsubscribe_from_changes(Subscriber& subscriber);
  void unsubscribe(Subscriber& subscriber);

  /// Visits at most `count` subscribers; answers whether there is more to do.
  bool deliver(std::size_t count);

  /// Remembers all news there are now, for `is_marked_delivered`; what was marked before counts no longer.
  void mark();
  /// Whether everyone who was to be told of what was marked has been visited since.
  [[nodiscard]] bool is_marked_delivered() const { return marked_rounds_ == 0; }

  /// Up to where a subscriber that had read everything at its last visit has been given everything of its topics.
  [[nodiscard]] Sequence complete_through(const Subscriber& subscriber) const;

 private:
  struct Audience {
    const EventLog::TopicIndex* topic = nullptr;  // none: of changes
    absl::InlinedVector<Subscriber*, 2> subscribers;
    std::uint32_t next = 0;         // the round goes on with subscribers[next]
    bool in_round = false;          // queued for delivery
    bool once_more = false;         // something came after the round had begun
    std::uint8_t marked = 0;        // rounds that have to end until what was marked is delivered
    Sequence news_after = 0;        // the news that the round tells of come after this
    Sequence later_news_after = 0;  // the same of the next round
  };

  void add_news(Audience& audience, Sequence after);
  void drop_if_unused(Audience& audience);
  void finish_round(Audience& audience);
  void join(Subscriber& subscriber, Audience& audience);
  void leave(Subscriber& subscriber, std::size_t place);
  void changed();

  EventLog log_;
  std::string epoch_;
  std::uint64_t version_ = 0;
  std::uint64_t generation_ = 1;
  Audience changes_;
  std::deque<Audience*> rounds_;
  std::size_t marked_rounds_ = 0;  // the sum of `marked` of all audiences
};

}  // namespace taskwire::edge

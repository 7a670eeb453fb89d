#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <vector>

#include "bench/activity.h"
#include "bench/channels.h"
#include "bench/dialect.h"
#include "bench/stream.h"

namespace taskwire::bench {

/// Readers that are opened together, spread over channels in turn. Not thread-safe.
class StreamSet final : public Activity {
 public:
  struct Plan {
    std::size_t readers = 1;
    std::uint32_t first_channel = 0;
    std::uint32_t channels = 1;
    std::size_t at_once = 100;  ///< So many are being opened at a time.
    std::string last_event_id;  ///< Resumed after this id, which stood at `after`.
    std::uint64_t after = 0;
    bool stalls = false;               ///< They read the head, and nothing more before resume().
    bool closes_done = false;          ///< Who has `goal` events goes, and until come_no_more() another comes at once.
    std::size_t first_connection = 0;  ///< How many connections others have, which the choice of addresses counts.
  };

  StreamSet(Loop& loop, const Dialect& dialect, const sockaddr_in& target, const Channels& channels, Plan plan);

  void advance(Nanoseconds at) override;
  [[nodiscard]] Nanoseconds next_due() const override { return kNever; }

  [[nodiscard]] Reception& reception() { return reception_; }
  [[nodiscard]] std::size_t size() const { return plan_.readers; }
  /// Those that stall read again.
  void resume();
  /// Nobody comes after who goes.
  void come_no_more() { comes_again_ = false; }
  /// Whether each that came has `goal` events, failed or was cut.
  [[nodiscard]] bool is_over() const { return reception_.complete + reception_.failed + reception_.closed >= came_; }
  /// How many that are still open have all that was published on their channel.
  [[nodiscard]] std::size_t complete_open() const;
  /// Whether each is open, or failed.
  [[nodiscard]] bool is_settled() const { return reception_.opened + reception_.failed == plan_.readers; }
  /// Whether each that is still open has all that was published on its channel.
  [[nodiscard]] bool has_all() const;
  /// What went wrong, if nothing more is waited for.
  [[nodiscard]] Faults faults() const;
  [[nodiscard]] const std::string& last_event_id(std::size_t stream) const { return streams_[stream]->last_event_id(); }

 private:
  void open_next();
  void open(std::size_t index);
  void replace_done();

  Loop& loop_;
  const Dialect& dialect_;
  sockaddr_in target_;
  const Channels& channels_;
  Plan plan_;
  Reception reception_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::size_t came_ = 0;
  std::size_t stalled_ = 0;
  bool comes_again_ = true;
  Faults of_the_gone_;
};

}  // namespace taskwire::bench

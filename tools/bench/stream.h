#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/event_scanner.h"
#include "bench/histogram.h"
#include "bench/http_response.h"
#include "bench/loop.h"
#include "bench/sequence_check.h"

namespace taskwire::bench {

/// What the streams of a set found out together.
struct Reception {
  std::uint64_t opened = 0;
  std::uint64_t failed = 0;  ///< Were refused, or could not be opened.
  std::uint64_t closed = 0;  ///< Ended by the server, or cut, after they had been open.
  std::uint64_t deliveries = 0;
  Nanoseconds last_delivery = 0;  ///< When the last one was read.
  std::uint64_t foreign = 0;
  std::uint64_t complete = 0;  ///< Streams that have `goal` events.
  std::uint64_t goal = 0;
  std::vector<std::size_t> done;  ///< The indexes of those that have it, for who takes them out.
  Histogram latency;              ///< From when an event was due to when it was read.
  Histogram opening;              ///< From the connect to the answer's head.
  Histogram completion;           ///< From the connect to the event number `goal`.
  std::string first_problem;      ///< Why a stream was not opened.
  std::vector<char> buffer = std::vector<char>(65'536);
};

/// One reader of one channel. Not thread-safe.
class Stream final : public Handler {
 public:
  Stream(Loop& loop, Reception& reception, std::uint32_t channel, std::size_t index)
      : loop_(loop), reception_(reception), channel_(channel), index_(index) {}
  ~Stream() override { close(); }

  /// Connects and asks by `request`, anew where it was closed; the reader is owed what comes after `sequence`.
  /// `receive_buffer`: SO_RCVBUF, 0 for the system's.
  void open(const sockaddr_in& target, std::optional<std::uint32_t> source, std::string request, std::uint64_t sequence,
            int receive_buffer);
  /// Reads nothing from now on, and stays connected.
  void stall();
  /// Reads again, after stall().
  void resume();
  void close();
  /// Closes it, whose check counts no more.
  void forget();
  void on_ready(std::uint32_t events, Nanoseconds at) override;

  /// Whether it was cut, or refused: nothing more comes.
  [[nodiscard]] bool is_over() const { return state_ == State::idle; }
  [[nodiscard]] bool is_forgotten() const { return is_forgotten_; }
  [[nodiscard]] std::uint32_t channel() const { return channel_; }
  [[nodiscard]] const SequenceCheck& check() const { return check_; }
  [[nodiscard]] const std::string& last_event_id() const { return scanner_.id(); }

 private:
  enum class State { idle, connecting, asking, open };

  void ask();
  void read(Nanoseconds at);
  void take(std::string_view bytes, Nanoseconds at);
  void take_event(Nanoseconds at);
  void give_up(const std::string& why);

  Loop& loop_;
  Reception& reception_;
  std::uint32_t channel_;
  std::size_t index_;
  State state_ = State::idle;
  int fd_ = -1;
  bool is_forgotten_ = false;
  Nanoseconds started_ = 0;
  std::string request_;
  HttpResponse response_;
  EventScanner scanner_;
  SequenceCheck check_;
};

}  // namespace taskwire::bench

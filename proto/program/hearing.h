#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "program/output_queue.h"
#include "program/utf8_cleaner.h"
#include "progress/notify_message.h"
#include "progress/progress_reader.h"

namespace taskwire {

/// Listens to what a command prints, on a thread of its own, so that nobody who hands bytes over waits for it. What
/// would be more than kMostWaiting bytes behind is left out, the oldest after the first kFirst bytes of all: that
/// happens where a command prints more than can be read in about an eighth of a processor's time. The newest piece is
/// kept, however large. Thread-safe.
class Hearing {
 public:
  static constexpr std::size_t kMostWaiting = std::size_t{4} << 20;
  static constexpr std::size_t kFirst = std::size_t{256} << 10;

  /// `profile`: asked for by name, else empty. `on_change` is called on the thread of this when there is something new
  /// to tell; it must not call back.
  Hearing(std::vector<std::string> command, const std::string& profile, std::function<void()> on_change);
  ~Hearing();
  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;

  void hear(std::string_view bytes, progress::Stream stream);
  void notify(const progress::NotifyMessage& message);
  /// No more will come: reads all that waits, and returns when that is done.
  void finish();

  [[nodiscard]] progress::Progress progress() const;
  /// Whether the command said that it is alive (`WATCHDOG=1`) since this was last asked.
  [[nodiscard]] bool take_sign_of_life();
  /// The command tells its progress itself, under the same lease: nobody else should.
  [[nodiscard]] bool is_told_by_command() const;
  /// The last line that was printed to standard error, or to the terminal: not blank, at most 1 KiB.
  [[nodiscard]] std::string last_error_line() const;
  /// The last line of standard output that is not blank, which may be cut at 1 MiB.
  [[nodiscard]] std::string last_output_line() const;
  /// The output, under the lock of this.
  template <class Use>
  auto with_output(Use use) {
    const std::scoped_lock lock(mutex_);
    return use(output_);
  }

 private:
  struct Chunk {
    std::string bytes;
    progress::Stream stream;
    std::uint64_t left_out_before = 0;  // bytes
  };
  using Lock = std::unique_lock<std::mutex>;

  void drop_oldest();
  void run();
  void read(Chunk chunk);
  void keep_lines(std::string_view text, progress::Stream stream);

  const std::vector<std::string> command_;
  const std::function<void()> on_change_;
  std::mutex waiting_mutex_;
  std::condition_variable has_come_;
  std::deque<Chunk> waiting_;
  std::size_t waiting_size_ = 0;
  std::size_t first_waiting_ = 0;  // of those that wait, how many are not left out
  std::uint64_t heard_ = 0;        // bytes in all
  bool is_resting_ = false;
  bool is_over_ = false;

  mutable std::mutex mutex_;
  progress::ProgressReader reader_;
  std::optional<std::string> status_;
  bool has_failed_ = false;
  bool has_sign_of_life_ = false;
  bool is_told_by_command_ = false;
  OutputQueue output_;
  Utf8Cleaner out_text_, err_text_;
  struct LastLine {
    std::string whole, growing;
    /// The last that is not blank.
    [[nodiscard]] std::string last() const;
  };
  LastLine out_line_, err_line_;
  std::thread thread_;
};

}  // namespace taskwire

#include "process/line_writer.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace taskwire {
namespace {

constexpr int kFirstOwnDescriptor = 3;

/// The end of the lines of `text` that one write passes on whole, also where others write to the same pipe.
std::size_t end_of_piece(std::string_view text) {
  if (text.size() <= PIPE_BUF) return text.size();
  const auto line_end = text.rfind('\n', PIPE_BUF - 1);
  return line_end == std::string_view::npos ? PIPE_BUF : line_end + 1;
}

/// Writes `text` and answers how much of it; less than all where it cannot be written any more.
std::size_t write_all(int fd, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto rest = text.substr(done);
    const auto written = ::write(fd, rest.data(), end_of_piece(rest));
    if (written > 0) done += static_cast<std::size_t>(written);
    if (written >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) break;
    pollfd room{fd, POLLOUT, 0};
    poll(&room, 1, -1);
  }
  return done;
}

/// A thread that leaves all signals to others: it would otherwise get those for which the main thread waits.
template <class F>
void start_without_signals(F run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(std::move(run)).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

/// Shared with the thread, which outlives the writer while it waits for a reader.
struct LineWriter::State {
  /// Lines, and how many are missing before and after them.
  struct Batch {
    std::string lines;
    std::uint64_t lost_before = 0;
    std::uint64_t dropped_after = 0;
  };

  State(int descriptor, std::size_t most, DropNotice notice)
      : fd(descriptor), most_bytes(most), tell_dropped(std::move(notice)) {}
  ~State() { close(fd); }

  void run();
  std::uint64_t put(const Batch& batch);
  bool put_notice(std::uint64_t count);

  const int fd;
  const std::size_t most_bytes;
  const DropNotice tell_dropped;
  bool is_cut = false;  // the last line that was written ends in its middle; the thread's own
  std::mutex mutex;
  std::condition_variable has_work;
  std::condition_variable has_written;
  Batch waiting;
  std::uint64_t taken = 0;    // calls of write
  std::uint64_t settled = 0;  // of these, how many were written or lost
  bool has_ended = false;
};

void LineWriter::State::run() {
  Batch batch;
  std::unique_lock lock(mutex);
  for (;;) {
    has_work.wait(lock, [this] { return !waiting.lines.empty() || waiting.dropped_after > 0 || has_ended; });
    if (waiting.lines.empty() && waiting.dropped_after == 0) return;
    batch.lines.clear();
    std::swap(batch.lines, waiting.lines);
    batch.lost_before = std::exchange(waiting.lost_before, 0);
    batch.dropped_after = std::exchange(waiting.dropped_after, 0);
    const auto upto = taken;
    lock.unlock();
    const auto lost = put(batch);
    lock.lock();
    waiting.lost_before += lost;
    settled = upto;
    has_written.notify_all();
  }
}

/// Answers how many lines were lost, those counted in `batch` with them.
std::uint64_t LineWriter::State::put(const Batch& batch) {
  if (is_cut && write_all(fd, "\n") == 1) is_cut = false;
  if (is_cut || (batch.lost_before > 0 && !put_notice(batch.lost_before)))
    return batch.lost_before + count_lines(batch.lines) + batch.dropped_after;
  const auto written = write_all(fd, batch.lines);
  if (written < batch.lines.size()) {
    is_cut = written > 0 && batch.lines[written - 1] != '\n';
    return count_lines(std::string_view(batch.lines).substr(written)) + batch.dropped_after;
  }
  return batch.dropped_after > 0 && !put_notice(batch.dropped_after) ? batch.dropped_after : 0;
}

bool LineWriter::State::put_notice(std::uint64_t count) {
  const auto notice = tell_dropped(count);
  const auto written = write_all(fd, notice);
  is_cut = written > 0 && written < notice.size();
  return written == notice.size();
}

LineWriter::LineWriter(int fd, std::size_t most_bytes, DropNotice tell_dropped)
    : state_(std::make_shared<State>(fcntl(fd, F_DUPFD_CLOEXEC, kFirstOwnDescriptor), most_bytes,
                                     std::move(tell_dropped))) {
  start_without_signals([state = state_] { state->run(); });
}

LineWriter::~LineWriter() {
  const std::scoped_lock lock(state_->mutex);
  state_->has_ended = true;
  state_->has_work.notify_all();
}

void LineWriter::write(std::string_view line) {
  const std::scoped_lock lock(state_->mutex);
  auto& [lines, lost_before, dropped_after] = state_->waiting;
  ++state_->taken;
  if (dropped_after > 0 || lines.size() + line.size() > state_->most_bytes) {
    ++dropped_after;
  } else {
    lines += line;
  }
  state_->has_work.notify_one();
}

bool LineWriter::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  return state_->has_written.wait_for(lock, patience, [this, upto = state_->taken] { return state_->settled >= upto; });
}

}  // namespace taskwire

#include "program/hearing.h"

#include <algorithm>
#include <utility>

namespace taskwire {
namespace {

using progress::ProgressReader;
using progress::Stream;

constexpr std::size_t kMostJoined = std::size_t{64} << 10;
constexpr std::size_t kFlood = std::size_t{1} << 20;  // read in one go
constexpr int kRest = 7;                              // times as long as reading took, in a flood
constexpr std::chrono::seconds kLongestRest(1);       // whoever was stopped meanwhile took long

/// What a line shows in the end.
std::string_view shown(std::string_view line) {
  while (!line.empty() && std::string_view(" \t\r").find(line.back()) != std::string_view::npos) line.remove_suffix(1);
  const auto back = line.rfind('\r');
  return back == std::string_view::npos ? line : line.substr(back + 1);
}

}  // namespace

Hearing::Hearing(std::vector<std::string> command, const std::string& profile, std::function<void()> on_change)
    : command_(std::move(command)), on_change_(std::move(on_change)), reader_(command_, profile) {
  thread_ = std::thread([this] { run(); });
}

Hearing::~Hearing() {
  finish();
}

void Hearing::hear(std::string_view bytes, Stream stream) {
  const std::scoped_lock lock(waiting_mutex_);
  const bool is_first = heard_ < kFirst;
  heard_ += bytes.size();
  waiting_size_ += bytes.size();
  if (!waiting_.empty() && waiting_.back().stream == stream &&
      waiting_.back().bytes.size() + bytes.size() <= kMostJoined) {
    waiting_.back().bytes += bytes;
  } else {
    waiting_.push_back({std::string(bytes), stream});
    if (is_first) ++first_waiting_;
  }
  while (waiting_size_ > kMostWaiting && first_waiting_ + 1 < waiting_.size()) drop_oldest();
  if (!is_resting_) has_come_.notify_one();
}

/// Of those that are not among the first; there is one after it.
void Hearing::drop_oldest() {
  const auto oldest = waiting_.begin() + static_cast<std::ptrdiff_t>(first_waiting_);
  const auto left_out = oldest->left_out_before + oldest->bytes.size();
  waiting_size_ -= oldest->bytes.size();
  waiting_.erase(oldest)->left_out_before += left_out;
}

void Hearing::notify(const progress::NotifyMessage& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (message.status) status_ = message.status;
    if (message.has_failed) has_failed_ = true;
    if (message.is_alive) {
      has_failed_ = false;
      has_sign_of_life_ = true;
    }
    if (message.reports_itself) is_told_by_command_ = true;
  }
  on_change_();
}

void Hearing::finish() {
  {
    const std::scoped_lock lock(waiting_mutex_);
    is_over_ = true;
    has_come_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

progress::Progress Hearing::progress() const {
  const std::scoped_lock lock(mutex_);
  auto progress = reader_.progress();
  if (status_) progress.message = *status_;
  if (has_failed_) progress.condition = progress::Condition::error;
  return progress;
}

bool Hearing::take_sign_of_life() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(has_sign_of_life_, false);
}

bool Hearing::is_told_by_command() const {
  const std::scoped_lock lock(mutex_);
  return is_told_by_command_;
}

std::string Hearing::last_error_line() const {
  constexpr std::size_t kMost = 1024;
  const std::scoped_lock lock(mutex_);
  return err_line_.last().substr(0, kMost);
}

std::string Hearing::last_output_line() const {
  const std::scoped_lock lock(mutex_);
  return out_line_.last();
}

std::string Hearing::LastLine::last() const {
  const auto line = shown(growing);
  return line.empty() ? whole : std::string(line);
}

void Hearing::run() {
  using Clock = ProgressReader::Time::clock;
  bool is_quiet = true;
  auto rests_until = Clock::time_point::min();
  for (;;) {
    std::deque<Chunk> chunks;
    std::size_t size = 0;
    bool is_over = false;
    {
      Lock lock(waiting_mutex_);
      is_resting_ = rests_until > Clock::now();
      if (is_resting_) has_come_.wait_until(lock, rests_until, [this] { return is_over_; });
      is_resting_ = false;
      const auto has_come = [this] { return !waiting_.empty() || is_over_; };
      if (is_quiet) {
        has_come_.wait(lock, has_come);
      } else {
        has_come_.wait_for(lock, ProgressReader::kPause, has_come);
      }
      std::swap(chunks, waiting_);
      size = std::exchange(waiting_size_, 0);
      first_waiting_ = 0;
      is_over = is_over_;
    }
    is_quiet = chunks.empty();
    const auto begin = Clock::now();
    for (auto& chunk : chunks) read(std::move(chunk));
    if (is_quiet) {
      const std::scoped_lock lock(mutex_);
      reader_.wait(begin);
    }
    if (is_over) {
      const std::scoped_lock lock(mutex_);
      output_.add(out_text_.finish(), false);
      output_.add(err_text_.finish(), true);
      reader_.finish();
    }
    on_change_();
    if (is_over) return;
    if (size >= kFlood)
      rests_until = Clock::now() + std::min<Clock::duration>(kRest * (Clock::now() - begin), kLongestRest);
  }
}

void Hearing::read(Chunk chunk) {
  const std::scoped_lock lock(mutex_);
  output_.leave_out(chunk.left_out_before);
  reader_.feed(chunk.bytes, chunk.stream, ProgressReader::Time::clock::now());
  const bool is_error = chunk.stream == Stream::err;
  auto text = (is_error ? err_text_ : out_text_).clean(std::move(chunk.bytes));
  keep_lines(text, chunk.stream);
  output_.add(std::move(text), is_error);
}

void Hearing::keep_lines(std::string_view text, Stream stream) {
  constexpr std::size_t kMostOut = std::size_t{1} << 20;
  constexpr std::size_t kMostErr = std::size_t{4} << 10;
  const auto keep = [](LastLine& last, std::string_view more, std::size_t most) {
    const auto end = more.rfind('\n');
    if (end != std::string_view::npos) {
      // The last line that is not blank, of those that end here.
      auto lines = more.substr(0, end);
      while (!lines.empty() || !last.growing.empty()) {
        const auto before = lines.rfind('\n');
        std::string line(before == std::string_view::npos ? lines : lines.substr(before + 1));
        if (before == std::string_view::npos) line.insert(0, std::exchange(last.growing, {}));
        if (const auto left = shown(line); !left.empty()) {
          last.whole = left;
          break;
        }
        if (before == std::string_view::npos) break;
        lines = lines.substr(0, before);
      }
      last.growing.clear();
      more.remove_prefix(end + 1);
    }
    last.growing.append(more.substr(0, most - std::min(most, last.growing.size())));
  };
  if (stream != Stream::err) keep(out_line_, text, kMostOut);
  if (stream != Stream::out) keep(err_line_, text, kMostErr);
}

}  // namespace taskwire

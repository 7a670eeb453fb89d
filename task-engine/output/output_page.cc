#include "output/output_page.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "output/output_fold.h"
#include "output/output_place.h"
#include "tasks/find_task.h"
#include "tasks/transitions.h"
#include "text/utf8.h"

namespace taskwire::engine {
namespace {

constexpr std::int64_t kMostWaitMs = 60'000;
constexpr int kMostPieces = 1024;
constexpr std::size_t kMostUnfinished = std::size_t{16} << 10;
constexpr auto kNoBorder = std::numeric_limits<std::int64_t>::max();

/// Its last 16 KiB, where it is longer.
std::string end_of_line(std::string text) {
  if (text.size() <= kMostUnfinished) return text;
  auto begin = text.size() - kMostUnfinished;
  while (begin < text.size() && is_utf8_continuation(text[begin])) ++begin;
  return text.substr(begin);
}

/// One page, as it grows.
class Page {
 public:
  Page(ReadTransaction& reader, const v1::ReadOutputRequest& request, const v1::Task& task)
      : reader_(reader), request_(request), task_(task), runs_(reader.output_runs(task.task_id())) {
    if (request.attempt() == 0) return;
    std::erase_if(runs_, [&](const OutputRun& run) { return run.attempt != request.attempt(); });
  }

  Result<v1::ReadOutputResponse> read() {
    if (request_.from_end()) {
      for (const auto& run : runs_) at_ = {run.attempt, end_of(run)};
    } else {
      begin();
      if (!read_runs()) return answer();
    }
    read_end();
    return answer();
  }

 private:
  [[nodiscard]] bool is_over(int attempt) const {
    return attempt < task_.attempt() || !is_under_way(task_, task_.attempt());
  }
  /// The last attempt that may have printed something.
  [[nodiscard]] int newest() const {
    const int last = task_.state() == v1::TASK_STATE_QUEUED ? task_.attempt() - 1 : task_.attempt();
    return request_.attempt() == 0 ? last : std::min(last, request_.attempt());
  }
  [[nodiscard]] bool has_all_ended() const {
    return has_ended(task_.state()) ||
           (request_.attempt() > 0 && request_.attempt() <= newest() && is_over(request_.attempt()));
  }

  void begin() {
    if (request_.after().empty()) return;
    const auto after = parse_output_cursor(request_.after());
    const char* reason = nullptr;
    if (!after)
      reason = "malformed";
    else if (after->epoch != reader_.head().epoch)
      reason = "epoch";
    else if (is_ahead(after->place))
      reason = "ahead";
    if (reason != nullptr) {
      page_.mutable_reset()->set_reason(reason);
    } else {
      at_ = after->place;
    }
  }

  [[nodiscard]] bool is_ahead(const OutputPlace& place) {
    if (place.attempt > newest()) return true;
    return place.place > end_of(place.attempt) + (is_over(place.attempt) ? 1 : 0);
  }

  /// What is kept of an attempt that is over, beside what was written of it.
  std::vector<OutputPiece> rest_of(OutputRun run) {
    if (!is_over(run.attempt)) return {};
    auto fold = fold_of(run);
    fold.finish();
    return fold.pieces(run, kNoBorder);
  }

  OutputFold fold_of(const OutputRun& run) {
    auto fold = OutputFold::of(run);
    is_damaged_ = is_damaged_ || !fold;
    return fold ? std::move(*fold) : OutputFold();
  }

  [[nodiscard]] std::int64_t end_of(const OutputRun& run) {
    auto end = run.place;
    for (const auto& piece : rest_of(run)) end += static_cast<std::int64_t>(piece.text.size());
    return end;
  }

  [[nodiscard]] std::int64_t end_of(int attempt) {
    const auto run =
        std::find_if(runs_.begin(), runs_.end(), [&](const OutputRun& each) { return each.attempt == attempt; });
    return run == runs_.end() ? 0 : end_of(*run);
  }

  /// False where the page is full before their end.
  bool read_runs() {
    for (const auto& run : runs_) {
      if (run.attempt < at_.attempt) continue;
      if (run.attempt > at_.attempt) at_ = {run.attempt, 0};
      bool is_full = false;
      reader_.output(task_.task_id(), run.attempt, at_.place, [&](OutputPiece&& piece) {
        is_full = !add(std::move(piece));
        return !is_full;
      });
      if (is_full) return false;
      leave_out(run.place);
      for (auto& piece : rest_of(run)) {
        if (!add(std::move(piece))) return false;
      }
    }
    return true;
  }

  bool add(OutputPiece&& piece) {
    if (bytes_ >= kOutputPageBytes || page_.pieces_size() >= kMostPieces) return false;
    leave_out(piece.place);
    auto begin = static_cast<std::size_t>(at_.place - piece.place);
    if (begin >= piece.text.size()) return true;
    while (begin < piece.text.size() && is_utf8_continuation(piece.text[begin])) ++begin;
    auto& kept = *page_.add_pieces();
    kept.set_attempt(piece.attempt);
    kept.set_from(at_.place);
    at_.place = piece.place + static_cast<std::int64_t>(piece.text.size());
    kept.set_to(at_.place);
    kept.set_stream(piece.stream);
    kept.set_text(begin == 0 ? std::move(piece.text) : piece.text.substr(begin));
    bytes_ += kept.text().size();
    return true;
  }

  /// What is not there any more before that place.
  void leave_out(std::int64_t until) {
    if (at_.place >= until) return;
    auto& gap = *page_.add_pieces();
    gap.set_attempt(at_.attempt);
    gap.set_from(at_.place);
    gap.set_to(until);
    at_.place = until;
  }

  /// All that is kept was read.
  void read_end() {
    page_.set_caught_up(true);
    if (newest() > at_.attempt && (request_.attempt() == 0 || newest() == request_.attempt())) at_ = {newest(), 0};
    if (has_all_ended()) {
      page_.set_ended(true);
      at_.place = end_of(at_.attempt) + 1;
      return;
    }
    if (runs_.empty() || is_over(runs_.back().attempt)) return;
    const auto& run = runs_.back();
    const auto fold = fold_of(run);
    int streams = 0;
    for (const auto stream : {v1::OUTPUT_STREAM_STDOUT, v1::OUTPUT_STREAM_STDERR}) {
      auto text = end_of_line(fold.unfinished(stream));
      if (text.empty()) continue;
      auto& unfinished = *page_.add_unfinished();
      unfinished.set_attempt(run.attempt);
      unfinished.set_stream(stream);
      unfinished.set_text(std::move(text));
      streams += stream;
    }
    page_.set_seen(std::to_string(run.attempt) + "." + std::to_string(run.next) + "." + std::to_string(streams));
  }

  Result<v1::ReadOutputResponse> answer() {
    if (is_damaged_)
      return refuse(Reason::store_failed,
                    "how the output of this task stands is not what was written; check the log with taskwire-engine "
                    "check");
    page_.set_through(to_string(reader_.head().epoch, at_));
    return std::move(page_);
  }

  ReadTransaction& reader_;
  const v1::ReadOutputRequest& request_;
  const v1::Task& task_;
  std::vector<OutputRun> runs_;
  OutputPlace at_;
  std::size_t bytes_ = 0;
  bool is_damaged_ = false;
  v1::ReadOutputResponse page_;
};

}  // namespace

Result<void> check_read_output(const v1::ReadOutputRequest& request) {
  if (request.wait_ms() < 0 || request.wait_ms() > kMostWaitMs)
    return refuse(Reason::invalid_limit, "wait_ms is 0 to 60000, not " + std::to_string(request.wait_ms()));
  if (request.attempt() < 0)
    return refuse(Reason::invalid_limit,
                  "an attempt is 1 or more, or 0 for all, not " + std::to_string(request.attempt()));
  return {};
}

Result<v1::ReadOutputResponse> read_output(ReadTransaction& reader, const v1::ReadOutputRequest& request) {
  const auto task = reader.bare_task(request.task_id());
  if (!task || task->user_id() != request.user_id()) return task_not_found();
  return Page(reader, request, *task).read();
}

bool has_news(const v1::ReadOutputRequest& request, const v1::ReadOutputResponse& response) {
  return response.pieces_size() > 0 || response.ended() || response.has_reset() || request.from_end() ||
         response.seen() != request.seen() || (!request.after().empty() && response.through() != request.after());
}

}  // namespace taskwire::engine

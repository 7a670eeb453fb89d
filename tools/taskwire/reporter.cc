#include "taskwire/reporter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "taskwire/flush.h"
#include "taskwire/json_member.h"
#include "taskwire/output_json.h"
#include "taskwire/problem.h"
#include "taskwire/progress_json.h"
#include "text/json_writer.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kMostOutput = std::size_t{768} << 10;  // a report is 1 MiB at most
constexpr std::size_t kLeastOutput = std::size_t{4} << 10;
constexpr milliseconds kQuick(1000);
constexpr unsigned kInvalid = 400;
constexpr unsigned kConflict = 409;
constexpr unsigned kTooLarge = 413;

/// Whoever answers so does not take the task's reports any more.
bool is_final(unsigned status) {
  return status == kConflict || status == 401 || status == 403 || status == 404;
}

}  // namespace

bool Reporter::report() {
  has_more_ = false;
  ++seq_;
  Report report;
  report.progress = hearing_.progress();
  report.changes = changes_of(report.progress);
  report.is_alive = takes_progress_ && hearing_.take_sign_of_life();
  const auto answer = asker_.ask([&](bool was_slow) {
    if (was_slow) most_output_ = std::max(most_output_ / 2, kLeastOutput);
    return posting("/api/work/report", body_of(report));
  });
  if (answer) take_answer(*answer, report);
  return has_more_;
}

json Reporter::changes_of(const progress::Progress& progress) const {
  if (!takes_progress_ || hearing_.is_told_by_command()) return json::object();
  return progress_json(told_, progress);
}

std::string Reporter::body_of(Report& report) const {
  std::vector<OutputPiece> pieces;
  if (takes_output_) pieces = hearing_.with_output([&](OutputQueue& output) { return output.next(most_output_); });
  report.has_output = !pieces.empty();
  if (report.has_output) report.begin = pieces.front().offset;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("lease", lease_).member("seq", static_cast<std::int64_t>(seq_));
  if (report.is_alive || !report.changes.empty()) writer.key("progress").raw(text_of(report.changes));
  if (report.has_output) write_output(writer, pieces);
  writer.end_object();
  return body;
}

void Reporter::take_answer(const client::Answer& answer, const Report& report) {
  const auto body = json_of(answer);
  if (!answer.is_success() || !body.is_object()) return take_refusal(answer, report);
  told_ = report.progress;
  if (report.has_output) take_place(whole_member(body, "outputNext"), report);
  if (asker_.took() < kQuick) most_output_ = std::min(most_output_ * 2, kMostOutput);
  if (flag_member(body, "cancelRequested")) on_cancel_();
}

void Reporter::take_place(std::optional<std::uint64_t> next, const Report& report) {
  constexpr int kMostInVain = 3;
  in_vain_ = next && *next > report.begin ? 0 : in_vain_ + 1;
  if (in_vain_ >= kMostInVain) return close_output();
  hearing_.with_output([&](OutputQueue& output) {
    if (next) output.taken(*next);
    has_more_ = !output.is_empty();
  });
}

void Reporter::take_refusal(const client::Answer& answer, const Report& report) {
  const auto problem = problem_of(answer);
  asker_.complain(problem.detail);
  if (answer.status == kConflict && problem.reason == "OUTPUT_GAP")
    return take_place(whole_member(json_of(answer), "outputNext"), report);
  const bool has_progress = report.is_alive || !report.changes.empty();
  has_more_ = !is_final(answer.status);
  if (has_more_ && has_progress && problem.reason == "INVALID_PROGRESS") {
    told_ = report.progress;  // it is passed over
  } else if (has_more_ && report.has_output && answer.status == kTooLarge && most_output_ > kLeastOutput) {
    most_output_ /= 2;
  } else if (has_more_ && report.has_output) {  // a server that keeps no output, or not of this task
    close_output();
  } else if (has_more_ && has_progress) {
    takes_progress_ = false;
  } else {
    has_more_ = false;
    is_lost_ = true;
  }
}

void Reporter::close_output() {
  takes_output_ = false;
  hearing_.with_output([](OutputQueue& output) { output.close(); });
}

bool Reporter::finish(const json& outcome) {
  const auto waits = [this] {
    return takes_output_ && hearing_.with_output([](OutputQueue& output) { return !output.is_empty(); });
  };
  bool may_flush = true;
  while (waits() && !is_lost_ && asker_.pause(milliseconds(0))) {
    const auto waiting = hearing_.with_output([](OutputQueue& output) { return output.waiting(); });
    const bool is_quick = most_output_ > kFirstOutput && asker_.took() < kQuick;
    if (may_flush && is_quick && waiting > most_output_) {
      may_flush = Flush(asker_, hearing_, lease_, most_output_).run();
    } else {
      report();
    }
  }
  if (is_lost_) return false;
  json body = outcome;
  body["lease"] = lease_;
  if (auto changes = changes_of(hearing_.progress()); !changes.empty()) body["progress"] = std::move(changes);
  auto answer = send_finish(body);
  const auto is_refused = [&] { return answer && (answer->status == kInvalid || answer->status == kTooLarge); };
  if (is_refused() && body.erase("progress") > 0) answer = send_finish(body);
  if (is_refused() && !body.contains("cancelled")) {  // so that it ends at all
    const auto problem = problem_of(*answer);
    const auto reason = problem.reason.empty() ? std::string("RESULT_TOO_LARGE") : problem.reason;
    body = {{"lease", lease_}, {"error", {{"reason", reason}, {"message", problem.detail}, {"retryable", false}}}};
    answer = send_finish(body);
  }
  if (!answer) return false;
  const auto problem = problem_of(*answer);
  if (answer->is_success() || problem.reason == "ALREADY_FINISHED") return true;
  asker_.complain(problem.detail);
  is_lost_ = is_final(answer->status);
  return false;
}

std::optional<client::Answer> Reporter::send_finish(const json& body) {
  return asker_.ask([&](bool /*was_slow*/) { return posting("/api/work/finish", body); });
}

}  // namespace taskwire::cli

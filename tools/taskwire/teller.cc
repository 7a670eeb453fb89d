#include "taskwire/teller.h"

#include <algorithm>
#include <utility>

#include "taskwire/key.h"
#include "taskwire/problem.h"
#include "taskwire/progress_json.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenReports(100);
constexpr milliseconds kIdle(2000);  // a cancel is heard of by reports
constexpr milliseconds kPatience(5000);
constexpr milliseconds kFirstPause(200);
constexpr milliseconds kLongestPause(2000);
constexpr std::size_t kMostOutput = std::size_t{768} << 10;  // in JSON; a report is 1 MiB at most

std::string text_of(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Teller::Teller(Settings settings, std::function<void()> on_cancel)
    : settings_(std::move(settings)),
      on_cancel_(std::move(on_cancel)),
      client_(settings_.edge, settings_.token),
      lease_(settings_.lease) {
  thread_ = std::thread([this] { run(); });
}

Teller::~Teller() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  client_.abort();
  thread_.join();
}

std::optional<Lease> Teller::wait_for_lease(Clock::time_point deadline) {
  Lock lock(mutex_);
  changed_.wait_until(lock, deadline, [this] { return lease_ || is_over_ || !trouble_.empty(); });
  return lease_;
}

void Teller::listen_to(Hearing& hearing) {
  const std::scoped_lock lock(mutex_);
  hearing_ = &hearing;
  changed_.notify_all();
}

void Teller::wake() {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(has_news_, true)) return;
  changed_.notify_all();
}

void Teller::end(json finish) {
  const std::scoped_lock lock(mutex_);
  finish_ = std::move(finish);
  changed_.notify_all();
}

bool Teller::wait_until_told(Clock::time_point deadline) {
  Lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return is_over_; });
}

std::string Teller::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

bool Teller::has_task() const {
  const std::scoped_lock lock(mutex_);
  return lease_.has_value();
}

void Teller::set_trouble(const std::string& why) {
  const std::scoped_lock lock(mutex_);
  trouble_ = why;
  changed_.notify_all();
}

void Teller::run() {
  if (start()) {
    auto next = Clock::now();
    const auto idle = std::min(kIdle, lease_->lasts / 4);
    for (;;) {
      bool has_ended = false;
      {
        Lock lock(mutex_);
        const auto is_due = [this] { return finish_ || is_stopped_ || (has_news_ && hearing_ != nullptr); };
        changed_.wait_until(lock, next + idle - kBetweenReports, is_due);
        changed_.wait_until(lock, next, [this] { return finish_ || is_stopped_; });
        if (is_stopped_) break;
        has_ended = finish_.has_value();
        has_news_ = false;
        if (hearing_ == nullptr) continue;
      }
      if (has_ended) {
        finish();
        break;
      }
      next = Clock::now() + kBetweenReports;
      report();
      if (is_lost_) break;
    }
  }
  const std::scoped_lock lock(mutex_);
  is_over_ = true;
  changed_.notify_all();
}

std::optional<client::Answer> Teller::ask(const client::Request& request) {
  auto answer = client_.ask(request, kPatience);
  if (!answer) {
    set_trouble(answer.error());
    return std::nullopt;
  }
  if (is_passing(*answer)) {
    set_trouble(problem_of(*answer).detail);
    return std::nullopt;
  }
  return *std::move(answer);
}

void Teller::pause(milliseconds& delay) {
  Lock lock(mutex_);
  changed_.wait_for(lock, delay, [this] { return is_stopped_; });
  delay = std::min(delay * 2, kLongestPause);
}

bool Teller::start() {
  if (lease_) return true;
  client::Request request;
  request.method = "POST";
  request.path = settings_.start_path;
  request.body = text_of(settings_.start);
  request.idempotency_key = random_key();
  for (auto delay = kFirstPause;; pause(delay)) {
    {
      const std::scoped_lock lock(mutex_);
      if (is_stopped_) return false;
    }
    const auto answer = ask(request);
    if (!answer) continue;
    const auto lease = answer->is_success() ? lease_of(json::parse(answer->body, nullptr, false)) : std::nullopt;
    const std::scoped_lock lock(mutex_);
    trouble_ = lease ? std::string() : problem_of(*answer).detail;
    lease_ = lease;
    changed_.notify_all();
    return lease.has_value();
  }
}

Teller::Report Teller::make_report(bool with_output) {
  Report report;
  report.progress = hearing_->progress();
  report.body = {{"lease", lease_->id}, {"seq", ++seq_}};
  auto progress = takes_progress_ ? progress_json(told_, report.progress) : json::object();
  if (!progress.empty()) report.body["progress"] = std::move(progress);
  if (!with_output || !takes_output_) return report;
  hearing_->with_output([&](OutputQueue& output) {
    for (const auto& piece : output.next(kMostOutput)) {
      report.body["output"].push_back(
          {{"offset", piece.offset}, {"stream", piece.is_error ? "stderr" : "stdout"}, {"text", piece.text}});
      report.has_output = true;
    }
  });
  return report;
}

void Teller::report() {
  auto report = make_report(true);
  send(report);
}

bool Teller::send(Report& report) {
  client::Request request;
  request.method = "POST";
  request.path = "/api/work/report";
  request.body = text_of(report.body);
  for (auto delay = kFirstPause;; pause(delay)) {
    {
      const std::scoped_lock lock(mutex_);
      if (is_stopped_) return false;
    }
    const auto answer = ask(request);
    if (answer) return take_answer(*answer, report);
  }
}

bool Teller::take_answer(const client::Answer& answer, Report& report) {
  const auto body = json::parse(answer.body, nullptr, false);
  if (!answer.is_success() || !body.is_object()) {
    take_refusal(answer, report);
    return false;
  }
  set_trouble("");
  told_ = report.progress;
  if (report.has_output) {
    const auto next = body.value("outputNext", std::uint64_t{0});
    const bool has_more = hearing_->with_output([&](OutputQueue& output) {
      output.taken(next);
      return !output.is_empty();
    });
    if (has_more) wake();
  }
  if (body.value("cancelRequested", false) && !std::exchange(is_cancelled_, true)) on_cancel_();
  return true;
}

void Teller::take_refusal(const client::Answer& answer, Report& report) {
  constexpr unsigned kConflict = 409;
  const auto problem = problem_of(answer);
  set_trouble(problem.detail);
  if (answer.status == kConflict && problem.reason == "OUTPUT_GAP") {
    const auto body = json::parse(answer.body, nullptr, false);
    const auto next = body.value("outputNext", std::uint64_t{0});
    hearing_->with_output([&](OutputQueue& output) { output.taken(next); });
    return wake();
  }
  const bool is_refused =
      answer.status == kConflict || answer.status == 401 || answer.status == 403 || answer.status == 404;
  if (!is_refused && report.has_output) {  // a server that keeps no output, or not of this task
    takes_output_ = false;
    hearing_->with_output([](OutputQueue& output) { output.close(); });
    wake();
  } else if (!is_refused && report.body.contains("progress") && takes_progress_) {
    takes_progress_ = false;
    wake();
  } else {
    is_lost_ = true;
  }
}

void Teller::finish() {
  const auto waits = [this] {
    return takes_output_ && hearing_->with_output([](OutputQueue& output) { return !output.is_empty(); });
  };
  const auto is_stopped = [this] {
    const std::scoped_lock lock(mutex_);
    return is_stopped_;
  };
  while (!is_lost_ && waits() && !is_stopped()) report();
  if (is_lost_ || is_stopped()) return;
  client::Request request;
  request.method = "POST";
  request.path = "/api/work/finish";
  json body = *finish_;
  body["lease"] = lease_->id;
  const auto progress = takes_progress_ ? progress_json(told_, hearing_->progress()) : json::object();
  if (!progress.empty()) body["progress"] = progress;
  request.body = text_of(body);
  for (auto delay = kFirstPause; !is_stopped(); pause(delay)) {
    const auto answer = ask(request);
    if (!answer) continue;
    set_trouble(answer->is_success() ? std::string() : problem_of(*answer).detail);
    if (answer->is_success() || !body.contains("progress")) return;
    body.erase("progress");
    request.body = text_of(body);
  }
}

}  // namespace taskwire::cli

#include "taskwire/teller.h"

#include <algorithm>
#include <utility>

#include "taskwire/json_member.h"
#include "taskwire/key.h"
#include "taskwire/problem.h"
#include "taskwire/reporter.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenReports(100);
constexpr milliseconds kIdle(2000);  // a cancel is heard of by reports

}  // namespace

Teller::Teller(Settings settings, std::function<void()> on_cancel)
    : settings_(std::move(settings)),
      on_cancel_(std::move(on_cancel)),
      asker_(settings_.edge, settings_.token, [this](const std::string& trouble) { set_trouble(trouble); }),
      lease_(settings_.lease) {
  thread_ = std::thread([this] { run(); });
}

Teller::~Teller() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  asker_.stop();
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

bool Teller::wait_until_over(Clock::time_point deadline) {
  Lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return is_over_; });
}

bool Teller::is_told() const {
  const std::scoped_lock lock(mutex_);
  return is_told_;
}

bool Teller::is_refused() const {
  const std::scoped_lock lock(mutex_);
  return is_over_ && !is_told_ && !is_stopped_;
}

std::string Teller::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

bool Teller::has_task() const {
  const std::scoped_lock lock(mutex_);
  return lease_.has_value();
}

Teller::Clock::time_point Teller::last_answer() const {
  const std::scoped_lock lock(mutex_);
  return last_answer_;
}

void Teller::set_trouble(const std::string& why) {
  const std::scoped_lock lock(mutex_);
  trouble_ = why;
  if (why.empty()) last_answer_ = Clock::now();
  changed_.notify_all();
}

void Teller::run() {
  try {
    tell_all();
  } catch (const std::exception& bug) {  // the command is not to suffer
    set_trouble(bug.what());
  }
  const std::scoped_lock lock(mutex_);
  is_over_ = true;
  changed_.notify_all();
}

void Teller::tell_all() {
  if (!start()) return;
  while (!tell()) {
    if (!begin_again()) return;
  }
}

bool Teller::start() {
  if (!lease_) {
    const auto key = random_key();
    const auto answer =
        asker_.ask([&](bool /*was_slow*/) { return posting(settings_.start_path, settings_.start, key); });
    if (!answer || !take_lease(*answer)) return false;
  }
  asker_.fit_into(lease_->lasts);
  return true;
}

bool Teller::take_lease(const client::Answer& answer) {
  auto lease = answer.is_success() ? lease_of(json_of(answer)) : std::nullopt;
  if (!lease) {
    set_trouble(problem_of(answer).detail);
    return false;
  }
  const std::scoped_lock lock(mutex_);
  lease_ = std::move(lease);
  changed_.notify_all();
  return true;
}

/// Until the end; false where the lease was lost before.
bool Teller::tell() {
  const std::function<void()> on_cancel = [this] { cancel(); };
  std::optional<Reporter> reporter;
  auto next = Clock::now();
  const auto idle = std::min(kIdle, lease_->lasts / 4);
  for (;;) {
    bool has_ended = false;
    {
      Lock lock(mutex_);
      const auto is_due = [this] { return finish_ || is_stopped_ || (has_news_ && hearing_ != nullptr); };
      changed_.wait_until(lock, next + idle - kBetweenReports, is_due);
      changed_.wait_until(lock, next, [this] { return finish_ || is_stopped_; });
      if (is_stopped_) return true;
      has_ended = finish_.has_value();
      has_news_ = false;
      if (hearing_ == nullptr) continue;
    }
    if (!reporter) reporter.emplace(asker_, *hearing_, lease_->id, on_cancel);
    if (has_ended) {
      const bool is_told = reporter->finish(*finish_);
      const std::scoped_lock lock(mutex_);
      is_told_ = is_told;
      return !reporter->is_lost();
    }
    next = Clock::now() + kBetweenReports;
    if (reporter->report()) wake();
    if (reporter->is_lost()) return false;
  }
}

/// A task of ours that was lost while nobody could report, since we were stopped or the server was away, is tried
/// again: the command is still there.
bool Teller::begin_again() {
  if (settings_.lease) {
    cancel();
    return false;
  }
  const auto trouble = this->trouble();
  const auto path = settings_.start_path.substr(0, settings_.start_path.rfind('/') + 1) + lease_->task_id;
  client::Request show;
  show.path = path;
  const auto found = asker_.ask([&](bool /*was_slow*/) { return show; });
  if (!found) return false;
  const auto task = json_of(*found);
  const auto status = text_member(task, "status");
  if (status == "cancelled") cancel();
  if (status != "failed" || text_member(task.value("error", json()), "reason") != "WORKER_LOST") {
    set_trouble(trouble);
    return false;
  }
  const auto key = random_key();
  json body{{"claim", true}};
  if (settings_.start.contains("worker")) body["worker"] = settings_.start["worker"];
  const auto answer = asker_.ask([&](bool /*was_slow*/) { return posting(path + "/retry", body, key); });
  if (!answer || !take_lease(*answer)) return false;
  hearing_->with_output([](OutputQueue& output) { output.taken(0); });
  return true;
}

void Teller::cancel() {
  if (!std::exchange(is_cancelled_, true)) on_cancel_();
}

}  // namespace taskwire::cli

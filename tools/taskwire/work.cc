#include "taskwire/work.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <system_error>
#include <thread>

#include "resume/backoff.h"
#include "taskwire/asker.h"
#include "taskwire/assignment.h"
#include "taskwire/claim.h"
#include "taskwire/exit_status.h"
#include "taskwire/note.h"
#include "taskwire/problem.h"
#include "taskwire/signals.h"
#include "taskwire/work_settings.h"

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;

/// Claims on one thread, and does each task on one of its own. Thread-safe.
class Crew {
 public:
  Crew(const WorkSettings& settings, const sigset_t& mask)
      : settings_(settings), mask_(mask), client_(settings.edge.url, settings.edge.token) {
    claiming_ = std::thread([this] { claim(); });
  }
  ~Crew() {
    claiming_.join();
    for (auto& task : tasks_) task->thread.join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Rings when all is over.
  [[nodiscard]] const Bell& over() const { return over_; }
  [[nodiscard]] bool was_refused() const { return was_refused_; }

  /// No more tasks are taken.
  void end() {
    {
      const std::scoped_lock lock(mutex_);
      is_ending_ = true;
      changed_.notify_all();
    }
    client_.abort();
  }
  /// Those at work are to stop, and those that still come.
  void stop() {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    for (const auto& task : tasks_) task->stop.ring();
  }

 private:
  struct Task {
    Bell stop;
    bool is_done = false;
    std::thread thread;
  };

  void claim();
  bool take(const nlohmann::json& assignments);
  void begin(const nlohmann::json& assignment);
  std::size_t wait_for_place();

  const WorkSettings& settings_;
  const sigset_t mask_;
  client::Client client_;
  Bell over_;
  std::atomic<bool> was_refused_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  bool is_stopping_ = false;
  std::list<std::unique_ptr<Task>> tasks_;
  std::thread claiming_;
};

/// How many may begin; 0: no more.
std::size_t Crew::wait_for_place() {
  std::unique_lock lock(mutex_);
  std::size_t busy = 0;
  changed_.wait(lock, [&] {
    for (auto task = tasks_.begin(); task != tasks_.end();) {
      if ((*task)->is_done) {
        (*task)->thread.join();
        task = tasks_.erase(task);
      } else {
        ++task;
      }
    }
    busy = tasks_.size();
    return is_ending_ || busy < settings_.parallel;
  });
  return is_ending_ ? 0 : settings_.parallel - busy;
}

bool Crew::take(const nlohmann::json& assignments) {
  if (!assignments.is_array()) return false;
  for (const auto& assignment : assignments) begin(assignment);
  return true;
}

void Crew::begin(const nlohmann::json& assignment) {
  const std::scoped_lock lock(mutex_);
  auto& task = *tasks_.emplace_back(std::make_unique<Task>());
  if (is_stopping_) task.stop.ring();
  try {
    task.thread = std::thread([this, &task, assignment] {
      try {
        do_assignment(settings_, assignment, mask_, task.stop);
      } catch (const std::exception& error) {
        note(std::string("a task was not done: ") + error.what());
      }
      const std::scoped_lock done(mutex_);
      task.is_done = true;
      changed_.notify_all();
    });
  } catch (const std::system_error& error) {  // its lease runs out, and another worker gets it
    tasks_.pop_back();
    note(std::string("a task was not begun: ") + error.what());
  }
}

void Crew::claim() {
  constexpr milliseconds kMore(10'000);
  Backoff backoff({milliseconds(1000), milliseconds(5000), milliseconds(500)}, random_part);
  std::optional<Claim> claim;
  std::string trouble;
  while (const auto places = wait_for_place()) {
    if (!claim) claim = make_claim(settings_, places);
    const auto answer = client_.ask(request_of(*claim), kClaimWait + kMore);
    std::string why;
    if (answer && answer->is_success()) {
      const auto body = json_of(*answer);
      if (!body.is_object() || !take(body.value("assignments", nlohmann::json()))) why = "an answer that is none";
      claim.reset();
    } else {
      why = answer ? problem_of(*answer).detail : answer.error();
    }
    std::unique_lock lock(mutex_);
    if (is_ending_) break;
    if (!why.empty() && why != trouble) note("no tasks from http://" + settings_.edge.url.authority + ": " + why);
    trouble = why;
    if (answer && !answer->is_success() && !is_passing(*answer)) {
      was_refused_ = true;
      is_ending_ = true;
      claim.reset();
      break;
    }
    if (!why.empty()) {
      const auto wanted = answer ? answer->retry_after : milliseconds(0);
      changed_.wait_for(lock, std::max(backoff.next(), wanted), [this] { return is_ending_; });
    } else {
      backoff.reset();
    }
  }
  if (claim) take(outcome_of(*claim, settings_.edge));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return std::all_of(tasks_.begin(), tasks_.end(), [](const auto& task) { return task->is_done; });
  });
  over_.ring();
}

}  // namespace

int work(const std::vector<std::string>& words) {
  WorkSettings settings;
  if (const auto status = parse_work(words, settings)) return *status;
  const Signals signals;
  Crew crew(settings, signals.before());
  signals.release(SIGTSTP);
  for (bool is_ending = false;;) {
    std::array<pollfd, 2> waits = {pollfd{signals.fd(), POLLIN, 0}, pollfd{crew.over().fd(), POLLIN, 0}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[1].revents != 0) break;
    while (const auto signal = signals.take()) {
      const auto number = static_cast<int>(signal->ssi_signo);
      if (number != SIGTERM && number != SIGINT && number != SIGHUP && number != SIGQUIT) continue;
      if (is_ending) {
        crew.stop();
      } else {
        crew.end();
      }
      is_ending = true;
    }
  }
  return crew.was_refused() ? kFailed : kOk;
}

}  // namespace taskwire::cli

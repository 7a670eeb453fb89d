#include "tasks/runner.h"

#include <algorithm>
#include <exception>
#include <future>
#include <spdlog/spdlog.h>
#include <utility>

#include "tasks/find_task.h"
#include "tasks/result.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;

constexpr std::size_t kReportBytes = 512;

/// Null where the engine does no such work.
const TaskType* built_in(const Catalogue& catalogue, const std::string& name) {
  const auto type = catalogue.find(name);
  return type ? type->built_in : nullptr;
}

using SetProgress = Result<v1::Task> (*)(v1::Task task, int attempt, const v1::Progress& progress);

/// How a task takes what its attempts report.
SetProgress set_progress_of(const Catalogue& catalogue, const v1::Task& task) {
  const auto* const type = built_in(catalogue, task.type());
  return type != nullptr && type->reports_whole() ? set_progress : report;
}

/// A type that throws has a bug; its task fails and the engine lives on.
Result<Struct> run_type(const TaskType* type, TaskContext& context) {
  if (type == nullptr)
    return refuse(Reason::unknown_task_type,
                  "this engine has no type '" + context.task().type() + "'; retry the task with one that has");
  try {
    return type->run(context);
  } catch (const std::exception& error) {
    spdlog::error("task {} of type {} threw: {}", context.task().task_id(), context.task().type(), error.what());
    return refuse(
        Reason::internal,
        std::string("the task ended by a fault of its type, which the engine's log tells of: ") + error.what());
  } catch (...) {
    spdlog::error("task {} of type {} threw what is no exception", context.task().task_id(), context.task().type());
    return refuse(Reason::internal, "the task ended by a fault of its type, which the engine's log tells of");
  }
}

}  // namespace

Runner::Runner(Means means, Settings settings)
    : means_(std::move(means)),
      settings_(settings),
      limits_(TimeLimits::of(means_.clock, means_.timers)),
      workers_(std::make_unique<ThreadPool>(settings.workers)) {}

Runner::~Runner() {
  stop();
}

void Runner::run(const AttemptId& id, std::function<void()> left) {
  const auto attempt = std::make_shared<RunningAttempt>();
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  // Before the task says that it runs, so that a cancel from then on finds it.
  running_.emplace(id, attempt);
  workers_->post([this, id, attempt, left = std::move(left)] {
    execute(id, attempt);
    {
      const std::lock_guard again(mutex_);
      running_.erase(id);
    }
    left();
  });
}

bool Runner::is_running(const AttemptId& id) {
  const std::lock_guard lock(mutex_);
  return running_.contains(id);
}

void Runner::stop(const AttemptId& id, StopReason reason) {
  const std::lock_guard lock(mutex_);
  if (const auto running = running_.find(id); running != running_.end()) running->second->stop(reason);
}

void Runner::supersede(const std::string& task_id, int through) {
  const std::lock_guard lock(mutex_);
  for (auto running = running_.lower_bound({task_id, 0}); running != running_.end(); ++running) {
    if (running->first.task_id != task_id || running->first.number > through) return;
    running->second->stop(StopReason::superseded);
  }
}

std::vector<AttemptId> Runner::running() {
  const std::lock_guard lock(mutex_);
  std::vector<AttemptId> ids;
  ids.reserve(running_.size());
  for (const auto& [id, attempt] : running_) ids.push_back(id);
  return ids;
}

void Runner::stop() {
  std::unique_ptr<ThreadPool> workers;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const auto& [id, attempt] : running_) attempt->stop(StopReason::shutting_down);
    workers = std::move(workers_);
  }
  stopping_.notify_all();
}

void Runner::execute(const AttemptId& id, const std::shared_ptr<RunningAttempt>& attempt) {
  if (attempt->is_stopped()) return;  // before it began: by the engine's stop, and it waits on, or it was overtaken
  const auto begun = persist(kReportBytes, [&](Transaction& transaction) {
    auto task = find_task(transaction, id.task_id);
    // Nobody else begins this attempt: a commit of unknown outcome did. It may have been cancelled since.
    const bool has_begun = task && is_under_way(*task, id.number);
    if (!has_begun)
      task = std::move(task).and_then(
          [&](v1::Task&& found) { return begin(std::move(found), id.number, transaction.now()); });
    if (!task) return task;
    if (has_begun) {
      transaction.add_details(*task);
    } else {
      put_with_details(transaction, *task);
    }
    return task;
  });
  if (!begun) return;
  const auto reporter = make_reporter(*begun);
  attempt->begin(*begun, reporter, std::make_unique<Teller>(*begun, [this](std::size_t bytes, auto change) {
    return persist(kReportBytes + bytes, change);
  }));
  std::optional<TimeLimits::Entry> limit;
  if (begun->time_limit_ms() > 0) limit = limits_->add(attempt, std::chrono::milliseconds(begun->time_limit_ms()));
  const auto outcome = begun->state() == v1::TASK_STATE_CANCELLING
                           ? Result<Struct>(stopped())
                           : check_result(run_type(built_in(means_.catalogue, begun->type()), *attempt));
  if (limit) limits_->remove(*limit);
  end(id, *attempt, reporter->close(), outcome);
}

std::shared_ptr<Reporter> Runner::make_reporter(const v1::Task& begun) {
  const AttemptId attempt{begun.task_id(), begun.attempt()};
  const auto set = set_progress_of(means_.catalogue, begun);
  const auto write = [this, attempt, set](const v1::Progress& progress, std::function<void(bool)> written) {
    const auto change = [attempt, set, progress](Transaction& transaction) -> Result<void> {
      auto task = find_task(transaction, attempt.task_id).and_then([&](v1::Task&& found) {
        return set(std::move(found), attempt.number, progress);
      });
      if (task) transaction.put_task(*task);
      return {};  // one about an attempt that is over is not wanted any more
    };
    means_.log.write<void>(
        EventLog::Writer::engine, kReportBytes, change,
        [written = std::move(written)](const Result<void>& outcome) { written(outcome.has_value()); });
  };
  return std::make_shared<Reporter>(means_.clock, means_.timers, settings_.progress_interval, write);
}

void Runner::end(const AttemptId& id, const RunningAttempt& attempt, const std::optional<v1::Progress>& last,
                 const Result<Struct>& outcome) {
  (void)persist(kReportBytes, [&](Transaction& transaction) {
    auto task = find_task(transaction, id.task_id);
    if (task && last) task = set_progress_of(means_.catalogue, *task)(std::move(*task), id.number, *last);
    if (!task) return task;
    const auto now = transaction.now();
    if (!outcome) transaction.add_past_attempts(*task);  // another may follow
    if (outcome) {
      task = succeed(std::move(*task), id.number, now);
      if (task) *task->mutable_result() = *outcome;
    } else if (outcome.error().reason == Reason::cancelled) {
      task = stopped_short(std::move(*task), id, attempt.stop_reason(), now);
    } else {
      task = failed(std::move(*task), id, outcome.error(), now);
    }
    if (task) transaction.put_task(*task);
    return task;
  });
}

Result<v1::Task> Runner::failed(v1::Task task, const AttemptId& id, const Error& error, SystemTime now) const {
  const auto* const type = built_in(means_.catalogue, task.type());
  if (type == nullptr || !type->is_passing(error.reason) || !may_try_again(task))
    return fail(std::move(task), id.number, error, now);
  const auto pause = pause_after(means_.catalogue, task, means_.random());
  return try_again(std::move(task), id.number, error, now + pause, now);
}

/// What becomes of a task whose attempt says that it was asked to stop.
Result<v1::Task> Runner::stopped_short(v1::Task task, const AttemptId& id, std::optional<StopReason> reason,
                                       SystemTime now) const {
  if (task.state() == v1::TASK_STATE_CANCELLING) return engine::stop(std::move(task), id.number, now);
  if (reason == StopReason::time_limit) {
    const auto limit = std::to_string(task.time_limit_ms());
    return failed(std::move(task), id,
                  {Reason::time_limit, "the attempt ran longer than its " + limit +
                                           " ms; start the task with a longer limit, or with less to do"},
                  now);
  }
  // That of the engine's own stop is settled when it starts again; another one's does not count any more.
  if (reason) return refuse(Reason::stale_report, "this attempt was cut short");
  return fail(std::move(task), id.number,
              {Reason::internal, "the task stopped although nobody asked it to; that is a fault of its type"}, now);
}

/// Until the store takes the change or the change is refused: whoever waits for a commit that failed would lose it.
Result<v1::Task> Runner::persist(std::size_t bytes, const Change& change) {
  struct Made {
    Result<v1::Task> task;
  };
  for (;;) {
    const auto promise = std::make_shared<std::promise<Result<Made>>>();
    means_.log.write<Made>(
        EventLog::Writer::engine, bytes,
        [&](Transaction& transaction) -> Result<Made> { return Made{change(transaction)}; },
        [promise](Result<Made> made) { promise->set_value(std::move(made)); });
    // If the commit had taken place after all, the next one is refused as stale.
    auto made = promise->get_future().get();
    if (made) return std::move(made->task);
    std::unique_lock lock(mutex_);
    if (stopping_.wait_for(lock, settings_.try_again, [&] { return is_stopping_; }))
      return tl::make_unexpected(made.error());
  }
}

}  // namespace taskwire::engine

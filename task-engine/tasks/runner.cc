#include "tasks/runner.h"

#include <exception>
#include <future>
#include <spdlog/spdlog.h>
#include <utility>

#include "tasks/find_task.h"
#include "tasks/params.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;

constexpr std::size_t kMostResultBytes = std::size_t{2} << 20;
constexpr std::size_t kMostResultWireBytes = std::size_t{3} << 20;  // fits gRPC's message limit with all around it
constexpr std::size_t kReportBytes = 512;

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

Result<Struct> check_result(Result<Struct> outcome) {
  if (!outcome) return outcome;
  if (!is_json(*outcome))
    return refuse(Reason::internal,
                  "the result holds something that JSON cannot carry; that is a fault of the task's type");
  if (outcome->ByteSizeLong() > kMostResultWireBytes || to_json(*outcome).size() > kMostResultBytes)
    return refuse(Reason::result_too_large, "the result is larger than 2 MiB; give the task less to do");
  return outcome;
}

}  // namespace

Runner::Runner(EventLog& log, const Catalogue& catalogue, const Clock& clock, Timers& timers, Settings settings)
    : log_(log),
      catalogue_(catalogue),
      clock_(clock),
      timers_(timers),
      settings_(settings),
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
    execute(id, *attempt);
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

void Runner::cancel(const AttemptId& id) {
  const std::lock_guard lock(mutex_);
  if (const auto running = running_.find(id); running != running_.end()) running->second->stop();
}

void Runner::stop() {
  std::unique_ptr<ThreadPool> workers;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const auto& [id, attempt] : running_) attempt->stop();
    workers = std::move(workers_);
  }
  stopping_.notify_all();
}

void Runner::execute(const AttemptId& id, RunningAttempt& attempt) {
  if (attempt.is_stopped()) return;  // by the engine's stop: it waits on
  const auto begun = persist(kReportBytes, [&](Transaction& transaction) {
    auto task = find_task(transaction, id.task_id);
    // Nobody else begins this attempt: a commit of unknown outcome did. It may have been cancelled since.
    const bool has_begun = task && is_under_way(*task, id.number);
    if (!has_begun)
      task = std::move(task).and_then(
          [&](v1::Task&& found) { return begin(std::move(found), id.number, transaction.now()); });
    if (!task) return task;
    if (!has_begun) transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  });
  if (!begun) return;
  const auto reporter = make_reporter(id);
  attempt.begin(*begun, reporter, std::make_unique<Teller>(*begun, [this](std::size_t bytes, auto change) {
    return persist(kReportBytes + bytes, change);
  }));
  const auto outcome = begun->state() == v1::TASK_STATE_CANCELLING
                           ? Result<Struct>(stopped())
                           : check_result(run_type(catalogue_.find(begun->type()), attempt));
  end(id, attempt, reporter->close(), outcome);
}

std::shared_ptr<Reporter> Runner::make_reporter(const AttemptId& id) {
  const auto write = [this, id](const v1::Progress& progress, std::function<void(bool)> written) {
    const auto change = [id, progress](Transaction& transaction) -> Result<void> {
      auto task = find_task(transaction, id.task_id).and_then([&](v1::Task&& found) {
        return report(std::move(found), id.number, progress);
      });
      if (task) transaction.put_task(*task);
      return {};  // one about an attempt that is over is not wanted any more
    };
    log_.write<void>(EventLog::Writer::engine, kReportBytes, change,
                     [written = std::move(written)](const Result<void>& outcome) { written(outcome.has_value()); });
  };
  return std::make_shared<Reporter>(clock_, timers_, settings_.progress_interval, write);
}

void Runner::end(const AttemptId& id, const RunningAttempt& attempt, const std::optional<v1::Progress>& last,
                 const Result<Struct>& outcome) {
  (void)persist(kReportBytes, [&](Transaction& transaction) {
    auto task = find_task(transaction, id.task_id);
    if (task && last) task = report(std::move(*task), id.number, *last);
    if (!task) return task;
    const auto now = transaction.now();
    if (outcome) {
      task = succeed(std::move(*task), id.number, now);
      if (task) *task->mutable_result() = *outcome;
    } else if (outcome.error().reason != Reason::cancelled) {
      task = fail(std::move(*task), id.number, outcome.error(), now);
    } else if (task->state() == v1::TASK_STATE_CANCELLING || attempt.is_stopped()) {
      // Refused where the engine's own stop cut it short: that is settled when it starts again.
      task = engine::stop(std::move(*task), id.number, now);
    } else {
      task = fail(std::move(*task), id.number,
                  {Reason::internal, "the task stopped although nobody asked it to; that is a fault of its type"}, now);
    }
    if (task) transaction.put_task(*task);
    return task;
  });
}

/// Until the store takes the change or the change is refused: whoever waits for a commit that failed would lose it.
Result<v1::Task> Runner::persist(std::size_t bytes, const Change& change) {
  struct Made {
    Result<v1::Task> task;
  };
  for (;;) {
    const auto promise = std::make_shared<std::promise<Result<Made>>>();
    log_.write<Made>(
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

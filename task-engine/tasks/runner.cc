#include "tasks/runner.h"

#include <exception>
#include <future>
#include <spdlog/spdlog.h>
#include <utility>

#include "tasks/params.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;

constexpr std::size_t kMostResultBytes = std::size_t{2} << 20;
constexpr std::size_t kMostResultWireBytes = std::size_t{3} << 20;  // fits gRPC's message limit with all around it
constexpr std::size_t kReportBytes = 512;
constexpr std::chrono::seconds kPersistAgain{1};

std::string queue_key(const std::string& task_id, int attempt) {
  return task_id + '/' + std::to_string(attempt);
}

Result<v1::Task> find(Transaction& transaction, const std::string& task_id) {
  auto task = transaction.task(task_id);
  if (!task) return refuse(Reason::task_not_found, "the task is gone");
  return std::move(*task);
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
  }
}

Result<Struct> check_result(Result<Struct> outcome) {
  if (!outcome) return outcome;
  if (!is_json(*outcome))
    return refuse(Reason::internal,
                  "the result holds something that JSON cannot carry; that is a fault of the task's type");
  if (to_json(*outcome).size() > kMostResultBytes || outcome->ByteSizeLong() > kMostResultWireBytes)
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

Result<void> Runner::reserve() {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() + reserved_ >= settings_.most_waiting)
    return refuse(Reason::queue_full, "too many tasks wait already; try again when some have ended");
  ++reserved_;
  return {};
}

void Runner::unreserve() {
  const std::lock_guard lock(mutex_);
  --reserved_;
}

void Runner::enqueue(const v1::Task& task) {
  const std::lock_guard lock(mutex_);
  const auto key = queue_key(task.task_id(), task.attempt());
  if (is_stopping_ || running_.contains(key) || !waiting_.insert(key).second) return;
  workers_->post([this, id = task.task_id(), attempt = task.attempt()] { run(id, attempt); });
}

void Runner::cancel(const v1::Task& task) {
  const std::lock_guard lock(mutex_);
  if (const auto running = running_.find(queue_key(task.task_id(), task.attempt())); running != running_.end())
    running->second->stop();
}

void Runner::stop() {
  std::unique_ptr<ThreadPool> workers;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const auto& [id, attempt] : running_) attempt->stop();
    workers = std::move(workers_);
  }
}

void Runner::run(const std::string& task_id, int attempt_number) {
  const auto attempt = std::make_shared<RunningAttempt>();
  const auto key = queue_key(task_id, attempt_number);
  {
    const std::lock_guard lock(mutex_);
    waiting_.erase(key);
    if (is_stopping_) return;
    // Before the task says that it runs, so that a cancel from then on finds it.
    running_.emplace(key, attempt);
  }
  bool may_have_begun = false;
  auto begun = persist(kReportBytes, [&](Transaction& transaction) {
    auto task = find(transaction, task_id);
    const bool has_begun = std::exchange(may_have_begun, true) && task && task->attempt() == attempt_number &&
                           task->state() == v1::TASK_STATE_RUNNING;
    if (task && !has_begun) task = begin(std::move(*task), attempt_number, transaction.now());
    if (!task) return task;
    if (!has_begun) transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  });
  if (begun) {
    const auto reporter = make_reporter(task_id, attempt_number);
    attempt->begin(*begun, reporter, std::make_unique<Teller>(*begun, [this](std::size_t bytes, auto change) {
      return persist(kReportBytes + bytes, change);
    }));
    auto outcome = check_result(run_type(catalogue_.find(begun->type()), *attempt));
    end(*begun, reporter->close(), std::move(outcome));
  }
  const std::lock_guard lock(mutex_);
  running_.erase(key);
}

std::shared_ptr<Reporter> Runner::make_reporter(const std::string& task_id, int attempt_number) {
  const auto write = [this, task_id, attempt_number](v1::Progress progress, std::function<void()> written) {
    log_.write<v1::Task>(
        EventLog::Writer::engine, kReportBytes,
        [task_id, attempt_number, progress = std::move(progress)](Transaction& transaction) {
          auto task = find(transaction, task_id).and_then([&](v1::Task found) {
            return report(std::move(found), attempt_number, progress);
          });
          if (task) transaction.put_task(*task);
          return task;
        },
        [written = std::move(written)](const Result<v1::Task>&) { written(); });
  };
  return std::make_shared<Reporter>(clock_, timers_, settings_.progress_interval, write);
}

void Runner::end(const v1::Task& task, std::optional<v1::Progress> last, Result<Struct> outcome) {
  (void)persist(kReportBytes, [&](Transaction& transaction) -> Result<v1::Task> {
    auto ended = find(transaction, task.task_id());
    if (ended && last) ended = report(std::move(*ended), task.attempt(), *last);
    if (!ended) return ended;
    const auto now = transaction.now();
    if (outcome) {
      ended = succeed(std::move(*ended), task.attempt(), now);
      if (ended) *ended->mutable_result() = *outcome;
    } else if (outcome.error().reason == Reason::cancelled) {
      // Refused where the engine's own stop cut it short: that is settled when it starts again.
      ended = engine::stop(std::move(*ended), task.attempt(), now);
    } else {
      ended = fail(std::move(*ended), task.attempt(), outcome.error(), now);
    }
    if (ended) transaction.put_task(*ended);
    return ended;
  });
}

Result<v1::Task> Runner::persist(std::size_t bytes, const std::function<Result<v1::Task>(Transaction&)>& change) {
  for (;;) {
    const auto promise = std::make_shared<std::promise<Result<v1::Task>>>();
    log_.write<v1::Task>(EventLog::Writer::engine, bytes, change,
                         [promise](Result<v1::Task> task) { promise->set_value(std::move(task)); });
    auto task = promise->get_future().get();
    // If the commit had taken place after all, the next one is refused as stale.
    if (task || info(task.error().reason).grpc != GrpcCode::unavailable) return task;
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return task;
    }
    std::this_thread::sleep_for(kPersistAgain);
  }
}

}  // namespace taskwire::engine

#include "tasks/tasks.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "base/timestamp.h"
#include "log/idempotency.h"
#include "resume/topic.h"
#include "tasks/task_list.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostNameBytes = 256;
constexpr std::size_t kCommandBytes = 512;

tl::unexpected<Error> not_found() {
  return refuse(Reason::task_not_found, "this user has no such task; list the tasks to see which there are");
}

/// A task as a command finds it.
Result<v1::Task> find(Transaction& transaction, const std::string& user_id, const std::string& task_id) {
  auto task = transaction.task(task_id);
  if (!task || task->user_id() != user_id) return not_found();
  return std::move(*task);
}

Result<void> check_start(const v1::StartTaskRequest& request) {
  if (!is_name(request.user_id()))
    return refuse(Reason::invalid_user_id, "user_id is 1 to 128 of A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
  if (request.name().size() > kMostNameBytes || !is_utf8(request.name()) || has_control(request.name()))
    return refuse(Reason::invalid_name, "name is at most 256 bytes of UTF-8 without control characters");
  return {};
}

/// What StartTask is about to write.
struct Start {
  v1::Task task;
  std::optional<RequestKey> key;
};

Result<Start> prepare(const Catalogue& catalogue, v1::StartTaskRequest request) {
  if (auto checked = check_start(request); !checked) return tl::make_unexpected(checked.error());
  auto key = RequestKey::make("start/" + request.user_id(), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  if (request.type().empty()) request.set_type("simulate");
  auto params = catalogue.check(request.type(), request.params());
  if (!params) return tl::make_unexpected(params.error());
  Start start{{}, std::move(*key)};
  start.task.set_user_id(request.user_id());
  start.task.set_type(request.type());
  start.task.set_name(request.name().empty() ? request.type() : request.name());
  *start.task.mutable_params() = std::move(*params);
  start.task.set_state(v1::TASK_STATE_QUEUED);
  start.task.set_attempt(1);
  return start;
}

/// The task that was started before, as it is now; as it was then, if it is gone.
Result<v1::Task> started_before(Transaction& transaction, const std::string& answer, const v1::Task& wanted) {
  v1::Task then;
  if (!then.ParseFromString(answer))
    return refuse(
        Reason::store_failed,
        "what was answered to this key before is damaged in the store; nothing was started, list the tasks to "
        "see whether it is there");
  auto task = transaction.task(then.task_id());
  if (task) {
    transaction.add_details(*task);
    return std::move(*task);
  }
  *then.mutable_params() = wanted.params();
  return then;
}

Result<v1::Task> start_new(Transaction& transaction, const Random& random, v1::Task task) {
  do task.set_task_id(make_task_id(random));
  while (transaction.task(task.task_id()));
  *task.mutable_create_time() = to_timestamp(transaction.now());
  transaction.put_task(task);
  return task;
}

std::string answer_of(v1::Task task) {
  task.clear_params();
  return task.SerializeAsString();
}

template <class Response>
auto answer_with_task(Done<Response> done) {
  return [done = std::move(done)](Result<v1::Task> task) {
    done(std::move(task).map([](v1::Task&& found) {
      Response response;
      *response.mutable_task() = std::move(found);
      return response;
    }));
  };
}

}  // namespace

Result<void> Tasks::recover() {
  Result<void> outcome;
  const auto settle = [&](Transaction& transaction) -> Result<void> {
    for (auto& task : transaction.open_tasks()) {
      const auto* const type = means_.catalogue.find(task.type());
      const auto before = task.state();
      task = interrupt(std::move(task), type != nullptr && type->runs_again(), transaction.now());
      if (task.state() != before) transaction.put_task(task);
      if (task.state() == v1::TASK_STATE_QUEUED) recovered_.push_back(std::move(task));
    }
    return {};
  };
  means_.log.write<void>(EventLog::Writer::engine, 0, settle, [&](Result<void> done) { outcome = std::move(done); });
  means_.log.commit_waiting();
  return outcome;
}

void Tasks::resume() {
  for (const auto& task : std::exchange(recovered_, {})) means_.runner.enqueue(task);
}

void Tasks::start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done) {
  auto prepared = prepare(means_.catalogue, request);
  if (!prepared) return done(tl::make_unexpected(prepared.error()));
  const auto start = std::make_shared<Start>(std::move(*prepared));
  const auto has_place = std::make_shared<bool>(false);
  const auto write = [this, start, has_place](Transaction& transaction) -> Result<v1::Task> {
    if (start->key) {
      auto before = start->key->recall(transaction);
      if (!before) return tl::make_unexpected(before.error());
      if (*before) return started_before(transaction, **before, start->task);
    }
    if (auto reserved = means_.runner.reserve(); !reserved) return tl::make_unexpected(reserved.error());
    *has_place = true;
    auto task = start_new(transaction, means_.random, start->task);
    if (task && start->key) start->key->remember(transaction, answer_of(*task));
    return task;
  };
  const auto answer = answer_with_task<v1::StartTaskResponse>(std::move(done));
  const auto after = [this, has_place, answer](Result<v1::Task> task) {
    if (*has_place) means_.runner.unreserve();
    // Also one that was started before: after a commit of unknown outcome it may wait for this.
    if (task && task->state() == v1::TASK_STATE_QUEUED) means_.runner.enqueue(*task);
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write, after);
}

void Tasks::cancel(const v1::CancelTaskRequest& request, Done<v1::CancelTaskResponse> done) {
  const auto write = [request](Transaction& transaction) -> Result<v1::Task> {
    auto task = find(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    const auto before = task->state();
    task = engine::cancel(std::move(*task), transaction.now());
    if (!task) return task;
    if (task->state() != before) transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  };
  const auto answer = answer_with_task<v1::CancelTaskResponse>(std::move(done));
  const auto after = [this, answer](Result<v1::Task> task) {
    if (task) means_.runner.cancel(*task);
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write, after);
}

void Tasks::retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done) {
  const auto has_place = std::make_shared<bool>(false);
  const auto write = [this, request, has_place](Transaction& transaction) -> Result<v1::Task> {
    auto task = find(transaction, request.user_id(), request.task_id()).and_then(engine::retry);
    if (!task) return task;
    if (auto reserved = means_.runner.reserve(); !reserved) return tl::make_unexpected(reserved.error());
    *has_place = true;
    transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  };
  const auto answer = answer_with_task<v1::RetryTaskResponse>(std::move(done));
  const auto after = [this, has_place, answer](Result<v1::Task> task) {
    if (*has_place) means_.runner.unreserve();
    if (task) means_.runner.enqueue(*task);
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write, after);
}

void Tasks::remove(const v1::DeleteTaskRequest& request, Done<v1::DeleteTaskResponse> done) {
  const auto write = [request](Transaction& transaction) -> Result<v1::Task> {
    auto task = find(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    if (auto checked = check_deletable(*task); !checked) return tl::make_unexpected(checked.error());
    transaction.add_details(*task);
    transaction.delete_task(*task);
    return task;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write,
                             answer_with_task<v1::DeleteTaskResponse>(std::move(done)));
}

void Tasks::get(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done) {
  means_.readers.post([this, request, answer = answer_with_task<v1::GetTaskResponse>(std::move(done))] {
    auto reader = means_.log.read();
    if (!reader) return answer(tl::make_unexpected(reader.error()));
    auto task = (*reader)->task(request.task_id());
    if (const auto error = (*reader)->error()) return answer(tl::make_unexpected(*error));
    if (!task || task->user_id() != request.user_id()) return answer(not_found());
    answer(std::move(*task));
  });
}

void Tasks::list(const v1::ListTasksRequest& request, Done<v1::ListTasksResponse> done) {
  means_.readers.post([this, request, done = std::move(done)] {
    auto reader = means_.log.read();
    done(reader ? list_tasks(**reader, request) : tl::make_unexpected(reader.error()));
  });
}

}  // namespace taskwire::engine

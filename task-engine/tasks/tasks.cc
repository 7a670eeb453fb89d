#include "tasks/tasks.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "base/timestamp.h"
#include "log/idempotency.h"
#include "resume/topic.h"
#include "tasks/find_task.h"
#include "tasks/task_list.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostNameBytes = 256;
constexpr std::size_t kCommandBytes = 512;

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
  Scheduler::Place place;  ///< Until it is known what became of the task.
};

Result<Start> prepare(const Catalogue& catalogue, v1::StartTaskRequest request) {
  if (auto checked = check_start(request); !checked) return tl::make_unexpected(checked.error());
  auto key = RequestKey::make("start/" + request.user_id(), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  if (request.type().empty()) request.set_type("simulate");
  auto params = catalogue.check(request.type(), request.params());
  if (!params) return tl::make_unexpected(params.error());
  Start start{{}, std::move(*key), nullptr};
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

/// Once for one commit, however often it is written.
Result<void> take_place(Scheduler& scheduler, const std::string& user, Scheduler::Place& place) {
  place.reset();
  return scheduler.reserve(user).map([&](Scheduler::Place&& taken) { place = std::move(taken); });
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

Result<void> Tasks::recover(Stop stop) {
  Result<void> outcome;
  const auto settle = [&](Transaction& transaction) -> Result<void> {
    for (auto& task : transaction.open_tasks()) {
      const auto* const type = means_.catalogue.find(task.type());
      const auto before = task.state();
      task = interrupt(std::move(task), stop, type != nullptr && type->runs_again(), transaction.now());
      if (task.state() != before) transaction.put_task(task);
    }
    return {};
  };
  means_.log.write<void>(EventLog::Writer::engine, 0, settle, [&](Result<void> done) { outcome = std::move(done); });
  means_.log.commit_waiting();
  return outcome;
}

void Tasks::start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done) {
  auto prepared = prepare(means_.catalogue, request);
  if (!prepared) return done(tl::make_unexpected(prepared.error()));
  const auto start = std::make_shared<Start>(std::move(*prepared));
  const auto write = [this, start](Transaction& transaction) -> Result<v1::Task> {
    if (start->key) {
      auto before = start->key->recall(transaction);
      if (!before) return tl::make_unexpected(before.error());
      if (*before) return started_before(transaction, **before, start->task);
    }
    if (auto taken = take_place(means_.scheduler, start->task.user_id(), start->place); !taken)
      return tl::make_unexpected(taken.error());
    auto task = start_new(transaction, means_.random, start->task);
    if (task && start->key) start->key->remember(transaction, answer_of(*task));
    return task;
  };
  const auto answer = answer_with_task<v1::StartTaskResponse>(std::move(done));
  const auto after = [start, answer](Result<v1::Task> task) {
    start->place.reset();
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write, after);
}

void Tasks::cancel(const v1::CancelTaskRequest& request, Done<v1::CancelTaskResponse> done) {
  const auto write = [request](Transaction& transaction) -> Result<v1::Task> {
    auto task = find_task(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    const auto before = task->state();
    task = engine::cancel(std::move(*task), transaction.now());
    if (!task) return task;
    if (task->state() != before) transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write,
                             answer_with_task<v1::CancelTaskResponse>(std::move(done)));
}

void Tasks::retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done) {
  const auto place = std::make_shared<Scheduler::Place>();
  const auto write = [this, request, place](Transaction& transaction) -> Result<v1::Task> {
    auto task = find_task(transaction, request.user_id(), request.task_id()).and_then(engine::retry);
    if (!task) return task;
    if (auto taken = take_place(means_.scheduler, request.user_id(), *place); !taken)
      return tl::make_unexpected(taken.error());
    transaction.put_task(*task);
    transaction.add_details(*task);
    return task;
  };
  const auto answer = answer_with_task<v1::RetryTaskResponse>(std::move(done));
  const auto after = [place, answer](Result<v1::Task> task) {
    place->reset();
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write, after);
}

void Tasks::remove(const v1::DeleteTaskRequest& request, Done<v1::DeleteTaskResponse> done) {
  const auto write = [request](Transaction& transaction) -> Result<v1::Task> {
    auto task = find_task(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    if (auto checked = check_deletable(*task); !checked) return tl::make_unexpected(checked.error());
    transaction.add_details(*task);
    transaction.delete_task(*task);
    return task;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes, write,
                             answer_with_task<v1::DeleteTaskResponse>(std::move(done)));
}

void Tasks::get(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done, StoreReads::IsGone is_gone) {
  const auto read = [request](ReadTransaction& reader) -> Result<v1::Task> {
    auto task = reader.task(request.task_id());
    if (!task || task->user_id() != request.user_id()) return task_not_found();
    return std::move(*task);
  };
  means_.reads.read<v1::Task>(StoreReads::Reader::caller, read, answer_with_task<v1::GetTaskResponse>(std::move(done)),
                              std::move(is_gone));
}

void Tasks::list(const v1::ListTasksRequest& request, Done<v1::ListTasksResponse> done, StoreReads::IsGone is_gone) {
  const auto read = [request](ReadTransaction& reader) { return list_tasks(reader, request); };
  means_.reads.read<v1::ListTasksResponse>(StoreReads::Reader::caller, read, std::move(done), std::move(is_gone));
}

}  // namespace taskwire::engine

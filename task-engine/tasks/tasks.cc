#include "tasks/tasks.h"

#include <optional>
#include <utility>

#include "base/timestamp.h"
#include "log/idempotency.h"
#include "tasks/find_task.h"
#include "tasks/start_request.h"
#include "tasks/task_list.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kCommandBytes = 512;

/// What StartTask is about to write.
struct Start {
  v1::Task task;
  std::optional<RequestKey> key;
  Scheduler::Place place;  ///< Until it is known what became of the task.
};

Result<Start> prepare(const Catalogue& catalogue, const v1::StartTaskRequest& request) {
  auto task = make_task(catalogue, request);
  if (!task) return tl::make_unexpected(task.error());
  auto key = RequestKey::make("start/" + request.user_id(), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  return Start{std::move(*task), std::move(*key), nullptr};
}

/// The task that a request with this key was about before, as it is now; as it was then, if it is gone.
Result<v1::Task> answered_before(Transaction& transaction, const std::string& answer) {
  v1::Task then;
  const auto cursor = then.ParseFromString(answer) ? parse_cursor(then.cursor()) : std::nullopt;
  if (!cursor)
    return refuse(
        Reason::store_failed,
        "what was answered to this key before is damaged in the store; nothing was done, look at the task, or "
        "list the tasks");
  auto task = transaction.task(then.task_id());
  if (task) {
    transaction.add_details(*task);
    return std::move(*task);
  }
  then.set_cursor(to_string(Cursor{transaction.epoch(), cursor->sequence}));  // the log may have another name by now
  return then;
}

/// What was answered before to a request with that key, if it has one.
Result<std::optional<v1::Task>> recall(Transaction& transaction, const std::optional<RequestKey>& key) {
  if (!key) return std::nullopt;
  auto before = key->recall(transaction);
  if (!before) return tl::make_unexpected(before.error());
  if (!*before) return std::nullopt;
  return answered_before(transaction, **before).map([](v1::Task&& task) { return std::optional(std::move(task)); });
}

v1::Task start_new(Transaction& transaction, const Random& random, v1::Task task) {
  do task.set_task_id(make_task_id(random));
  while (transaction.task(task.task_id()));
  *task.mutable_create_time() = to_timestamp(transaction.now());
  transaction.put_task(task);
  return task;
}

/// Once for one commit, however often it is written.
Result<void> take_place(Scheduler& scheduler, const v1::Task& task, Scheduler::Place& place) {
  place.reset();
  return scheduler.reserve(task.user_id(), task.type()).map([&](Scheduler::Place&& taken) {
    place = std::move(taken);
  });
}

std::string answer_of(v1::Task task) {
  task.clear_params();
  task.clear_result();
  task.clear_past_attempts();
  return task.SerializeAsString();
}

/// Keys of a command count for one task.
template <class Request>
std::string scope_of(const std::string& command, const Request& request) {
  return command + '/' + request.user_id() + '/' + request.task_id();
}

template <class Response>
auto answer_with_task(Scheduler& scheduler, Done<Response> done) {
  return [&scheduler, done = std::move(done)](Result<v1::Task> task) {
    done(std::move(task).map([&](v1::Task&& found) {
      Response response;
      found.set_queued_because(scheduler.why_queued(found));
      if (found.state() == v1::TASK_STATE_QUEUED) found.set_queue_position(scheduler.queue_position(found.task_id()));
      *response.mutable_task() = std::move(found);
      return response;
    }));
  };
}

}  // namespace

void Tasks::settle(Stop stop, Done<void> done) {
  const auto settle = [this, stop](Transaction& transaction) -> Result<void> {
    for (auto& task : transaction.open_tasks()) {
      if (transaction.lease(task.task_id())) continue;  // its worker goes on
      const auto type = means_.catalogue.find(task.type());
      const auto before = task.state();
      if (before == v1::TASK_STATE_RUNNING) transaction.add_past_attempts(task);
      const bool runs_again = type && type->built_in != nullptr && type->built_in->runs_again();
      task = interrupt(std::move(task), stop, runs_again, transaction.now());
      if (task.state() != before) transaction.put_task(task);
    }
    return {};
  };
  means_.log.write<void>(EventLog::Writer::engine, 0, settle, std::move(done));
}

Result<void> Tasks::recover(Stop stop) {
  Result<void> outcome;
  settle(stop, [&](Result<void> done) { outcome = std::move(done); });
  means_.log.commit_waiting();
  return outcome;
}

void Tasks::start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done) {
  auto prepared = prepare(means_.catalogue, request);
  if (!prepared) return done(tl::make_unexpected(prepared.error()));
  const auto start = std::make_shared<Start>(std::move(*prepared));
  const auto write = [this, start](Transaction& transaction) -> Result<v1::Task> {
    auto before = recall(transaction, start->key);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) {
      if (!(*before)->has_params()) *(*before)->mutable_params() = start->task.params();
      return std::move(**before);
    }
    auto task = start->task;
    auto ready = settle_not_before(task, transaction.now());
    if (ready) ready = means_.catalogue.check_known(task.type());
    if (ready) ready = take_place(means_.scheduler, task, start->place);
    if (!ready) return tl::make_unexpected(ready.error());
    task = start_new(transaction, means_.random, std::move(task));
    if (start->key) start->key->remember(transaction, answer_of(task));
    return task;
  };
  const auto answer = answer_with_task<v1::StartTaskResponse>(means_.scheduler, std::move(done));
  const auto after = [start, answer](Result<v1::Task> task) {
    start->place.reset();
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write, after);
}

void Tasks::cancel(const v1::CancelTaskRequest& request, Done<v1::CancelTaskResponse> done) {
  auto key = RequestKey::make(scope_of("cancel", request), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  const auto write = [request, key = std::move(*key)](Transaction& transaction) -> Result<v1::Task> {
    auto before = recall(transaction, key);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) return std::move(**before);
    auto task = find_task(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    const auto state = task->state();
    task = engine::cancel(std::move(*task), transaction.now());
    if (!task) return task;
    if (task->state() != state) {
      put_with_details(transaction, *task);
    } else {
      transaction.add_details(*task);
    }
    if (key) key->remember(transaction, answer_of(*task));
    return task;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write,
                             answer_with_task<v1::CancelTaskResponse>(means_.scheduler, std::move(done)));
}

void Tasks::retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done) {
  auto key = RequestKey::make(scope_of("retry", request), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  const auto place = std::make_shared<Scheduler::Place>();
  const auto write = [this, request, place, key = std::move(*key)](Transaction& transaction) -> Result<v1::Task> {
    auto before = recall(transaction, key);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) return std::move(**before);
    auto task = find_task(transaction, request.user_id(), request.task_id());
    if (task) transaction.add_past_attempts(*task);
    task = std::move(task).and_then(engine::retry);
    if (!task) return task;
    if (auto checked = check_needs_no_claim(task->type(), means_.catalogue.find(task->type())); !checked)
      return tl::make_unexpected(checked.error());
    if (auto taken = take_place(means_.scheduler, *task, *place); !taken) return tl::make_unexpected(taken.error());
    put_with_details(transaction, *task);
    if (key) key->remember(transaction, answer_of(*task));
    return task;
  };
  const auto answer = answer_with_task<v1::RetryTaskResponse>(means_.scheduler, std::move(done));
  const auto after = [place, answer](Result<v1::Task> task) {
    place->reset();
    answer(std::move(task));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write, after);
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
  means_.log.write<v1::Task>(EventLog::Writer::caller, kCommandBytes + request.ByteSizeLong(), write,
                             answer_with_task<v1::DeleteTaskResponse>(means_.scheduler, std::move(done)));
}

void Tasks::get(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done, StoreReads::IsGone is_gone) {
  const auto read = [request](ReadTransaction& reader) -> Result<v1::Task> {
    auto task = reader.task(request.task_id());
    if (!task || task->user_id() != request.user_id()) return task_not_found();
    return std::move(*task);
  };
  means_.reads.read<v1::Task>(StoreReads::Reader::caller, read,
                              answer_with_task<v1::GetTaskResponse>(means_.scheduler, std::move(done)),
                              std::move(is_gone));
}

void Tasks::list(const v1::ListTasksRequest& request, Done<v1::ListTasksResponse> done, StoreReads::IsGone is_gone) {
  const auto read = [request](ReadTransaction& reader) { return list_tasks(reader, request); };
  const auto answer = [this, done = std::move(done)](Result<v1::ListTasksResponse> list) {
    if (list) {
      for (auto& task : *list->mutable_tasks()) task.set_queued_because(means_.scheduler.why_queued(task));
    }
    done(std::move(list));
  };
  means_.reads.read<v1::ListTasksResponse>(StoreReads::Reader::caller, read, answer, std::move(is_gone));
}

}  // namespace taskwire::engine

#include "work/workers.h"

#include <algorithm>
#include <utility>

#include "base/timestamp.h"
#include "tasks/find_task.h"
#include "tasks/params.h"
#include "tasks/progress_update.h"
#include "tasks/start_request.h"
#include "tasks/transitions.h"
#include "text/lease_name.h"
#include "work/finish.h"
#include "work/lease_changes.h"
#include "work/output_report.h"
#include "work/work_request.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kOrderBytes = 512;
constexpr std::chrono::milliseconds kSoon{60'000};  // before that who does not wait is answered

std::string answer_of_start(const v1::Task& task, const std::string& token) {
  v1::StartTaskResponse response;
  response.mutable_task()->set_task_id(task.task_id());
  response.mutable_task()->set_user_id(task.user_id());
  response.mutable_lease()->set_lease(token);
  return response.SerializeAsString();
}

/// The task that was begun before with this key, as it is now, if one was; as little as is known of it, if it is gone.
std::optional<Result<v1::Task>> recall(Transaction& transaction, const std::optional<RequestKey>& key,
                                       Workers::Begun& begun) {
  if (!key) return std::nullopt;
  const auto answer = key->recall(transaction);
  if (!answer) return tl::make_unexpected(answer.error());
  if (!*answer) return std::nullopt;
  v1::StartTaskResponse before;
  if (!before.ParseFromString(**answer))
    return refuse(Reason::store_failed,
                  "what was answered to this key before is damaged in the store; nothing was started");
  begun.token = before.lease().lease();
  auto task = transaction.task(before.task().task_id());
  if (!task) return before.task();
  transaction.add_details(*task);
  return std::move(*task);
}

}  // namespace

void Workers::register_type(const v1::RegisterTypeRequest& request, Done<v1::RegisterTypeResponse> done) {
  if (auto checked = check_type(means_.catalogue, request); !checked) return done(tl::make_unexpected(checked.error()));
  auto type = request;
  if (!type.has_params_schema()) *type.mutable_params_schema() = struct_from_json(R"({"type":"object"})");
  const auto write = [this, type](Transaction& transaction) -> Result<void> {
    if (!means_.catalogue.find(type.type()) && means_.catalogue.registered() >= Catalogue::kMostRegistered)
      return refuse(Reason::too_many_types, "1000 types are known already; delete one first");
    transaction.put_type(type);
    return {};
  };
  means_.log.write<void>(EventLog::Writer::caller, kOrderBytes + request.ByteSizeLong(), write,
                         [this, type, done = std::move(done)](const Result<void>& written) {
                           if (!written) return done(tl::make_unexpected(written.error()));
                           means_.catalogue.put(type);
                           means_.scheduler.look_again();
                           v1::RegisterTypeResponse response;
                           *response.mutable_type() = describe(type.type(), *means_.catalogue.find(type.type()));
                           done(std::move(response));
                         });
}

void Workers::delete_type(const v1::DeleteTypeRequest& request, Done<v1::DeleteTypeResponse> done) {
  const auto& name = request.type();
  if (auto checked = check_registrable(means_.catalogue, name); !checked)
    return done(tl::make_unexpected(checked.error()));
  const auto removed = std::make_shared<Catalogue::Type>();
  const auto write = [this, name, removed](Transaction& transaction) -> Result<void> {
    if (!means_.catalogue.find(name))
      return refuse(Reason::type_not_found, "there is no type '" + name + "'; list the types to see which there are");
    if (means_.scheduler.is_in_use(name))
      return refuse(Reason::type_in_use, "tasks of type '" + name + "' have not ended; cancel them, or wait");
    transaction.delete_type(name);
    *removed = means_.catalogue.remove(name);  // at once: who starts one of it may be in the same commit
    return {};
  };
  means_.log.write<void>(EventLog::Writer::caller, kOrderBytes, write,
                         [this, name, removed, done = std::move(done)](const Result<void>& written) {
                           if (!written && *removed) means_.catalogue.put_back(name, *removed);
                           done(written.map([] { return v1::DeleteTypeResponse(); }));
                         });
}

v1::TaskType Workers::describe(const std::string& name, const KnownType& type) {
  auto described = engine::describe(name, type);
  if (type.built_in == nullptr) described.set_workers(static_cast<int>(means_.presence.count(name)));
  described.set_waiting(static_cast<int>(means_.scheduler.waiting(name)));
  return described;
}

v1::ListTaskTypesResponse Workers::list_types() {
  auto list = means_.catalogue.list();
  for (auto& type : *list.mutable_types()) {
    if (const auto known = means_.catalogue.find(type.type())) type = describe(type.type(), *known);
  }
  return list;
}

void Workers::give_back(const v1::GiveBackRequest& request, const Done<v1::GiveBackResponse>& done) {
  if (request.leases_size() > kMostLeases)
    return done(refuse(Reason::invalid_lease, "100 leases can be given back at once; send the others in another call"));
  for (const auto& lease : request.leases()) means_.work.give_back(lease);
  done(v1::GiveBackResponse());
}

void Workers::claim(std::uint64_t id, const v1::ClaimRequest& request, std::function<bool()> is_gone,
                    Done<v1::ClaimResponse> done) {
  if (auto checked = check_claim(means_.catalogue, request); !checked)
    return done(tl::make_unexpected(checked.error()));
  auto key = RequestKey::make("claim", request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  Claim claim;
  claim.id = id;
  claim.worker = request.worker();
  claim.types = {request.types().begin(), request.types().end()};
  std::sort(claim.types.begin(), claim.types.end());
  claim.types.erase(std::unique(claim.types.begin(), claim.types.end()), claim.types.end());
  claim.most = static_cast<std::size_t>(std::max(1, request.max()));
  claim.lease_prefix = request.lease_prefix();
  claim.waits = request.wait_ms() > 0;
  claim.until = means_.clock.steady() + (claim.waits ? std::chrono::milliseconds(request.wait_ms()) : kSoon);
  claim.key = std::move(*key);
  claim.is_gone = std::move(is_gone);
  claim.done = std::move(done);
  if (!claim.key) return wait(std::move(claim));
  const auto recalling = std::make_shared<Claim>(std::move(claim));
  means_.work.recall(*recalling->key, [this, recalling](Result<v1::ClaimResponse> before) {
    if (before && before->assignments_size() == 0) return wait(std::move(*recalling));
    recalling->done(std::move(before));
  });
}

void Workers::wait(Claim claim) {
  const auto id = claim.id;
  const bool waits = claim.waits;
  const auto is_gone = claim.is_gone;
  if (is_gone()) return claim.done(v1::ClaimResponse());
  means_.work.wait(std::move(claim));
  means_.scheduler.look_again();
  if (!waits) means_.work.end(id);
  // Whoever tells that the caller has gone may have come before it stood in line.
  if (is_gone()) means_.work.withdraw(id);
}

void Workers::report(const v1::ReportRequest& request, Done<v1::ReportResponse> done) {
  if (auto checked = check_report(request); !checked) return done(tl::make_unexpected(checked.error()));
  const auto answer = std::make_shared<v1::ReportResponse>();
  bool is_answered_later = false;
  const auto take = [&](Lease& lease, v1::Lease described) {
    if (request.output_size() > 0) {
      lease.reporter->hear();
      done = with_output(request, lease.what.attempt, std::move(done));
    }
    answer->set_output_next(lease.output_next);
    *answer->mutable_lease() = std::move(described);
    answer->set_cancel_requested(lease.cancel_until.has_value());
    const auto written = [answer, done, is_over = lease.is_over](Reporter::Outcome outcome) {
      if (outcome == Reporter::Outcome::failed) return done(not_known());
      outcome == Reporter::Outcome::written && !*is_over ? done(std::move(*answer)) : done(lease_lost());
    };
    if (request.seq() > 0 && request.seq() <= lease.progress.report()) {
      is_answered_later = true;
      return lease.reporter->flush(written);
    }
    const auto before = lease.progress;
    lease.progress = updated(before, request.progress());
    if (request.seq() > 0) lease.progress.set_report(request.seq());
    if (!request.has_progress()) return;
    if (request.progress().ByteSizeLong() == 0) return lease.reporter->hear();  // it is alive, and no more
    is_answered_later = is_lasting_change(before, lease.progress);
    is_answered_later ? lease.reporter->report(lease.progress, written) : lease.reporter->report(lease.progress);
  };
  const auto heard = means_.leases.hear(request.lease(), take);
  if (!heard) return done(tl::make_unexpected(heard.error()));
  if (!is_answered_later) done(std::move(*answer));
}

/// Keeps what the report has of output before its answer is `done`.
Done<v1::ReportResponse> Workers::with_output(const v1::ReportRequest& request, const AttemptId& attempt,
                                              Done<v1::ReportResponse> done) {
  const auto outputs = std::make_shared<Outputs>(request.output());
  const auto bytes = request.ByteSizeLong();
  return [this, outputs, bytes, attempt, token = request.lease(),
          done = std::move(done)](Result<v1::ReportResponse> reported) {
    if (!reported) return done(std::move(reported));
    const auto put = [this, outputs, attempt, token](Transaction& transaction) -> Result<std::int64_t> {
      if (!is_held(transaction, attempt.task_id, token)) return lease_lost();
      return fold_output(transaction, attempt, *outputs, means_.output_limits).map([&](const NewOutput& output) {
        put_output(transaction, attempt, output, means_.output_limits);
        return output.run.next;
      });
    };
    means_.log.write<std::int64_t>(EventLog::Writer::caller, bytes, put,
                                   [this, attempt, token, reported, done](Result<std::int64_t> next) mutable {
                                     if (!next) return done(tl::make_unexpected(next.error()));
                                     means_.leases.note_output(token, *next);
                                     means_.output.tell(attempt.task_id);
                                     reported->set_output_next(*next);
                                     done(std::move(reported));
                                   });
  };
}

void Workers::finish(const v1::FinishRequest& request, Done<v1::FinishResponse> done) {
  if (auto checked = check_finish(request); !checked) return done(tl::make_unexpected(checked.error()));
  const auto key = *RequestKey::make("finish", request.lease(), request);
  const auto lease = means_.leases.begin_end(request.lease());
  if (!lease && means_.leases.is_ending(request.lease())) return done(not_known());
  const auto finish = std::make_shared<Finish>(request, lease, means_.output_limits);
  const auto write = [this, key, finish](Transaction& transaction) -> Result<v1::Task> {
    auto before = key->recall(transaction);
    if (!before)
      return refuse(Reason::already_finished,
                    "this work was finished in another way before, and that stands; look at the task to see how");
    if (*before) return finished_before(transaction, **before);
    auto task = finish->end(transaction, means_.catalogue, means_.random());
    if (task) key->remember(transaction, short_answer(*task));
    return task;
  };
  const auto after = [this, lease, done = std::move(done)](Result<v1::Task> task) {
    if (lease) {
      const bool is_over = task || task.error().reason == Reason::lease_lost;
      is_over ? static_cast<void>(means_.leases.drop(lease)) : means_.leases.go_on(lease);
    }
    done(std::move(task).map([](v1::Task&& finished) {
      v1::FinishResponse response;
      *response.mutable_task() = std::move(finished);
      return response;
    }));
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kOrderBytes + request.ByteSizeLong(), write, after);
}

Result<v1::Task> Workers::begin(Transaction& transaction, v1::Task task, const std::string& worker, Begun& begun) {
  if (!means_.leases.has_room(task.type()) || !means_.leases.has_room(task.user_id(), task.type()))
    return refuse(
        Reason::too_many_leases,
        "as much work is under way outside as may be, in all, of this user or of this type; finish some first");
  const auto number = task.attempt();
  auto running = engine::begin(std::move(task), number, transaction.now());
  if (!running) return running;
  running->set_worker(worker);
  const AttemptId attempt{running->task_id(), running->attempt()};
  begun.lease = means_.leases.begin({running->user_id(), running->type(), attempt}, worker);
  begun.token = begun.lease->token;
  transaction.put_task(*running);
  transaction.put_lease({attempt.task_id, begun.token, attempt.number, worker});
  return running;
}

template <class Response>
Result<Response> Workers::begun(const Begun& begun, Result<v1::Task> task) {
  if (!task) {
    if (begun.lease && task.error().reason == Reason::store_failed && means_.leases.drop(begun.lease))
      means_.scheduler.look_again();
    if (begun.lease && task.error().reason != Reason::store_failed) means_.leases.resolve(begun.lease);
    return tl::make_unexpected(task.error());
  }
  Response response;
  if (begun.lease) means_.leases.began(begun.lease, *task);
  const auto lease = means_.leases.describe(begun.token);
  if (!lease) return tl::make_unexpected(lease.error());
  if (*lease) *response.mutable_lease() = **lease;
  *response.mutable_task() = std::move(*task);
  return response;
}

void Workers::start(const v1::StartTaskRequest& request, Done<v1::StartTaskResponse> done) {
  const auto task = make_task(means_.catalogue, request);
  if (!task) return done(tl::make_unexpected(task.error()));
  const auto key = RequestKey::make("start/" + request.user_id(), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  const auto begun = std::make_shared<Begun>();
  const auto write = [this, begun, task = *task, key = *key,
                      worker = request.worker()](Transaction& transaction) -> Result<v1::Task> {
    if (auto before = recall(transaction, key, *begun)) return std::move(*before);
    if (auto known = means_.catalogue.check_known(task.type()); !known) return tl::make_unexpected(known.error());
    auto fresh = task;
    do fresh.set_task_id(make_task_id(means_.random));
    while (transaction.task(fresh.task_id()));
    *fresh.mutable_create_time() = to_timestamp(transaction.now());
    auto started = begin(transaction, std::move(fresh), worker, *begun);
    if (started && key) key->remember(transaction, answer_of_start(*started, begun->token));
    return started;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kOrderBytes + request.ByteSizeLong(), write,
                             [this, begun, done = std::move(done)](Result<v1::Task> started) {
                               done(this->begun<v1::StartTaskResponse>(*begun, std::move(started)));
                             });
}

void Workers::retry(const v1::RetryTaskRequest& request, Done<v1::RetryTaskResponse> done) {
  const auto key =
      RequestKey::make("retry/" + request.user_id() + "/" + request.task_id(), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  const auto begun = std::make_shared<Begun>();
  const auto write = [this, begun, request, key = *key](Transaction& transaction) -> Result<v1::Task> {
    if (auto before = recall(transaction, key, *begun)) return std::move(*before);
    auto task = find_task(transaction, request.user_id(), request.task_id());
    if (!task) return task;
    if (auto checked = check_claim(task->type(), means_.catalogue.find(task->type()), request.worker()); !checked)
      return tl::make_unexpected(checked.error());
    transaction.add_past_attempts(*task);
    task = engine::retry(std::move(*task));
    if (!task) return task;
    task->set_last_attempt(task->attempt());
    task = begin(transaction, std::move(*task), request.worker(), *begun);
    if (!task) return task;
    if (key) key->remember(transaction, answer_of_start(*task, begun->token));
    transaction.add_details(*task);
    return task;
  };
  means_.log.write<v1::Task>(EventLog::Writer::caller, kOrderBytes, write,
                             [this, begun, done = std::move(done)](Result<v1::Task> task) {
                               done(this->begun<v1::RetryTaskResponse>(*begun, std::move(task)));
                             });
}

}  // namespace taskwire::engine

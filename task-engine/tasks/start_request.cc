#include "tasks/start_request.h"

#include <chrono>
#include <utility>

#include "base/text.h"
#include "base/timestamp.h"
#include "resume/topic.h"
#include "tasks/task_limits.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostNameBytes = 256;
constexpr std::size_t kMostWorkerBytes = 128;
constexpr std::chrono::years kMostAhead{10};

/// What google.protobuf.Timestamp may be: the years 1 to 9999.
bool is_valid(const google::protobuf::Timestamp& time) {
  return time.seconds() >= -62'135'596'800 && time.seconds() <= 253'402'300'799 && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

Result<void> check(const v1::StartTaskRequest& request) {
  if (!is_name(request.user_id()))
    return refuse(Reason::invalid_user_id, "user_id is 1 to 128 of A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
  if (request.name().size() > kMostNameBytes || !is_utf8(request.name()) || has_control(request.name()))
    return refuse(Reason::invalid_name, "name is at most 256 bytes of UTF-8 without control characters");
  if (!is_valid(request.not_before()))
    return refuse(Reason::invalid_not_before,
                  "not_before is no time: its seconds lie within the years 1 to 9999, its nanos from 0 to 999,999,999");
  if (request.has_time_limit_ms() && (request.time_limit_ms() < 1 || request.time_limit_ms() > kMostTimeLimitMs))
    return refuse(Reason::invalid_time_limit,
                  "the time limit is 1 to 2,592,000,000 ms (30 days), not " + std::to_string(request.time_limit_ms()));
  if (request.has_max_attempts() && (request.max_attempts() < 1 || request.max_attempts() > kMostAttempts))
    return refuse(Reason::invalid_max_attempts,
                  "the number of attempts is 1 to 100, not " + std::to_string(request.max_attempts()));
  return {};
}

/// Whether the task asks for no more than its type allows.
Result<void> check_policy(const v1::StartTaskRequest& request, const std::string& type, const TypePolicy& policy) {
  const auto most_time = policy.most_time.count();
  if (most_time > 0 && request.time_limit_ms() > most_time)
    return refuse(Reason::invalid_time_limit, "the time limit of type '" + type + "' is at most " +
                                                  std::to_string(most_time) + " ms, not " +
                                                  std::to_string(request.time_limit_ms()));
  if (policy.most_attempts > 0 && request.max_attempts() > policy.most_attempts)
    return refuse(Reason::invalid_max_attempts, "the number of attempts of type '" + type + "' is at most " +
                                                    std::to_string(policy.most_attempts) + ", not " +
                                                    std::to_string(request.max_attempts()));
  return {};
}

/// Whether the one who is to do the work can.
Result<void> check_doer(const v1::StartTaskRequest& request, const std::string& name, const Catalogue::Type& type) {
  if (!request.claim()) return check_needs_no_claim(name, type);
  if (request.has_not_before())
    return refuse(Reason::invalid_not_before,
                  "work that its caller does begins at once; leave out not_before, or claim");
  return check_claim(name, type, request.worker());
}

}  // namespace

Result<void> check_needs_no_claim(const std::string& name, const Catalogue::Type& type) {
  if (!type || !type->is_of_caller) return {};
  return refuse(Reason::claim_required,
                "work of type '" + name + "' is done by its caller alone; say that you do it with claim");
}

Result<void> check_claim(const std::string& name, const Catalogue::Type& type, const std::string& worker) {
  if (type && type->built_in != nullptr)
    return refuse(Reason::type_built_in,
                  "the engine does work of type '" + name + "' itself; leave out claim, or name another type");
  return check_worker(worker, true);
}

Result<void> check_worker(const std::string& worker, bool may_be_empty) {
  if ((may_be_empty || !worker.empty()) && worker.size() <= kMostWorkerBytes && is_utf8(worker) && !has_control(worker))
    return {};
  return refuse(Reason::invalid_worker, "a worker's name is 1 to 128 bytes of UTF-8 without control characters");
}

Result<v1::Task> make_task(const Catalogue& catalogue, const v1::StartTaskRequest& request) {
  if (auto checked = check(request); !checked) return tl::make_unexpected(checked.error());
  const auto type = !request.type().empty() ? request.type()
                    : request.claim()       ? std::string(Catalogue::kExternal)
                                            : std::string("simulate");
  auto params = catalogue.check(type, request.params());
  if (!params) return tl::make_unexpected(params.error());
  const auto known = catalogue.find(type);
  if (auto checked = check_doer(request, type, known); !checked) return tl::make_unexpected(checked.error());
  const auto policy = known ? known->policy : TypePolicy{};
  if (auto checked = check_policy(request, type, policy); !checked) return tl::make_unexpected(checked.error());
  v1::Task task;
  task.set_user_id(request.user_id());
  task.set_type(type);
  task.set_name(request.name().empty() ? type : request.name());
  *task.mutable_params() = std::move(*params);
  task.set_state(v1::TASK_STATE_QUEUED);
  task.set_attempt(1);
  task.set_time_limit_ms(request.has_time_limit_ms() ? request.time_limit_ms() : policy.time_limit.count());
  task.set_max_attempts(request.has_max_attempts() ? request.max_attempts() : policy.retry.attempts);
  if (request.claim()) task.set_max_attempts(1);  // nobody else would do the next one
  task.set_last_attempt(task.max_attempts());
  if (request.has_not_before()) *task.mutable_not_before() = request.not_before();
  return task;
}

Result<void> settle_not_before(v1::Task& task, SystemTime now) {
  if (!task.has_not_before()) return {};
  const auto time = from_timestamp(task.not_before());
  if (time > now + kMostAhead)
    return refuse(Reason::invalid_not_before, "the task is not to begin for more than 10 years; name an earlier time");
  if (time <= now) {
    task.clear_not_before();
  } else {
    *task.mutable_not_before() = to_timestamp(std::chrono::ceil<std::chrono::milliseconds>(time));
  }
  return {};
}

}  // namespace taskwire::engine

#include "tasks/start_request.h"

#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "engine/support/scripted_type.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;

const SystemTime kPresent{std::chrono::hours(500'000)};

Catalogue catalogue() {
  const auto nothing = [](TaskContext&) -> Result<google::protobuf::Struct> { return stopped(); };
  std::vector<std::unique_ptr<const TaskType>> types;
  types.push_back(std::make_unique<ScriptedType>("plain", nothing));
  types.push_back(std::make_unique<ScriptedType>(
      "limited", nothing, false, TypePolicy{.time_limit = milliseconds(700), .retry = {.attempts = 4}}));
  types.push_back(std::make_unique<ScriptedType>("bounded", nothing, false,
                                                 TypePolicy{.most_time = milliseconds(700), .most_attempts = 4}));
  return Catalogue(std::move(types));
}

class StartRequestTest : public testing::Test {
 protected:
  StartRequestTest() {
    request.set_user_id("alice");
    request.set_type("plain");
  }
  /// Why the request is refused; "" where it is not.
  [[nodiscard]] std::string refusal() const {
    const auto task = make_task(types, request);
    return task ? "" : task.error().name();
  }

  const Catalogue types = catalogue();
  v1::StartTaskRequest request;
};

TEST_F(StartRequestTest, FillsInWhatTheTypeSays) {
  auto task = make_task(types, request);
  EXPECT_EQ(task->time_limit_ms(), 0);
  EXPECT_EQ(task->max_attempts(), 1);
  EXPECT_EQ(task->last_attempt(), 1);
  EXPECT_FALSE(task->has_not_before());
  request.set_type("limited");
  task = make_task(types, request);
  EXPECT_EQ(task->time_limit_ms(), 700);
  EXPECT_EQ(task->last_attempt(), 4);
  request.set_time_limit_ms(5);
  request.set_max_attempts(2);
  task = make_task(types, request);
  EXPECT_EQ(task->time_limit_ms(), 5);
  EXPECT_EQ(task->max_attempts(), 2);
}

TEST_F(StartRequestTest, BoundsTheTimeLimit) {
  for (const std::int64_t good : {std::int64_t{1}, std::int64_t{2'592'000'000}}) {
    request.set_time_limit_ms(good);
    EXPECT_EQ(refusal(), "") << good;
  }
  for (const std::int64_t bad :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{2'592'000'001}, std::numeric_limits<std::int64_t>::max()}) {
    request.set_time_limit_ms(bad);
    EXPECT_EQ(refusal(), "INVALID_TIME_LIMIT") << bad;
  }
}

TEST_F(StartRequestTest, BoundsTheAttempts) {
  for (const int good : {1, 100}) {
    request.set_max_attempts(good);
    EXPECT_EQ(refusal(), "") << good;
  }
  for (const int bad : {0, -1, 101, std::numeric_limits<int>::max()}) {
    request.set_max_attempts(bad);
    EXPECT_EQ(refusal(), "INVALID_MAX_ATTEMPTS") << bad;
  }
}

TEST_F(StartRequestTest, KeepsWithinWhatTheTypeAllows) {
  request.set_time_limit_ms(701);
  request.set_max_attempts(5);
  request.set_type("limited");
  EXPECT_EQ(refusal(), "") << "its own are only what goes without saying";
  request.set_type("bounded");
  auto task = make_task(types, request);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error(),
            (Error{Reason::invalid_time_limit, "the time limit of type 'bounded' is at most 700 ms, not 701"}));
  request.set_time_limit_ms(700);
  task = make_task(types, request);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error(),
            (Error{Reason::invalid_max_attempts, "the number of attempts of type 'bounded' is at most 4, not 5"}));
  request.set_max_attempts(4);
  EXPECT_EQ(refusal(), "");
}

TEST_F(StartRequestTest, RefusesWhatIsNoTime) {
  request.mutable_not_before()->set_seconds(253'402'300'799);
  EXPECT_EQ(refusal(), "");
  request.mutable_not_before()->set_seconds(253'402'300'800);
  EXPECT_EQ(refusal(), "INVALID_NOT_BEFORE");
  request.mutable_not_before()->set_seconds(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(refusal(), "INVALID_NOT_BEFORE");
  request.mutable_not_before()->set_seconds(0);
  request.mutable_not_before()->set_nanos(-1);
  EXPECT_EQ(refusal(), "INVALID_NOT_BEFORE");
  request.mutable_not_before()->set_nanos(1'000'000'000);
  EXPECT_EQ(refusal(), "INVALID_NOT_BEFORE");
}

TEST_F(StartRequestTest, TakesAPastTimeForAtOnceAndNoneBeyondTenYears) {
  const auto settle = [](SystemTime time) {
    v1::Task task;
    *task.mutable_not_before() = to_timestamp(time);
    const auto settled = settle_not_before(task, kPresent);
    return !settled ? settled.error().name() : task.has_not_before() ? "waits" : "at once";
  };
  EXPECT_EQ(settle(kPresent), "at once");
  EXPECT_EQ(settle(kPresent - std::chrono::hours(400'000)), "at once");
  EXPECT_EQ(settle(kPresent + milliseconds(1)), "waits");
  EXPECT_EQ(settle(kPresent + std::chrono::hours(24 * 3650)), "waits");
  EXPECT_EQ(settle(kPresent + std::chrono::hours(24 * 3660)), "INVALID_NOT_BEFORE");
  EXPECT_EQ(settle(kPresent + std::chrono::nanoseconds(1'000'001)), "waits");
  v1::Task task;
  task.mutable_not_before()->set_seconds(to_timestamp(kPresent).seconds());
  task.mutable_not_before()->set_nanos(1);
  EXPECT_TRUE(settle_not_before(task, kPresent));
  EXPECT_EQ(task.not_before().nanos(), 1'000'000) << "never too early";
  task.mutable_not_before()->set_seconds(253'402'300'799);
  EXPECT_EQ(settle_not_before(task, kPresent).error().reason, Reason::invalid_not_before);
  task.mutable_not_before()->set_seconds(-62'135'596'800);
  EXPECT_TRUE(settle_not_before(task, kPresent));
  EXPECT_FALSE(task.has_not_before());
}

}  // namespace
}  // namespace taskwire::engine

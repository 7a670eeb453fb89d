#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "work/workers_fixture.h"

namespace taskwire::engine {
namespace {

TEST_F(WorkersTest, ForgetATypeThatIsNotInUse) {
  v1::DeleteTypeRequest request;
  request.set_type("resize");
  (void)all.start("resize");
  EXPECT_EQ(all.call(&Workers::delete_type, request).error().reason, Reason::type_in_use);
  const auto lease = claim().assignments(0).lease().lease();
  EXPECT_EQ(all.call(&Workers::delete_type, request).error().reason, Reason::type_in_use);
  ASSERT_TRUE(finish(lease));
  EXPECT_TRUE(comes_true([&] { return all.call(&Workers::delete_type, request).has_value(); }));
  EXPECT_EQ(all.start("resize").error().reason, Reason::unknown_task_type);
  EXPECT_EQ(all.call(&Workers::delete_type, request).error().reason, Reason::type_not_found);
  request.set_type("works");
  EXPECT_EQ(all.call(&Workers::delete_type, request).error().reason, Reason::type_built_in);
}

TEST_F(WorkersTest, ForgetNoTypeOfWhichATaskIsStartedInTheSameCommit) {
  v1::DeleteTypeRequest type;
  type.set_type("resize");
  v1::StartTaskRequest task;
  task.set_user_id("alice");
  task.set_type("resize");
  for (const bool claims : {false, true}) {
    task.set_claim(claims);
    for (const bool is_forgotten_first : {false, true}) {
      std::optional<Result<v1::DeleteTypeResponse>> forgotten;
      std::optional<Result<v1::StartTaskResponse>> started;
      const auto forget = [&] { all.workers->delete_type(type, [&](auto answer) { forgotten = std::move(answer); }); };
      const auto start = [&] {
        const Done<v1::StartTaskResponse> done = [&](auto answer) { started = std::move(answer); };
        claims ? all.workers->start(task, done) : all.tasks->start(task, done);
      };
      commit_together([&] {
        is_forgotten_first ? forget() : start();
        is_forgotten_first ? start() : forget();
      });
      ASSERT_TRUE(forgotten && started);
      EXPECT_EQ(started->has_value(), !is_forgotten_first);
      EXPECT_EQ(forgotten->has_value(), is_forgotten_first);
      if (is_forgotten_first) {
        EXPECT_EQ(started->error().reason, Reason::unknown_task_type);
        (void)register_type("resize");
      } else {
        EXPECT_EQ(forgotten->error().reason, Reason::type_in_use);
        const auto id = (*started)->task().task_id();
        (void)(claims ? finish((*started)->lease().lease()).has_value() : all.command(&Tasks::cancel, id).has_value());
      }
    }
  }
}

TEST_F(WorkersTest, KeepATypeThatCouldNotBeForgotten) {
  v1::DeleteTypeRequest request;
  request.set_type("resize");
  all.log.failing->fail_before = true;
  EXPECT_FALSE(all.call(&Workers::delete_type, request));
  all.log.failing->fail_before = false;
  EXPECT_TRUE(comes_true([&] { return all.start("resize").has_value(); }));
}

TEST_F(WorkersTest, RefuseTypesThatCannotBe) {
  EXPECT_EQ(register_type("Resize").error().reason, Reason::invalid_type);
  EXPECT_EQ(register_type("").error().reason, Reason::invalid_type);
  EXPECT_EQ(register_type(std::string(65, 'a')).error().reason, Reason::invalid_type);
  EXPECT_TRUE(register_type(std::string(64, 'a')));
  EXPECT_EQ(register_type("works").error().reason, Reason::type_built_in);
  EXPECT_EQ(register_type("external").error().reason, Reason::type_built_in);
  const auto reason = [&](const std::function<void(v1::RegisterTypeRequest&)>& fill) {
    const auto registered = register_type("x", fill);
    return registered ? Reason::internal : registered.error().reason;
  };
  EXPECT_EQ(reason([](auto& type) { type.set_description(std::string(4097, 'x')); }), Reason::invalid_type);
  EXPECT_EQ(reason([](auto& type) { type.set_max_running(-1); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.set_max_running_per_user(1'000'001); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.set_time_limit_ms(-1); }), Reason::invalid_time_limit);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_attempts(101); }), Reason::invalid_max_attempts);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_backoff_ms(-1); }), Reason::invalid_limit);
  EXPECT_EQ(reason([](auto& type) { type.mutable_retry()->set_max_backoff_ms(-1); }), Reason::invalid_limit);
}

}  // namespace
}  // namespace taskwire::engine

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "work/workers_fixture.h"

namespace taskwire::engine {
namespace {

TEST_F(WorkersTest, KeepTheLimitsOfAType) {
  (void)register_type("resize", [](auto& type) { type.set_max_running(1); });
  for (int i = 0; i < 2; ++i) (void)all.start("resize");
  const auto first = claim(2);
  ASSERT_EQ(first.assignments_size(), 1);
  EXPECT_EQ(only_task().queued_because(), v1::QUEUED_BECAUSE_LIMIT);
  const auto waiting = begin_claim(seconds(30));
  EXPECT_TRUE(waiting->empty());
  ASSERT_TRUE(finish(first.assignments(0).lease().lease()));
  EXPECT_EQ((*waiting->take())->assignments_size(), 1);
}

TEST_F(WorkersTest, KeepTheBoundsOfLeases) {
  for (int i = 0; i < 5; ++i) (void)all.start("resize", "alice");
  EXPECT_EQ(claim(5).assignments_size(), 3) << "of one user";
  for (int i = 0; i < 5; ++i) (void)all.start("resize", "bob");
  EXPECT_EQ(claim(5).assignments_size(), 1) << "in all";
}

TEST_F(WorkersTest, TakeNoneOfTheEnginesOwnPlaces) {
  for (int i = 0; i < 3; ++i) (void)all.start("resize");
  ASSERT_EQ(claim(3).assignments_size(), 3);
  const auto id = all.start_id("works");
  EXPECT_EQ(all.wait_for(id, v1::TASK_STATE_SUCCEEDED).state(), v1::TASK_STATE_SUCCEEDED);
}

TEST_F(WorkersTest, LetUsersTakeTurns) {
  for (int i = 0; i < 3; ++i) (void)all.start("resize", "alice");
  (void)all.start("resize", "bob");
  std::string users;
  for (int i = 0; i < 3; ++i) users += claim().assignments(0).task().user_id() + " ";
  EXPECT_EQ(users, "alice bob alice ");
}

TEST_F(WorkersTest, SayWhereATaskStandsAmongTheFirst1000) {
  std::vector<std::string> ids;
  v1::StartTaskRequest request;
  request.set_user_id("alice");
  request.set_type("resize");
  for (int i = 0; i <= 1000; ++i)
    all.tasks->start(request, [&](const auto& started) { ids.push_back(started ? started->task().task_id() : ""); });
  drain();
  ASSERT_EQ(ids.size(), 1001U);
  EXPECT_TRUE(comes_true([&] { return all.get(ids[999]).queue_position() == 1000; }));
  EXPECT_EQ(all.get(ids[1000]).queue_position(), 0);
}

TEST_F(WorkersTest, SayWhetherAnybodyIsThere) {
  (void)all.start("resize");
  EXPECT_EQ(only_task().queued_because(), v1::QUEUED_BECAUSE_NO_WORKER);
  const auto type = [&] {
    const auto list = all.workers->list_types();
    const auto found =
        std::find_if(list.types().begin(), list.types().end(), [](const auto& t) { return t.type() == "resize"; });
    return std::pair(found->workers(), found->waiting());
  };
  EXPECT_EQ(type(), std::pair(0, 1));
  const auto lease = claim().assignments(0).lease().lease();
  EXPECT_EQ(type(), std::pair(1, 0));
  ASSERT_TRUE(finish(lease));
  pass(milliseconds(9000));
  EXPECT_EQ(type(), std::pair(1, 0)) << "it was there a moment ago";
  pass(milliseconds(2000));
  EXPECT_EQ(type(), std::pair(0, 0));
  const auto waiting = begin_claim(seconds(30));
  EXPECT_EQ(type(), std::pair(1, 0));
}

}  // namespace
}  // namespace taskwire::engine

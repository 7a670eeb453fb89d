#include "tasks/census.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

class CensusTest : public testing::Test {
 protected:
  void take_in(const std::string& id, v1::TaskState state, const std::string& type = "resize") {
    v1::Task task;
    task.set_task_id(id);
    task.set_type(type);
    task.set_state(state);
    census.take_in(task);
  }
  std::size_t open(v1::TaskState state, const std::string& type = "resize") {
    return census.by_type().at(type).open[state];
  }
  std::uint64_t ended(v1::TaskState state, const std::string& type = "resize") {
    return census.by_type().at(type).ended[state];
  }

  Census census;
};

TEST_F(CensusTest, FollowsATaskThroughItsStates) {
  take_in("a", v1::TASK_STATE_QUEUED);
  take_in("b", v1::TASK_STATE_QUEUED);
  EXPECT_EQ(open(v1::TASK_STATE_QUEUED), 2U);
  take_in("a", v1::TASK_STATE_RUNNING);
  take_in("a", v1::TASK_STATE_RUNNING);
  EXPECT_EQ(open(v1::TASK_STATE_QUEUED), 1U);
  EXPECT_EQ(open(v1::TASK_STATE_RUNNING), 1U);
  take_in("a", v1::TASK_STATE_FAILED);
  EXPECT_EQ(open(v1::TASK_STATE_RUNNING), 0U);
  EXPECT_EQ(ended(v1::TASK_STATE_FAILED), 1U);
  take_in("a", v1::TASK_STATE_QUEUED);
  take_in("a", v1::TASK_STATE_SUCCEEDED);
  EXPECT_EQ(ended(v1::TASK_STATE_SUCCEEDED), 1U);
  EXPECT_EQ(open(v1::TASK_STATE_QUEUED), 1U);
}

TEST_F(CensusTest, CountsNoEndThatItDidNotSee) {
  take_in("a", v1::TASK_STATE_SUCCEEDED);
  EXPECT_TRUE(census.by_type().empty());
}

TEST_F(CensusTest, BeginsAnewWithWhatIsOpen) {
  take_in("a", v1::TASK_STATE_RUNNING);
  take_in("b", v1::TASK_STATE_QUEUED);
  take_in("b", v1::TASK_STATE_CANCELLED);
  census.forget_open();
  take_in("c", v1::TASK_STATE_QUEUED);
  EXPECT_EQ(open(v1::TASK_STATE_RUNNING), 0U);
  EXPECT_EQ(open(v1::TASK_STATE_QUEUED), 1U);
  EXPECT_EQ(ended(v1::TASK_STATE_CANCELLED), 1U);
}

TEST_F(CensusTest, KnowsSoManyTypesAndNoMore) {
  for (std::size_t i = 0; i < Census::kMostTypes + 5; ++i)
    take_in("task-" + std::to_string(i), v1::TASK_STATE_QUEUED, "type-" + std::to_string(i));
  EXPECT_EQ(census.by_type().size(), Census::kMostTypes + 1);
  EXPECT_EQ(open(v1::TASK_STATE_QUEUED, std::string(Census::kOtherTypes)), 5U);
  take_in("task-104", v1::TASK_STATE_SUCCEEDED, "type-104");
  EXPECT_EQ(ended(v1::TASK_STATE_SUCCEEDED, std::string(Census::kOtherTypes)), 1U);
}

}  // namespace
}  // namespace taskwire::engine

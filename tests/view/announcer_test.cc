#include "view/announcer.h"

#include <gtest/gtest.h>

#include "view/now.h"

namespace taskwire::view {
namespace {

Task ended(std::string name, TaskState state) {
  Task task;
  task.name = std::move(name);
  task.state = state;
  return task;
}

TEST(Announcer, SaysNothingWhereNothingHappened) {
  Announcer announcer;
  EXPECT_EQ(announcer.take(kNow), std::nullopt);
  EXPECT_EQ(announcer.deadline(), std::nullopt);
}

TEST(Announcer, NamesTheOneTaskThatEnded) {
  Announcer announcer;
  announcer.ended(ended("Backup", TaskState::succeeded));
  EXPECT_EQ(announcer.take(kNow), "Backup succeeded.");
  EXPECT_EQ(announcer.take(kNow + Announcer::kPace), std::nullopt);
}

TEST(Announcer, CountsSeveralTasksThatEnded) {
  Announcer announcer;
  announcer.ended(ended("a", TaskState::succeeded));
  announcer.ended(ended("b", TaskState::cancelled));
  EXPECT_EQ(announcer.take(kNow), "2 tasks ended.");
}

TEST(Announcer, CountsThoseThatFailed) {
  Announcer announcer;
  announcer.ended(ended("a", TaskState::failed));
  announcer.ended(ended("b", TaskState::succeeded));
  announcer.ended(ended("c", TaskState::failed));
  EXPECT_EQ(announcer.take(kNow), "3 tasks ended, 2 failed.");
}

Task named(const std::string& id) {
  Task task;
  task.id = id;
  task.name = "Task " + id;
  return task;
}

TEST(Announcer, SaysWhatHoldsUpATask) {
  Announcer announcer;
  announcer.held_up(named("a"), "warning");
  announcer.held_up(named("a"), "stalled");
  EXPECT_EQ(announcer.deadline(), Time() + Announcer::kPace);
  EXPECT_EQ(announcer.take(kNow), "Task a: stalled.");
  EXPECT_EQ(announcer.deadline(), std::nullopt);
}

TEST(Announcer, CountsSeveralTasksThatAreHeldUp) {
  Announcer announcer;
  announcer.say("Connected.");
  announcer.held_up(named("a"), "paused");
  announcer.held_up(named("b"), "error");
  announcer.ended(ended("Backup", TaskState::succeeded));
  EXPECT_EQ(announcer.take(kNow), "Connected. 2 tasks are held up. Backup succeeded.");
}

TEST(Announcer, SaysNothingOfWhatGoesOnAgainOrHasEnded) {
  Announcer announcer;
  announcer.held_up(named("a"), "paused");
  announcer.held_up(named("a"), "");
  EXPECT_EQ(announcer.take(kNow), std::nullopt);
  auto task = named("b");
  announcer.held_up(task, "error");
  task.state = TaskState::failed;
  announcer.ended(task);
  EXPECT_EQ(announcer.take(kNow), "Task b failed.");
  announcer.held_up(named("c"), "error");
  announcer.clear();
  EXPECT_EQ(announcer.take(kNow + Announcer::kPace), std::nullopt);
}

TEST(Announcer, SaysTheLastOfThePagesOwnNews) {
  Announcer announcer;
  announcer.say("Connection lost, reconnecting.");
  announcer.say("Connected.");
  announcer.ended(ended("Backup", TaskState::failed));
  EXPECT_EQ(announcer.take(kNow), "Connected. Backup failed.");
}

TEST(Announcer, KeepsItsPace) {
  Announcer announcer;
  announcer.say("One.");
  EXPECT_EQ(announcer.take(kNow), "One.");
  announcer.say("Two.");
  EXPECT_EQ(announcer.deadline(), kNow + Announcer::kPace);
  EXPECT_EQ(announcer.take(kNow + Announcer::kPace - Millis(1)), std::nullopt);
  EXPECT_EQ(announcer.take(kNow + Announcer::kPace), "Two.");
}

TEST(Announcer, SaysTheSameAgainInOtherCharacters) {
  Announcer announcer;
  std::vector<std::string> told;
  for (int i = 0; i < 3; ++i) {
    announcer.say("Copied.");
    told.push_back(announcer.take(kNow + i * Announcer::kPace).value_or(""));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"Copied.", "Copied.\u00A0", "Copied."}));
}

TEST(Announcer, ForgetsWhatWasNotTold) {
  Announcer announcer;
  announcer.say("One.");
  announcer.ended(ended("a", TaskState::failed));
  announcer.clear();
  EXPECT_EQ(announcer.take(kNow), std::nullopt);
}

TEST(Announcer, IsNotStuckWhenTheClockIsSetBack) {
  Announcer announcer;
  announcer.say("One.");
  ASSERT_TRUE(announcer.take(kNow));
  announcer.say("Two.");
  EXPECT_EQ(announcer.take(kNow - std::chrono::hours(1)), std::nullopt);
  EXPECT_EQ(announcer.take(kNow - std::chrono::hours(1) + Announcer::kPace), "Two.");
}

}  // namespace
}  // namespace taskwire::view

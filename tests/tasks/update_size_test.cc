#include "tasks/update_size.h"

#include <gtest/gtest.h>

#include "resume/limits.h"
#include "tasks/transitions.h"

namespace taskwire::engine {
namespace {

TEST(UpdateSize, CountsWhatJsonEscapes) {
  EXPECT_EQ(json_bytes(""), 0U);
  EXPECT_EQ(json_bytes("abc"), 3U);
  EXPECT_EQ(json_bytes("a\"b\\"), 6U);
  EXPECT_EQ(json_bytes("\n\x01"), 12U) << "at most";
  EXPECT_EQ(json_bytes("ü€😀"), 9U);
  EXPECT_EQ(json_bytes("\xE2\x80\xA8\xE2\x80\xA9\xC2\x85"), 18U);
}

TEST(UpdateSize, ShortensTheMessageOfAnUpdateThatWouldBeTooLarge) {
  v1::Task task;
  task.set_user_id("alice");
  task.set_state(v1::TASK_STATE_RUNNING);
  v1::Progress progress;
  progress.set_stage(std::string(4096, '\x01'));
  progress.set_message(std::string(4096, '\x02'));
  progress.set_unit(std::string(4096, 'u'));
  const auto fits = report(task, 0, progress);
  EXPECT_EQ(fits->progress().stage().size(), 4096U);
  EXPECT_EQ(fits->progress().message().size(), 4096U) << "two texts fit";
  EXPECT_EQ(fits->progress().unit().size(), 128U);
  const auto failed = fail(*fits, 0, {Reason::internal, std::string(4096, '\x03')}, SystemTime{});
  EXPECT_EQ(failed->progress().stage().size(), 4096U);
  EXPECT_EQ(failed->error().message().size(), 4096U);
  EXPECT_LT(failed->progress().message().size(), 2048U);
  EXPECT_GT(failed->progress().message().size(), 1024U);
  const auto bytes = json_bytes(failed->progress().stage()) + json_bytes(failed->progress().message()) +
                     json_bytes(failed->error().message());
  EXPECT_LE(bytes, kMostPayloadBytes);
}

TEST(UpdateSize, CutsTheMessageBetweenCharacters) {
  v1::Task task;
  auto& progress = *task.mutable_progress();
  progress.set_stage(std::string(59'000, 's'));
  std::string message;
  for (int i = 0; i < 1000; ++i) message += "€";
  progress.set_message(message);
  fit_update(task);
  EXPECT_LT(progress.message().size(), 400U);
  EXPECT_EQ(progress.message().size() % 3, 0U);
}

}  // namespace
}  // namespace taskwire::engine

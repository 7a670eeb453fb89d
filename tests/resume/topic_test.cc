#include "resume/topic.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire {
namespace {

TEST(Topic, IsReadFromItsText) {
  const auto tasks = parse_topic("tasks/alice");
  ASSERT_TRUE(tasks);
  EXPECT_EQ(tasks->kind, TopicKind::tasks);
  EXPECT_EQ(tasks->name, "alice");
  EXPECT_EQ(parse_topic("messages/a.b_c~d@e-f")->kind, TopicKind::messages);
  EXPECT_EQ(parse_topic("channels/" + std::string(128, 'x'))->kind, TopicKind::channels);
}

TEST(Topic, WritesWhatItReads) {
  for (const auto kind : {TopicKind::tasks, TopicKind::messages, TopicKind::channels}) {
    const std::string text = topic_name(kind, "bob");
    ASSERT_TRUE(parse_topic(text)) << text;
    EXPECT_EQ(parse_topic(text)->kind, kind);
  }
}

TEST(Topic, RefusesEverythingElse) {
  for (const std::string text : {"", "tasks", "tasks/", "tasks/a/b", "task/a", "Tasks/a", "tasks/ä", "tasks/a b",
                                 "tasks/.", "tasks/..", "/tasks/a", "channels/a%20b"}) {
    EXPECT_FALSE(parse_topic(text)) << text;
  }
  EXPECT_FALSE(parse_topic("tasks/" + std::string(129, 'x')));
}

TEST(Topic, HasKeysOnlyForTasks) {
  EXPECT_TRUE(is_keyed("tasks/alice"));
  EXPECT_FALSE(is_keyed("messages/alice"));
  EXPECT_FALSE(is_keyed("channels/news"));
  EXPECT_FALSE(is_keyed("nonsense"));
}

TEST(EventType, IsALetterThenLettersDigitsAndFewMarks) {
  for (const auto* type : {"a", "news", "Order.Created", "x_1-2"}) EXPECT_TRUE(is_event_type(type)) << type;
  for (const auto* type : {"", "1a", ".a", "a b", "a\n", "a:b", "ä"}) EXPECT_FALSE(is_event_type(type)) << type;
  EXPECT_TRUE(is_event_type(std::string(64, 'x')));
  EXPECT_FALSE(is_event_type(std::string(65, 'x')));
}

TEST(EventType, IsNoneOfThoseThatTaskwireSends) {
  for (const auto* type : {"open", "error", "reset", "synced", "skipped", "heartbeat", "upstream", "envelope",
                           "unauthorized", "taskUpdate", "taskDeleted"}) {
    EXPECT_FALSE(is_event_type(type)) << type;
  }
}

}  // namespace
}  // namespace taskwire

#include "resume/access.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

bool anyone_may(Action action, std::string_view topic) {
  return may(Principal::anyone, action, *parse_topic(topic));
}

TEST(Access, LetsAnyoneReadEverything) {
  for (const auto* topic : {"tasks/a", "messages/a", "channels/news", "channels/host", "channels/heart-rate"}) {
    EXPECT_TRUE(anyone_may(Action::read, topic)) << topic;
  }
}

TEST(Access, LetsAnyoneWriteMessagesAndChannels) {
  EXPECT_TRUE(anyone_may(Action::write, "messages/a"));
  EXPECT_TRUE(anyone_may(Action::write, "channels/news"));
}

TEST(Access, KeepsTasksAndOwnChannelsForTheEngine) {
  for (const auto* topic : {"tasks/a", "channels/host", "channels/heart-rate"}) {
    EXPECT_FALSE(anyone_may(Action::write, topic)) << topic;
    EXPECT_TRUE(may(Principal::engine, Action::write, *parse_topic(topic))) << topic;
  }
}

}  // namespace
}  // namespace taskwire

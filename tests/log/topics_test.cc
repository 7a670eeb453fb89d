#include "log/topics.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

Result<Topics> parse(const std::vector<std::string>& names) {
  return parse_topics({names.begin(), names.end()});
}

TEST(Topics, AreKeptOnceEach) {
  EXPECT_EQ(*parse({"tasks/b", "channels/x", "tasks/b"}), (Topics{"channels/x", "tasks/b"}));
}

TEST(Topics, AreAllWhereNoneIsNamed) {
  EXPECT_EQ(*parse({}), Topics{});
  EXPECT_TRUE(has_keyed({}));
}

TEST(Topics, AreRefusedWhereOneIsNone) {
  const auto topics = parse({"tasks/b", "news"});
  ASSERT_FALSE(topics);
  EXPECT_EQ(topics.error().reason, Reason::invalid_topic);
  EXPECT_NE(topics.error().message.find("'news'"), std::string::npos);
}

TEST(Topics, AreAtMost64RepeatedOnesCounted) {
  std::vector<std::string> names;
  for (int i = 0; i < 64; ++i) names.push_back("channels/" + std::to_string(i));
  EXPECT_TRUE(parse(names));
  names.push_back("channels/0");
  EXPECT_EQ(parse(names).error().reason, Reason::invalid_topic);
}

TEST(Topics, KnowWhetherSomeHaveKeys) {
  EXPECT_TRUE(has_keyed({"channels/x", "tasks/a"}));
  EXPECT_FALSE(has_keyed({"channels/x", "messages/a"}));
}

}  // namespace
}  // namespace taskwire::engine

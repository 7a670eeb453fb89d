#include "http/target.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, HasSegmentsAndAQuery) {
  const auto target = parse_target("/api/events?topic=tasks%2Falice&topic=channels/news&from=now");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"api", "events"}));
  EXPECT_EQ(target->parameters("topic"), (Segments{"tasks/alice", "channels/news"}));
  EXPECT_EQ(*target->parameter("from"), "now");
  EXPECT_EQ(*target->parameter("until"), std::nullopt);
}

TEST(Target, KeepsEmptySegments) {
  EXPECT_EQ(parse_target("/")->segments, (Segments{""}));
  EXPECT_EQ(parse_target("/a/")->segments, (Segments{"a", ""}));
  EXPECT_EQ(parse_target("//a")->segments, (Segments{"", "a"}));
  EXPECT_EQ(parse_target("/?x=1")->segments, (Segments{""}));
}

TEST(Target, DecodesPercentsAndTakesPlusAsSpaceInQueriesOnly) {
  const auto target = parse_target("/a%20b+c?q=a+b%2Bc&empty&=x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"a b+c"}));
  EXPECT_EQ(*target->parameter("q"), "a b+c");
  EXPECT_EQ(*target->parameter("empty"), "");
  EXPECT_EQ(parse_target("/a%2Fb")->segments, (Segments{"a/b"}));
}

TEST(Target, GivesAParameterThatComesOnce) {
  const auto target = parse_target("/?a=1&b=2&a=1&c=&c");
  for (const auto* name : {"a", "c"}) {
    const auto twice = target->parameter(name);
    ASSERT_FALSE(twice) << name;
    EXPECT_EQ(twice.error().reason, Reason::repeated_parameter);
    EXPECT_NE(twice.error().detail.find(std::string(name) + " is given twice"), std::string::npos);
    EXPECT_EQ(target->number(name, 0, 9, Reason::invalid_limit).error().reason, Reason::repeated_parameter);
  }
  EXPECT_EQ(*target->number("b", 0, 9, Reason::invalid_limit), 2);
  EXPECT_EQ(*target->number("d", 0, 9, Reason::invalid_limit), std::nullopt);
  EXPECT_EQ(parse_target("/?n=")->number("n", 0, 9, Reason::invalid_limit).error().reason, Reason::invalid_limit);
}

TEST(Target, TakesTheAbsoluteForm) {
  const auto target = parse_target("http://example.org:80/a?b=c");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->authority, "example.org:80");
  EXPECT_EQ(target->segments, (Segments{"a"}));
  EXPECT_EQ(parse_target("HTTP://example.org/a")->authority, "example.org");
  EXPECT_EQ(parse_target("http://example.org")->segments, (Segments{""}));
  EXPECT_EQ(*parse_target("http://example.org?a=b")->parameter("a"), "b");
}

TEST(Target, RefusesEverythingElse) {
  for (const auto* text :
       {"", "a", "*", "?a", "/%", "/%1", "/%zz", "/a?b=%g0", "http://x%2/%", "http:///a", "https://?a", "http://"})
    EXPECT_FALSE(parse_target(text)) << text;
}

}  // namespace
}  // namespace taskwire::edge

#include "tail/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::tail {
namespace {

using testing::HasSubstr;

constexpr const char* kEdge = "http://localhost:8080";

std::string path_of(const std::vector<std::string>& words, const TargetQuery& query = {}) {
  const auto target = parse_target(words, kEdge, query);
  return target ? target->path : "error: " + target.error();
}

std::string error_of(const std::vector<std::string>& words, const std::string& edge = kEdge) {
  const auto target = parse_target(words, edge);
  return target ? "fine: " + target->path : target.error();
}

TEST(Target, IsAUrl) {
  const auto target = parse_target({"http://example.org:8081/api/task-progress/alice?from=now#top"}, kEdge);
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->host, "example.org");
  EXPECT_EQ(target->port, "8081");
  EXPECT_EQ(target->authority, "example.org:8081");
  EXPECT_EQ(target->path, "/api/task-progress/alice?from=now");
  EXPECT_EQ(target->bare_path(), "/api/task-progress/alice");
  EXPECT_EQ(target->task_id, "");
}

TEST(Target, HasPort80AndTheRootByDefault) {
  const auto target = parse_target({"http://edge"}, kEdge);
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->port, "80");
  EXPECT_EQ(target->authority, "edge");
  EXPECT_EQ(target->path, "/");
  EXPECT_EQ(parse_target({"http://edge?x=1"}, kEdge)->path, "/?x=1");
}

TEST(Target, MayBeAnIpV6Address) {
  const auto target = parse_target({"http://[::1]:8080/stream/news"}, kEdge);
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->host, "::1");
  EXPECT_EQ(target->port, "8080");
  EXPECT_EQ(target->authority, "[::1]:8080");
  EXPECT_EQ(parse_target({"http://[::1]/"}, kEdge)->port, "80");
}

TEST(Target, IsAPathBelowTheEdge) {
  EXPECT_EQ(path_of({"/stream/news"}), "/stream/news");
  const auto below = parse_target({"/stream/news"}, "proxy:81/taskwire/");
  ASSERT_TRUE(below) << below.error();
  EXPECT_EQ(below->authority, "proxy:81");
  EXPECT_EQ(below->path, "/taskwire/stream/news");
}

TEST(Target, IsATopicOrSeveral) {
  EXPECT_EQ(path_of({"tasks/alice"}), "/api/events?topic=tasks/alice");
  EXPECT_EQ(path_of({"channels/news", "messages/alice", "tasks/bob"}),
            "/api/events?topic=channels/news&topic=messages/alice&topic=tasks/bob");
}

TEST(Target, KnowsTheOneTaskThatItFollows) {
  const auto task = parse_target({"tasks/alice/k3v7qm2xw5ta"}, kEdge);
  ASSERT_TRUE(task) << task.error();
  EXPECT_EQ(task->path, "/api/task-progress/alice/k3v7qm2xw5ta");
  EXPECT_EQ(task->task_id, "k3v7qm2xw5ta");
  for (const auto* same : {"/api/task-progress/alice/k3v7qm2xw5ta?types=taskUpdate",
                           "http://edge/below/api/task-progress/alice/k3v7qm2xw5ta"}) {
    EXPECT_EQ(parse_target({same}, kEdge)->task_id, "k3v7qm2xw5ta") << same;
  }
  for (const auto* other : {"/api/task-progress/alice", "/api/task-progress/alice/x/y", "tasks/alice"})
    EXPECT_EQ(parse_target({other}, kEdge)->task_id, "") << other;
}

TEST(Target, TakesFlagsIntoItsQueryBeforeWhatIsThere) {
  EXPECT_EQ(path_of({"/stream/news"}, {"earliest", ""}), "/stream/news?from=earliest");
  EXPECT_EQ(path_of({"tasks/alice"}, {"now", "taskUpdate,message"}),
            "/api/events?from=now&types=taskUpdate,message&topic=tasks/alice");
  EXPECT_EQ(path_of({"/stream/news?from=now"}, {"earliest", ""}), "/stream/news?from=earliest&from=now");
}

TEST(Target, IsRefusedInWords) {
  EXPECT_THAT(error_of({"https://edge/stream/news"}), HasSubstr("https"));
  EXPECT_THAT(error_of({"ftp://edge/stream/news"}), HasSubstr("no http:// URL"));
  EXPECT_THAT(error_of({}), HasSubstr("name what to follow"));
  for (const auto* bad : {"http://", "http://:80/", "http://edge:/", "http://edge:0/", "http://edge:99999/",
                          "http://edge:80x/", "http://me@edge/", "http://[::1/", "http://edge/a b", "http://edge/\n"}) {
    EXPECT_THAT(error_of({bad}), HasSubstr("is no URL of an edge")) << bad;
  }
  for (const auto* bad : {"alice", "tasks/", "tasks/a/b/c", "tasks/a b", "channels/news/x", "tasks/alice/.", ""})
    EXPECT_THAT(error_of({bad}), HasSubstr("is no target")) << bad;
  EXPECT_THAT(error_of({"/stream/ü"}), HasSubstr("percent-encode"));
  EXPECT_THAT(error_of({"tasks/alice", "tasks/bob/k3v7qm2xw5ta"}), HasSubstr("one task"));
  EXPECT_THAT(error_of({"tasks/alice", "/stream/news"}), HasSubstr("only topics go together"));
  EXPECT_THAT(error_of({"tasks/alice", "http://edge/"}), HasSubstr("only topics go together"));
  EXPECT_THAT(error_of({"tasks/alice"}, "https://edge"), HasSubstr("--edge"));
}

}  // namespace
}  // namespace taskwire::tail

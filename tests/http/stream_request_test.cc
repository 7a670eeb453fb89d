#include "http/stream_request.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

using From = StreamStart::From;

Result<StreamRequest> parse(const char* text, const char* last_event_id = nullptr) {
  HttpRequest request;
  request.method = "GET";
  request.target = text;
  if (last_event_id != nullptr) request.headers.emplace_back("Last-Event-ID", last_event_id);
  const auto target = parse_target(text);
  return parse_stream_request(request, *target, *find_route("GET", *target));
}

TEST(StreamRequest, HasTheTopicOfItsPath) {
  EXPECT_EQ(parse("/api/task-progress/alice")->topics, (std::vector<std::string>{"tasks/alice"}));
  EXPECT_EQ(parse("/api/task-progress/alice/k3v7qm2xw5ta")->task_id, "k3v7qm2xw5ta");
  EXPECT_EQ(parse("/stream/news")->topics, (std::vector<std::string>{"channels/news"}));
}

TEST(StreamRequest, TakesEachTopicOnce) {
  EXPECT_EQ(parse("/api/events?topic=tasks/a&topic=channels/b&topic=tasks/a")->topics,
            (std::vector<std::string>{"channels/b", "tasks/a"}));
}

TEST(StreamRequest, RefusesBadTopics) {
  EXPECT_EQ(parse("/api/events").error().reason, Reason::missing_topic);
  EXPECT_EQ(parse("/api/events?topic=").error().reason, Reason::invalid_topic);
  EXPECT_EQ(parse("/api/events?topic=tasks/a%2Fb").error().reason, Reason::invalid_topic);
  std::string many = "/api/events?";
  for (int i = 0; i < 65; ++i) many += "topic=channels/" + std::to_string(i) + "&";
  EXPECT_EQ(parse(many.c_str()).error().reason, Reason::too_many_topics);
}

TEST(StreamRequest, StartsFromTheStateOfTasksElseNow) {
  EXPECT_EQ(parse("/api/task-progress/alice")->start.from, From::snapshot);
  EXPECT_EQ(parse("/stream/news")->start.from, From::now);
  EXPECT_EQ(parse("/stream/news?from=snapshot")->start.from, From::now);
  EXPECT_EQ(parse("/api/events?topic=tasks/a&topic=channels/b")->start.from, From::snapshot);
}

TEST(StreamRequest, StartsWhereItIsTold) {
  EXPECT_EQ(parse("/stream/news?from=earliest")->start.from, From::earliest);
  EXPECT_EQ(parse("/api/task-progress/alice?from=now")->start.from, From::now);
  for (const auto* from : {"/stream/news?from=yesterday", "/stream/news?from="})
    EXPECT_EQ(parse(from).error().reason, Reason::invalid_from) << from;
}

TEST(StreamRequest, ResumesByHeaderBeforeQuery) {
  EXPECT_EQ(parse("/stream/news?lastEventId=e-1")->start.cursor, "e-1");
  EXPECT_EQ(parse("/stream/news?lastEventId=e-1", "e-2")->start.cursor, "e-2");
  EXPECT_EQ(parse("/stream/news?lastEventId=e-1", "")->start.cursor, "e-1");
  EXPECT_EQ(parse("/stream/news?lastEventId=", "")->start.from, From::now);
  EXPECT_EQ(parse("/stream/news?from=earliest", "e-2")->start.from, From::cursor);
}

TEST(StreamRequest, AddsATopicOnlyBesideAnIdOfTheQuery) {
  EXPECT_EQ(parse("/api/events?topic=tasks/a&from=snapshot&lastEventId=e-1")->start.from, From::added);
  EXPECT_EQ(parse("/api/events?topic=tasks/a&from=snapshot&lastEventId=e-1", "e-2")->start.from, From::cursor);
  EXPECT_EQ(parse("/stream/news?from=snapshot&lastEventId=e-1")->start.from, From::cursor);
}

TEST(StreamRequest, LimitsTheTypesThatAreSent) {
  EXPECT_TRUE(parse("/stream/news")->types.empty());
  EXPECT_EQ(parse("/stream/news?types=taskUpdate,%20message")->types,
            (std::vector<std::string>{"taskUpdate", "message"}));
  for (const auto* types : {"", ",", "a,", "a,,b", "a b", "1st", "gr%C3%BCn"})
    EXPECT_EQ(parse((std::string("/stream/news?types=") + types).c_str()).error().reason, Reason::invalid_types)
        << types;
  std::string many = "/stream/news?types=a";
  for (int i = 0; i < 64; ++i) many += ",a";
  EXPECT_EQ(parse(many.c_str()).error().reason, Reason::invalid_types);
}

TEST(StreamRequest, IsToldEachThingOnce) {
  for (const auto* twice : {"from=now&from=now", "lastEventId=e-1&lastEventId=e-2", "types=a&types=b"}) {
    const auto target = std::string("/stream/news?") + twice;
    EXPECT_EQ(parse(target.c_str()).error().reason, Reason::repeated_parameter) << twice;
    EXPECT_EQ(parse(target.c_str(), "e-3").error().reason, Reason::repeated_parameter) << twice;
  }
}

TEST(StreamRequest, ShowsTheHeartRateInThreeForms) {
  for (const auto* path : {"/string-item", "/json-item", "/sse-item"})
    EXPECT_EQ(parse(path)->topics, (std::vector<std::string>{"channels/heart-rate"})) << path;
  EXPECT_EQ(parse("/string-item")->projection, Projection::heart_rate_text);
  EXPECT_EQ(parse("/json-item")->projection, Projection::whole);
  EXPECT_EQ(parse("/sse-item")->projection, Projection::heart_rate_number);
}

TEST(StreamRequest, GreetsWhoseMessagesItCarries) {
  const auto stream = parse("/sse/connect/alice");
  EXPECT_EQ(stream->topics, (std::vector<std::string>{"messages/alice"}));
  EXPECT_EQ(stream->greeted_user, "alice");
  EXPECT_EQ(stream->start.from, From::now);
}

TEST(StreamRequest, IsOverForWhoHasTheEnd) {
  v1::Task task;
  task.set_state(v1::TASK_STATE_SUCCEEDED);
  task.set_cursor("e-7");
  EXPECT_TRUE(is_over(task, {From::cursor, "e-7"}));
  EXPECT_TRUE(is_over(task, {From::cursor, "e-8"}));
  EXPECT_FALSE(is_over(task, {From::cursor, "e-6"}));
  EXPECT_FALSE(is_over(task, {From::cursor, "f-8"}));
  EXPECT_FALSE(is_over(task, {From::cursor, "nonsense"}));
  EXPECT_FALSE(is_over(task, {From::snapshot, ""}));
  task.set_state(v1::TASK_STATE_RUNNING);
  EXPECT_FALSE(is_over(task, {From::cursor, "e-8"}));
}

}  // namespace
}  // namespace taskwire::edge

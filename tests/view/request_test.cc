#include "view/request.h"

#include <array>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using Topics = std::vector<std::string>;

TEST(Request, AsksForTheCatalogue) {
  EXPECT_EQ(catalogue_request().method, "GET");
  EXPECT_EQ(catalogue_request().path, "/api/task-types");
}

TEST(Request, StartsATask) {
  const auto request = start_request("alice", R"({"type":"simulate"})", "key");
  EXPECT_EQ(request.purpose, Purpose::start);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/api/tasks/alice/start");
  EXPECT_EQ(request.body, R"({"type":"simulate"})");
  EXPECT_EQ(request.idempotency_key, "key");
}

TEST(Request, CommandsATask) {
  EXPECT_EQ(cancel_request("alice", "a1").path, "/api/tasks/alice/a1/cancel");
  EXPECT_EQ(retry_request("alice", "a1").path, "/api/tasks/alice/a1/retry");
  for (const auto& request : {cancel_request("alice", "a1"), retry_request("alice", "a1")}) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.task_id, "a1");
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.idempotency_key, "");
  }
}

TEST(Request, ReadsAndForgetsATask) {
  EXPECT_EQ(details_request("alice", "a1").method, "GET");
  EXPECT_EQ(details_request("alice", "a1").path, "/api/tasks/alice/a1");
  EXPECT_EQ(forget_request("alice", "a1").method, "DELETE");
  EXPECT_EQ(forget_request("alice", "a1").path, "/api/tasks/alice/a1");
}

TEST(Request, KeepsNamesReadableInPaths) {
  EXPECT_EQ(details_request("A.b_c~d@e-9", "a1").path, "/api/tasks/A.b_c~d@e-9/a1");
}

TEST(Request, Publishes) {
  const auto request = publish_request("news", "alert", "key");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/publish/news?event=alert");
  EXPECT_EQ(request.idempotency_key, "key");
  EXPECT_EQ(publish_request("news", "", "key").path, "/publish/news");
}

TEST(Request, SendsAMessage) {
  EXPECT_EQ(message_request("bob", "key").path, "/api/messages/bob");
  EXPECT_EQ(message_request("bob", "key").idempotency_key, "key");
}

TEST(Request, RunsOnce) {
  EXPECT_EQ(run_request(Purpose::run_task, "bob").path, "/sse/task/bob");
  EXPECT_EQ(run_request(Purpose::run_object, "bob").path, "/sse/object/bob");
  EXPECT_EQ(run_request(Purpose::run_task, "bob").tries, 1);
}

TEST(Request, KeepsANameWithinItsSegment) {
  EXPECT_EQ(channel_path("a/../b?c"), "/stream/a%2F..%2Fb%3Fc");
  EXPECT_EQ(inbox_path("ü"), "/sse/connect/%C3%BC");
  EXPECT_EQ(publish_request("a/b", "x&y", "").path, "/publish/a%2Fb?event=x%26y");
  EXPECT_EQ(message_request("a/b", "").path, "/api/messages/a%2Fb");
}

TEST(Request, KnowsWhatNoPathCanCarry) {
  for (const auto* name : {"", ".", ".."}) EXPECT_FALSE(fits_in_path(name)) << name;
  for (const auto* name : {"a", "...", "/", " "}) EXPECT_TRUE(fits_in_path(name)) << name;
}

TEST(StreamUrl, ResumesAfterAnId) {
  EXPECT_EQ(resumed("/string-item", "e1-7"), "/string-item?lastEventId=e1-7");
  EXPECT_EQ(resumed("/string-item", "a&b"), "/string-item?lastEventId=a%26b");
}

TEST(StreamUrl, NamesItsTopics) {
  EXPECT_EQ(stream_url(Topics{"tasks/alice"}, ""), "/api/events?topic=tasks/alice");
  EXPECT_EQ(stream_url(Topics{"tasks/a", "channels/news"}, ""), "/api/events?topic=tasks/a&topic=channels/news");
}

TEST(StreamUrl, CarriesTheLastId) {
  EXPECT_EQ(stream_url(Topics{"tasks/alice"}, "e1-7"), "/api/events?topic=tasks/alice&lastEventId=e1-7");
}

TEST(StreamUrl, EscapesWhateverAServerMadeAnId) {
  EXPECT_EQ(stream_url(Topics{"tasks/alice"}, "a&b=ü #"),
            "/api/events?topic=tasks/alice&lastEventId=a%26b%3D%C3%BC%20%23");
}

TEST(Answer, IsWorthRepeatingWhereNothingWasDecided) {
  for (const int status : {0, 429, 502, 503, 504}) EXPECT_TRUE((Answer{status, ""}.is_worth_repeating())) << status;
  for (const int status : {200, 202, 204, 400, 404, 409, 422, 500, 501, 505}) {
    EXPECT_FALSE((Answer{status, ""}.is_worth_repeating())) << status;
  }
}

TEST(Answer, IsOkFrom200To299) {
  EXPECT_FALSE(Answer{}.is_ok());
  EXPECT_TRUE((Answer{202, ""}.is_ok()));
  EXPECT_FALSE((Answer{304, ""}.is_ok()));
}

}  // namespace
}  // namespace taskwire::view

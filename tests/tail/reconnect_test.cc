#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tail/runs.h"
#include "tail/scripted_server.h"

namespace taskwire::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Ran tail(const ScriptedServer& server, std::vector<std::string> arguments) {
  arguments.emplace_back("/stream/news");
  return run(tail_command(server.address(), std::move(arguments)));
}

TEST(Reconnect, GoesOnAfterTheLastWholeEvent) {
  ScriptedServer server({{stream_answer("id: e-1\ndata: 1\n\nid: e-2\ndata: 2\n\nid: e-3\ndata: 3\n")},
                         {stream_answer("id: e-3\ndata: 3\n\n")}});
  EXPECT_THAT(data_of(tail(server, {"--count", "3"}).output), ElementsAre(1, 2, 3));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_THAT(requests[0].head, HasSubstr("GET /stream/news HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0].head, HasSubstr("Accept: text/event-stream\r\n"));
  EXPECT_THAT(requests[0].head, HasSubstr("Host: " + server.address() + "\r\n"));
  EXPECT_THAT(requests[0].head, Not(HasSubstr("Last-Event-ID")));
  EXPECT_THAT(requests[1].head, HasSubstr("Last-Event-ID: e-2\r\n"));
}

TEST(Reconnect, BeginsAfterTheIdGiven) {
  ScriptedServer server({{stream_answer(": nothing\n\n")}, {stream_answer("id: e-8\ndata: 8\n\n")}});
  EXPECT_THAT(data_of(tail(server, {"--last-event-id", "e-7", "--count", "1"}).output), ElementsAre(8));
  for (const auto& request : server.requests()) EXPECT_THAT(request.head, HasSubstr("Last-Event-ID: e-7\r\n"));
}

TEST(Reconnect, NotesAnEngineThatIsAwayBesideTheEvents) {
  const std::string away = R"(event: upstream
data: {"state":"down","since":"2026-01-02T10:30:45.123Z"}

event: upstream
data: {"state":"up"}

id: e-1
data: 1

)";
  ScriptedServer server({{stream_answer(away)}});
  const auto ran = tail(server, {"--count", "1"});
  EXPECT_THAT(data_of(ran.output), ElementsAre(1));
  EXPECT_THAT(ran.output, HasSubstr("the engine is away since 10:30:45 UTC\n"));
  EXPECT_THAT(ran.output, HasSubstr("the engine is back\n"));
  EXPECT_THAT(ran.output, Not(HasSubstr("\"upstream\"")));
}

TEST(Reconnect, WaitsAsLongAsTheStreamSays) {
  ScriptedServer server({{stream_answer("retry: 700\n\n")}, {stream_answer("data: 1\n\n")}});
  EXPECT_EQ(tail(server, {"--count", "1"}).status, 0);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_GE(requests[1].at - requests[0].at, 700ms);
}

TEST(Reconnect, WaitsAsLongAsARefusalSays) {
  for (const auto* status : {"503 Service Unavailable", "429 Too Many Requests"}) {
    ScriptedServer server({{plain_answer(status, "Retry-After: 1\r\n")}, {stream_answer("data: 1\n\n")}});
    EXPECT_EQ(tail(server, {"--count", "1"}).status, 0);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_GE(requests[1].at - requests[0].at, 1s);
  }
}

TEST(Reconnect, LeavesAConnectionThatIsSilentForThreeHeartbeats) {
  const std::string beat = "id: e-1\nevent: heartbeat\ndata: {\"intervalMs\":400}\n\n";
  ScriptedServer server({{stream_answer(beat), true}, {stream_answer("data: 1\n\n")}});
  const auto ran = tail(server, {"--count", "1"});
  EXPECT_THAT(data_of(ran.output), ElementsAre(1)) << "heartbeats are not shown";
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_GE(requests[1].at - requests[0].at, 1200ms);
  EXPECT_THAT(requests[1].head, HasSubstr("Last-Event-ID: e-1\r\n"));
}

TEST(Reconnect, EndsWhereTheStreamIsOver) {
  ScriptedServer server({{"HTTP/1.1 204 No Content\r\n\r\n"}});
  const auto ran = tail(server, {});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "");
}

TEST(Reconnect, BelievesAnEndThatNothingContradicts) {
  const std::string update = R"({"eventId":"e-1","taskId":"t","userId":"alice","status":"cancelled"})";
  ScriptedServer server(
      {{stream_answer("id: e-1\nevent: taskUpdate\ndata: " + update + "\n\n")}, {stream_answer(": idle\n\n"), true}});
  const auto ran = run(tail_command(server.address(), {"tasks/alice/t"}));
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(data_of(ran.output).size(), 1U);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_THAT(server.requests()[1].head, HasSubstr("Last-Event-ID: e-1\r\n"));
}

TEST(Reconnect, EndsWithWhatTheServerSaysAgainstIt) {
  ScriptedServer server({{plain_answer("403 Forbidden", "Content-Type: application/problem+json\r\n",
                                       R"({"title":"Forbidden","detail":"Not for \u001b[31m you."})")}});
  const auto ran = tail(server, {});
  EXPECT_EQ(ran.status, 5);
  EXPECT_THAT(ran.output, HasSubstr("Not for "));
  EXPECT_THAT(ran.output, Not(HasSubstr("\x1b")));
}

TEST(Reconnect, NamesAStatusThatExplainsNothing) {
  ScriptedServer server({{plain_answer("418 Teapot", "", "<html>")}});
  const auto ran = tail(server, {});
  EXPECT_EQ(ran.status, 5);
  EXPECT_THAT(ran.output, HasSubstr("418"));
}

TEST(Reconnect, IsLeftOutWhereThatIsWanted) {
  ScriptedServer server({{stream_answer("data: 1\n\n")}});
  const auto ran = tail(server, {"--no-retry"});
  EXPECT_EQ(ran.status, 6);
  EXPECT_THAT(data_of(ran.output), ElementsAre(1));
  EXPECT_EQ(tail(server, {"--no-retry"}).status, 6) << "nobody listens there any more";
}

TEST(Reconnect, ObeysNothingThatAStreamSays) {
  ScriptedServer server({{stream_answer("event: x\x1b[2J\ndata: \x1b]0;title\x07\n\n")},
                         {stream_answer("event: x\x1b[2J\ndata: \x1b]0;title\x07\n\n")}});
  for (const auto* form : {"--json", "--plain"}) {
    const auto ran = tail(server, {"--count", "1", form});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.output, HasSubstr("title"));
    for (const char c : ran.output) EXPECT_TRUE(c < 0 || c >= ' ' || c == '\n') << ran.output;
  }
}

}  // namespace
}  // namespace taskwire::test

#include "http/routes.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

Result<Route> route(const char* method, const char* target) {
  return find_route(method, *parse_target(target));
}

TEST(Routes, FindsEveryEndpoint) {
  const struct {
    const char* method;
    const char* target;
    Endpoint endpoint;
    std::vector<std::string> names;
  } cases[] = {
      {"GET", "/api/task-progress/alice", Endpoint::user_stream, {"alice"}},
      {"GET", "/api/task-progress/alice/k3v7qm2xw5ta", Endpoint::task_stream, {"alice", "k3v7qm2xw5ta"}},
      {"GET", "/api/events?topic=tasks/alice", Endpoint::topic_stream, {}},
      {"GET", "/stream/news", Endpoint::channel_stream, {"news"}},
      {"POST", "/api/tasks/alice/start", Endpoint::start_task, {"alice"}},
      {"GET", "/api/tasks/alice", Endpoint::list_tasks, {"alice"}},
      {"GET", "/api/tasks/alice/k3v7qm2xw5ta", Endpoint::get_task, {"alice", "k3v7qm2xw5ta"}},
      {"DELETE", "/api/tasks/alice/k3v7qm2xw5ta", Endpoint::delete_task, {"alice", "k3v7qm2xw5ta"}},
      {"POST", "/api/tasks/alice/k3v7qm2xw5ta/cancel", Endpoint::cancel_task, {"alice", "k3v7qm2xw5ta"}},
      {"POST", "/api/tasks/alice/k3v7qm2xw5ta/retry", Endpoint::retry_task, {"alice", "k3v7qm2xw5ta"}},
      {"GET", "/api/task-types", Endpoint::task_types, {}},
      {"PUT", "/api/task-types/image.resize", Endpoint::register_type, {"image.resize"}},
      {"DELETE", "/api/task-types/resize", Endpoint::delete_type, {"resize"}},
      {"POST", "/api/work/claim", Endpoint::claim_work, {}},
      {"POST", "/api/work/report", Endpoint::report_work, {}},
      {"POST", "/api/work/finish", Endpoint::finish_work, {}},
      {"POST", "/publish/news", Endpoint::publish, {"news"}},
      {"POST", "/api/messages/alice", Endpoint::send_message, {"alice"}},
      {"POST", "/pulse", Endpoint::record_pulse, {}},
      {"GET", "/api/pulse", Endpoint::pulse_statistics, {}},
      {"GET", "/api/events/history?topic=channels/a", Endpoint::history, {}},
      {"GET", "/api/sessions", Endpoint::sessions, {}},
      {"GET", "/string-item", Endpoint::heart_rate_text, {}},
      {"GET", "/json-item", Endpoint::heart_rate_json, {}},
      {"GET", "/sse-item", Endpoint::heart_rate_number, {}},
      {"GET", "/sse/connect/alice", Endpoint::person_stream, {"alice"}},
      {"GET", "/sse/task/alice", Endpoint::run_attempts, {"alice"}},
      {"POST", "/sse/task/alice", Endpoint::run_attempts, {"alice"}},
      {"GET", "/sse/object/alice", Endpoint::run_countdown, {"alice"}},
      {"POST", "/sse/object/alice", Endpoint::run_countdown, {"alice"}},
      {"GET", "/openapi.json", Endpoint::openapi, {}},
      {"GET", "/healthz", Endpoint::healthz, {}},
      {"HEAD", "/readyz", Endpoint::readyz, {}},
      {"GET", "/metrics", Endpoint::metrics, {}},
      {"GET", "/stream/a%40b", Endpoint::channel_stream, {"a@b"}},
  };
  for (const auto& expected : cases) {
    const auto found = route(expected.method, expected.target);
    ASSERT_TRUE(found) << expected.target;
    EXPECT_EQ(found->endpoint, expected.endpoint) << expected.target;
    EXPECT_EQ(found->names, expected.names) << expected.target;
  }
}

TEST(Routes, KnowsNothingElse) {
  for (const auto* target : {"/api", "/api/", "/api/tasks", "/api/tasks/", "/api/tasks/a/b/c",
                             "/api/task-progress/a/b/", "/stream", "/stream/a/b", "/x"}) {
    const auto found = route("GET", target);
    ASSERT_FALSE(found) << target;
    EXPECT_EQ(found.error().status(), 404U) << target;
  }
}

TEST(Routes, NamesTheMethodsOfAPath) {
  const auto found = route("PUT", "/api/tasks/alice/k3v7qm2xw5ta");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().status(), 405U);
  EXPECT_EQ(allowed_methods(*parse_target("/api/tasks/alice/k3v7qm2xw5ta")), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(allowed_methods(*parse_target("/publish/news")), "POST, OPTIONS");
  EXPECT_EQ(allowed_methods(*parse_target("/sse/task/alice")), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(allowed_methods(*parse_target("/api/task-types/resize")), "PUT, DELETE, OPTIONS");
  EXPECT_EQ(allowed_methods(*parse_target("/nothing")), "");
}

TEST(Routes, AnswerProbesWhateverHostTheyName) {
  for (const auto* path : {"/healthz", "/readyz", "/readyz?verbose", "/metrics"})
    EXPECT_EQ(answered_hosts(*parse_target(path)), Hosts::any) << path;
  for (const auto* path : {"/", "/healthz/", "/healthz/x", "/openapi.json", "/stream/healthz", "/api/tasks/healthz"})
    EXPECT_EQ(answered_hosts(*parse_target(path)), Hosts::known) << path;
}

TEST(Routes, RefusesBadNames) {
  EXPECT_EQ(route("GET", "/api/tasks/a%20b").error().reason, Reason::invalid_user_id);
  EXPECT_EQ(route("GET", "/api/tasks/a%2Fb").error().reason, Reason::invalid_user_id);
  EXPECT_EQ(route("GET", "/api/tasks/..").error().reason, Reason::invalid_user_id);
  EXPECT_EQ(route("GET", "/api/tasks/a/%00").error().reason, Reason::invalid_task_id);
  EXPECT_EQ(route("GET", "/stream/gr%C3%BCn").error().reason, Reason::invalid_channel);
  EXPECT_EQ(route("PUT", "/api/task-types/%FF").error().reason, Reason::invalid_type);
}

TEST(Routes, TellsStreamsAndWrites) {
  EXPECT_EQ(route("GET", "/stream/news")->kind, Kind::stream);
  EXPECT_EQ(route("GET", "/api/tasks/alice")->kind, Kind::read);
  EXPECT_EQ(route("POST", "/publish/news")->kind, Kind::write);
  EXPECT_EQ(route("GET", "/sse/task/alice")->kind, Kind::write) << "a GET that starts work";
  for (const auto& row : rows()) EXPECT_TRUE(row.method == "GET" || row.kind == Kind::write) << row.path;
}

}  // namespace
}  // namespace taskwire::edge

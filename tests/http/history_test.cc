#include "http/history.h"

#include <gtest/gtest.h>

#include "hub/events.h"

namespace taskwire::edge {
namespace {

Result<v1::ReadEventsRequest> parse(const char* target) {
  return parse_history_request(*parse_target(target));
}

TEST(History, AsksForAPage) {
  const auto page = parse("/api/events/history?topic=channels/b&topic=tasks/a&after=e-7&limit=256");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->topics_size(), 2);
  EXPECT_EQ(page->after(), "e-7");
  EXPECT_EQ(page->page_size(), 256);
  EXPECT_FALSE(page->has_max_lag()) << "whole";
  EXPECT_EQ(parse("/api/events/history?topic=channels/b")->page_size(), 100);
}

TEST(History, RefusesABadQuery) {
  EXPECT_EQ(parse("/api/events/history").error().reason, Reason::missing_topic);
  EXPECT_EQ(parse("/api/events/history?topic=news").error().reason, Reason::invalid_topic);
  EXPECT_EQ(parse("/api/events/history?topic=channels/b&after=7").error().reason, Reason::invalid_cursor);
  EXPECT_EQ(parse("/api/events/history?topic=channels/b&after=").error().reason, Reason::invalid_cursor);
  for (const auto* twice : {"after=e-7&after=e-7", "limit=1&limit=1"}) {
    const auto target = std::string("/api/events/history?topic=channels/b&") + twice;
    EXPECT_EQ(parse(target.c_str()).error().reason, Reason::repeated_parameter) << twice;
  }
  for (const auto* limit : {"", "0", "-1", "257", "many", "1.5", "99999999999"}) {
    const auto target = std::string("/api/events/history?topic=channels/b&limit=") + limit;
    EXPECT_EQ(parse(target.c_str()).error().reason, Reason::invalid_limit) << limit;
  }
}

TEST(History, HasTheDataThatAStreamCarries) {
  v1::ReadEventsResponse page;
  *page.add_events() = published("e", 3, "channels/b", "line\nline");
  *page.add_events() = task_deleted("e", 4, "alice", "k3v7qm2xw5ta");
  page.mutable_events(0)->mutable_time()->set_seconds(1'767'349'845);
  page.mutable_events(1)->mutable_time()->set_seconds(1'767'349'845);
  page.set_through("e-4");
  page.set_head("e-9");
  EXPECT_EQ(
      history_json(page),
      R"({"events":[{"id":"e-3","type":"message","topic":"channels/b","timestamp":"2026-01-02T10:30:45.000Z","data":"line\nline"},)"
      R"({"id":"e-4","type":"taskDeleted","topic":"tasks/alice","timestamp":"2026-01-02T10:30:45.000Z","data":"{\"eventId\":\"e-4\",)"
      R"(\"taskId\":\"k3v7qm2xw5ta\",\"userId\":\"alice\",\"timestamp\":\"2026-01-02T10:30:45.000Z\"}"}],"through":"e-4","head":"e-9"})");
}

TEST(History, SaysWhyACursorIsRefused) {
  for (const auto& [reason, word] : {std::pair(v1::RESET_REASON_EXPIRED, "no longer kept"),
                                     {v1::RESET_REASON_EPOCH, "another log"},
                                     {v1::RESET_REASON_AHEAD, "beyond"}}) {
    v1::ReadEventsResponse page;
    page.mutable_reset()->set_reason(reason);
    const auto refused = history_json(page);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::cursor_expired);
    EXPECT_NE(refused.error().detail.find(word), std::string::npos) << refused.error().detail;
  }
}

}  // namespace
}  // namespace taskwire::edge

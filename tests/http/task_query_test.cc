#include "http/task_query.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

Result<v1::ListTasksRequest> parse_query(const std::string& query) {
  return parse_task_query(*parse_target("/api/tasks/alice" + query), {Endpoint::list_tasks, Kind::read, {"alice"}});
}

TEST(TaskQuery, AsksForAPage) {
  const auto all = parse_query("");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->user_id(), "alice");
  EXPECT_EQ(all->page_size(), 0) << "the engine's own";
  EXPECT_EQ(all->states_size(), 0);
  const auto some = parse_query("?status=queued,running&pageSize=20&pageToken=1042");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->states_size(), 2);
  EXPECT_EQ(some->states(1), v1::TASK_STATE_RUNNING);
  EXPECT_EQ(some->page_size(), 20);
  EXPECT_EQ(some->page_token(), "1042");
}

TEST(TaskQuery, RefusesWhatItDoesNotMean) {
  for (const auto* status : {"", ",", "done", "queued,", ",queued", "queued, running"})
    EXPECT_EQ(parse_query(std::string("?status=") + status).error().reason, Reason::invalid_status) << status;
  for (const auto* size : {"", "0", "1001", "ten", "+5", "5.0"})
    EXPECT_EQ(parse_query(std::string("?pageSize=") + size).error().reason, Reason::invalid_page_size) << size;
  for (const auto* token : {"", "%ff"})
    EXPECT_EQ(parse_query(std::string("?pageToken=") + token).error().reason, Reason::invalid_page_token) << token;
  for (const auto* query : {"?status=queued&status=running", "?pageSize=1&pageSize=1", "?pageToken=1&pageToken="})
    EXPECT_EQ(parse_query(query).error().reason, Reason::repeated_parameter) << query;
  EXPECT_TRUE(parse_query("?other=1&other=2")) << "what is not known is left alone";
}

}  // namespace
}  // namespace taskwire::edge

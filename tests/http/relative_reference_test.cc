#include "http/relative_reference.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

TEST(RelativeReference, LeadsFromARequestToAPath) {
  EXPECT_EQ(relative_reference("/api/tasks/alice/start", "/api/tasks/alice/abc"), "abc");
  EXPECT_EQ(relative_reference("/api/tasks/alice/abc/retry", "/api/tasks/alice/abc"), "../abc");
  EXPECT_EQ(relative_reference("/sse/task/alice", "/api/tasks/alice/abc"), "../../api/tasks/alice/abc");
  EXPECT_EQ(relative_reference("/sse/task/alice?x=/a/b", "/api/tasks/alice/abc"), "../../api/tasks/alice/abc");
  EXPECT_EQ(relative_reference("/api/tasks/ali/start", "/api/tasks/alice/abc"), "../alice/abc");
  EXPECT_EQ(relative_reference("/api/tasks/%61lice/start", "/api/tasks/alice/abc"), "../alice/abc");
  EXPECT_EQ(relative_reference("/", "/api"), "api");
}

TEST(RelativeReference, LeadsFromATargetInAbsoluteForm) {
  EXPECT_EQ(relative_reference("http://localhost:8080/api/tasks/alice/start", "/api/tasks/alice/abc"), "abc");
  EXPECT_EQ(relative_reference("http://localhost", "/api"), "api");
}

}  // namespace
}  // namespace taskwire::edge

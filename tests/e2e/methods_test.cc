#include <gtest/gtest.h>
#include <set>

#include "http/routes.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

/// Every path that is served, its places filled.
std::set<std::string> paths(const std::string& task) {
  std::set<std::string> all = {"/"};
  for (const auto& row : edge::rows()) {
    std::string path(row.path);
    for (const auto& [place, name] : {std::pair<std::string, std::string>("{userId}", "alice"),
                                      {"{taskId}", task},
                                      {"{type}", "resize"},
                                      {"{channel}", "news"},
                                      {"{channelName}", "news"}}) {
      if (const auto at = path.find(place); at != std::string::npos) path.replace(at, place.size(), name);
    }
    EXPECT_EQ(path.find('{'), std::string::npos) << path;
    all.insert(path);
  }
  return all;
}

std::string query_of(const std::string& path) {
  return path.starts_with("/api/events") ? "?topic=channels/news" : "";
}

class MethodsTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Services services;
};

TEST_F(MethodsTest, BehaveAsHttpSaysOnEveryPath) {
  const auto started = post(port(), "/api/tasks/alice/start", nlohmann::json::object());
  const std::string task = started.json()["taskId"];
  for (const auto& path : paths(task)) {
    const auto options = request(port(), "OPTIONS", path);
    const auto allow = options.header("Allow");
    if (path == "/" && options.status == 404) continue;  // no dashboard was built
    EXPECT_EQ(options.status, 204) << path;
    EXPECT_TRUE(allow.ends_with("OPTIONS")) << path;
    for (const std::string method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
      const bool is_allowed = (", " + allow + ",").find(" " + method + ",") != std::string::npos;
      if (is_allowed) continue;
      const auto refused = request(port(), method, path);
      EXPECT_EQ(refused.status, 405) << method << " " << path;
      EXPECT_EQ(refused.header("Allow"), allow) << method << " " << path;
      EXPECT_TRUE(method == "HEAD" || refused.json()["reason"] == "METHOD_NOT_ALLOWED") << refused.body;
    }
    if (allow.find("GET") == std::string::npos) continue;
    EXPECT_NE(allow.find("HEAD"), std::string::npos) << path;
    Socket socket(port());
    socket.send("HEAD " + path + query_of(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    HttpReader reader(socket);
    EXPECT_EQ(reader.read_head().status, 200) << path;
    EXPECT_EQ(socket.receive(1, within()), "") << path << " no body, and the end";
  }
  EXPECT_EQ(get(port(), "/api/tasks/alice").json()["tasks"].size(), 1U) << "neither HEAD nor OPTIONS did anything";
}

}  // namespace
}  // namespace taskwire::test

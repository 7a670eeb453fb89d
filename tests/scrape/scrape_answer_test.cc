#include "scrape/scrape_answer.h"

#include <gmock/gmock.h>

namespace taskwire::scrape {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::optional<std::string> answer(const std::string& request) {
  return scrape_answer(request, [] { return std::string("a 1\n"); });
}

TEST(ScrapeAnswer, TellsWhatThereIs) {
  const auto told = answer("GET /metrics HTTP/1.1\r\nHost: whatever\r\n\r\n");
  ASSERT_TRUE(told);
  EXPECT_THAT(*told, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                                "Content-Length: 4\r\n"));
  EXPECT_THAT(*told, EndsWith("Connection: close\r\n\r\na 1\n"));
  EXPECT_TRUE(answer("GET /metrics?x=y HTTP/1.0\r\n\r\n")->starts_with("HTTP/1.1 200"));
}

TEST(ScrapeAnswer, SendsNoBodyToHead) {
  const auto told = answer("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(*told, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(*told, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(*told, EndsWith("\r\n\r\n"));
  EXPECT_THAT(*answer("HEAD / HTTP/1.1\r\n\r\n"), EndsWith("\r\n\r\n"));
}

TEST(ScrapeAnswer, WaitsForAWholeHeader) {
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t i = 0; i < request.size(); ++i) EXPECT_FALSE(answer(request.substr(0, i))) << i;
  EXPECT_TRUE(answer(request + "body"));
}

TEST(ScrapeAnswer, RefusesAllElse) {
  EXPECT_THAT(*answer("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(*answer("POST /metrics/x HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404"));
  for (const auto* method : {"POST", "DELETE", "OPTIONS"}) {
    const auto refused = answer(std::string(method) + " /metrics HTTP/1.1\r\n\r\n");
    EXPECT_THAT(*refused, StartsWith("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n")) << method;
    EXPECT_THAT(*refused, Not(HasSubstr("a 1"))) << method;
  }
  for (const auto* line : {"", "GET", "GET /metrics", "GET metrics HTTP/1.1", " /metrics HTTP/1.1",
                           "GET /metrics FTP/1", "GET  /metrics HTTP/1.1", "\x16\x03\x01"})
    EXPECT_THAT(*answer(std::string(line) + "\r\n\r\n"), StartsWith("HTTP/1.1 400")) << line;
}

TEST(ScrapeAnswer, ReadsNoLargeHeader) {
  const std::string large = "GET /metrics HTTP/1.1\r\nX: " + std::string(kMostRequestBytes, 'x');
  EXPECT_THAT(*answer(large), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(*answer(large + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
}

}  // namespace
}  // namespace taskwire::scrape

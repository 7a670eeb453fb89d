#include "http/request_guard.h"

#include <gtest/gtest.h>
#include <initializer_list>

namespace taskwire::edge {
namespace {

HttpRequest request(std::initializer_list<std::pair<std::string, std::string>> headers) {
  HttpRequest made;
  made.method = "POST";
  made.headers = headers;
  return made;
}

class RequestGuardTest : public testing::Test {
 protected:
  RequestGuard guard{{{"edge.example.org", "192.0.2.1"}, {"https://app.example.org"}}};
};

TEST_F(RequestGuardTest, AnswersForItsOwnHosts) {
  for (const auto* host : {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
                           "edge.example.org:80", "192.0.2.1"}) {
    EXPECT_TRUE(guard.check_host(request({{"Host", host}}), "")) << host;
  }
}

TEST_F(RequestGuardTest, RefusesOtherHosts) {
  for (const auto* host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "[::2]:80", "", "127.0.0.2"}) {
    const auto valid = guard.check_host(request({{"Host", host}}), "");
    ASSERT_FALSE(valid) << host;
    EXPECT_EQ(valid.error().status(), 421U);
    EXPECT_EQ(valid.error().reason, Reason::unknown_host);
  }
  EXPECT_EQ(guard.check_host(request({{"Host", "localhost"}}), "evil.example").error().status(), 421U);
}

TEST_F(RequestGuardTest, WantsAHostOfHttp11Only) {
  EXPECT_EQ(guard.check_host(request({{"Host", "localhost"}, {"host", "evil.example"}}), "").error().reason,
            Reason::several_hosts);
  auto none = request({});
  EXPECT_EQ(guard.check_host(none, "").error().reason, Reason::missing_host);
  none.is_http_1_0 = true;
  EXPECT_TRUE(guard.check_host(none, ""));
}

TEST_F(RequestGuardTest, LetsOwnAndAllowedOriginsWrite) {
  EXPECT_TRUE(guard.check_origin(request({{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}})));
  EXPECT_TRUE(guard.check_origin(request({{"Host", "edge.example.org"}, {"Origin", "https://edge.example.org"}})));
  EXPECT_TRUE(guard.check_origin(
      request({{"Host", "localhost:8080"}, {"Origin", "https://app.example.org"}, {"Sec-Fetch-Site", "cross-site"}})));
}

TEST_F(RequestGuardTest, LetsWhatIsNoPageWrite) {
  EXPECT_TRUE(guard.check_origin(request({{"Host", "localhost"}})));
  EXPECT_TRUE(guard.check_origin(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}})));
  EXPECT_TRUE(guard.check_origin(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}})));
}

TEST_F(RequestGuardTest, RefusesForeignPages) {
  for (const auto& foreign : {request({{"Host", "localhost:8080"}, {"Origin", "http://localhost:9090"}}),
                              request({{"Host", "localhost:8080"}, {"Origin", "http://evil.example"}}),
                              request({{"Host", "localhost:8080"}, {"Origin", "null"}}),
                              request({{"Host", "localhost:8080"}, {"Origin", ""}}), request({{"Origin", "http://"}}),
                              request({{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}),
                              request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-site"}})}) {
    const auto valid = guard.check_origin(foreign);
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().status(), 403U);
    EXPECT_EQ(valid.error().reason, Reason::foreign_origin);
  }
}

TEST_F(RequestGuardTest, LetsOnlyAllowedOriginsRead) {
  EXPECT_EQ(guard.cors_headers(request({{"Origin", "http://evil.example"}})).size(), 1U);
  const auto headers = guard.cors_headers(request({{"Origin", "https://app.example.org"}}));
  EXPECT_EQ(headers.front(), (std::pair<std::string, std::string>("Vary", "Origin")));
  EXPECT_EQ(headers[1],
            (std::pair<std::string, std::string>("Access-Control-Allow-Origin", "https://app.example.org")));
}

TEST_F(RequestGuardTest, AnswersAPreflight) {
  const auto allowed = guard.options_response(
      request({{"Origin", "https://app.example.org"}, {"Access-Control-Request-Method", "POST"}}), "POST, OPTIONS");
  EXPECT_EQ(allowed.status, 204U);
  EXPECT_EQ(allowed.headers.size(), 4U);
  const auto refused = guard.options_response(
      request({{"Origin", "http://evil.example"}, {"Access-Control-Request-Method", "POST"}}), "POST, OPTIONS");
  EXPECT_EQ(refused.headers, (decltype(refused.headers){{"Allow", "POST, OPTIONS"}}));
}

}  // namespace
}  // namespace taskwire::edge

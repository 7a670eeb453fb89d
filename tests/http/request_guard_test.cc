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
  Result<void> check(std::initializer_list<std::pair<std::string, std::string>> headers,
                     const std::string& authority = "") const {
    return guard.check_write(request(headers), authority);
  }

  RequestGuard guard{{{"edge.example.org", "192.0.2.1"}, {"https://app.example.org"}}};
};

TEST_F(RequestGuardTest, AnswersForItsOwnHosts) {
  for (const auto* host : {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
                           "edge.example.org:80", "192.0.2.1"}) {
    EXPECT_TRUE(guard.check_host(request({{"Host", host}}), "", Hosts::known)) << host;
  }
}

TEST_F(RequestGuardTest, RefusesOtherHosts) {
  for (const auto* host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "[::2]:80", "", "127.0.0.2"}) {
    const auto valid = guard.check_host(request({{"Host", host}}), "", Hosts::known);
    ASSERT_FALSE(valid) << host;
    EXPECT_EQ(valid.error().status(), 421U);
    EXPECT_EQ(valid.error().reason, Reason::unknown_host);
  }
  const auto valid = guard.check_host(request({{"Host", "localhost"}}), "evil.example:80", Hosts::known);
  EXPECT_EQ(valid.error().status(), 421U) << "the target counts";
  EXPECT_NE(valid.error().detail.find("\"evil.example\""), std::string::npos) << valid.error().detail;
}

TEST_F(RequestGuardTest, AnswersProbesWhateverHostTheyName) {
  for (const auto* host : {"10.1.2.3:8080", "evil.example", "[fd00::7]:8080", ""})
    EXPECT_TRUE(guard.check_host(request({{"Host", host}}), "", Hosts::any)) << host;
  EXPECT_EQ(guard.check_host(request({{"Host", "a"}, {"Host", "a"}}), "", Hosts::any).error().reason,
            Reason::several_hosts);
  EXPECT_EQ(guard.check_host(request({}), "", Hosts::any).error().reason, Reason::missing_host);
  EXPECT_EQ(guard.check_host(request({}), "localhost", Hosts::any).error().reason, Reason::missing_host)
      << "whatever the target names (RFC 9112, 3.2)";
}

TEST_F(RequestGuardTest, RefusesAHostThatIsNone) {
  for (const auto* host :
       {"local host", "localhost/", "ada@localhost", "localhost:80a", "localhost:-1", "gr\u00fcn", "a?b", "a#b"}) {
    for (const auto hosts : {Hosts::known, Hosts::any}) {
      const auto valid = guard.check_host(request({{"Host", host}}), "", hosts);
      ASSERT_FALSE(valid) << host;
      EXPECT_EQ(valid.error().reason, Reason::malformed_request) << host;
    }
  }
  EXPECT_EQ(guard.check_host(request({{"Host", "localhost"}}), "ada@localhost", Hosts::known).error().reason,
            Reason::malformed_request);
  EXPECT_TRUE(guard.check_host(request({{"Host", "localhost:"}}), "", Hosts::known));
}

TEST_F(RequestGuardTest, WantsAHostOfHttp11Only) {
  EXPECT_EQ(
      guard.check_host(request({{"Host", "localhost"}, {"host", "evil.example"}}), "", Hosts::known).error().reason,
      Reason::several_hosts);
  auto none = request({});
  EXPECT_EQ(guard.check_host(none, "", Hosts::known).error().reason, Reason::missing_host);
  none.is_http_1_0 = true;
  EXPECT_TRUE(guard.check_host(none, "", Hosts::known));
}

TEST_F(RequestGuardTest, LetsOwnAndAllowedOriginsWrite) {
  EXPECT_TRUE(check({{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}}));
  EXPECT_TRUE(check({{"Host", "edge.example.org"}, {"Origin", "https://edge.example.org"}}));
  EXPECT_TRUE(check({{"Host", "app:443"}, {"Origin", "https://app"}}));
  EXPECT_TRUE(check({{"Host", "app:80"}, {"Origin", "http://app"}}));
  EXPECT_TRUE(check({{"Host", "proxy:8080"}, {"Origin", "http://app"}}, "app:80")) << "the target counts";
  EXPECT_TRUE(
      check({{"Host", "localhost:8080"}, {"Origin", "https://app.example.org"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST_F(RequestGuardTest, LetsAnOwnPageWriteThatHidesItsOrigin) {
  EXPECT_TRUE(check({{"Host", "localhost"}, {"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}}));
  for (const auto* site : {"cross-site", "same-site", "none", ""})
    EXPECT_FALSE(check({{"Host", "localhost"}, {"Origin", "null"}, {"Sec-Fetch-Site", site}})) << site;
}

TEST_F(RequestGuardTest, LetsWhatIsNoPageWrite) {
  EXPECT_TRUE(check({{"Host", "localhost"}}));
  EXPECT_TRUE(check({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_TRUE(check({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}));
}

TEST_F(RequestGuardTest, RefusesForeignPages) {
  for (const auto& foreign :
       {request({{"Host", "localhost:8080"}, {"Origin", "http://localhost:9090"}}),
        request({{"Host", "localhost:8080"}, {"Origin", "http://evil.example"}}),
        request({{"Host", "localhost:8080"}, {"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "same-origin"}}),
        request({{"Host", "app:443"}, {"Origin", "http://app"}}),
        request({{"Host", "app:80"}, {"Origin", "https://app"}}),
        request({{"Host", "localhost:8080"}, {"Origin", "null"}}), request({{"Host", "null"}, {"Origin", "null"}}),
        request({{"Host", "localhost:8080"}, {"Origin", ""}}), request({{"Origin", "http://"}}),
        request({{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}),
        request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-site"}})}) {
    const auto valid = guard.check_write(foreign, "");
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().status(), 403U);
    EXPECT_EQ(valid.error().reason, Reason::foreign_origin);
  }
  EXPECT_FALSE(check({{"Host", "app"}, {"Origin", "http://app"}}, "localhost")) << "the target counts";
}

TEST_F(RequestGuardTest, NamesWhatItCompared) {
  const auto of_origin = check({{"Host", "localhost:8080"}, {"Origin", "http://evil.example"}}).error().detail;
  EXPECT_NE(of_origin.find("Origin is \"http://evil.example\", Host is \"localhost:8080\""), std::string::npos)
      << of_origin;
  EXPECT_NE(of_origin.find("--cors-origin"), std::string::npos);
  const auto of_site = check({{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "cross-site"}}).error().detail;
  EXPECT_NE(of_site.find("Sec-Fetch-Site is \"cross-site\", Host is \"localhost:8080\""), std::string::npos) << of_site;
  const auto odd = check({{"Host", "localhost"}, {"Origin", std::string(100'000, '\xFF')}}).error().detail;
  EXPECT_LT(odd.size(), 1000U);
  EXPECT_EQ(odd.find('\xFF'), std::string::npos) << "a problem is JSON, so UTF-8";
}

TEST_F(RequestGuardTest, StartsNothingInAdvance) {
  for (const auto& [name, value] : {std::pair("Sec-Purpose", "prefetch"),
                                    {"sec-purpose", "prefetch;prerender"},
                                    {"Sec-Purpose", "prefetch;anonymous-client-ip"},
                                    {"Purpose", "Prefetch"}}) {
    auto wanted = request({{"Host", "localhost"}, {name, value}});
    EXPECT_TRUE(guard.check_write(wanted, "")) << "a POST is none";
    wanted.method = "GET";
    const auto valid = guard.check_write(wanted, "");
    ASSERT_FALSE(valid) << name << ": " << value;
    EXPECT_EQ(valid.error().status(), 503U);
    EXPECT_EQ(valid.error().reason, Reason::prefetch_refused);
  }
  auto fetch = request({{"Host", "localhost"}, {"Purpose", "fetch"}});
  fetch.method = "GET";
  EXPECT_TRUE(guard.check_write(fetch, ""));
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
  ASSERT_EQ(allowed.headers.size(), 4U);
  EXPECT_EQ(allowed.headers[2].second,
            "authorization, cache-control, content-type, idempotency-key, last-event-id, traceparent");
  const auto refused = guard.options_response(
      request({{"Origin", "http://evil.example"}, {"Access-Control-Request-Method", "POST"}}), "POST, OPTIONS");
  EXPECT_EQ(refused.headers, (decltype(refused.headers){{"Allow", "POST, OPTIONS"}}));
}

}  // namespace
}  // namespace taskwire::edge

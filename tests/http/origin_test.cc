#include "http/origin.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

TEST(Origin, IsOwnWithoutThePortThatTheSchemeHasAnyway) {
  for (const auto& [origin, authority] : {std::pair("http://localhost:8080", "localhost:8080"),
                                          {"https://app", "app:443"},
                                          {"http://app", "app:80"},
                                          {"https://app:443", "app"},
                                          {"http://app", "app:"},
                                          {"https://APP", "app"},
                                          {"https://[::1]", "[::1]:443"},
                                          {"http://[::1]:8080", "[::1]:8080"}})
    EXPECT_TRUE(is_own_origin(origin, authority)) << origin << " at " << authority;
  for (const auto& [origin, authority] : {std::pair("https://app", "app:80"),
                                          {"http://app", "app:443"},
                                          {"https://app", "app:8443"},
                                          {"http://app:8080", "app"},
                                          {"http://", ""},
                                          {"http://:80", ":80x"},
                                          {"null", "null"},
                                          {"app", "app"},
                                          {"ftp://app", "app"},
                                          {"http://app/", "app"},
                                          {"https://[::1]", "[::2]"}})
    EXPECT_FALSE(is_own_origin(origin, authority)) << origin << " at " << authority;
}

TEST(Origin, AsASettingIsOneThatBrowsersSend) {
  for (const auto* good : {"https://app.example.org", "http://localhost:3000", "http://127.0.0.1:8081",
                           "http://[::1]:3000", "https://xn--bcher-kva.example", "https://[::ffff:102:304]",
                           "https://1.2.3.example", "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"})
    EXPECT_TRUE(check_origin_setting(good)) << good;
  for (const auto& [bad, cure] : {std::pair("null", "sandboxed"),
                                  {"*", "every page"},
                                  {"", "scheme"},
                                  {"app.example.org", "https://app.example.org"},
                                  {"localhost:3000", "https://localhost:3000"},
                                  {"https://", "host"},
                                  {"https://app.example.org/", "write https://app.example.org"},
                                  {"https://app.example.org/tools?a#b", "write https://app.example.org"},
                                  {"https://App.example.org", "write https://app.example.org"},
                                  {"HTTPS://app.example.org", "write https://app.example.org"},
                                  {"https://app.example.org:443", "write https://app.example.org"},
                                  {"http://app.example.org:80", "leave out"},
                                  {"https://app.example.org:", "65535"},
                                  {"https://app.example.org:70000", "65535"},
                                  {"https://app.example.org:08443", "65535"},
                                  {"https://ada@app.example.org", "user"},
                                  {"https://*.example.org", "wildcards"},
                                  {"https://::1", "[::1]"},
                                  {"https://bücher.example", "xn--"},
                                  {"https://app example", "name"},
                                  {"https://[0:0:0:0:0:0:0:1]", "shortest"},
                                  {"https://[::ffff:1.2.3.4]", "shortest"},
                                  {"https://127.000.000.001", "shortest"},
                                  {"https://1.2.3", "shortest"},
                                  {"1http://app", "scheme"}}) {
    const auto valid = check_origin_setting(bad);
    ASSERT_FALSE(valid) << bad;
    EXPECT_NE(valid.error().find(cure), std::string::npos) << valid.error();
    EXPECT_NE(valid.error().find("'" + std::string(bad) + "'"), std::string::npos) << valid.error();
  }
}

TEST(Host, AsASettingIsOneThatRequestsName) {
  for (const auto* good : {"app.example.org", "APP", "192.0.2.1", "[2001:db8::1]", "my_host"})
    EXPECT_TRUE(check_host_setting(good)) << good;
  for (const auto& [bad, cure] : {std::pair("", "name"),
                                  {"app.example.org:8080", "write app.example.org"},
                                  {"[::1]:8080", "write [::1]"},
                                  {"2001:db8::1", "brackets"},
                                  {"https://app.example.org", "without scheme"},
                                  {"app.example.org/", "alone"},
                                  {"ada@app", "alone"},
                                  {"*.example.org", "wildcards"},
                                  {"bücher.example", "xn--"},
                                  {"app example", "name"},
                                  {"[::g]", "name"}}) {
    const auto valid = check_host_setting(bad);
    ASSERT_FALSE(valid) << bad;
    EXPECT_NE(valid.error().find(cure), std::string::npos) << valid.error();
  }
}

}  // namespace
}  // namespace taskwire::edge

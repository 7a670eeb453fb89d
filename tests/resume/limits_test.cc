#include "resume/limits.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire {
namespace {

TEST(RequestKey, IsVisibleAscii) {
  EXPECT_TRUE(is_request_key("a"));
  EXPECT_TRUE(is_request_key("!~"));
  EXPECT_TRUE(is_request_key(std::string(255, 'k')));
  for (const auto& bad : {std::string(), std::string(256, 'k'), std::string("a b"), std::string("\t"),
                          std::string("\x7f"), std::string("\xc3\xbc")})
    EXPECT_FALSE(is_request_key(bad)) << bad;
}

}  // namespace
}  // namespace taskwire

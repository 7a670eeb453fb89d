#include "client/url.h"

#include <gtest/gtest.h>

namespace taskwire::client {
namespace {

TEST(Url, OfAnEdgeHasNoSlashAtItsEnd) {
  EXPECT_EQ(parse_edge("localhost:8080")->path, "");
  EXPECT_EQ(parse_edge("http://edge/tools/taskwire/")->path, "/tools/taskwire");
  EXPECT_EQ(parse_edge("http://edge")->port, "80");
  EXPECT_FALSE(parse_edge("http://edge/?x=1"));
  EXPECT_FALSE(parse_edge("https://edge"));
  EXPECT_FALSE(parse_edge(""));
}

TEST(Url, EncodesWhatASegmentCannotHave) {
  EXPECT_EQ(encoded("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(encoded("a/b c@ü"), "a%2Fb%20c%40%C3%BC");
}

}  // namespace
}  // namespace taskwire::client

#include "http/media_type.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

Result<std::string_view> type_of(std::vector<std::pair<std::string, std::string>> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return body_type(request, {"application/json", "text/plain"});
}

TEST(MediaType, IsOneOfTheKnown) {
  EXPECT_EQ(type_of({{"Content-Type", "application/json"}}), "application/json");
  EXPECT_EQ(type_of({{"content-type", "Text/Plain ; charset=\"UTF-8\""}}), "text/plain");
  EXPECT_EQ(type_of({{"Content-Type", "text/plain;charset=us-ascii;format=flowed"}}), "text/plain");
  EXPECT_EQ(type_of({{"Content-Type", "text/plain"}, {"Content-Encoding", "identity"}}), "text/plain");
}

TEST(MediaType, RefusesOthersAndNamesTheKnown) {
  for (const auto* type : {"", "text/html", "application/json2", "application", "application/x-www-form-urlencoded"}) {
    const auto refused = type_of({{"Content-Type", type}});
    ASSERT_FALSE(refused) << type;
    EXPECT_EQ(refused.error().reason, Reason::unsupported_media_type);
    EXPECT_NE(refused.error().detail.find("application/json or text/plain"), std::string::npos);
  }
  EXPECT_EQ(type_of({}).error().reason, Reason::unsupported_media_type);
}

TEST(MediaType, WantsUtf8Uncompressed) {
  EXPECT_EQ(type_of({{"Content-Type", "text/plain; charset=iso-8859-1"}}).error().reason,
            Reason::unsupported_media_type);
  EXPECT_EQ(type_of({{"Content-Type", "text/plain"}, {"Content-Encoding", "gzip"}}).error().reason,
            Reason::unsupported_content_coding);
}

}  // namespace
}  // namespace taskwire::edge

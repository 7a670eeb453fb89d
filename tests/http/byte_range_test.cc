#include "http/byte_range.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

std::string asked(std::string_view header, std::size_t size = 10) {
  const auto asked = parse_range(header, size);
  if (!asked.is_range) return "whole";
  if (!asked.range) return "none";
  return std::to_string(asked.range->begin) + " " + std::to_string(asked.range->end);
}

TEST(ByteRange, IsReadAsItIsWritten) {
  EXPECT_EQ(asked("bytes=0-0"), "0 1");
  EXPECT_EQ(asked("bytes=2-5"), "2 6");
  EXPECT_EQ(asked("bytes=2-"), "2 10");
  EXPECT_EQ(asked("bytes=9-99999999999999999999999"), "9 10");
  EXPECT_EQ(asked("bytes=-3"), "7 10");
  EXPECT_EQ(asked("bytes=-99"), "0 10");
  EXPECT_EQ(asked("BYTES=1-1"), "1 2");
}

TEST(ByteRange, CannotAlwaysBeSatisfied) {
  EXPECT_EQ(asked("bytes=10-"), "none");
  EXPECT_EQ(asked("bytes=99999999999999999999999-"), "none");
  EXPECT_EQ(asked("bytes=-0"), "none");
  EXPECT_EQ(asked("bytes=0-0", 0), "none");
  EXPECT_EQ(asked("bytes=-1", 0), "none");
}

TEST(ByteRange, IsIgnoredWhereItIsNone) {
  for (const auto* const header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-2",
                                   "bytes=0-1,3-4", "lines=0-1", "bytes=0x1-2", "bytes=1-2-3", "bytes= 1-2"})
    EXPECT_EQ(asked(header), "whole") << header;
}

}  // namespace
}  // namespace taskwire::edge

#include "gate/fault.h"

#include <gtest/gtest.h>
#include <set>

namespace taskwire::gate {
namespace {

TEST(Fault, HasAReasonAndATextEach) {
  std::set<std::string> texts;
  for (int i = 1; i < kFaults; ++i) {
    const auto [reason, text] = info(static_cast<Fault>(i));
    EXPECT_NE(reason, Reason::internal) << i;
    EXPECT_NE(text.find(';'), std::string::npos) << "how to mend it: " << text;
    texts.insert(std::string(text));
  }
  EXPECT_EQ(texts.size(), static_cast<std::size_t>(kFaults - 1));
}

TEST(Fault, IsToldAsAStatusIs) {
  EXPECT_EQ(to_string(Fault::too_many_resets).rfind("TOO_MANY_RESETS: too many calls were aborted", 0), 0U);
  EXPECT_EQ(to_string(Fault::too_many_connections).rfind("TOO_MANY_CONNECTIONS: ", 0), 0U);
  EXPECT_EQ(to_string(Fault::header_too_large).rfind("HEADER_TOO_LARGE: ", 0), 0U);
}

TEST(Fault, IsToldInAGoaway) {
  const auto text = to_string(Fault::silent);
  const auto bytes = goaway(Fault::silent, 0x0102);
  const std::string head("\0\0\x00\x07\0\0\0\0\0\0\0\x01\x02\0\0\0\x0b", 17);
  EXPECT_EQ(static_cast<unsigned char>(bytes[2]), 8 + text.size());
  EXPECT_EQ(bytes.substr(3, 14), head.substr(3));
  EXPECT_EQ(bytes.substr(17), text);
}

}  // namespace
}  // namespace taskwire::gate

#include "view/notices.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

TEST(Notices, StayUntilDismissed) {
  Notices notices;
  notices.add({"one", "", ""});
  notices.add({"two", "", ""});
  ASSERT_EQ(notices.all().size(), 2U);
  notices.dismiss(std::to_string(notices.all().front().number));
  ASSERT_EQ(notices.all().size(), 1U);
  EXPECT_EQ(notices.all().front().problem.title, "two");
}

TEST(Notices, DropTheOldestOfTooMany) {
  Notices notices;
  for (const auto* title : {"1", "2", "3", "4"}) notices.add({title, "", ""});
  ASSERT_EQ(notices.all().size(), Notices::kMost);
  EXPECT_EQ(notices.all().front().problem.title, "2");
}

TEST(Notices, IgnoreANumberThatIsNotTheirs) {
  Notices notices;
  notices.add({"one", "", ""});
  notices.dismiss("99");
  notices.dismiss("x");
  EXPECT_EQ(notices.all().size(), 1U);
}

}  // namespace
}  // namespace taskwire::view

#include "view/address.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

TEST(Address, NamesTheUser) {
  EXPECT_EQ(user_of_fragment("#user=alice"), "alice");
  EXPECT_EQ(user_of_fragment("user=alice"), "alice");
}

TEST(Address, FindsTheUserAmongOthers) {
  EXPECT_EQ(user_of_fragment("#filter=failed&user=bob&x"), "bob");
}

TEST(Address, NamesNobodyWhereNobodyIsNamed) {
  for (const auto* fragment : {"", "#", "#tasks", "#user", "#superuser=eve", "#user=", "&&&"}) {
    EXPECT_EQ(user_of_fragment(fragment), "") << fragment;
  }
}

TEST(Address, UndoesPercentEncoding) {
  EXPECT_EQ(user_of_fragment("#user=a%40b%2Ec"), "a@b.c");
}

TEST(Address, KeepsBrokenPercentEncoding) {
  EXPECT_EQ(user_of_fragment("#user=100%"), "100%");
  EXPECT_EQ(user_of_fragment("#user=%4"), "%4");
  EXPECT_EQ(user_of_fragment("#user=%zz%4g"), "%zz%4g");
}

TEST(Address, ReadsWhatItWrites) {
  EXPECT_EQ(user_of_fragment(fragment_of_user("A.b_c~d@e-9")), "A.b_c~d@e-9");
}

}  // namespace
}  // namespace taskwire::view

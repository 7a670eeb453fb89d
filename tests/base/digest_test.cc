#include "base/digest.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(Sha256, KnowsTheDigestsOfItsStandard) {
  EXPECT_EQ(to_hex(Sha256().finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  hash.add("abcdbcdecdefdefgefghfghighij");
  hash.add("hijkijkljklmklmnlmnomnopnopq");
  EXPECT_EQ(to_hex(hash.finish()), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

}  // namespace
}  // namespace taskwire::engine

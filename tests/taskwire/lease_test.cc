#include "taskwire/lease.h"

#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

TEST(Lease, IsThatOfAStartOrOfAnAssignment) {
  const auto started = lease_of({{"lease", "a"}, {"leaseMs", 5000}, {"taskId", "t"}, {"userId", "u"}});
  ASSERT_TRUE(started);
  EXPECT_EQ(started->id, "a");
  EXPECT_EQ(started->task_id, "t");
  EXPECT_EQ(started->user_id, "u");
  EXPECT_EQ(started->lasts, milliseconds(5000));
  EXPECT_EQ(lease_of({{"lease", "a"}, {"task", {{"taskId", "t"}}}})->task_id, "t");
}

TEST(Lease, IsWithoutWhatIsMalformed) {
  for (const json& answer :
       {json(), json::array(), json(3), json{{"lease", 1}}, json{{"lease", nullptr}}, json{{"taskId", "t"}}})
    EXPECT_FALSE(lease_of(answer)) << answer;
  for (const json& lasts : {json("30000"), json(nullptr), json(-1), json(1.5), json::object()}) {
    const auto lease = lease_of({{"lease", "a"}, {"leaseMs", lasts}, {"taskId", 7}, {"userId", nullptr}});
    ASSERT_TRUE(lease) << lasts;
    EXPECT_EQ(lease->lasts, milliseconds(30'000)) << lasts;
    EXPECT_EQ(lease->task_id, "");
  }
  EXPECT_EQ(lease_of({{"lease", "a"}, {"task", "none"}})->task_id, "");
  EXPECT_EQ(lease_of({{"lease", "a"}, {"leaseMs", ~std::uint64_t{0}}})->lasts, std::chrono::hours(24));
}

}  // namespace
}  // namespace taskwire::cli

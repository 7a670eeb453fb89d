#include "errors/reason.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace taskwire {
namespace {

TEST(Reason, HasANameOfItsOwnInUpperSnakeCase) {
  const std::regex upper_snake("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
  std::set<std::string_view> names;
  for (const auto& row : reasons()) {
    EXPECT_TRUE(std::regex_match(row.name.begin(), row.name.end(), upper_snake)) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.name;
  }
}

TEST(Reason, IsFoundByItsName) {
  for (const auto& row : reasons()) {
    EXPECT_EQ(find_reason(row.name), row.reason);
    EXPECT_EQ(info(row.reason).name, row.name);
  }
  EXPECT_EQ(find_reason(""), std::nullopt);
  EXPECT_EQ(find_reason("task_not_found"), std::nullopt);
}

TEST(Reason, HasAnErrorStatusWhereHttpTellsIt) {
  for (const auto& row : reasons()) EXPECT_TRUE(row.http == 0 || (row.http >= 400 && row.http < 600)) << row.name;
}

TEST(Reason, IsToldByHttpWhereGrpcTellsIt) {
  for (const auto& row : reasons()) {
    // Of a caller's going, its bytes and its Watches no edge hears.
    const bool is_grpc_alone = row.reason == Reason::cancelled || row.reason == Reason::malformed_message ||
                               row.reason == Reason::too_many_watches;
    const bool is_told_by_grpc = row.grpc != GrpcCode::ok && !is_grpc_alone;
    EXPECT_TRUE(!is_told_by_grpc || row.http != 0) << row.name;
  }
}

}  // namespace
}  // namespace taskwire

#include "taskwire/work_settings.h"

#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

TEST(ParamVariables, AreNamedAfterTheParameters) {
  const Variables expected = {
      {"TASKWIRE_PARAM_DEEP", R"({"a":[1]})"}, {"TASKWIRE_PARAM_MAX_WIDTH", "80"}, {"TASKWIRE_PARAM_PATH", "a b"}};
  EXPECT_EQ(param_variables({{"path", "a b"}, {"max-width", 80}, {"deep", {{"a", {1}}}}}), expected);
  EXPECT_TRUE(param_variables(nullptr).empty());
}

}  // namespace
}  // namespace taskwire::cli

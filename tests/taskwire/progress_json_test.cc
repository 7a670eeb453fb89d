#include "taskwire/progress_json.h"

#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

using nlohmann::json;
using progress::Condition;
using progress::Progress;
using progress::StepState;

TEST(ProgressJson, TellsWhatDiffers) {
  Progress before;
  EXPECT_EQ(progress_json(before, before), json::object());
  Progress now;
  now.percent = 40;
  now.done = 4;
  now.total = 10;
  now.unit = "files";
  now.condition = Condition::paused;
  now.stage = "Copying";
  now.steps = {{"one", StepState::done, 3, 3}, {"two", StepState::running, std::nullopt, std::nullopt}};
  EXPECT_EQ(progress_json(before, now), json::parse(R"({"percent":40,"done":4,"total":10,"unit":"files",
    "condition":"paused","stage":"Copying","steps":[{"name":"one","state":"done","done":3,"total":3},{"name":"two","state":"running"}]})"));
  before = now;
  now.done = 5;
  EXPECT_EQ(progress_json(before, now), json({{"done", 5}}));
}

TEST(ProgressJson, ClearsByNull) {
  Progress before;
  before.percent = 3;
  before.indeterminate = true;
  before.condition = Condition::error;
  before.message = "x";
  before.steps = {{"one"}};
  EXPECT_EQ(progress_json(before, {}),
            json::parse(R"({"percent":null,"indeterminate":null,"condition":null,"message":null,"steps":null})"));
}

}  // namespace
}  // namespace taskwire::cli

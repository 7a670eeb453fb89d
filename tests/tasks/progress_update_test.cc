#include "tasks/progress_update.h"

#include <gtest/gtest.h>
#include <limits>

namespace taskwire::engine {
namespace {

v1::ProgressUpdate counts(std::int64_t done, std::int64_t total) {
  v1::ProgressUpdate update;
  update.set_done(done);
  update.set_total(total);
  return update;
}

v1::ProgressUpdate stage(const std::string& name) {
  v1::ProgressUpdate update;
  update.set_stage(name);
  return update;
}

struct StepOf {
  std::string name;
  v1::StepState state;
  std::int64_t done = 0;
  std::int64_t total = 0;
};

v1::ProgressUpdate steps(const std::vector<StepOf>& of) {
  v1::ProgressUpdate update;
  update.mutable_steps();
  for (const auto& [name, state, done, total] : of) {
    auto& step = *update.mutable_steps()->add_steps();
    step.set_name(name);
    step.set_state(state);
    step.set_done(done);
    step.set_total(total);
  }
  return update;
}

/// What becomes of nothing by one update after the other.
v1::Progress after(const std::vector<v1::ProgressUpdate>& updates) {
  v1::Progress progress;
  for (const auto& update : updates) progress = updated(std::move(progress), update);
  return progress;
}

TEST(ProgressUpdate, LeavesWhatIsAbsentAsItIs) {
  auto first = counts(3, 10);
  first.set_unit("files");
  first.set_message("one");
  const auto progress = after({first, stage("Copying")});
  EXPECT_EQ(progress.done(), 3);
  EXPECT_EQ(progress.total(), 10);
  EXPECT_EQ(progress.percent(), 30);
  EXPECT_EQ(progress.unit(), "files");
  EXPECT_EQ(progress.message(), "one");
  EXPECT_EQ(progress.stage(), "Copying");
}

TEST(ProgressUpdate, ClearsWhatIsNamed) {
  auto first = counts(3, 10);
  first.set_unit("files");
  first.set_message("one");
  first.set_stage("Copying");
  first.set_indeterminate(true);
  first.set_condition(v1::CONDITION_PAUSED);
  v1::ProgressUpdate clear;
  for (const auto* const field :
       {"done", "total", "unit", "percent", "indeterminate", "condition", "stage", "message", "steps"})
    clear.add_clear(field);
  EXPECT_TRUE(check_update(clear));
  auto progress = after({first, clear});
  EXPECT_TRUE(progress.began_anew());
  progress.clear_began_anew();
  EXPECT_EQ(progress.SerializeAsString(), v1::Progress().SerializeAsString());
}

TEST(ProgressUpdate, NeverLetsThePercentageFall) {
  EXPECT_EQ(after({counts(50, 100), counts(50, 200)}).percent(), 50);
  EXPECT_EQ(after({counts(50, 100), stage("two"), counts(0, 100)}).percent(), 50);
  v1::ProgressUpdate told;
  told.set_percent(12.9);
  EXPECT_EQ(after({told}).percent(), 12);
  EXPECT_EQ(after({counts(50, 100), told}).percent(), 50);
}

TEST(ProgressUpdate, LetsDoneFallOnlyWithAnotherPartOfTheWork) {
  EXPECT_EQ(after({counts(50, 100), counts(20, 100)}).done(), 50);
  const auto anew = after({counts(50, 100), stage("two"), counts(20, 100)});
  EXPECT_EQ(anew.done(), 50) << "the stage had begun before";
  auto both = counts(20, 100);
  both.set_stage("two");
  EXPECT_EQ(after({counts(50, 100), both}).done(), 20);
  EXPECT_EQ(after({counts(50, 100), counts(0, 7)}).done(), 0) << "it is counted out of another total";
}

TEST(ProgressUpdate, StaysBelowTheEndWhereCountsBeganAnew) {
  auto second = counts(0, 10);
  second.set_stage("two");
  EXPECT_EQ(after({counts(10, 10)}).percent(), 100);
  EXPECT_EQ(after({counts(9, 10), second, counts(10, 10)}).percent(), 99);
}

TEST(ProgressUpdate, BelievesAPercentageThatIsTold) {
  v1::ProgressUpdate told;
  told.set_percent(40);
  auto progress = after({told, counts(9, 10)});
  EXPECT_EQ(progress.percent(), 40);
  v1::ProgressUpdate clear;
  clear.add_clear("percent");
  progress = updated(std::move(progress), clear);
  EXPECT_EQ(progress.percent(), 90);
}

TEST(ProgressUpdate, TakesTheMeanOfTheSteps) {
  const auto progress = after({steps(
      {{"one", v1::STEP_STATE_DONE}, {"two", v1::STEP_STATE_RUNNING, 1, 2}, {"three", v1::STEP_STATE_UNSPECIFIED}})});
  EXPECT_EQ(progress.percent(), 50);
  EXPECT_EQ(progress.done(), 1);
  EXPECT_EQ(progress.total(), 2);
  EXPECT_EQ(progress.steps(2).state(), v1::STEP_STATE_PENDING);
  EXPECT_EQ(updated(progress, steps({})).steps_size(), 0);
}

TEST(ProgressUpdate, BeginsToCountAnewWithTheNextStep) {
  const auto progress = after({steps({{"one", v1::STEP_STATE_RUNNING, 8, 10}, {"two", v1::STEP_STATE_PENDING}}),
                               steps({{"one", v1::STEP_STATE_DONE}, {"two", v1::STEP_STATE_RUNNING, 1, 10}})});
  EXPECT_EQ(progress.done(), 1);
  EXPECT_EQ(progress.percent(), 55);
}

std::string counts_of(const v1::Progress& progress) {
  std::string text = std::to_string(progress.done()) + "/" + std::to_string(progress.total());
  for (const auto& step : progress.steps())
    text += " " + step.name() + " " + std::to_string(step.done()) + "/" + std::to_string(step.total());
  return text;
}

TEST(ProgressUpdate, TakesCountsOfTheWholeForThoseOfTheStepThatRuns) {
  const auto two = [](std::int64_t done, std::int64_t total) {
    return steps({{"one", v1::STEP_STATE_DONE, 3, 3}, {"two", v1::STEP_STATE_RUNNING, done, total}});
  };
  v1::ProgressUpdate five;
  five.set_done(5);
  auto progress = after({two(0, 10), five});
  EXPECT_EQ(counts_of(progress), "5/10 one 3/3 two 5/10");
  EXPECT_EQ(progress.percent(), 75);
  auto both = two(0, 0);
  both.set_done(5);
  both.set_total(20);
  EXPECT_EQ(counts_of(after({both})), "5/20 one 3/3 two 5/20");
  both = two(6, 12);
  both.set_done(600);
  both.set_total(1000);
  EXPECT_EQ(counts_of(after({both})), "6/12 one 3/3 two 6/12") << "what the step tells itself counts";
  both = two(0, 0);
  both.set_done(7);
  EXPECT_EQ(counts_of(updated(progress, both)), "7/10 one 3/3 two 7/10") << "what is absent stays";
  EXPECT_EQ(counts_of(updated(progress, two(0, 0))), "5/10 one 3/3 two 5/10");
  v1::ProgressUpdate nothing;
  nothing.add_clear("done");
  nothing.add_clear("total");
  EXPECT_EQ(counts_of(updated(progress, nothing)), "0/0 one 3/3 two 0/0");
  const auto next = steps({{"two", v1::STEP_STATE_DONE, 10, 10}, {"three", v1::STEP_STATE_RUNNING}});
  EXPECT_EQ(counts_of(updated(progress, next)), "0/0 two 10/10 three 0/0") << "another step begins anew";
  auto counted = next;
  counted.set_done(1);
  EXPECT_EQ(counts_of(updated(progress, counted)), "1/0 two 10/10 three 1/0");
  EXPECT_EQ(counts_of(updated(progress, two(4, 10))), "5/10 one 3/3 two 5/10") << "done does not fall";
  const auto ended = steps({{"two", v1::STEP_STATE_DONE, 10, 10}});
  EXPECT_EQ(counts_of(after({both, ended, five})), "7/0 two 10/10") << "no step runs";
}

TEST(ProgressUpdate, LeavesThePercentageWhileItIsNotKnown) {
  v1::ProgressUpdate unknown;
  unknown.set_indeterminate(true);
  const auto progress = after({counts(3, 10), unknown, counts(9, 10)});
  EXPECT_TRUE(progress.indeterminate());
  EXPECT_EQ(progress.percent(), 30);
  EXPECT_EQ(progress.done(), 9);
}

TEST(ProgressUpdate, CleansAndCutsTexts) {
  v1::ProgressUpdate update;
  update.set_message(std::string(5000, 'x'));
  update.set_unit(std::string(200, 'x'));
  const auto progress = after({update});
  EXPECT_EQ(progress.message().size(), 4096U);
  EXPECT_EQ(progress.unit().size(), 128U);
}

TEST(ProgressUpdate, RefusesWhatIsOutOfRange) {
  const auto message = [](const v1::ProgressUpdate& update) {
    const auto checked = check_update(update);
    EXPECT_FALSE(checked);
    if (checked) return std::string();
    EXPECT_EQ(checked.error().reason, Reason::invalid_progress);
    return checked.error().message;
  };
  EXPECT_NE(message(counts(-1, 0)).find("done is 0 to"), std::string::npos);
  EXPECT_NE(message(counts(0, (std::int64_t{1} << 53) + 1)).find("total is 0 to"), std::string::npos);
  for (const double percent : {-0.1, 100.1, std::numeric_limits<double>::quiet_NaN()}) {
    v1::ProgressUpdate update;
    update.set_percent(percent);
    EXPECT_NE(message(update).find("percent is 0 to 100;"), std::string::npos);
  }
  v1::ProgressUpdate condition;
  condition.set_condition(static_cast<v1::Condition>(77));
  EXPECT_NE(message(condition).find("take paused, warning or error"), std::string::npos);
  EXPECT_NE(message(steps(std::vector<StepOf>(51, {"x", v1::STEP_STATE_DONE}))).find("at most 50 steps"),
            std::string::npos);
  EXPECT_NE(message(steps({{"", v1::STEP_STATE_DONE}})).find("step 1: its name"), std::string::npos);
  EXPECT_NE(message(steps({{"a\nb", v1::STEP_STATE_DONE}})).find("step 1: its name"), std::string::npos);
  EXPECT_NE(
      message(steps({{"a", v1::STEP_STATE_DONE}, {"b", static_cast<v1::StepState>(9)}})).find("step 2: it has no such"),
      std::string::npos);
  EXPECT_NE(message(steps({{"a", v1::STEP_STATE_DONE, -1}})).find("step 1: done is"), std::string::npos);
  EXPECT_NE(message(steps({{"a", v1::STEP_STATE_DONE, 0, -1}})).find("step 1: total is"), std::string::npos);
  v1::ProgressUpdate clear;
  clear.add_clear("nonsense");
  EXPECT_NE(message(clear).find("there is no 'nonsense' to clear; there are done, total,"), std::string::npos);
}

TEST(ProgressUpdate, KnowsWhatMustNotBeLost) {
  const auto is_lasting = [](const v1::ProgressUpdate& update) {
    const auto before = after({counts(1, 10), steps({{"a", v1::STEP_STATE_RUNNING, 1, 10}})});
    return is_lasting_change(before, updated(before, update));
  };
  EXPECT_FALSE(is_lasting(counts(5, 10)));
  EXPECT_FALSE(is_lasting(steps({{"a", v1::STEP_STATE_RUNNING, 5, 10}})));
  EXPECT_FALSE(is_lasting(stage("")));
  EXPECT_TRUE(is_lasting(stage("two")));
  EXPECT_TRUE(is_lasting(steps({{"a", v1::STEP_STATE_DONE, 1, 10}})));
  EXPECT_TRUE(is_lasting(steps({{"b", v1::STEP_STATE_RUNNING, 1, 10}})));
  EXPECT_TRUE(is_lasting(steps({})));
  v1::ProgressUpdate update;
  update.set_condition(v1::CONDITION_WARNING);
  EXPECT_TRUE(is_lasting(update));
  update.clear_condition();
  update.set_indeterminate(true);
  EXPECT_TRUE(is_lasting(update));
}

}  // namespace
}  // namespace taskwire::engine

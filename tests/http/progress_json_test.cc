#include "http/progress_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace taskwire::edge {
namespace {

Result<v1::ProgressUpdate> read_update(const std::string& text) {
  v1::ProgressUpdate update;
  const auto done = read_progress(nlohmann::json::parse(text), "progress", update);
  return done ? Result<v1::ProgressUpdate>(update) : tl::unexpected(done.error());
}

std::string written(const v1::Progress& progress) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  write_progress_details(writer, progress);
  writer.end_object();
  return text;
}

TEST(ProgressJson, ReadsEveryKey) {
  const auto update = read_update(R"({"done":5,"total":10,"unit":"files","percent":12.5,"indeterminate":false,
      "condition":"paused","stage":"S","message":"M",
      "steps":[{"name":"a","state":"done","done":1,"total":2},{"name":"b","state":"running"},{"name":"c"},
               {"name":"d","state":"failed"}]})");
  ASSERT_TRUE(update);
  EXPECT_EQ(update->done(), 5);
  EXPECT_EQ(update->total(), 10);
  EXPECT_EQ(update->unit(), "files");
  EXPECT_EQ(update->percent(), 12.5);
  EXPECT_TRUE(update->has_indeterminate());
  EXPECT_EQ(update->condition(), v1::CONDITION_PAUSED);
  EXPECT_EQ(update->stage(), "S");
  EXPECT_EQ(update->message(), "M");
  ASSERT_EQ(update->steps().steps_size(), 4);
  EXPECT_EQ(update->steps().steps(0).state(), v1::STEP_STATE_DONE);
  EXPECT_EQ(update->steps().steps(0).total(), 2);
  EXPECT_EQ(update->steps().steps(1).state(), v1::STEP_STATE_RUNNING);
  EXPECT_EQ(update->steps().steps(2).state(), v1::STEP_STATE_PENDING);
  EXPECT_EQ(update->steps().steps(3).state(), v1::STEP_STATE_FAILED);
  EXPECT_EQ(update->clear_size(), 0);
  EXPECT_EQ(read_update(R"({"condition":"warning"})")->condition(), v1::CONDITION_WARNING);
  EXPECT_EQ(read_update(R"({"condition":"error"})")->condition(), v1::CONDITION_ERROR);
}

TEST(ProgressJson, LeavesAbsentWhatIsAbsent) {
  const auto update = read_update("{}");
  ASSERT_TRUE(update);
  EXPECT_EQ(update->ByteSizeLong(), 0U);
  EXPECT_TRUE(read_update(R"({"steps":[]})")->has_steps()) << "none, in place of those before";
}

TEST(ProgressJson, ClearsWhatIsNull) {
  const auto update =
      read_update(R"({"done":null,"total":null,"unit":null,"percent":null,"indeterminate":null,"condition":null,
      "stage":null,"message":null,"steps":null})");
  ASSERT_TRUE(update);
  EXPECT_EQ(std::vector(update->clear().begin(), update->clear().end()),
            (std::vector<std::string>{"condition", "done", "indeterminate", "message", "percent", "stage", "steps",
                                      "total", "unit"}));
  const auto* const fields = v1::ProgressUpdate::descriptor();
  for (const auto& name : update->clear()) EXPECT_NE(fields->FindFieldByName(name), nullptr) << name;
  EXPECT_EQ(fields->field_count(), update->clear_size() + 1) << "every field but this one can be cleared";
}

TEST(ProgressJson, NamesWhatIsWrong) {
  const struct {
    const char* json;
    Reason reason;
    const char* detail;
  } cases[] = {
      {"[]", Reason::invalid_body, "\"progress\" is an object."},
      {R"({"done":"1"})", Reason::invalid_body, "\"progress.done\" is a whole number."},
      {R"({"total":1.5})", Reason::invalid_body, "\"progress.total\" is a whole number."},
      {R"({"unit":1})", Reason::invalid_body, "\"progress.unit\" is a string."},
      {R"({"percent":"50"})", Reason::invalid_body, "\"progress.percent\" is a number."},
      {R"({"indeterminate":1})", Reason::invalid_body, "\"progress.indeterminate\" is true or false."},
      {R"({"condition":7})", Reason::invalid_body, "\"progress.condition\" is a string."},
      {R"({"condition":"slow"})", Reason::invalid_progress,
       "\"progress.condition\" is one of paused, warning and error."},
      {R"({"stage":[]})", Reason::invalid_body, "\"progress.stage\" is a string."},
      {R"({"message":{}})", Reason::invalid_body, "\"progress.message\" is a string."},
      {R"({"steps":{}})", Reason::invalid_body, "\"progress.steps\" is a list of steps."},
      {R"({"steps":[1]})", Reason::invalid_body, "\"progress.steps[0]\" is an object."},
      {R"({"steps":[{},{"name":1}]})", Reason::invalid_body, "\"progress.steps[1].name\" is a string."},
      {R"({"steps":[{"done":null}]})", Reason::invalid_body, "\"progress.steps[0].done\" is a whole number."},
      {R"({"steps":[{"state":"over"}]})", Reason::invalid_progress,
       "\"progress.steps[0].state\" is one of pending, running, done and failed."},
      {R"({"steps":[{"stage":1}]})", Reason::invalid_body, "\"progress.steps[0].stage\" is not known here"},
      {R"({"eta":1})", Reason::invalid_body, "\"progress.eta\" is not known here"},
      {R"({"eta":null})", Reason::invalid_body, "\"progress.eta\" is not known here"},
      {R"({"clear":["done"]})", Reason::invalid_body, "\"progress.clear\" is not known here"},
  };
  for (const auto& expected : cases) {
    const auto update = read_update(expected.json);
    ASSERT_FALSE(update) << expected.json;
    EXPECT_EQ(update.error().reason, expected.reason) << expected.json;
    EXPECT_NE(update.error().detail.find(expected.detail), std::string::npos) << update.error().detail;
  }
}

TEST(ProgressJson, WritesWhatApplies) {
  EXPECT_EQ(written({}), "{}");
  v1::Progress progress;
  progress.set_indeterminate(true);
  progress.set_condition(v1::CONDITION_ERROR);
  auto& step = *progress.add_steps();
  step.set_name("a");
  step.set_state(v1::STEP_STATE_RUNNING);
  step.set_done(3);
  step.set_total(4);
  progress.add_steps()->set_name("b");
  EXPECT_EQ(written(progress), R"({"indeterminate":true,"condition":"error","steps":[)"
                               R"({"name":"a","state":"running","done":3,"total":4},)"
                               R"({"name":"b","state":"pending","done":0,"total":0}]})");
}

}  // namespace
}  // namespace taskwire::edge

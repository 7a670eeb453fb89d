#include "view/start_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;

constexpr auto* kCatalogue = R"({"types":[
  {"type":"checksum","description":"Sums up.","params":{"type":"object","required":["path"],
    "properties":{"path":{"type":"string"}}}},
  {"type":"simulate","description":"Pretends.","params":{"type":"object",
    "properties":{"failAt":{"type":"integer","maximum":100},"steps":{"type":"integer","minimum":1,"default":10}}}}]})";

class StartFormTest : public testing::Test {
 protected:
  StartFormTest() { form_.load(kCatalogue); }

  StartForm form_;
};

TEST_F(StartFormTest, OffersTheCatalogue) {
  EXPECT_TRUE(form_.is_loaded());
  EXPECT_THAT(form_.types(), ElementsAre("checksum", "simulate"));
  EXPECT_EQ(form_.type(), "simulate");
  EXPECT_EQ(form_.description(), "Pretends.");
  EXPECT_EQ(form_.value("steps"), "10");
  EXPECT_EQ(form_.value("failAt"), "");
}

TEST(StartForm, IsEmptyWithoutCatalogue) {
  StartForm form;
  EXPECT_FALSE(form.is_loaded());
  EXPECT_EQ(form.type(), "");
  EXPECT_TRUE(form.fields().empty());
  EXPECT_FALSE(form.submit("k"));
  form.set_value("steps", "1");
  EXPECT_EQ(form.value("steps"), "");
}

TEST(StartForm, RefusesWhatIsNoCatalogue) {
  StartForm form;
  for (const auto* text : {"", "[]", "{}", R"({"types":[]})", R"({"types":[{}]})"})
    EXPECT_FALSE(form.load(text)) << text;
}

TEST(StartForm, SelectsTheFirstTypeWhereThereIsNoSimulate) {
  StartForm form;
  ASSERT_TRUE(form.load(R"({"types":[{"type":"b"},{"type":"a"}]})"));
  EXPECT_EQ(form.type(), "b");
}

TEST_F(StartFormTest, KeepsTheSelectedTypeWhenItIsLoadedAgain) {
  form_.select("checksum");
  form_.load(kCatalogue);
  EXPECT_EQ(form_.type(), "checksum");
}

TEST_F(StartFormTest, KeepsWhatWasTypedWithEachType) {
  form_.set_value("steps", "77");
  form_.select("checksum");
  EXPECT_EQ(form_.value("steps"), "");
  form_.select("simulate");
  EXPECT_EQ(form_.value("steps"), "77");
}

TEST_F(StartFormTest, KeepsWhatWasTypedWhenItIsLoadedAgain) {
  form_.set_value("steps", "77");
  const int revision = form_.revision();
  ASSERT_TRUE(form_.load(kCatalogue));
  EXPECT_EQ(form_.value("steps"), "77");
  EXPECT_EQ(form_.revision(), revision) << "the inputs stay as they are";
  EXPECT_FALSE(form_.load("{}"));
  EXPECT_TRUE(form_.is_loaded());
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"simulate","params":{"properties":{"other":{"type":"string"}}}}]})"));
  EXPECT_EQ(form_.value("steps"), "");
  EXPECT_NE(form_.revision(), revision);
}

TEST_F(StartFormTest, SaysWhereNobodyIsThereToWork) {
  EXPECT_FALSE(form_.has_outside_types());
  EXPECT_EQ(form_.warning(), "");
  const auto load = [&](const char* workers) {
    return form_.load(R"({"types":[{"type":"simulate","waiting":4},{"type":"resize","waiting":2,"workers":)" +
                      std::string(workers) + "}]}");
  };
  ASSERT_TRUE(load("0"));
  EXPECT_TRUE(form_.has_outside_types());
  EXPECT_TRUE(form_.lacks_worker("resize"));
  EXPECT_FALSE(form_.lacks_worker("simulate")) << "the engine does it";
  EXPECT_FALSE(form_.lacks_worker("nothing"));
  EXPECT_EQ(form_.warning(), "");
  form_.select("resize");
  EXPECT_EQ(form_.warning(), "No worker for this type: its tasks wait until one comes (2 waiting).");
  const int catalogue = form_.catalogue();
  ASSERT_TRUE(load("1"));
  EXPECT_EQ(form_.type(), "resize");
  EXPECT_EQ(form_.warning(), "");
  EXPECT_NE(form_.catalogue(), catalogue);
}

TEST_F(StartFormTest, LeavesOutWhatOnlyWhoeverStartsItCanDo) {
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"external","workers":0},{"type":"simulate"}]})"));
  EXPECT_THAT(form_.types(), ElementsAre("simulate"));
  EXPECT_FALSE(form_.lacks_worker("external"));
  EXPECT_FALSE(form_.has_outside_types());
  form_.select("external");
  EXPECT_EQ(form_.type(), "simulate");
}

TEST_F(StartFormTest, TakesAnotherOrderOfTypes) {
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"b"},{"type":"a"}]})"));
  const int revision = form_.revision();
  const int catalogue = form_.catalogue();
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"a"},{"type":"b"}]})"));
  EXPECT_THAT(form_.types(), ElementsAre("a", "b"));
  EXPECT_EQ(form_.type(), "b");
  EXPECT_EQ(form_.revision(), revision) << "the inputs stay as they are";
  EXPECT_NE(form_.catalogue(), catalogue);
}

TEST_F(StartFormTest, LeavesItsInputsAloneWhenOtherTypesChange) {
  form_.set_value("steps", "0");
  form_.set_name(std::string(257, 'x'));
  (void)form_.submit("key");
  const int revision = form_.revision();
  for (const auto* others :
       {R"({"type":"added"},)", R"({"type":"added","params":{"properties":{"x":{"type":"string"}}}},)", ""}) {
    const int catalogue = form_.catalogue();
    ASSERT_TRUE(form_.load(std::string(R"({"types":[)") + others +
                           R"({"type":"simulate","description":"Now says more.","params":{"type":"object",
    "properties":{"failAt":{"type":"integer","maximum":100},"steps":{"type":"integer","minimum":1,"default":10}}}}]})"));
    EXPECT_EQ(form_.revision(), revision) << others;
    EXPECT_NE(form_.catalogue(), catalogue) << others;
    EXPECT_EQ(form_.error("steps"), "At least 1.") << others;
    EXPECT_EQ(form_.error(""), "At most 256 bytes.") << others;
  }
  EXPECT_EQ(form_.description(), "Now says more.");
  EXPECT_EQ(form_.value("steps"), "0");
}

TEST_F(StartFormTest, ChangesItsInputsWithItsType) {
  (void)form_.submit("key");
  int revision = form_.revision();
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"simulate","params":{"properties":{"other":{"type":"string"}}}}]})"));
  EXPECT_NE(form_.revision(), revision);
  revision = form_.revision();
  ASSERT_TRUE(form_.load(R"({"types":[{"type":"another","params":{"properties":{"other":{"type":"string"}}}}]})"));
  EXPECT_EQ(form_.type(), "another");
  EXPECT_NE(form_.revision(), revision);
}

TEST_F(StartFormTest, IgnoresATypeThatIsNotThere) {
  form_.select("nothing");
  EXPECT_EQ(form_.type(), "simulate");
}

TEST_F(StartFormTest, SaysWhenItsFieldsAreOthers) {
  const int revision = form_.revision();
  form_.set_value("steps", "3");
  EXPECT_EQ(form_.revision(), revision);
  form_.select("checksum");
  EXPECT_NE(form_.revision(), revision);
}

TEST_F(StartFormTest, SubmitsWhatIsFilledIn) {
  form_.set_name("My \"task\"");
  const auto submission = form_.submit("key");
  ASSERT_TRUE(submission);
  EXPECT_EQ(submission->body, R"({"type":"simulate","taskName":"My \"task\"","params":{"steps":10}})");
  EXPECT_EQ(submission->idempotency_key, "key");
}

TEST_F(StartFormTest, LeavesBlanksToTheDefaults) {
  form_.set_value("steps", "");
  EXPECT_EQ(form_.submit("key")->body, R"({"type":"simulate","params":{}})");
}

TEST_F(StartFormTest, SubmitsOnceAtATime) {
  ASSERT_TRUE(form_.submit("key"));
  EXPECT_TRUE(form_.is_busy());
  EXPECT_FALSE(form_.submit("key"));
  form_.accepted();
  EXPECT_FALSE(form_.is_busy());
  EXPECT_TRUE(form_.submit("key"));
}

TEST_F(StartFormTest, SubmitsNothingThatIsWrong) {
  form_.set_value("steps", "0");
  form_.set_value("failAt", "x");
  EXPECT_FALSE(form_.submit("key"));
  EXPECT_EQ(form_.error("steps"), "At least 1.");
  EXPECT_EQ(form_.error("failAt"), "A whole number is wanted.");
  EXPECT_FALSE(form_.is_busy());
}

TEST_F(StartFormTest, TakesAnErrorBackOnceItIsMended) {
  form_.set_value("steps", "0");
  EXPECT_EQ(form_.error("steps"), "");
  (void)form_.submit("key");
  form_.set_value("steps", "-1");
  EXPECT_EQ(form_.error("steps"), "At least 1.");
  form_.set_value("steps", "1");
  EXPECT_EQ(form_.error("steps"), "");
  EXPECT_TRUE(form_.submit("key"));
}

TEST_F(StartFormTest, ForgetsErrorsWithTheirType) {
  form_.set_value("steps", "0");
  (void)form_.submit("key");
  form_.select("checksum");
  EXPECT_EQ(form_.error("steps"), "");
}

TEST_F(StartFormTest, WantsANameThatTheEngineTakes) {
  form_.set_name(std::string(257, 'x'));
  EXPECT_FALSE(form_.submit("key"));
  EXPECT_EQ(form_.error(""), "At most 256 bytes.");
  form_.set_name(std::string(256, 'x'));
  EXPECT_EQ(form_.error(""), "");
  EXPECT_TRUE(form_.submit("key"));
}

TEST_F(StartFormTest, UsesANewKeyForEachSubmission) {
  ASSERT_EQ(form_.submit("one")->idempotency_key, "one");
  form_.accepted();
  EXPECT_EQ(form_.submit("two")->idempotency_key, "two");
  form_.refused({});
  EXPECT_EQ(form_.submit("three")->idempotency_key, "three");
}

TEST_F(StartFormTest, KeepsTheKeyWhileTheOutcomeIsUnknown) {
  ASSERT_EQ(form_.submit("one")->idempotency_key, "one");
  form_.unanswered({"No answer", "", ""});
  EXPECT_EQ(form_.submit("two")->idempotency_key, "one");
}

TEST_F(StartFormTest, UsesANewKeyForAnotherBody) {
  (void)form_.submit("one");
  form_.unanswered({});
  form_.set_value("steps", "11");
  EXPECT_EQ(form_.submit("two")->idempotency_key, "two");
}

TEST_F(StartFormTest, ShowsAProblemUntilItIsDismissed) {
  (void)form_.submit("one");
  form_.refused({"Bad Request", "steps is too large.", "INVALID_PARAMS"});
  ASSERT_TRUE(form_.problem());
  EXPECT_EQ(form_.problem()->reason, "INVALID_PARAMS");
  form_.dismiss();
  EXPECT_FALSE(form_.problem());
}

TEST_F(StartFormTest, ForgetsAProblemWithTheNextSubmission) {
  (void)form_.submit("one");
  form_.refused({});
  (void)form_.submit("two");
  EXPECT_FALSE(form_.problem());
}

}  // namespace
}  // namespace taskwire::view

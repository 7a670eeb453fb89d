#include "view/post_form.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

Request post(std::string body, std::string key, Form form = Form::json) {
  auto request = publish_request("news", "", std::move(key));
  request.body = std::move(body);
  request.form = form;
  return request;
}

TEST(PostForm, SaysUnderWhichIdItWasAccepted) {
  PostForm form;
  EXPECT_TRUE(form.submit(post("1", "k1")));
  EXPECT_TRUE(form.is_busy());
  form.answered({202, R"({"id":"e1-7"})"});
  EXPECT_FALSE(form.is_busy());
  EXPECT_EQ(form.accepted_id(), "e1-7");
  EXPECT_TRUE(form.submit(post("2", "k2")));
  EXPECT_EQ(form.accepted_id(), "");
}

TEST(PostForm, PostsOneAtATime) {
  PostForm form;
  EXPECT_TRUE(form.submit(post("1", "k1")));
  EXPECT_FALSE(form.submit(post("2", "k2")));
}

TEST(PostForm, KeepsTheKeyWhileTheOutcomeIsNotKnown) {
  PostForm form;
  (void)form.submit(post("1", "k1"));
  form.answered({});
  EXPECT_EQ(form.submit(post("1", "k2"))->idempotency_key, "k1");
  form.answered({503, ""});
  EXPECT_EQ(form.submit(post("1", "k3"))->idempotency_key, "k1");
  form.answered({202, ""});
  EXPECT_EQ(form.submit(post("1", "k4"))->idempotency_key, "k4");
}

TEST(PostForm, TakesANewKeyForSomethingElse) {
  PostForm form;
  (void)form.submit(post("1", "k1"));
  form.answered({});
  EXPECT_EQ(form.submit(post("1", "k2", Form::text))->idempotency_key, "k2");
  form.answered({});
  EXPECT_EQ(form.submit(post("2", "k3", Form::text))->idempotency_key, "k3");
}

TEST(PostForm, SaysWhatWasWrongUntilDismissed) {
  PostForm form;
  (void)form.submit(post("x", "k1"));
  form.answered({400, R"({"title":"Bad Request","detail":"The body is not valid JSON.","reason":"INVALID_JSON"})"});
  ASSERT_TRUE(form.problem());
  EXPECT_EQ(form.problem()->detail, "The body is not valid JSON.");
  EXPECT_EQ(form.submit(post("x", "k2"))->idempotency_key, "k2");
  EXPECT_FALSE(form.problem());
  form.refuse({"No", "", ""});
  EXPECT_EQ(form.problem()->title, "No");
  form.dismiss();
  EXPECT_FALSE(form.problem());
}

TEST(PostForm, SaysThatRepeatingIsSafeWhereItMayHaveBeenPosted) {
  for (const auto& answer :
       {Answer{}, Answer{502, ""}, Answer{504, ""}, Answer{503, R"({"reason":"UNKNOWN_OUTCOME"})"}}) {
    PostForm form;
    (void)form.submit(post("1", "k1"));
    form.answered(answer);
    EXPECT_NE(form.problem()->detail.find("safe"), std::string::npos) << answer.status;
    EXPECT_EQ(form.submit(post("1", "k2"))->idempotency_key, "k1") << answer.status;
  }
}

TEST(PostForm, WarnsUntilTheLastWord) {
  PostForm form;
  (void)form.submit(post("1", "k1"));
  form.warn({"No answer yet", "", ""});
  EXPECT_TRUE(form.is_busy());
  EXPECT_EQ(form.problem()->title, "No answer yet");
  form.answered({202, R"({"id":"e1-7"})"});
  EXPECT_FALSE(form.problem());
}

TEST(PostForm, SaysNoSuchThingWhereItWasNot) {
  PostForm form;
  (void)form.submit(post("1", "k1"));
  form.answered({503, R"({"reason":"ENGINE_UNAVAILABLE"})"});
  EXPECT_EQ(form.problem()->detail.find("safe"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::view

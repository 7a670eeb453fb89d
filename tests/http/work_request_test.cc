#include "http/work_request.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace taskwire::edge {
namespace {

struct Case {
  const char* body;
  Reason reason;
  const char* detail;
};

template <class Parse>
void expect_refusals(Parse parse, const std::vector<Case>& cases) {
  for (const auto& expected : cases) {
    const auto request = parse(expected.body);
    ASSERT_FALSE(request) << expected.body;
    EXPECT_EQ(request.error().reason, expected.reason) << expected.body;
    EXPECT_NE(request.error().detail.find(expected.detail), std::string::npos) << request.error().detail;
  }
}

TEST(TypeBody, BecomesARequest) {
  const auto type = parse_type_body(R"({"description":"D","params":{"type":"object","maxItems":2},"maxRunning":3,
      "maxRunningPerUser":2,"timeLimitMs":1e3,"retry":{"attempts":5,"backoffMs":10,"maxBackoffMs":20}})");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->description(), "D");
  EXPECT_EQ(type->params_schema().fields().at("maxItems").number_value(), 2);
  EXPECT_EQ(type->max_running(), 3);
  EXPECT_EQ(type->max_running_per_user(), 2);
  EXPECT_EQ(type->time_limit_ms(), 1000);
  EXPECT_EQ(type->retry().attempts(), 5);
  EXPECT_EQ(type->retry().backoff_ms(), 10);
  EXPECT_EQ(type->retry().max_backoff_ms(), 20);
}

TEST(TypeBody, HasNothingThatIsNotGiven) {
  for (const auto* const body : {"", "{}"}) {
    const auto type = parse_type_body(body);
    ASSERT_TRUE(type);
    EXPECT_FALSE(type->has_params_schema());
    EXPECT_FALSE(type->has_retry());
  }
  EXPECT_TRUE(parse_type_body(R"({"params":{}})")->has_params_schema());
}

TEST(TypeBody, LetsTheEngineJudgeNumbers) {
  EXPECT_EQ(parse_type_body(R"({"maxRunning":9007199254740992})")->max_running(), 2147483647);
  EXPECT_EQ(parse_type_body(R"({"maxRunning":-9007199254740992})")->max_running(), -2147483648);
  EXPECT_EQ(parse_type_body(R"({"timeLimitMs":-1})")->time_limit_ms(), -1);
}

TEST(TypeBody, NamesWhatIsWrong) {
  expect_refusals(
      parse_type_body,
      {{"{", Reason::invalid_json, "JSON"},
       {"[]", Reason::invalid_body, "a JSON object with description, params, maxRunning"},
       {R"({"description":1})", Reason::invalid_body, "\"description\" is a string."},
       {R"({"params":[]})", Reason::invalid_body, "\"params\" is an object."},
       {R"({"maxRunning":"1"})", Reason::invalid_body, "\"maxRunning\" is a whole number."},
       {R"({"maxRunningPerUser":1.5})", Reason::invalid_body, "\"maxRunningPerUser\" is a whole number."},
       {R"({"timeLimitMs":null})", Reason::invalid_body, "\"timeLimitMs\" is a whole number."},
       {R"({"retry":3})", Reason::invalid_body, "\"retry\" is an object."},
       {R"({"retry":{"attempts":"3"}})", Reason::invalid_body, "\"retry.attempts\" is a whole number."},
       {R"({"retry":{"times":3}})", Reason::invalid_body,
        "\"retry.times\" is not known here; known: retry.attempts, retry.backoffMs and retry.maxBackoffMs."},
       {R"({"retries":3})", Reason::invalid_body, "\"retries\" is not known here"}});
}

TEST(ClaimBody, BecomesARequest) {
  const auto claim = parse_claim_body(R"({"worker":"host-1","types":["resize","mail"],"max":7,"waitMs":30000})");
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->worker(), "host-1");
  ASSERT_EQ(claim->types_size(), 2);
  EXPECT_EQ(claim->types(1), "mail");
  EXPECT_EQ(claim->max(), 7);
  EXPECT_EQ(claim->wait_ms(), 30000);
}

TEST(ClaimBody, NamesWhatIsWrong) {
  expect_refusals(parse_claim_body,
                  {{R"({"worker":1})", Reason::invalid_body, "\"worker\" is a string."},
                   {R"({"types":"resize"})", Reason::invalid_body, "\"types\" is a list of names of types."},
                   {R"({"types":["a",2]})", Reason::invalid_body, "\"types[1]\" is a string."},
                   {R"({"max":"1"})", Reason::invalid_body, "\"max\" is a whole number."},
                   {R"({"max":0})", Reason::invalid_limit, "\"max\" is 1 to 100."},
                   {R"({"max":-1})", Reason::invalid_limit, "\"max\" is 1 to 100."},
                   {R"({"waitMs":true})", Reason::invalid_body, "\"waitMs\" is a whole number."},
                   {R"({"wait":1})", Reason::invalid_body, "known: worker, types, max and waitMs."}});
}

TEST(ReportBody, BecomesARequest) {
  const auto report = parse_report_body(R"({"lease":"ab","seq":9007199254740992,"progress":{"done":1}})");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->lease(), "ab");
  EXPECT_EQ(report->seq(), 9007199254740992);
  EXPECT_EQ(report->progress().done(), 1);
  const auto renewal = parse_report_body(R"({"lease":"ab"})");
  EXPECT_EQ(renewal->seq(), 0);
  EXPECT_FALSE(renewal->has_progress());
}

TEST(ReportBody, NamesWhatIsWrong) {
  expect_refusals(parse_report_body,
                  {{R"({"lease":7})", Reason::invalid_body, "\"lease\" is a string."},
                   {R"({"seq":0})", Reason::invalid_body, "\"seq\" is a whole number from 1."},
                   {R"({"seq":-1})", Reason::invalid_body, "\"seq\" is a whole number from 1."},
                   {R"({"seq":1.5})", Reason::invalid_body, "\"seq\" is a whole number from 1."},
                   {R"({"progress":null})", Reason::invalid_body, "\"progress\" is an object."},
                   {R"({"progress":{"done":"1"}})", Reason::invalid_body, "\"progress.done\" is a whole number."},
                   {R"({"result":{}})", Reason::invalid_body, "known: lease, seq, progress and output."}});
}

TEST(FinishBody, HasOneOutcome) {
  const auto result = parse_finish_body(R"({"lease":"ab","result":{"width":[1,{}]},"progress":{"percent":100}})");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lease(), "ab");
  EXPECT_EQ(result->result().fields().at("width").list_value().values_size(), 2);
  EXPECT_EQ(result->progress().percent(), 100);
  EXPECT_TRUE(parse_finish_body(R"({"result":{}})")->has_result());
  const auto error = parse_finish_body(R"({"error":{"reason":"NO_DISK","message":"M","retryable":true}})");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error().reason(), "NO_DISK");
  EXPECT_EQ(error->error().message(), "M");
  EXPECT_TRUE(error->error().retryable());
  EXPECT_TRUE(parse_finish_body(R"({"error":{}})")->has_error());
  EXPECT_TRUE(parse_finish_body(R"({"cancelled":true})")->cancelled());
}

TEST(FinishBody, NamesWhatIsWrong) {
  expect_refusals(
      parse_finish_body,
      {{"{}", Reason::invalid_outcome, "Say how the work ended"},
       {"", Reason::invalid_outcome, "Say how the work ended"},
       {R"({"cancelled":false})", Reason::invalid_outcome, "\"cancelled\" is true"},
       {R"({"cancelled":true,"result":{}})", Reason::invalid_outcome, "one outcome"},
       {R"({"error":{},"result":{}})", Reason::invalid_outcome, "one outcome"},
       {R"({"cancelled":true,"error":{}})", Reason::invalid_outcome, "one outcome"},
       {R"({"cancelled":1})", Reason::invalid_body, "\"cancelled\" is true or false."},
       {R"({"result":[]})", Reason::invalid_body, "\"result\" is an object."},
       {R"({"error":"no"})", Reason::invalid_body, "\"error\" is an object."},
       {R"({"error":{"retryable":1}})", Reason::invalid_body, "\"error.retryable\" is true or false."},
       {R"({"error":{"code":1}})", Reason::invalid_body, "known: error.reason, error.message and error.retryable."},
       {R"({"seq":1,"cancelled":true})", Reason::invalid_body,
        "known: lease, result, error, cancelled, progress and output."}});
}

}  // namespace
}  // namespace taskwire::edge

#include "view/message.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

constexpr auto* kUpdate =
    R"({"eventId":"e1-7","taskId":"k3v7qm2xw5ta","userId":"alice","taskName":"Backup","status":"running",)"
    R"("progressPercentage":42,"message":"Copying"})";

std::string summary(const StreamEvent& event) {
  return summary_of(decode_message(event), event);
}

std::string id(const StreamEvent& event) {
  return id_of(decode_message(event), event);
}

TEST(DecodeMessage, KnowsEachType) {
  EXPECT_TRUE(std::holds_alternative<Task>(decode_message({"taskUpdate", "", kUpdate})));
  EXPECT_TRUE(std::holds_alternative<TaskDeleted>(
      decode_message({"taskDeleted", "", R"({"eventId":"e1-8","taskId":"a","userId":"alice"})"})));
  EXPECT_TRUE(std::holds_alternative<Reset>(decode_message({"reset", "", R"({"reason":"start"})"})));
  EXPECT_TRUE(std::holds_alternative<Synced>(decode_message({"synced", "e1-8", "{}"})));
  EXPECT_TRUE(std::holds_alternative<Skipped>(decode_message({"skipped", "", "{}"})));
  EXPECT_TRUE(std::holds_alternative<Heartbeat>(decode_message({"heartbeat", "", "{}"})));
  EXPECT_TRUE(std::holds_alternative<Other>(decode_message({"pulse", "", "{}"})));
}

TEST(DecodeMessage, MakesNothingOfAMalformedEvent) {
  EXPECT_TRUE(std::holds_alternative<Other>(decode_message({"taskUpdate", "", "{"})));
  EXPECT_TRUE(std::holds_alternative<Other>(decode_message({"taskDeleted", "", "{}"})));
}

TEST(DecodeMessage, ReadsHeartbeats) {
  const auto message =
      decode_message({"heartbeat", "", R"({"timestamp":"1970-01-01T00:00:01.000Z","intervalMs":15000})"});
  const auto& heartbeat = std::get<Heartbeat>(message);
  EXPECT_EQ(heartbeat.at, Time(Millis(1'000)));
  EXPECT_EQ(heartbeat.interval, Millis(15'000));
}

TEST(DecodeMessage, BelievesNoAbsurdInterval) {
  for (const auto* data : {"", "{}", R"({"intervalMs":-1})", R"({"intervalMs":0})", R"({"intervalMs":1e9})",
                           R"({"intervalMs":9000000000000})", R"({"intervalMs":"15000"})"}) {
    EXPECT_EQ(std::get<Heartbeat>(decode_message({"heartbeat", "", data})).interval, std::nullopt) << data;
  }
}

TEST(IdOf, IsTheTasksOwn) {
  EXPECT_EQ(id({"taskUpdate", "e1-3", kUpdate}), "e1-7");
  EXPECT_EQ(id({"taskDeleted", "", R"({"eventId":"e1-8","taskId":"a","userId":"alice"})"}), "e1-8");
}

TEST(IdOf, IsTheStreamsForTheRest) {
  EXPECT_EQ(id({"synced", "e1-9", "{}"}), "e1-9");
  EXPECT_EQ(id({"heartbeat", "e1-9", "{}"}), "e1-9");
  EXPECT_EQ(id({"pulse", "e1-9", "{}"}), "e1-9");
}

TEST(IdOf, IsEmptyForWhatNeverHasOne) {
  EXPECT_EQ(id({"reset", "e1-9", R"({"reason":"expired"})"}), "");
  EXPECT_EQ(id({"skipped", "e1-9", "{}"}), "");
}

TEST(SummaryOf, DescribesATask) {
  EXPECT_EQ(summary({"taskUpdate", "", kUpdate}), "Backup running 42 % · Copying");
}

TEST(SummaryOf, SaysWhyATaskFailed) {
  const auto* const data =
      R"({"eventId":"e1-7","taskId":"a","userId":"alice","type":"simulate","status":"failed","progressPercentage":42,)"
      R"("message":"Copying","error":{"reason":"INTERRUPTED"}})";
  EXPECT_EQ(summary({"taskUpdate", "", data}), "simulate failed · INTERRUPTED");
}

TEST(SummaryOf, ExplainsEveryReset) {
  EXPECT_EQ(summary({"reset", "", R"({"reason":"start"})"}), "The state follows");
  EXPECT_EQ(summary({"reset", "", R"({"reason":"expired"})"}), "Some history is no longer kept; the state follows");
  EXPECT_EQ(summary({"reset", "", R"({"reason":"epoch"})"}), "The log is another one; the state follows");
  EXPECT_EQ(summary({"reset", "", R"({"reason":"ahead"})"}), "The log has lost its end; the state follows");
  EXPECT_EQ(summary({"reset", "", R"({"reason":"malformed"})"}), "The last id was not understood; the state follows");
  EXPECT_EQ(summary({"reset", "", R"({"reason":"new"})"}), "The state follows: new");
}

TEST(SummaryOf, DescribesTheRest) {
  EXPECT_EQ(summary({"taskDeleted", "", R"({"eventId":"e1-8","taskId":"abc","userId":"alice"})"}), "abc is forgotten");
  EXPECT_EQ(summary({"synced", "", "{}"}), "The state is complete");
  EXPECT_EQ(summary({"skipped", "", "{}"}), "Caught up: superseded updates were left out");
  EXPECT_EQ(summary({"heartbeat", "", "{}"}), "Nothing new");
}

TEST(SummaryOf, TellsOfTheEngine) {
  EXPECT_EQ(summary({"upstream", "e1-9", R"({"state":"down","since":"2026-01-02T10:30:45Z"})"}), "The engine is away");
  EXPECT_EQ(summary({"upstream", "", R"({"state":"failing","reason":"STORE_UNREADABLE"})"}),
            "The engine cannot read what this needs: STORE_UNREADABLE");
  EXPECT_EQ(summary({"upstream", "", R"({"state":"up"})"}), "The engine is back");
  EXPECT_EQ(summary({"upstream", "", R"({"state":"new"})"}), R"({"state":"new"})");
  EXPECT_EQ(id({"upstream", "e1-9", R"({"state":"down"})"}), "");
}

TEST(SummaryOf, KeepsForeignTextFromTurningTheRest) {
  const auto* const data =
      "{\"eventId\":\"e1-7\",\"taskId\":\"a\",\"userId\":\"alice\",\"taskName\":\"fdp\u202Eexe\","
      "\"status\":\"running\",\"message\":\"\u05E9\u05DC\u05D5\u05DD\"}";
  EXPECT_EQ(summary({"taskUpdate", "", data}),
            "\u2068fdp\uFFFDexe\u2069 running · \u2068\u05E9\u05DC\u05D5\u05DD\u2069");
  EXPECT_EQ(summary({"pulse", "", "a\u202Eb"}), "a\uFFFDb");
}

TEST(SummaryOf, ShortensWhatIsLong) {
  const std::string data(1'000, 'x');
  EXPECT_EQ(summary({"pulse", "", data}), data.substr(0, 200) + "…");
}

}  // namespace
}  // namespace taskwire::view

#include "view/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EventLog::Entry entry(std::string id, std::string text = "", std::string type = "taskUpdate") {
  return {Time(), std::move(type), std::move(id), std::move(text)};
}

std::vector<std::string> ids(const EventLog& log, std::uint64_t after = 0) {
  std::vector<std::string> ids;
  for (const auto* shown : log.shown(after)) ids.push_back(shown->id);
  return ids;
}

TEST(EventLog, ShowsTheNewestFirst) {
  EventLog log;
  EXPECT_TRUE(log.is_empty());
  log.add(entry("e-1"));
  log.add(entry("e-2"));
  EXPECT_THAT(ids(log), ElementsAre("e-2", "e-1"));
  EXPECT_FALSE(log.is_empty());
}

TEST(EventLog, ShowsWhatCameAfter) {
  EventLog log;
  log.add(entry("e-1"));
  const auto drawn = log.shown().front()->number;
  log.add(entry("e-2"));
  log.add(entry("e-3"));
  EXPECT_THAT(ids(log, drawn), ElementsAre("e-3", "e-2"));
}

TEST(EventLog, IsBounded) {
  EventLog log;
  for (std::size_t i = 0; i < EventLog::kMostEntries + 3; ++i) log.add(entry("e-" + std::to_string(i)));
  EXPECT_EQ(log.shown().size(), EventLog::kMostEntries);
  EXPECT_EQ(log.shown().back()->id, "e-3");
}

TEST(EventLog, IsBoundedAsItIsTold) {
  EventLog log(2);
  for (const auto* id : {"e-1", "e-2", "e-3"}) log.add(entry(id));
  EXPECT_THAT(ids(log), ElementsAre("e-3", "e-2"));
}

TEST(EventLog, ForgetsTheNewest) {
  EventLog log;
  for (const auto* id : {"e-1", "e-2", "e-3"}) log.add(entry(id));
  const int revision = log.revision();
  log.forget_newest(0);
  EXPECT_EQ(log.revision(), revision);
  log.forget_newest(2);
  EXPECT_NE(log.revision(), revision);
  EXPECT_THAT(ids(log), ElementsAre("e-1"));
  log.forget_newest(SIZE_MAX);
  EXPECT_TRUE(log.is_empty());
}

TEST(EventLog, FiltersByTopic) {
  EventLog log;
  log.add({Time(), "message", "e-1", "", "news"});
  log.add({Time(), "message", "e-2", "", "alarms"});
  log.set_filter("NEWS");
  EXPECT_THAT(ids(log), ElementsAre("e-1"));
}

TEST(EventLog, FiltersByTypeIdAndText) {
  EventLog log;
  log.add(entry("e-1", "Backup running", "taskUpdate"));
  log.add(entry("e-2", "", "heartbeat"));
  log.set_filter("BACK");
  EXPECT_THAT(ids(log), ElementsAre("e-1"));
  log.set_filter("beat");
  EXPECT_THAT(ids(log), ElementsAre("e-2"));
  log.set_filter("e-");
  EXPECT_THAT(ids(log), ElementsAre("e-2", "e-1"));
  log.set_filter("nothing");
  EXPECT_THAT(ids(log), IsEmpty());
  log.set_filter("");
  EXPECT_THAT(ids(log), ElementsAre("e-2", "e-1"));
}

TEST(EventLog, HoldsStillWhilePaused) {
  EventLog log;
  log.add(entry("e-1"));
  log.pause();
  log.add(entry("e-2"));
  log.add(entry("e-3"));
  EXPECT_TRUE(log.is_paused());
  EXPECT_THAT(ids(log), ElementsAre("e-1"));
  EXPECT_EQ(log.held_back(), 2U);
  log.resume();
  EXPECT_THAT(ids(log), ElementsAre("e-3", "e-2", "e-1"));
  EXPECT_EQ(log.held_back(), 0U);
}

TEST(EventLog, KeepsWhatIsLookedAtHoweverMuchArrives) {
  EventLog log;
  log.add(entry("e-0"));
  log.pause();
  for (std::size_t i = 1; i <= EventLog::kMostEntries; ++i) log.add(entry("e-" + std::to_string(i)));
  EXPECT_THAT(ids(log), ElementsAre("e-0"));
  EXPECT_EQ(log.held_back(), EventLog::kMostEntries);
}

TEST(EventLog, CountsOnlyNewsThatMatches) {
  EventLog log;
  log.set_filter("reset");
  log.pause();
  log.add(entry("e-1", "", "reset"));
  log.add(entry("e-2", "", "heartbeat"));
  EXPECT_EQ(log.held_back(), 1U);
}

TEST(EventLog, TogglesItsPause) {
  EventLog log;
  log.toggle_pause();
  EXPECT_TRUE(log.is_paused());
  log.toggle_pause();
  EXPECT_FALSE(log.is_paused());
}

TEST(EventLog, ClearsAlsoWhilePaused) {
  EventLog log;
  log.add(entry("e-1"));
  log.pause();
  log.add(entry("e-2"));
  log.clear();
  EXPECT_THAT(ids(log), IsEmpty());
  EXPECT_EQ(log.held_back(), 0U);
  log.add(entry("e-3"));
  EXPECT_EQ(log.held_back(), 1U);
}

TEST(EventLog, SaysWhenEverythingHasToBeDrawnAnew) {
  EventLog log;
  const int at_first = log.revision();
  log.add(entry("e-1"));
  log.pause();
  EXPECT_EQ(log.revision(), at_first);
  log.resume();
  const int resumed = log.revision();
  EXPECT_NE(resumed, at_first);
  log.set_filter("x");
  EXPECT_NE(log.revision(), resumed);
  const int filtered = log.revision();
  log.clear();
  EXPECT_NE(log.revision(), filtered);
}

}  // namespace
}  // namespace taskwire::view

#include "view/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Connection::State;

constexpr auto* kCatalogue =
    R"({"types":[{"type":"simulate","params":{"properties":{"steps":{"type":"integer","minimum":1,"default":3}}}}]})";

class DashboardTest : public testing::Test {
 protected:
  void connect() {
    dashboard_.choose_user("alice", now_);
    dashboard_.stream_opened(now_);
  }
  void receive(std::string type, std::string data, std::string id = "") {
    if (!id.empty()) last_event_id_ = std::move(id);
    dashboard_.received({std::move(type), last_event_id_, std::move(data)}, now_);
  }
  void receive_task(const std::string& task, int sequence, const std::string& status, bool is_live = true,
                    const std::string& more = R"("progressPercentage":10)") {
    const std::string id = "e1-" + std::to_string(sequence);
    receive("taskUpdate",
            R"({"eventId":")" + id + R"(","taskId":")" + task + R"(","userId":"alice","taskName":"Task )" + task +
                R"(","status":")" + status + "\"," + more + "}",
            is_live ? id : "");
  }
  void load_state() {
    receive("reset", R"({"reason":"start"})");
    receive("synced", R"({"cursor":"e1-1"})", "e1-1");
  }
  std::vector<Request> sent() {
    std::vector<Request> requests;
    for (auto& sending : dashboard_.take_requests(now_)) {
      number_ = sending.number;
      requests.push_back(std::move(sending.request));
    }
    return requests;
  }
  std::vector<std::string> shown() {
    std::vector<std::string> ids;
    for (const auto* task : dashboard_.board().shown()) ids.push_back(task->id);
    return ids;
  }
  void load_catalogue() {
    dashboard_.begin(now_);
    (void)sent();
    dashboard_.answered(number_, {200, kCatalogue}, now_);
  }
  void start_loaded() {
    load_catalogue();
    connect();
    load_state();
  }

  Time now_{Millis(1'000'000)};
  std::uint32_t random_ = 0;
  Dashboard dashboard_{[this] { return random_ += 0x1000'0000; }};
  std::string last_event_id_;
  int number_ = 0;
};

TEST_F(DashboardTest, AsksForTheCatalogue) {
  dashboard_.begin(now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/task-types");
  dashboard_.answered(number_, {200, kCatalogue}, now_);
  EXPECT_THAT(dashboard_.form().types(), ElementsAre("simulate"));
}

TEST_F(DashboardTest, SaysWhichTasksHaveNobodyToDoThem) {
  start_loaded();
  receive_task("a", 2, "queued", true, R"("type":"resize")");
  receive_task("b", 3, "running", true, R"("type":"resize")");
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).because, QueuedBecause::unknown);
  dashboard_.tick(true, now_);
  EXPECT_THAT(sent(), IsEmpty()) << "most tasks begin at once";
  now_ += Millis(1'000);
  dashboard_.tick(false, now_);
  EXPECT_THAT(sent(), IsEmpty()) << "nobody looks";
  dashboard_.tick(true, now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/task-types");
  const int number = number_;
  now_ += Millis(20'000);
  dashboard_.tick(true, now_);
  EXPECT_THAT(sent(), IsEmpty()) << "one question at a time";
  dashboard_.answered(number, {200, R"({"types":[{"type":"resize","workers":0}]})"}, now_);
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).because, QueuedBecause::no_worker);
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("b")).because, QueuedBecause::unknown);
  now_ += Millis(10'000);
  dashboard_.tick(true, now_);
  ASSERT_EQ(sent().size(), 1U);
  dashboard_.answered(number_, {500, ""}, now_);
  EXPECT_TRUE(dashboard_.notices().all().empty()) << "it only asked again";
}

TEST_F(DashboardTest, AsksNotAgainForWhatOnlyWhoeverStartsItCanDo) {
  dashboard_.begin(now_);
  (void)sent();
  dashboard_.answered(number_, {200, R"({"types":[{"type":"external","workers":0},{"type":"simulate"}]})"}, now_);
  connect();
  load_state();
  now_ += Millis(60'000);
  dashboard_.received({"heartbeat", "e1-2", "{}"}, now_);
  dashboard_.tick(true, now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(DashboardTest, AsksNotAgainWhereNothingCanChange) {
  start_loaded();
  receive_task("a", 2, "running");
  now_ += Millis(60'000);
  dashboard_.received({"heartbeat", "e1-2", "{}"}, now_);
  dashboard_.tick(true, now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(DashboardTest, AsksWhyATaskWaitsWhoseDetailsAreOpen) {
  start_loaded();
  receive_task("a", 2, "queued", true, R"("type":"simulate")");
  dashboard_.toggle_details("a", now_);
  ASSERT_EQ(sent().size(), 1U);
  const auto answer = [](int sequence, const std::string& because) {
    return Answer{200, R"({"eventId":"e1-)" + std::to_string(sequence) +
                           R"(","taskId":"a","userId":"alice","status":"queued","queuePosition":7,"queuedBecause":")" +
                           because + "\"}"};
  };
  dashboard_.answered(number_, answer(1, "NO_WORKER"), now_);
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).because, QueuedBecause::unknown) << "of what was before";
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).place, 0);
  now_ += Millis(10'000);
  dashboard_.tick(true, now_);
  std::vector<std::pair<std::string, int>> asked;
  for (const auto& sending : dashboard_.take_requests(now_)) asked.emplace_back(sending.request.path, sending.number);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].first, "/api/tasks/alice/a");
  dashboard_.answered(asked[0].second, answer(2, "LIMIT"), now_);
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).because, QueuedBecause::limit);
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).place, 7);
  receive_task("a", 3, "running");
  EXPECT_EQ(dashboard_.wait_of(*dashboard_.board().find("a")).because, QueuedBecause::unknown);
}

TEST_F(DashboardTest, ReadsTheOutputOfTasksWhoseDetailsAreOpen) {
  start_loaded();
  receive_task("a", 2, "running");
  receive_task("b", 3, "running");
  EXPECT_THAT(dashboard_.outputs().feeds(), IsEmpty());
  dashboard_.toggle_details("a", now_);
  dashboard_.toggle_details("b", now_);
  dashboard_.toggle_details("nobody", now_);
  ASSERT_EQ(dashboard_.outputs().feeds().size(), 2U);
  const int feed = dashboard_.outputs().find("a")->number;
  (void)dashboard_.board().take_changed();
  dashboard_.output_opened(feed, now_);
  dashboard_.output_received(feed, {{"output", "e1-1.2", R"({"stream":"stdout","text":"x\n"})"}}, "e1-1.2", now_);
  EXPECT_THAT(dashboard_.board().take_changed(), ElementsAre("a"));
  dashboard_.toggle_details("b", now_);
  EXPECT_EQ(dashboard_.outputs().find("b"), nullptr);
  dashboard_.pause();
  EXPECT_EQ(dashboard_.outputs().find("a")->connection.stream(), 0);
  dashboard_.resume(now_);
  EXPECT_NE(dashboard_.outputs().find("a")->connection.stream(), 0);
  dashboard_.disconnect();
  EXPECT_EQ(dashboard_.outputs().find("a")->connection.stream(), 0);
  dashboard_.choose_user("bob", now_);
  EXPECT_THAT(dashboard_.outputs().feeds(), IsEmpty());
}

TEST_F(DashboardTest, ReadsNoOutputOfTasksThatAreGone) {
  start_loaded();
  receive_task("a", 2, "running");
  receive_task("b", 3, "running");
  dashboard_.toggle_details("a", now_);
  dashboard_.toggle_details("b", now_);
  receive("taskDeleted", R"({"eventId":"e1-4","taskId":"a","userId":"alice"})", "e1-4");
  EXPECT_EQ(dashboard_.outputs().find("a"), nullptr);
  receive("reset", R"({"reason":"epoch"})");
  receive("synced", R"({"cursor":"e2-9"})", "e2-9");
  EXPECT_EQ(dashboard_.outputs().find("b"), nullptr);
  EXPECT_EQ(dashboard_.details().find("b"), nullptr);
}

TEST_F(DashboardTest, ReadsNoOutputOfRowsThatAreNotShown) {
  start_loaded();
  receive_task("a", 2, "running");
  dashboard_.toggle_details("a", now_);
  dashboard_.board().set_filter(Board::Filter::failed);
  dashboard_.tick(true, now_);
  EXPECT_EQ(dashboard_.outputs().find("a")->connection.stream(), 0);
  dashboard_.board().set_filter(Board::Filter::all);
  dashboard_.tick(true, now_);
  EXPECT_NE(dashboard_.outputs().find("a")->connection.stream(), 0);
}

TEST_F(DashboardTest, ReadsNoOutputWhileNobodyLooks) {
  start_loaded();
  receive_task("a", 2, "running");
  dashboard_.toggle_details("a", now_);
  dashboard_.tick(false, now_);
  EXPECT_EQ(dashboard_.outputs().find("a")->connection.stream(), 0);
  EXPECT_NE(dashboard_.stream(), 0);
  dashboard_.tick(true, now_);
  EXPECT_NE(dashboard_.outputs().find("a")->connection.stream(), 0);
}

TEST_F(DashboardTest, ReadsOnWhenATaskIsTriedAgain) {
  start_loaded();
  receive_task("a", 2, "failed");
  dashboard_.toggle_details("a", now_);
  const int feed = dashboard_.outputs().find("a")->number;
  dashboard_.output_refused(feed, {204}, now_);
  EXPECT_TRUE(dashboard_.outputs().find("a")->is_over);
  receive_task("a", 3, "queued", true, R"("attempt":2)");
  EXPECT_FALSE(dashboard_.outputs().find("a")->is_over);
  dashboard_.output_broke(feed, now_, {});
  ASSERT_TRUE(dashboard_.deadline());
}

TEST_F(DashboardTest, SaysWhyThereIsNoCatalogue) {
  dashboard_.begin(now_);
  (void)sent();
  dashboard_.answered(number_, {200, "no catalogue"}, now_);
  EXPECT_EQ(dashboard_.notices().all().size(), 1U);
}

TEST_F(DashboardTest, FollowsTheTasksOfAUser) {
  EXPECT_TRUE(dashboard_.choose_user("alice", now_));
  EXPECT_NE(dashboard_.stream(), 0);
  EXPECT_EQ(dashboard_.stream_url(), "/api/events?topic=tasks/alice");
}

TEST_F(DashboardTest, RefusesANameThatNobodyCanHave) {
  for (const auto& name :
       {std::string(), std::string("a b"), std::string("."), std::string("ü"), std::string(129, 'a')}) {
    EXPECT_FALSE(dashboard_.choose_user(name, now_)) << name;
  }
  EXPECT_EQ(dashboard_.stream(), 0);
  EXPECT_EQ(dashboard_.user(), "");
}

TEST_F(DashboardTest, ShowsTheStateAndWhatFollows) {
  connect();
  receive("reset", R"({"reason":"start"})");
  receive_task("a", 3, "running", false);
  receive_task("b", 5, "succeeded", false);
  EXPECT_TRUE(dashboard_.board().is_loading());
  receive("synced", "{}", "e1-5");
  receive_task("a", 6, "succeeded");
  EXPECT_THAT(shown(), ElementsAre("b", "a"));
  EXPECT_EQ(dashboard_.board().find("a")->state, TaskState::succeeded);
  EXPECT_EQ(dashboard_.status().repeats, 0);
}

TEST_F(DashboardTest, ComesBackWithTheLastId) {
  connect();
  load_state();
  receive_task("a", 7, "running");
  dashboard_.stream_broke(true, now_);
  now_ += Millis(60'000);
  dashboard_.tick(true, now_);
  EXPECT_EQ(dashboard_.stream_url(), "/api/events?topic=tasks/alice&lastEventId=e1-7");
}

TEST_F(DashboardTest, KeepsTheLastIdWhereANewStreamHasNone) {
  connect();
  load_state();
  last_event_id_.clear();
  receive("reset", R"({"reason":"expired"})");
  EXPECT_EQ(dashboard_.status().cursor, "e1-1");
}

TEST_F(DashboardTest, TakesTheStateAnewAfterAReset) {
  connect();
  load_state();
  receive_task("a", 900, "running");
  receive_task("b", 901, "running");
  receive("reset", R"({"reason":"epoch"})");
  receive_task("b", 3, "failed", false);
  receive("synced", "{}", "e2-3");
  EXPECT_THAT(shown(), ElementsAre("b"));
  EXPECT_EQ(dashboard_.board().find("b")->state, TaskState::failed);
  EXPECT_EQ(dashboard_.status().resets, 2);
  EXPECT_EQ(dashboard_.status().last_reset, "epoch");
  EXPECT_EQ(dashboard_.status().cursor, "e2-3");
}

TEST_F(DashboardTest, CountsEventsThatAreNoNews) {
  connect();
  load_state();
  receive_task("a", 7, "succeeded");
  receive_task("a", 6, "running");
  EXPECT_EQ(dashboard_.status().repeats, 1);
  EXPECT_EQ(dashboard_.board().find("a")->state, TaskState::succeeded);
}

TEST_F(DashboardTest, LeavesOtherUsersTasksAlone) {
  connect();
  load_state();
  receive("taskUpdate", R"({"eventId":"e1-7","taskId":"x","userId":"bob","status":"running"})", "e1-7");
  EXPECT_THAT(shown(), IsEmpty());
  receive_task("a", 8, "running");
  receive("taskDeleted", R"({"eventId":"e1-9","taskId":"a","userId":"bob"})", "e1-9");
  EXPECT_THAT(shown(), ElementsAre("a"));
}

TEST_F(DashboardTest, ForgetsATaskThatWasDeleted) {
  connect();
  load_state();
  receive_task("a", 7, "failed");
  dashboard_.toggle_details("a", now_);
  receive("taskDeleted", R"({"eventId":"e1-9","taskId":"a","userId":"alice"})", "e1-9");
  EXPECT_THAT(shown(), IsEmpty());
  EXPECT_EQ(dashboard_.details().find("a"), nullptr);
}

TEST_F(DashboardTest, LogsEveryEvent) {
  connect();
  load_state();
  receive_task("a", 7, "running");
  receive("skipped", R"({"reason":"lagged"})");
  receive("heartbeat", "{}", "e1-8");
  std::vector<std::string> log;
  for (const auto* entry : dashboard_.log().shown()) log.push_back(entry->type + " " + entry->id);
  EXPECT_THAT(log, ElementsAre("heartbeat e1-8", "skipped ", "taskUpdate e1-7", "synced e1-1", "reset "));
  EXPECT_EQ(dashboard_.status().events, 5);
  EXPECT_EQ(dashboard_.status().skips, 1);
  EXPECT_EQ(dashboard_.status().heard_at, now_);
}

TEST_F(DashboardTest, TellsOfAnEngineThatIsAway) {
  connect();
  load_state();
  (void)dashboard_.announcer().take(now_);
  now_ += Announcer::kPace;
  receive("upstream", R"({"state":"down","since":"1970-01-01T01:00:00.000Z"})");
  EXPECT_EQ(dashboard_.connection().upstream().state, Upstream::State::down);
  EXPECT_EQ(dashboard_.announcer().take(now_), "The engine is away, waiting for it.");
  EXPECT_EQ(dashboard_.log().shown().front()->text, "The engine is away");
  EXPECT_EQ(dashboard_.log().shown().front()->id, "");
  now_ += Announcer::kPace;
  receive("upstream", R"({"state":"up"})");
  EXPECT_EQ(dashboard_.connection().upstream().state, Upstream::State::up);
  EXPECT_EQ(dashboard_.announcer().take(now_), "The engine is back.");
}

TEST_F(DashboardTest, TakesTheServersTimeFromItsHeartbeat) {
  connect();
  receive("heartbeat", R"({"timestamp":"1970-01-01T01:00:00.000Z"})", "e1-1");
  EXPECT_EQ(dashboard_.server_time(now_), Time(std::chrono::hours(1)));
}

TEST_F(DashboardTest, RemembersWhenTheLastHeartbeatCame) {
  connect();
  load_state();
  EXPECT_EQ(dashboard_.status().heartbeat_at, std::nullopt);
  receive("heartbeat", "{}", "e1-2");
  const auto heartbeat_at = now_;
  now_ += Millis(2'000);
  receive_task("a", 7, "running");
  EXPECT_EQ(dashboard_.status().heartbeat_at, heartbeat_at);
  EXPECT_EQ(dashboard_.status().heard_at, now_);
}

TEST_F(DashboardTest, BeginsAnewWithAnotherUser) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.toggle_details("a", now_);
  const int stream = dashboard_.stream();
  EXPECT_TRUE(dashboard_.choose_user("bob", now_));
  EXPECT_NE(dashboard_.stream(), stream);
  EXPECT_EQ(dashboard_.stream_url(), "/api/events?topic=tasks/bob");
  EXPECT_THAT(shown(), IsEmpty());
  EXPECT_TRUE(dashboard_.log().is_empty());
  EXPECT_EQ(dashboard_.details().find("a"), nullptr);
  EXPECT_EQ(dashboard_.status().events, 0);
  EXPECT_TRUE(dashboard_.form().is_loaded());
}

TEST_F(DashboardTest, ConnectsAgainAsTheSameUserWhereItWas) {
  connect();
  load_state();
  receive_task("a", 7, "running");
  dashboard_.disconnect();
  EXPECT_EQ(dashboard_.stream(), 0);
  dashboard_.choose_user("alice", now_);
  EXPECT_EQ(dashboard_.stream_url(), "/api/events?topic=tasks/alice&lastEventId=e1-7");
  EXPECT_THAT(shown(), ElementsAre("a"));
}

TEST_F(DashboardTest, KnowsAsWhomItIsConnected) {
  EXPECT_FALSE(dashboard_.is_connected_as(""));
  connect();
  EXPECT_TRUE(dashboard_.is_connected_as("alice"));
  EXPECT_FALSE(dashboard_.is_connected_as("bob"));
  dashboard_.disconnect();
  EXPECT_FALSE(dashboard_.is_connected_as("alice"));
}

TEST_F(DashboardTest, StartsATask) {
  start_loaded();
  EXPECT_TRUE(dashboard_.start(now_));
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/tasks/alice/start");
  EXPECT_EQ(requests[0].body, R"({"type":"simulate","params":{"steps":3}})");
  EXPECT_EQ(requests[0].idempotency_key.size(), 32U);
  dashboard_.answered(number_, {202, "{}"}, now_);
  EXPECT_FALSE(dashboard_.form().is_busy());
  EXPECT_FALSE(dashboard_.form().problem());
  EXPECT_THAT(shown(), IsEmpty());  // the stream alone brings tasks
}

TEST_F(DashboardTest, StartsNothingWithoutAUser) {
  load_catalogue();
  EXPECT_FALSE(dashboard_.start(now_));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_FALSE(dashboard_.form().is_busy());
}

TEST_F(DashboardTest, StartsNothingThatIsWrong) {
  start_loaded();
  dashboard_.form().set_value("steps", "0");
  EXPECT_FALSE(dashboard_.start(now_));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(DashboardTest, RepeatsAStartWithTheSameKey) {
  start_loaded();
  dashboard_.start(now_);
  const auto key = sent().at(0).idempotency_key;
  dashboard_.answered(number_, {503, R"({"reason":"UNKNOWN_OUTCOME"})"}, now_);
  EXPECT_TRUE(dashboard_.form().is_busy());
  now_ += Millis(15'000);
  EXPECT_EQ(sent().at(0).idempotency_key, key);
  dashboard_.answered(number_, {202, "{}"}, now_);
  EXPECT_FALSE(dashboard_.form().is_busy());
}

TEST_F(DashboardTest, UsesAnotherKeyForTheNextTask) {
  start_loaded();
  dashboard_.start(now_);
  const auto key = sent().at(0).idempotency_key;
  dashboard_.answered(number_, {202, "{}"}, now_);
  dashboard_.start(now_);
  EXPECT_NE(sent().at(0).idempotency_key, key);
}

TEST_F(DashboardTest, ShowsWhyAStartWasRefused) {
  start_loaded();
  dashboard_.start(now_);
  (void)sent();
  dashboard_.answered(number_, {400, R"({"title":"Bad Request","detail":"No.","reason":"INVALID_PARAMS"})"}, now_);
  ASSERT_TRUE(dashboard_.form().problem());
  EXPECT_EQ(dashboard_.form().problem()->reason, "INVALID_PARAMS");
}

TEST_F(DashboardTest, KeepsTheKeyOfAStartThatNobodyAnswered) {
  start_loaded();
  dashboard_.start(now_);
  std::string key;
  for (auto requests = sent(); !requests.empty(); requests = sent()) {
    key = requests.at(0).idempotency_key;
    dashboard_.answered(number_, {}, now_);
    now_ += Millis(15'000);
  }
  ASSERT_TRUE(dashboard_.form().problem());
  EXPECT_EQ(dashboard_.form().problem()->title, "No answer");
  EXPECT_THAT(dashboard_.form().problem()->detail, HasSubstr("safe"));
  dashboard_.start(now_);
  EXPECT_EQ(sent().at(0).idempotency_key, key);
}

TEST_F(DashboardTest, CancelsARunningTaskOnce) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.cancel("a", now_);
  dashboard_.cancel("a", now_);
  const auto requests = sent();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/tasks/alice/a/cancel");
  EXPECT_TRUE(dashboard_.outbox().is_pending(Purpose::cancel, "a"));
  dashboard_.answered(number_, {202, "{}"}, now_);
  EXPECT_FALSE(dashboard_.outbox().is_pending(Purpose::cancel, "a"));
}

TEST_F(DashboardTest, CommandsOnlyWhatItsStateAllows) {
  start_loaded();
  receive_task("ended", 7, "succeeded");
  receive_task("stopping", 8, "cancelling");
  receive_task("running", 9, "running");
  receive_task("claimed", 10, "failed", true, R"("type":"external")");
  for (const auto* task : {"ended", "stopping", "unknown"}) dashboard_.cancel(task, now_);
  for (const auto* task : {"ended", "running", "claimed", "unknown"}) dashboard_.retry(task, now_);
  for (const auto* task : {"stopping", "running", "unknown"}) dashboard_.forget(task, now_);
  dashboard_.toggle_details("unknown", now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(DashboardTest, RetriesAndForgetsWhatHasEnded) {
  start_loaded();
  receive_task("a", 7, "failed");
  dashboard_.retry("a", now_);
  EXPECT_EQ(sent().at(0).path, "/api/tasks/alice/a/retry");
  dashboard_.forget("a", now_);
  EXPECT_EQ(sent().at(0).method, "DELETE");
}

TEST_F(DashboardTest, ShowsWhyACommandWasRefused) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.cancel("a", now_);
  (void)sent();
  dashboard_.answered(number_, {409, R"({"title":"Conflict","detail":"It has ended.","reason":"TASK_ENDED"})"}, now_);
  ASSERT_EQ(dashboard_.notices().all().size(), 1U);
  EXPECT_EQ(dashboard_.notices().all().front().problem.reason, "TASK_ENDED");
}

TEST_F(DashboardTest, SendsARetryOnceAndSaysWhenNobodyKnowsWhatItDid) {
  start_loaded();
  receive_task("a", 7, "failed");
  dashboard_.retry("a", now_);
  (void)sent();
  dashboard_.answered(number_, {}, now_);
  now_ += Millis(60'000);
  EXPECT_THAT(sent(), IsEmpty());
  ASSERT_EQ(dashboard_.notices().all().size(), 1U);
  EXPECT_EQ(dashboard_.notices().all().front().problem.title, "Retry not confirmed");
}

TEST_F(DashboardTest, ShowsWhyARetryWasRefused) {
  start_loaded();
  receive_task("a", 7, "failed");
  dashboard_.retry("a", now_);
  (void)sent();
  dashboard_.answered(number_, {503, R"({"title":"Service Unavailable","reason":"ENGINE_UNAVAILABLE"})"}, now_);
  ASSERT_EQ(dashboard_.notices().all().size(), 1U);
  EXPECT_EQ(dashboard_.notices().all().front().problem.reason, "ENGINE_UNAVAILABLE");
}

TEST_F(DashboardTest, CountsACancelAsDoneThatWasRefusedAfterALostAnswer) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.cancel("a", now_);
  (void)sent();
  dashboard_.answered(number_, {}, now_);
  now_ += Millis(15'000);
  (void)sent();
  dashboard_.answered(number_, {409, R"({"title":"Conflict","reason":"TASK_ENDED"})"}, now_);
  EXPECT_FALSE(dashboard_.outbox().is_pending(Purpose::cancel, "a"));
  EXPECT_THAT(dashboard_.notices().all(), IsEmpty());
}

TEST_F(DashboardTest, FetchesDetailsWhenTheyAreOpened) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.toggle_details("a", now_);
  EXPECT_EQ(sent().at(0).path, "/api/tasks/alice/a");
  dashboard_.answered(number_, {200, R"({"params":{"steps":3}})"}, now_);
  EXPECT_THAT(dashboard_.details().find("a")->params, HasSubstr("steps"));
  dashboard_.toggle_details("a", now_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(DashboardTest, FetchesOpenDetailsAgainWhenTheStateChanges) {
  start_loaded();
  receive_task("a", 7, "running");
  dashboard_.toggle_details("a", now_);
  (void)sent();
  receive_task("a", 8, "running");
  EXPECT_THAT(sent(), IsEmpty());
  receive_task("a", 9, "succeeded");
  EXPECT_EQ(sent().at(0).path, "/api/tasks/alice/a");
}

TEST_F(DashboardTest, AnnouncesWhatEndsButNotTheState) {
  connect();
  (void)dashboard_.announcer().take(now_);
  now_ += Announcer::kPace;
  receive("reset", R"({"reason":"start"})");
  receive_task("a", 3, "succeeded", false);
  receive("synced", "{}", "e1-3");
  EXPECT_EQ(dashboard_.announcer().take(now_), std::nullopt);
  receive_task("b", 4, "running");
  receive_task("b", 5, "failed");
  EXPECT_EQ(dashboard_.announcer().take(now_), "Task b failed.");
}

TEST_F(DashboardTest, AnnouncesWhatHoldsUpATaskOnce) {
  connect();
  (void)dashboard_.announcer().take(now_);
  receive("reset", R"({"reason":"start"})");
  receive_task("a", 3, "running", false, R"("condition":"error")");
  receive("synced", "{}", "e1-3");
  now_ += Announcer::kPace;
  EXPECT_EQ(dashboard_.announcer().take(now_), std::nullopt) << "it was so before";
  receive_task("a", 4, "running", true, R"("condition":"error","stalled":true)");
  EXPECT_EQ(dashboard_.announcer().take(now_), std::nullopt) << "its mark is the same";
  receive_task("a", 5, "running", true, R"("condition":"paused")");
  EXPECT_EQ(dashboard_.announcer().take(now_), "Task a: paused.");
  now_ += Announcer::kPace;
  receive_task("a", 6, "running");
  receive_task("b", 7, "running", true, R"("stalled":true)");
  EXPECT_EQ(dashboard_.announcer().take(now_), "Task b: stalled.");
}

TEST_F(DashboardTest, AnnouncesALostConnection) {
  connect();
  EXPECT_EQ(dashboard_.announcer().take(now_), "Connected.");
  dashboard_.stream_broke(false, now_);
  now_ += Announcer::kPace;
  EXPECT_EQ(dashboard_.announcer().take(now_), "Connection lost, reconnecting.");
}

TEST_F(DashboardTest, AnnouncesNothingThatAPersonDidOrCannotSee) {
  connect();
  (void)dashboard_.announcer().take(now_);
  dashboard_.disconnect();
  now_ += Announcer::kPace;
  EXPECT_EQ(dashboard_.announcer().take(now_), std::nullopt);
  dashboard_.choose_user("alice", now_);
  dashboard_.stream_opened(now_);
  dashboard_.tick(false, now_);
  EXPECT_EQ(dashboard_.announcer().take(now_), std::nullopt);
}

TEST_F(DashboardTest, DrawsRunningTimesAsTimePasses) {
  connect();
  load_state();
  receive_task("a", 7, "running");
  receive_task("b", 8, "succeeded");
  (void)dashboard_.board().take_changed();
  dashboard_.tick(false, now_);
  EXPECT_THAT(dashboard_.board().take_changed(), IsEmpty());
  dashboard_.tick(true, now_);
  EXPECT_THAT(dashboard_.board().take_changed(), ElementsAre("a"));
}

TEST_F(DashboardTest, WantsToBeCalledWhenSomethingIsDue) {
  EXPECT_EQ(dashboard_.deadline(), std::nullopt);
  connect();
  (void)dashboard_.announcer().take(now_);
  EXPECT_EQ(dashboard_.deadline(), now_ + Connection::kPatience);
  dashboard_.begin(now_);
  EXPECT_EQ(dashboard_.deadline(), now_);
}

TEST_F(DashboardTest, SaysWhatStandsWhereNoTaskIs) {
  EXPECT_EQ(dashboard_.placeholder()->title, "Whose tasks?");
  dashboard_.choose_user("alice", now_);
  EXPECT_EQ(dashboard_.placeholder()->title, "Loading tasks");
  dashboard_.stream_opened(now_);
  EXPECT_EQ(dashboard_.placeholder()->title, "Loading tasks");
  receive("heartbeat", "{}");
  EXPECT_EQ(dashboard_.placeholder()->title, "Waiting for the engine");
  receive("reset", R"({"reason":"start"})");
  EXPECT_EQ(dashboard_.placeholder()->title, "Loading tasks");
  receive("synced", "{}", "e1-1");
  EXPECT_EQ(dashboard_.placeholder()->title, "No tasks yet");
  receive_task("a", 7, "running");
  EXPECT_FALSE(dashboard_.placeholder());
  dashboard_.board().set_filter(Board::Filter::failed);
  EXPECT_EQ(dashboard_.placeholder()->title, "No such tasks");
}

TEST_F(DashboardTest, SaysThatItIsDisconnected) {
  dashboard_.choose_user("alice", now_);
  dashboard_.disconnect();
  EXPECT_EQ(dashboard_.placeholder()->title, "Disconnected");
}

}  // namespace
}  // namespace taskwire::view

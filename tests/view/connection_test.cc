#include "view/connection.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

using std::chrono::hours;
using State = Connection::State;

class ConnectionTest : public testing::Test {
 protected:
  void wait(Millis time) {
    now_ += time;
    connection_.tick(now_);
  }
  void go_live() {
    connection_.connect(now_);
    connection_.opened(now_);
    connection_.heard(now_);
  }

  Time now_{Millis(1'000'000)};
  Connection connection_{[] { return 0.5; }};
};

TEST_F(ConnectionTest, OpensNothingUntilAsked) {
  wait(hours(1));
  EXPECT_EQ(connection_.stream(), 0);
  EXPECT_EQ(connection_.state(), State::disconnected);
  EXPECT_EQ(connection_.deadline(), std::nullopt);
}

TEST_F(ConnectionTest, ConnectsAndIsLive) {
  connection_.connect(now_);
  EXPECT_NE(connection_.stream(), 0);
  EXPECT_EQ(connection_.state(), State::connecting);
  connection_.opened(now_);
  EXPECT_EQ(connection_.state(), State::live);
}

TEST_F(ConnectionTest, IsNotLiveOnlyBecauseSomethingArrives) {
  connection_.connect(now_);
  now_ += Millis(1'000);
  connection_.heard(now_);
  EXPECT_EQ(connection_.state(), State::connecting);
  EXPECT_EQ(connection_.deadline(), now_ + Connection::kPatience);
}

TEST_F(ConnectionTest, DisconnectsForGood) {
  go_live();
  connection_.disconnect();
  connection_.reconnect(now_);
  connection_.set_online(false, now_);
  connection_.set_online(true, now_);
  connection_.resume(now_);
  wait(hours(1));
  EXPECT_EQ(connection_.stream(), 0);
  EXPECT_EQ(connection_.state(), State::disconnected);
}

TEST_F(ConnectionTest, LeavesANetworkErrorToTheBrowser) {
  go_live();
  const int stream = connection_.stream();
  connection_.broke(false, now_);
  EXPECT_EQ(connection_.stream(), stream);
  EXPECT_EQ(connection_.state(), State::retrying);
  EXPECT_EQ(connection_.failures(), 1);
  connection_.opened(now_);
  EXPECT_EQ(connection_.stream(), stream);
  EXPECT_EQ(connection_.state(), State::live);
}

TEST_F(ConnectionTest, ForgetsFailuresWhenSomethingArrivesNotWhenItOpens) {
  go_live();
  connection_.broke(false, now_);
  connection_.opened(now_);
  EXPECT_EQ(connection_.failures(), 1);
  connection_.heard(now_);
  EXPECT_EQ(connection_.failures(), 0);
}

TEST_F(ConnectionTest, MakesANewStreamWhenTheBrowserGaveUp) {
  go_live();
  const int stream = connection_.stream();
  connection_.broke(true, now_);
  EXPECT_EQ(connection_.stream(), 0);
  EXPECT_EQ(connection_.state(), State::waiting);
  EXPECT_EQ(connection_.countdown(now_), Millis(500));
  EXPECT_EQ(connection_.deadline(), now_ + Millis(500));
  wait(Millis(499));
  EXPECT_EQ(connection_.stream(), 0);
  wait(Millis(1));
  EXPECT_GT(connection_.stream(), stream);
  EXPECT_EQ(connection_.state(), State::connecting);
}

TEST_F(ConnectionTest, WaitsLongerEachTimeUntilSomethingArrives) {
  go_live();
  for (const int expected : {500, 1'000, 2'000, 4'000, 8'000, 15'000, 15'000}) {
    connection_.broke(true, now_);
    EXPECT_EQ(connection_.countdown(now_), Millis(expected));
    wait(Millis(expected));
    connection_.opened(now_);
  }
  connection_.heard(now_);
  connection_.broke(true, now_);
  EXPECT_EQ(connection_.countdown(now_), Millis(500));
}

TEST_F(ConnectionTest, WaitsAtLeastAsLongAsTheServerAsks) {
  go_live();
  connection_.broke(true, now_, Millis(20'000));
  EXPECT_EQ(connection_.countdown(now_), Millis(20'000));
  wait(Millis(20'000));
  connection_.broke(true, now_, Millis(10));
  EXPECT_EQ(connection_.countdown(now_), Millis(1'000));
  wait(Millis(1'000));
  connection_.broke(true, now_, std::chrono::hours(1));
  EXPECT_EQ(connection_.countdown(now_), Connection::kRetryPatience);
}

TEST_F(ConnectionTest, BeginsWithShortWaitsWhenAPersonConnects) {
  go_live();
  for (int i = 0; i < 8; ++i) {
    connection_.broke(true, now_);
    wait(Millis(30'000));
  }
  connection_.connect(now_);
  EXPECT_EQ(connection_.failures(), 0);
  connection_.broke(true, now_);
  EXPECT_EQ(connection_.countdown(now_), Millis(500));
}

TEST_F(ConnectionTest, ReconnectsAtOnceWhenAsked) {
  go_live();
  connection_.broke(true, now_);
  connection_.reconnect(now_);
  EXPECT_EQ(connection_.state(), State::connecting);
  EXPECT_EQ(connection_.failures(), 1);
  EXPECT_EQ(connection_.countdown(now_), Millis(0));
}

TEST_F(ConnectionTest, MakesASilentStreamAnew) {
  go_live();
  const int stream = connection_.stream();
  EXPECT_EQ(connection_.deadline(), now_ + Connection::kPatience);
  wait(Connection::kPatience - Millis(1));
  EXPECT_EQ(connection_.stream(), stream);
  wait(Millis(1));
  EXPECT_EQ(connection_.stream(), stream + 1);
  EXPECT_EQ(connection_.failures(), 1);
}

TEST_F(ConnectionTest, GivesUpOnAnAnswerThatNeverComes) {
  connection_.connect(now_);
  const int stream = connection_.stream();
  wait(Connection::kPatience);
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, IsPatientWithRareHeartbeats) {
  go_live();
  const int stream = connection_.stream();
  connection_.heard(now_, Millis(60'000));
  wait(Millis(149'999));
  EXPECT_EQ(connection_.stream(), stream);
  connection_.heard(now_);  // an event that says no interval changes nothing
  wait(Millis(149'999));
  EXPECT_EQ(connection_.stream(), stream);
  wait(Millis(1));
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, LetsTheBrowserWaitAsLongAsTheServerToldIt) {
  go_live();
  const int stream = connection_.stream();
  connection_.broke(false, now_);
  wait(Connection::kRetryPatience - Millis(1));
  EXPECT_EQ(connection_.stream(), stream);
  wait(Millis(1));
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, GivesAPageThatSleptTimeToTakeInWhatArrived) {
  go_live();
  const int stream = connection_.stream();
  wait(hours(8));
  EXPECT_EQ(connection_.stream(), stream);
  EXPECT_EQ(connection_.deadline(), now_ + Connection::kGrace);
  wait(Connection::kGrace);
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, GivesThatTimeOnlyOnce) {
  go_live();
  const int stream = connection_.stream();
  wait(hours(1));
  wait(hours(1));
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, SurvivesAClockThatIsSetBack) {
  go_live();
  const int stream = connection_.stream();
  now_ -= hours(2);
  wait(Millis(0));
  wait(Connection::kPatience - Millis(1));
  EXPECT_EQ(connection_.stream(), stream);
  wait(Millis(1));
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, HurriesWhenTheNetworkIsBack) {
  go_live();
  connection_.broke(true, now_);
  connection_.set_online(false, now_);
  EXPECT_FALSE(connection_.is_online());
  EXPECT_EQ(connection_.state(), State::waiting);
  connection_.set_online(true, now_);
  EXPECT_EQ(connection_.state(), State::connecting);
}

TEST_F(ConnectionTest, LeavesALiveStreamAloneWhateverTheNetworkSeemsToDo) {
  go_live();
  const int stream = connection_.stream();
  connection_.set_online(false, now_);
  EXPECT_EQ(connection_.state(), State::live);
  connection_.set_online(true, now_);
  EXPECT_EQ(connection_.stream(), stream);
}

TEST_F(ConnectionTest, TriesOnWhileOffline) {
  go_live();
  connection_.set_online(false, now_);
  connection_.broke(true, now_);
  wait(Millis(500));
  EXPECT_EQ(connection_.state(), State::connecting);
}

TEST_F(ConnectionTest, IsPutAwayAndTakenUpAgain) {
  go_live();
  const int stream = connection_.stream();
  connection_.pause();
  EXPECT_EQ(connection_.state(), State::paused);
  EXPECT_EQ(connection_.stream(), 0);
  EXPECT_EQ(connection_.deadline(), std::nullopt);
  wait(hours(1));
  EXPECT_EQ(connection_.stream(), 0);
  connection_.resume(now_);
  EXPECT_EQ(connection_.state(), State::connecting);
  EXPECT_EQ(connection_.stream(), stream + 1);
}

TEST_F(ConnectionTest, TakesUpNothingThatWasNotPutAway) {
  go_live();
  const int stream = connection_.stream();
  connection_.resume(now_);
  EXPECT_EQ(connection_.stream(), stream);
}

TEST_F(ConnectionTest, IgnoresNewsOfAStreamThatIsNoMore) {
  go_live();
  connection_.pause();
  connection_.opened(now_);
  connection_.broke(true, now_);
  connection_.heard(now_);
  EXPECT_EQ(connection_.state(), State::paused);
  EXPECT_EQ(connection_.failures(), 0);
}

}  // namespace
}  // namespace taskwire::view

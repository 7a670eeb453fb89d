#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "resume/cursor.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

constexpr int kStreams = 200;
const std::vector<std::string> kUsers = {"alice", "bob", "carol", "dave"};
const std::vector<std::string> kChannels = {"c0", "c1", "c2", "c3", "c4", "c5"};

std::chrono::seconds soak_time() {
  const auto* const text = std::getenv("TASKWIRE_SOAK_SECONDS");
  return std::chrono::seconds(text != nullptr ? std::atoi(text) : 10);
}

Sequence sequence_of(const std::string& id) {
  const auto cursor = parse_cursor(id);
  return cursor ? cursor->sequence : 0;
}

/// What a stream has to carry: an event's id, type and data.
using Line = std::tuple<std::string, std::string, std::string>;

/// A client of one stream, some of which are cut now and then.
struct Follower {
  std::string target;
  std::vector<std::string> topics;
  bool is_cut_at_times = false;
  Sequence start = 0;
  std::vector<Line> got;
  std::vector<std::string> surprises;  ///< Resets and the like.
};

bool is_of_the_connection(const SseEvent& event) {
  return event.data == "<3: Keep alive" || (event.data.starts_with("User '") && event.data.ends_with("' connected"));
}

/// A load that goes on until it is told to stop.
class Load {
 public:
  void every(std::chrono::milliseconds interval, std::function<void(int)> act) {
    threads_.emplace_back([this, interval, act = std::move(act)] {
      std::unique_lock lock(mutex_);
      for (int i = 0; !is_stopped_; ++i) {
        lock.unlock();
        act(i);
        lock.lock();
        stopped_.wait_for(lock, interval, [&] { return is_stopped_; });
      }
    });
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
    }
    stopped_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;
  std::vector<std::thread> threads_;
};

class SoakTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }

  static std::vector<Follower> followers() {
    std::vector<Follower> all;
    for (std::size_t i = 0; i < kStreams; ++i) {
      const auto& user = kUsers[i % kUsers.size()];
      const auto& channel = kChannels[i % kChannels.size()];
      Follower follower;
      switch (i % 10) {
        case 0:
        case 1:
          follower = {"/api/task-progress/" + user + "?from=now", {"tasks/" + user}};
          break;
        case 2:
        case 3:
          follower = {"/stream/" + channel, {"channels/" + channel}};
          break;
        case 4:
          follower = {"/sse/connect/" + user, {"messages/" + user}};
          break;
        case 5:
          follower = {"/string-item", {"channels/heart-rate"}};
          break;
        case 6:
          follower = {"/sse-item", {"channels/heart-rate"}};
          break;
        case 7:
          follower = {"/stream/host", {"channels/host"}};
          break;
        case 8:
          follower = {"/json-item", {"channels/heart-rate"}};
          break;
        default:
          follower.topics = {"tasks/" + user, "messages/" + user, "channels/" + channel, "channels/pulse"};
          follower.target = "/api/events?from=now";
          for (const auto& topic : follower.topics) follower.target += "&topic=" + topic;
      }
      follower.is_cut_at_times = i % 3 == 0;
      all.push_back(std::move(follower));
    }
    return all;
  }

  /// Follows from now on until it has everything up to `end`.
  void follow(Follower& follower, unsigned seed, std::promise<void> ready, const std::atomic<Sequence>& end) {
    std::mt19937 random(seed);
    auto stream = std::make_unique<Stream>(port(), follower.target);
    const bool is_open = stream->wait_for_id();
    follower.start = sequence_of(stream->last_event_id());
    ready.set_value();
    if (!is_open) return;
    constexpr std::chrono::milliseconds kLook(200);
    const auto deadline = within(soak_time() + 3 * kPatience);
    while (end == 0 || sequence_of(stream->last_event_id()) < end) {
      if (Clock::now() > deadline) return;
      const auto event = stream->next(within(kLook));
      if (event && !is_of_the_connection(*event)) take(follower, *event);
      if (follower.is_cut_at_times && event && random() % 50 == 0) {
        take_rest(follower, *stream);
        const auto id = stream->last_event_id();
        stream = std::make_unique<Stream>(port(), follower.target, id);
      }
    }
    take_rest(follower, *stream);
  }

  /// Takes what the stream has received beyond what was looked at: its id counts that.
  static void take_rest(Follower& follower, Stream& stream) {
    for (const auto& event : stream.take_events()) {
      if (!is_of_the_connection(event) && event.type != "heartbeat") take(follower, event);
    }
  }

  static void take(Follower& follower, const SseEvent& event) {
    if (event.type == "reset" || event.type == "synced" || event.type == "skipped") {
      follower.surprises.push_back(event.type + " " + event.data);
    } else {
      follower.got.emplace_back(event.last_event_id, event.type, event.data);
    }
  }

  /// All that was ever kept of a topic.
  std::vector<Line> history(const std::string& topic) {
    std::vector<Line> lines;
    std::string after;
    for (;;) {
      const auto page = get(port(), "/api/events/history?limit=256&topic=" + topic + after).json();
      if (page["events"].empty()) return lines;
      for (const auto& event : page["events"]) lines.emplace_back(event["id"], event["type"], event["data"]);
      after = "&after=" + page["through"].get<std::string>();
    }
  }

  static std::vector<Line> expected(const Follower& follower, std::map<std::string, std::vector<Line>>& histories,
                                    Sequence end) {
    std::vector<Line> lines;
    for (const auto& topic : follower.topics) {
      for (auto [id, type, data] : histories.at(topic)) {
        if (sequence_of(id) <= follower.start || sequence_of(id) > end) continue;
        const auto rate = topic == "channels/heart-rate" ? json::parse(data)["rate"].dump() : "";
        if (follower.target == "/string-item") data = "Heart Rate: " + rate + " bpm";
        if (follower.target == "/sse-item") data = rate;
        lines.emplace_back(id, type, data);
      }
    }
    std::sort(lines.begin(), lines.end(),
              [](const Line& a, const Line& b) { return sequence_of(std::get<0>(a)) < sequence_of(std::get<0>(b)); });
    return lines;
  }

  Services services{{"--demo-sources=true"}, {"--heartbeat", "1s"}};
};

TEST_F(SoakTest, GivesEveryStreamExactlyItsEvents) {
  auto all = followers();
  std::atomic<Sequence> end = 0;
  std::vector<std::thread> threads;
  std::vector<std::future<void>> ready;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::promise<void> promise;
    ready.push_back(promise.get_future());
    threads.emplace_back([&, i, promise = std::move(promise)]() mutable {
      follow(all[i], static_cast<unsigned>(i), std::move(promise), end);
    });
  }
  for (auto& one : ready) one.wait();

  Load load;
  std::atomic<int> failures = 0;
  std::mutex ids_mutex;
  std::map<std::string, std::vector<std::string>> accepted;  // the ids that were answered, by topic
  const auto must = [&](const Response& response, const std::string& topic = "") {
    failures += response.status == 202 ? 0 : 1;
    const std::lock_guard lock(ids_mutex);
    if (!topic.empty() && response.status == 202) accepted[topic].push_back(response.json()["id"]);
  };
  using std::chrono::milliseconds;
  for (const auto& channel : kChannels) {
    load.every(milliseconds(150),
               [&](int i) { must(post(port(), "/publish/" + channel + "?event=count", i), "channels/" + channel); });
  }
  for (const auto& user : kUsers) {
    load.every(milliseconds(300), [&](int i) { must(post(port(), "/api/messages/" + user, i), "messages/" + user); });
    load.every(milliseconds(1000), [&](int) {
      must(post(port(), "/api/tasks/" + user + "/start", {{"params", {{"durationMs", 1000}, {"steps", 10}}}}));
    });
    load.every(milliseconds(500), [&](int i) {
      must(post(port(), "/pulse", {{"bpm", 60 + i % 60}, {"userId", user}}), "channels/pulse");
    });
  }
  std::condition_variable never;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  never.wait_for(lock, soak_time(), [] { return false; });
  load.stop();
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(eventually([&] {
    return std::all_of(kUsers.begin(), kUsers.end(), [&](const auto& user) {
      return get(port(), "/api/tasks/" + user + "?status=queued,running").json()["tasks"].empty();
    });
  }));
  end = sequence_of(post(port(), "/publish/c0", "end").json()["id"]);
  for (auto& thread : threads) thread.join();

  std::map<std::string, std::vector<Line>> histories;
  for (const auto& follower : all) {
    for (const auto& topic : follower.topics) {
      if (!histories.contains(topic)) histories[topic] = history(topic);
    }
  }
  for (const auto& [topic, ids] : accepted) {
    std::set<std::string> kept;
    for (const auto& [id, type, data] : histories.at(topic)) kept.insert(id);
    for (const auto& id : ids) EXPECT_TRUE(kept.contains(id)) << topic << " was told " << id;
  }
  std::size_t deliveries = 0;
  for (const auto& follower : all) {
    const auto wanted = expected(follower, histories, end);
    auto got = follower.got;
    std::erase_if(got, [&](const Line& line) { return sequence_of(std::get<0>(line)) > end; });
    EXPECT_EQ(got, wanted) << follower.target;
    EXPECT_TRUE(follower.surprises.empty()) << follower.target << " " << follower.surprises.front();
    EXPECT_FALSE(wanted.empty()) << follower.target;
    deliveries += got.size();
  }
  std::size_t events = 0;
  for (const auto& [topic, lines] : histories) events += lines.size();
  std::cout << events << " events, " << deliveries << " deliveries to " << all.size() << " streams in "
            << soak_time().count() << " s\n";
}

}  // namespace
}  // namespace taskwire::test

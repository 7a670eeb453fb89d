// The resume rule over random histories: one engine, one edge with its hub, sessions on it, and clients that are cut at
// any frame. The real store, log, tail, hub and sessions; only sockets, threads and gRPC are left out. Looked for: an
// event lost without a reset, doubled or out of order, a ghost task, a reset without cause, an id that the engine would
// refuse, a stream that never catches up.
#include <cstdlib>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "engine/support/test_log.h"
#include "hub/session.h"
#include "log/reading.h"
#include "log/tail_feed.h"
#include "resume/sse_parser.h"
#include "resume/topic.h"

namespace taskwire {
namespace {

constexpr std::int64_t kMaxLag = 6;
constexpr std::size_t kTailEvents = 30;
constexpr std::int64_t kTailOfANewHub = 8;

/// The engine, and an oracle that remembers everything that ever happened.
class Engine {
 public:
  struct Happened {
    std::string topic;
    std::string task;
    bool deletion = false;
  };

  Engine() { open(false); }

  void open(bool new_epoch) {
    log_.reset();
    store_.reset();
    store_ = *engine::SqliteStore::open(
        {.data_dir = dir_.path(), .durability = engine::Durability::normal, .new_epoch = new_epoch}, clock_);
    log_ = *engine::EventLog::open(*store_, {.tail = {.events = kTailEvents}});
  }

  void publish(const std::string& topic) {
    commit([&](engine::Transaction& transaction) {
      v1::Event event;
      event.set_topic(topic);
      event.set_data(std::to_string(head + 1));
      return transaction.append(std::move(event));
    });
    all[head] = kept[head] = {topic, "", false};
  }

  void update(const std::string& user, const std::string& id, bool deletion) {
    v1::Task task;
    task.set_task_id(id);
    task.set_user_id(user);
    task.set_state(v1::TASK_STATE_RUNNING);
    commit([&](engine::Transaction& transaction) {
      if (deletion) return transaction.delete_task(task);
      transaction.put_task(task);
      return *parse_cursor(task.cursor());
    });
    all[head] = kept[head] = {"tasks/" + user, id, deletion};
    last[id] = head;
  }

  void trim(const std::string& topic, Sequence through) {
    commit([&](engine::Transaction& transaction) {
      transaction.trim(topic, through, through, SIZE_MAX);
      return Cursor{store_->epoch(), head};
    });
    std::erase_if(kept, [&](const auto& entry) {
      const auto& [sequence, event] = entry;
      const bool is_last_of_living = !event.task.empty() && !event.deletion && last[event.task] == sequence;
      return sequence <= through && event.topic == topic && !is_last_of_living;
    });
  }

  /// A topic of which nothing is kept goes; else nothing happens.
  void forget(const std::string& topic) {
    commit([&](engine::Transaction& transaction) {
      transaction.forget_topic(topic);
      return Cursor{store_->epoch(), head};
    });
  }

  v1::ReadEventsResponse read(const v1::ReadEventsRequest& request) {
    if (const auto answer = engine::read_events(log_->tail(), log_->epoch(), request)) return engine::parsed(*answer);
    auto response = engine::read_events(**log_->read(), request);
    EXPECT_TRUE(response) << (response ? "" : response.error().message);
    return engine::parsed(*response);
  }
  bool refuses(const std::vector<std::string>& topics, const std::string& cursor) {
    const auto place = parse_cursor(cursor);
    if (place && place->epoch == log_->epoch() && log_->tail().covers(place->sequence)) return false;
    return engine::refusal(**log_->read(), topics, cursor).has_value();
  }
  std::unique_ptr<engine::TailFeed> watch(const std::string& after) {
    v1::WatchRequest::Tail tail;
    tail.set_after(after);
    tail.set_events(kTailOfANewHub);
    return std::make_unique<engine::TailFeed>(*log_, engine::Topics{}, tail);
  }

  Sequence head = 0;
  std::map<Sequence, Happened> all, kept;
  std::map<std::string, Sequence> last;

 private:
  template <class Function>
  void commit(Function function) {
    log_->write<Cursor>(
        engine::EventLog::Writer::engine, 0,
        [&](engine::Transaction& t) -> engine::Result<Cursor> { return function(t); },
        [&](const engine::Result<Cursor>& cursor) { head = cursor->sequence; });
    log_->commit_waiting();
  }

  engine::TempDir dir_;
  engine::ManualClock clock_;
  std::unique_ptr<engine::SqliteStore> store_;
  std::unique_ptr<engine::EventLog> log_;
};

/// The edge: its hub, and what of the upstream is no socket.
struct Edge {
  explicit Edge(std::size_t events) : hub({events, 1 << 20}) {}

  void watch(Engine& engine) {
    feed = engine.watch(hub.epoch().empty() ? "" : to_string(Cursor{hub.epoch(), hub.log().head()}));
  }
  void take_one() {
    const auto next = feed->next();
    const auto* const sent = std::get_if<engine::WatchMessage>(&next);
    if (sent == nullptr) return;
    const auto message = engine::parsed(*sent);
    if (message.has_start()) return hub.start(*parse_cursor(message.start().after()));
    std::vector<edge::EventPtr> events;
    for (const auto& event : message.batch().events()) events.push_back(edge::make_event(event, edge::WithId::yes));
    hub.append(events, parse_cursor(message.batch().through())->sequence);
  }

  edge::Hub hub;
  edge::StreamMetrics metrics;
  const edge::Session::Means means{kMaxLag, metrics};
  std::unique_ptr<engine::TailFeed> feed;  // null: the engine cannot be reached
};

/// An EventSource and the stream that the edge holds for it.
class Client : public edge::Hub::Subscriber {
 public:
  explicit Client(std::vector<std::string> topics) : topics_(std::move(topics)) {}

  void connect(Edge& edge, std::mt19937& random) {
    edge::StreamStart start{edge::StreamStart::From::cursor, last_id};
    if (last_id.empty()) {
      const bool has_tasks = std::any_of(topics_.begin(), topics_.end(), is_keyed);
      start.from = has_tasks           ? edge::StreamStart::From::snapshot
                   : random() % 2 == 0 ? edge::StreamStart::From::now
                                       : edge::StreamStart::From::earliest;
    }
    complete_.reset();
    if (const auto cursor = parse_cursor(last_id)) complete_ = cursor;
    hub_ = &edge.hub;
    hub_->subscribe(*this, topics_);
    session_.emplace(edge::StreamRequest{.topics = topics_, .start = start}, edge.means, edge.hub);
    std::vector<edge::FramePtr> first;
    session_->begin(edge.hub, first);
    frames_.assign(first.begin(), first.end());
    parser_.reconnect();
  }
  /// What a heartbeat, or the end of a stream, gives: the id up to which the stream is complete.
  void beat(Engine& engine) {
    if (!session_ || !frames_.empty()) return;
    const auto id = session_->heartbeat_id(*hub_, *this);
    const auto complete = session_->complete(*hub_, *this);
    EXPECT_TRUE(!complete || !hub_->covers(*complete) || id == complete)
        << "what the edge can serve keeps its ids, after " << complete->sequence;
    if (id) receive(engine, *edge::id_frame(*id));
  }
  void cut() {
    if (session_) hub_->unsubscribe(*this);
    session_.reset();
    frames_.clear();
  }
  [[nodiscard]] bool is_connected() const { return session_.has_value(); }

  void on_news() override { session_->advance(*hub_, *this); }

  /// The stream does one thing: sends a frame that is ready, reads the hub, or takes a page.
  void step(Engine& engine, bool is_reachable, std::mt19937& random) {
    if (!frames_.empty()) {
      receive(engine, *frames_.front());
      frames_.pop_front();
      return;
    }
    switch (session_->next(*hub_)) {
      case edge::Session::Need::hub: {
        std::vector<edge::FramePtr> before;
        std::vector<const edge::EventPtr*> events;
        edge::Session::Budget budget;
        budget.frames = 1 + random() % 4;
        budget.bytes = 1 + random() % 800;
        budget.entries = 1 + random() % 8;
        session_->read(*hub_, budget, before, events);
        frames_.assign(before.begin(), before.end());
        for (const auto* event : events) frames_.push_back(frame_of(*event));
        check_nothing_lost(engine);
        return;
      }
      case edge::Session::Need::page: {
        if (!is_reachable) return;
        auto request = session_->page_request();
        request.set_page_size(static_cast<int>(1 + random() % 4));
        const auto page = edge::make_page(engine.read(request), request.state());
        ASSERT_TRUE(page);
        if (page->reset) {
          EXPECT_NE(*page->reset, v1::RESET_REASON_AHEAD) << "a reset without cause";
          complete_.reset();
        }
        if (page->until) owe_state(engine, request, *page);
        std::vector<edge::FramePtr> frames;
        session_->take(*page, *hub_, frames);
        frames_.assign(frames.begin(), frames.end());
        check_nothing_lost(engine);
        for (const auto& frame : frames) check_id(engine, *frame);
        return;
      }
      case edge::Session::Need::news:
      case edge::Session::Need::over:
        return;
    }
  }

  [[nodiscard]] bool has_caught_up(const Engine& engine) const {
    const auto complete = session_ ? session_->complete(*hub_, *this) : std::nullopt;
    return frames_.empty() && complete && complete->sequence == engine.head;
  }
  [[nodiscard]] const std::vector<std::string>& topics() const { return topics_; }

  std::map<std::string, Sequence> view;  // the tasks that the client shows
  std::string last_id;
  int resets = 0;

 private:
  [[nodiscard]] bool wants(const std::string& topic) const {
    return std::find(topics_.begin(), topics_.end(), topic) != topics_.end();
  }

  /// Of topics without keys, every event between two places of the stream is among the frames that led from one to the
  /// other.
  void check_nothing_lost(const Engine& engine) {
    const auto now = session_->complete(*hub_, *this);
    if (complete_ && now && complete_->epoch == now->epoch) {
      std::vector<Sequence> owed, sent;
      for (const auto& [sequence, event] : engine.all) {
        if (sequence > complete_->sequence && sequence <= now->sequence && event.task.empty() && wants(event.topic))
          owed.push_back(sequence);
      }
      for (const auto& frame : frames_) {
        SseParser parser([&](const SseEvent& event) {
          if (event.type == "message") sent.push_back(std::stoll(event.data));
        });
        parser.feed(frame->plain());
      }
      EXPECT_EQ(sent, owed) << "lost without a reset, doubled or out of order, after " << complete_->sequence;
    }
    complete_ = now;
  }

  /// What the state phase owes of topics without keys: what was kept when it began, after the cursor where that had
  /// expired.
  void owe_state(const Engine& engine, const v1::ReadEventsRequest& request, const edge::Page& page) {
    if (request.after().empty()) {
      owed_.clear();
      const auto others = parse_cursor(request.others_after());
      for (const auto& [sequence, event] : engine.kept) {
        const bool is_owed = request.has_others_after() && (!others || sequence > others->sequence);
        if (is_owed && sequence <= page.until->sequence && event.task.empty() && wants(event.topic))
          owed_.insert(sequence);
      }
    }
    for (const auto& event : page.events) owed_.erase(event->sequence);
    if (page.through != *page.until) return;
    for (const auto sequence : owed_)
      EXPECT_FALSE(engine.kept.contains(sequence)) << "kept, but not sent: " << sequence;
  }

  /// `synced` aside: what it names may be trimmed while a long state is sent, and is refused then, with cause.
  void check_id(Engine& engine, const edge::Frame& frame) {
    bool is_synced = false;
    SseParser parser([&](const SseEvent& event) { is_synced = event.type == "synced"; });
    parser.feed(frame.plain());
    if (is_synced) return;
    const auto& id = parser.last_event_id();
    EXPECT_TRUE(id.empty() || id == last_id || !engine.refuses(topics_, id)) << "an id that would be refused: " << id;
  }

  void receive(const Engine& engine, const edge::Frame& frame) {
    const bool has_id = frame.plain().starts_with("id: ");
    std::optional<SseEvent> event;
    on_event_ = [&](SseEvent parsed) { event = std::move(parsed); };
    parser_.feed(frame.plain());
    last_id = parser_.last_event_id();
    if (!event) return;
    if (event->type == "reset") {
      view.clear();
      newest_ = 0;
      ++resets;
    } else if (event->type == "message" || event->type == "taskUpdate" || event->type == "taskDeleted") {
      const bool is_message = event->type == "message";
      const auto data = is_message ? nlohmann::json() : nlohmann::json::parse(event->data);
      const Sequence sequence =
          is_message ? std::stoll(event->data) : parse_cursor(data["eventId"].get<std::string>())->sequence;
      ASSERT_TRUE(wants(engine.all.at(sequence).topic)) << "foreign";
      if (has_id) {
        EXPECT_GT(sequence, newest_) << "doubled or out of order";
        newest_ = sequence;
      }
      if (event->type == "taskUpdate") view[data["taskId"]] = sequence;
      if (event->type == "taskDeleted") view.erase(data["taskId"]);
    }
  }

  std::vector<std::string> topics_;
  edge::Hub* hub_ = nullptr;
  std::optional<edge::Session> session_;
  std::deque<edge::FramePtr> frames_;
  std::function<void(SseEvent)> on_event_;
  SseParser parser_{[this](SseEvent event) { on_event_(std::move(event)); }};
  Sequence newest_ = 0;  // of the events with ids since the last reset
  std::optional<Cursor> complete_;
  std::set<Sequence> owed_;
};

class History {
 public:
  explicit History(unsigned seed) : random_(seed), edge_(std::make_unique<Edge>(8 + random_() % 40)) {
    for (const auto* user : {"a", "b"}) {
      for (int i = 0; i < 4; ++i) tasks_.push_back({user, std::string(user) + "-" + std::to_string(i)});
    }
    for (int i = 0; i < 5; ++i) {
      auto topics = kTopics;
      std::shuffle(topics.begin(), topics.end(), random_);
      topics.resize(1 + random_() % 3);
      clients_.push_back(std::make_unique<Client>(topics));
    }
  }
  ~History() {
    for (auto& client : clients_) client->cut();
  }

  int run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    is_reachable_ = true;
    edge_->watch(engine_);
    const auto all_caught_up = [&] {
      return std::all_of(clients_.begin(), clients_.end(),
                         [&](const auto& client) { return client->has_caught_up(engine_); });
    };
    for (int i = 0; i < 5000 && !all_caught_up(); ++i) {
      edge_->take_one();
      edge_->hub.deliver(3);
      for (auto& client : clients_) {
        if (!client->is_connected()) client->connect(*edge_, random_);
        client->step(engine_, true, random_);
      }
    }
    EXPECT_TRUE(all_caught_up()) << "never caught up";
    int resets = 0;
    for (const auto& client : clients_) {
      std::map<std::string, Sequence> state;
      for (const auto& [task, sequence] : engine_.last) {
        const auto& event = engine_.all.at(sequence);
        const auto& topics = client->topics();
        if (!event.deletion && std::find(topics.begin(), topics.end(), event.topic) != topics.end())
          state[task] = sequence;
      }
      EXPECT_EQ(client->view, state) << "lost or ghost task";
      resets += client->resets;
    }
    return resets;
  }

 private:
  inline static const std::vector<std::string> kTopics = {"tasks/a", "tasks/b", "messages/u", "channels/c"};

  void step() {
    const auto chance = std::uniform_real_distribution<>(0, 1)(random_);
    if (chance < .18) {
      auto& [user, id] = tasks_[random_() % tasks_.size()];
      const bool deletion = random_() % 8 == 0 && engine_.last.contains(id);
      engine_.update(user, id, deletion);
      if (deletion) id = user + "-new" + std::to_string(++serial_);
    } else if (chance < .30) {
      engine_.publish(random_() % 2 == 0 ? "messages/u" : "channels/c");
    } else if (chance < .50) {
      if (is_reachable_ && !edge_->feed) edge_->watch(engine_);
      for (auto n = 1 + random_() % 5; edge_->feed && n > 0; --n) edge_->take_one();
      edge_->hub.deliver(random_() % 6);
    } else if (chance < .57) {
      if (random_() % 2 == 0)
        engine_.trim(kTopics[random_() % 4], engine_.head - static_cast<Sequence>(random_() % 40));
    } else if (chance < .574) {  // a topic comes to its end
      const auto& topic = kTopics[random_() % kTopics.size()];
      for (auto& [user, id] : tasks_) {
        if (topic != "tasks/" + user || !engine_.last.contains(id)) continue;
        engine_.update(user, id, true);
        id = user + "-new" + std::to_string(++serial_);
      }
      engine_.trim(topic, engine_.head - (random_() % 3 == 0 ? 5 : 0));
      engine_.forget(topic);
    } else if (chance < .58) {
      is_reachable_ = !is_reachable_;
      edge_->feed.reset();
    } else if (chance < .584) {  // the edge is killed
      for (auto& client : clients_) client->cut();
      edge_ = std::make_unique<Edge>(8 + random_() % 40);
    } else if (chance < .588) {  // the engine is killed
      edge_->feed.reset();
      engine_.open(false);
    } else if (chance < .589) {  // another log
      edge_->feed.reset();
      engine_.open(true);
    } else {
      Client& client = *clients_[random_() % clients_.size()];
      if (!client.is_connected()) {
        client.connect(*edge_, random_);
      } else if (random_() % 25 == 0) {
        if (random_() % 2 == 0) client.beat(engine_);
        client.cut();
      } else if (random_() % 10 == 0) {
        client.beat(engine_);
      } else {
        client.step(engine_, is_reachable_, random_);
      }
    }
  }

  std::mt19937 random_;
  Engine engine_;
  std::unique_ptr<Edge> edge_;
  bool is_reachable_ = true;
  std::vector<std::pair<std::string, std::string>> tasks_;
  int serial_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;
};

/// TASKWIRE_HISTORIES sets how many; a failure names its seed.
TEST(ResumeHistory, LosesDoublesAndInventsNothing) {
  const char* const wanted = std::getenv("TASKWIRE_HISTORIES");
  const int histories = wanted != nullptr ? std::atoi(wanted) : 40;
  int resets = 0;
  for (int seed = 0; seed < histories; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    resets += History(static_cast<unsigned>(seed)).run(1500);
    if (HasFailure()) break;
  }
  EXPECT_GT(resets, histories) << "histories without resets prove little";
}

}  // namespace
}  // namespace taskwire

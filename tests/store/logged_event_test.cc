#include "store/logged_event.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "base/timestamp.h"
#include "base/wire.h"

namespace taskwire::engine {
namespace {

const google::protobuf::Timestamp kTime = to_timestamp(SystemTime(std::chrono::milliseconds(1'767'349'845'123)));

v1::Event task_event() {
  v1::Event event;
  event.set_topic("tasks/alice");
  event.set_type("taskUpdate");
  event.mutable_task()->set_task_id("k3v7qm2xw5ta");
  event.mutable_task()->mutable_progress()->set_done(7);
  return event;
}

/// As an append does it.
std::string logged(const v1::Event& event) {
  std::string bytes;
  write_logged(EventDraft(event).event(), {"epoch", 42}, kTime.SerializeAsString(), bytes);
  return bytes;
}

/// What a reader gets.
v1::Event appended(const v1::Event& event) {
  return LoggedEvent{.bytes = logged(event)}.parse();
}

/// How often a field of that number is in a message on the wire.
int count(const std::string& bytes, int number) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  int count = 0;
  for (auto tag = in.ReadTag(); tag != 0; tag = in.ReadTag()) {
    count += WireFormatLite::GetTagFieldNumber(tag) == number ? 1 : 0;
    if (!WireFormatLite::SkipField(&in, tag)) return -1;
  }
  return count;
}

TEST(LoggedEvent, HasEachFieldOnceSinceNotEveryReaderMergesThem) {
  const auto event = logged(task_event());
  for (int number = 1; number <= 8; ++number) EXPECT_LE(count(event, number), 1) << number;
  EXPECT_EQ(count(event, v1::Event::kTaskFieldNumber), 1);
}

TEST(LoggedEvent, IsOnTheWireWhatTheMessageWouldBe) {
  v1::Event data;
  data.set_topic("channels/news");
  data.set_data(std::string(300, 'x'));
  data.set_retry_ms(1000);
  v1::Event deletion;
  deletion.set_topic("tasks/alice");
  deletion.mutable_task_deleted()->set_task_id("k3v7qm2xw5ta");
  for (auto event : {data, task_event(), deletion, v1::Event()}) {
    auto wanted = event;
    *wanted.mutable_time() = kTime;
    place(wanted, {"epoch", 42});
    EXPECT_EQ(appended(event).SerializeAsString(), wanted.SerializeAsString()) << wanted.ShortDebugString();
  }
}

TEST(LoggedEvent, HasNoPlaceOrTimeButItsOwn) {
  auto event = task_event();
  *event.mutable_time() = to_timestamp(SystemTime());
  place(event, {"other", 1});
  const auto fresh = appended(event);
  EXPECT_EQ(fresh.cursor(), "epoch-42");
  EXPECT_EQ(fresh.task().cursor(), "epoch-42");
  EXPECT_EQ(fresh.task().update_time().seconds(), kTime.seconds());
}

TEST(LoggedEvent, KnowsItsTask) {
  const EventDraft update(task_event());
  EXPECT_EQ(update.key, "k3v7qm2xw5ta");
  EXPECT_FALSE(update.is_deletion);
  v1::Event event;
  event.mutable_task_deleted()->set_task_id("gone");
  const EventDraft deletion(event);
  EXPECT_EQ(deletion.key, "gone");
  EXPECT_TRUE(deletion.is_deletion);
  EXPECT_EQ(EventDraft(v1::Event()).key, "");
}

TEST(LoggedEvent, BeginsWithWhatAStoreKeepsOfItButForATask) {
  v1::Event data;
  data.set_topic("channels/news");
  data.set_data("x");
  const auto time = kTime.SerializeAsString();
  std::string stored;
  for (const auto& event : {data, task_event()}) {
    const EventDraft draft(event);
    write_stored(draft.event(), time, stored);
    EXPECT_EQ(stored_size(draft.event(), time), stored.size());
    v1::Event kept;
    ASSERT_TRUE(read_message(stored, kept));
    EXPECT_EQ(kept.cursor() + kept.task().cursor(), "");
    EXPECT_EQ(kept.time().seconds(), kTime.seconds());
    EXPECT_EQ(logged(event).starts_with(stored), !event.has_task());
  }
}

TEST(EventKeeper, KeepsEachAsItWasWhateverItsSize) {
  auto keeper = std::make_optional<EventKeeper>();
  Events events;
  for (std::size_t i = 0; i < 300; ++i) {
    std::string topic(i % 7, 't'), key(i % 5, 'k'), bytes(i * i, static_cast<char>('a' + i % 26));
    events.push_back(keeper->keep({static_cast<Sequence>(i), topic, key, i % 2 == 0, bytes}));
  }
  keeper.reset();
  for (std::size_t i = 0; i < 300; ++i) {
    const auto& event = *events[i];
    EXPECT_EQ(event.sequence, static_cast<Sequence>(i));
    EXPECT_EQ(event.topic, std::string(i % 7, 't'));
    EXPECT_EQ(event.key, std::string(i % 5, 'k'));
    EXPECT_EQ(event.is_deletion, i % 2 == 0);
    EXPECT_EQ(event.bytes, std::string(i * i, static_cast<char>('a' + i % 26)));
  }
}

TEST(EventKeeper, LetsGoOfWhatNobodyHolds) {
  EventKeeper keeper;
  const auto held = keeper.keep({.bytes = "x"});
  std::vector<std::weak_ptr<const LoggedEvent>> events;
  for (int i = 0; i < 1000; ++i) events.push_back(keeper.keep({.bytes = std::string(200, 'x')}));
  EXPECT_TRUE(events.front().expired());
  EXPECT_FALSE(events.back().expired());  // the block may get more
  const std::weak_ptr<const LoggedEvent> large = keeper.keep({.bytes = std::string(33'000, 'x')});
  EXPECT_TRUE(large.expired());  // it has its own
  EXPECT_EQ(held->bytes, "x");
}

TEST(Wire, SaysBeforehandWhatAFieldTakes) {
  for (const std::size_t bytes : {0, 1, 127, 128, 16383, 16384}) {
    for (const int number : {1, 15, 16, 2047, 2048}) {
      std::string field;
      add_field(field, number, std::string(bytes, 'x'));
      EXPECT_EQ(field.size(), field_size(number, bytes)) << number << ' ' << bytes;
    }
  }
}

}  // namespace
}  // namespace taskwire::engine

#include "store/logged_event.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <gtest/gtest.h>
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

LoggedEvent logged(const v1::Event& event) {
  NewEvent fresh(event);
  set_time(fresh, kTime.SerializeAsString());
  return place(std::move(fresh), {"epoch", 42}, kTime.SerializeAsString());
}

/// As an append does it, with what a reader gets.
v1::Event appended(const v1::Event& event) {
  return logged(event).parse();
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
  for (int number = 1; number <= 8; ++number) EXPECT_LE(count(event.bytes, number), 1) << number;
  EXPECT_EQ(count(event.bytes, v1::Event::kTaskFieldNumber), 1);
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
  const NewEvent update(task_event());
  EXPECT_EQ(update.key, "k3v7qm2xw5ta");
  EXPECT_FALSE(update.is_deletion);
  v1::Event event;
  event.mutable_task_deleted()->set_task_id("gone");
  const NewEvent deletion(event);
  EXPECT_EQ(deletion.key, "gone");
  EXPECT_TRUE(deletion.is_deletion);
  EXPECT_EQ(NewEvent(v1::Event()).key, "");
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

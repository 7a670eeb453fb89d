#include "store/plain_event.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/wire.h"
#include "store/logged_event.h"

namespace taskwire::engine {
namespace {

v1::Event event_of_a(const std::string& topic) {
  v1::Event event;
  event.set_topic(topic);
  event.mutable_time()->set_seconds(1'767'349'845);
  event.mutable_time()->set_nanos(123'000'000);
  return event;
}

v1::Event published() {
  auto event = event_of_a("channels/news");
  event.set_type("headline");
  event.set_data("Grüße, 世界");
  event.set_retry_ms(1000);
  return event;
}

v1::Event deletion() {
  auto event = event_of_a("tasks/alice");
  event.set_type("taskDeleted");
  event.mutable_task_deleted()->set_task_id("k3v7qm2xw5ta");
  event.mutable_task_deleted()->set_user_id("alice");
  return event;
}

v1::Event update() {
  auto event = event_of_a("tasks/alice");
  event.set_type("taskUpdate");
  auto& task = *event.mutable_task();
  task.set_task_id("k3v7qm2xw5ta");
  task.set_user_id("alice");
  task.set_state(v1::TASK_STATE_FAILED);
  task.set_attempt(-1);  // ten bytes
  task.set_time_limit_ms(std::int64_t{1} << 40);
  task.set_worker("w");  // a tag of two bytes
  task.mutable_create_time()->set_seconds(7);
  auto& progress = *task.mutable_progress();
  progress.set_message("Processing data...");
  progress.set_done(7);
  progress.set_eta_seconds(0);
  for (const auto* name : {"one", "two"}) progress.add_steps()->set_name(name);
  task.mutable_error()->set_reason("EXIT");
  (*task.mutable_params()->mutable_fields())["list"].mutable_list_value()->add_values()->set_number_value(0.5);
  return event;
}

/// What readers get of it by way of a message.
v1::Event by_parser(v1::Event event, const Cursor& cursor) {
  place(event, cursor);
  return event;
}

/// What is wrong where a stored event is taken apart otherwise than by a parser.
std::string difference(const std::string& stored) {
  const auto plain = plain_event(stored);
  if (!plain) return "";
  v1::Event parsed;
  if (!parsed.ParseFromString(stored)) return "no parser takes it";
  const Cursor cursor{"epoch", 42};
  std::string placed;
  write_logged(stored, *plain, cursor, placed);
  const auto wanted = by_parser(parsed, cursor);
  const auto found = LoggedEvent{.bytes = placed}.parse();
  if (found.SerializeAsString() != wanted.SerializeAsString())
    return found.ShortDebugString() + " instead of " + wanted.ShortDebugString();
  if (plain->topic != parsed.topic() || plain->key != key_of(parsed))
    return std::string(plain->topic) + ' ' + std::string(plain->key);
  return plain->is_deletion == parsed.has_task_deleted() ? "" : "deletion";
}

TEST(PlainEvent, IsWhatTheLogWrites) {
  for (const auto& event : {published(), deletion(), update(), event_of_a("channels/empty")}) {
    const auto stored = event.SerializeAsString();
    EXPECT_TRUE(plain_event(stored)) << event.ShortDebugString();
    EXPECT_EQ(difference(stored), "") << event.ShortDebugString();
  }
}

TEST(PlainEvent, IsNoneThatIsCutWithinAField) {
  const auto stored = update().SerializeAsString();
  int whole = 0;  // what ends where a field does
  for (std::size_t size = 0; size < stored.size(); ++size) {
    const auto cut = stored.substr(0, size);
    whole += plain_event(cut) ? 1 : 0;
    EXPECT_EQ(difference(cut), "") << size;
  }
  EXPECT_EQ(whole, 1) << "topic, type and time, without the task";
}

TEST(PlainEvent, IsNoneThatOnlyAParserCanTell) {
  const auto stored = update().SerializeAsString();
  const auto with = [&](int number, std::string_view bytes) {
    auto more = stored;
    add_field(more, number, bytes);
    return more;
  };
  EXPECT_FALSE(plain_event(with(v1::Event::kTopicFieldNumber, "tasks/bob"))) << "twice";
  EXPECT_FALSE(plain_event(with(v1::Event::kTaskFieldNumber, ""))) << "twice, which are to be merged";
  EXPECT_FALSE(plain_event(with(v1::Event::kDataFieldNumber, "x"))) << "a second payload, which is the one that counts";
  EXPECT_FALSE(plain_event(with(v1::Event::kCursorFieldNumber, "epoch-1"))) << "a place";
  EXPECT_FALSE(plain_event(with(31, "x"))) << "an unknown field";
  EXPECT_FALSE(plain_event(with(3000, "x"))) << "an unknown field of a high number";
  EXPECT_FALSE(plain_event(with(v1::Event::kRetryMsFieldNumber, "x"))) << "a form not its own";
  EXPECT_FALSE(plain_event(stored + std::string(1, '\0'))) << "no field";
  const std::string stretched("\x80\x80\x80\x80\x00", 5);  // zeroes that a varint may end with
  const auto topic = published().SerializeAsString();
  ASSERT_EQ(topic.substr(0, 2), "\x12\x0D");
  EXPECT_FALSE(plain_event("\x92" + stretched + topic.substr(1))) << "a tag that is longer than it need be";
  EXPECT_FALSE(plain_event("\x12\x8D" + stretched + topic.substr(2))) << "and a length";
  for (const auto make : {+[](v1::Task& task) { task.set_cursor("epoch-1"); },
                          +[](v1::Task& task) { (void)task.mutable_update_time(); }}) {
    auto placed = update();
    make(*placed.mutable_task());
    EXPECT_FALSE(plain_event(placed.SerializeAsString())) << "a task with a place";
  }
  auto nested = update();
  auto* value = &(*nested.mutable_task()->mutable_params()->mutable_fields())["deep"];
  for (int i = 0; i < 40; ++i) value = value->mutable_list_value()->add_values();
  value->set_bool_value(true);
  EXPECT_FALSE(plain_event(nested.SerializeAsString())) << "deep";
}

TEST(PlainEvent, IsNoneWithTextThatIsNone) {
  auto stored = published().SerializeAsString();
  const auto at = stored.find("世");
  ASSERT_NE(at, std::string::npos);
  stored[at] = '\xFF';
  EXPECT_FALSE(plain_event(stored));
  stored = update().SerializeAsString();
  stored[stored.find("Processing")] = '\x80';
  EXPECT_FALSE(plain_event(stored)) << "however deep it lies";
}

/// Expects that all fields of a type, and of what it holds, can be plain.
void expect_plain(const google::protobuf::Descriptor& type, std::set<const google::protobuf::Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    EXPECT_LT(field.number(), 32) << field.full_name();
    EXPECT_FALSE(field.is_packable()) << field.full_name();
    if (field.message_type() != nullptr) expect_plain(*field.message_type(), seen);
  }
}

TEST(PlainEvent, IsEachThatTheLogMayHave) {
  std::set<const google::protobuf::Descriptor*> seen;
  expect_plain(*v1::Event::descriptor(), seen);
}

TEST(PlainEvent, IsNeverWhatAParserTakesForAnother) {
  std::mt19937 random(42);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  int plain = 0;
  for (const auto& event : {published(), deletion(), update()}) {
    const auto stored = event.SerializeAsString();
    for (int i = 0; i < 20'000; ++i) {
      auto changed = stored;
      for (auto changes = 1 + below(3); changes > 0; --changes) {
        const auto at = below(changed.size());
        switch (below(5)) {
          case 0:
            changed[at] = static_cast<char>(below(256));
            break;
          case 1:
            changed[at] = static_cast<char>(changed[at] ^ (1 << below(8)));
            break;
          case 2:  // a varint may end there
            changed[at] = static_cast<char>(changed[at] | 0x80);
            changed.insert(at + 1, std::string(below(9), '\x80') + std::string(1, '\0'));
            break;
          case 3:
            changed.erase(at, 1 + below(4));
            break;
          default:
            changed.insert(at, changed.substr(below(changed.size()), 1 + below(8)));
        }
        if (changed.empty()) break;
      }
      plain += plain_event(changed) ? 1 : 0;
      ASSERT_EQ(difference(changed), "") << ::testing::PrintToString(changed);
    }
  }
  EXPECT_GT(plain, 1000) << "so many were compared";
}

}  // namespace
}  // namespace taskwire::engine

#include "engine/engine.h"

#include <gtest/gtest.h>

#include "engine/support/bell.h"
#include "engine/support/temp_dir.h"
#include "engine/support/wait.h"

namespace taskwire::engine {
namespace {

Engine::Settings settings_in(const TempDir& dir) {
  Engine::Settings settings;
  settings.store.data_dir = dir / "data";
  settings.files_root = dir.path();
  return settings;
}

std::string publish(Engine& engine) {
  v1::PublishRequest request;
  request.set_topic("channels/x");
  Inbox<std::string> cursor;
  engine.publisher().publish(request,
                             [&](const Result<v1::PublishResponse>& response) { cursor.put(response->cursor()); });
  return cursor.take().value_or("");
}

TEST(Engine, HasTheTypesOfTheContract) {
  const TempDir dir;
  const auto engine = Engine::open(settings_in(dir));
  ASSERT_TRUE(engine);
  std::string names;
  const auto list = (*engine)->catalogue().list();
  for (const auto& type : list.types()) names += type.type() + " ";
  EXPECT_EQ(names, "attempts checksum countdown simulate ");
}

TEST(Engine, GoesOnWhereItStopped) {
  const TempDir dir;
  const auto first = publish(**Engine::open(settings_in(dir)));
  const auto second = publish(**Engine::open(settings_in(dir)));
  EXPECT_EQ(parse_cursor(first)->epoch, parse_cursor(second)->epoch);
  EXPECT_EQ(parse_cursor(second)->sequence, 2);
}

TEST(Engine, ReadsItsHistory) {
  const TempDir dir;
  const auto engine = *Engine::open(settings_in(dir));
  const auto cursor = publish(*engine);
  Inbox<Result<ReadEventsAnswer>> answers;
  engine->read_events({}, [&](Result<ReadEventsAnswer> response) { answers.put(std::move(response)); });
  EXPECT_EQ(answers.take()->value().response.through(), cursor);
}

TEST(Engine, TellsOfItsSourcesWhereThatIsAskedFor) {
  const TempDir dir;
  auto settings = settings_in(dir);
  settings.demo_sources = true;
  const auto engine = *Engine::open(settings);
  engine->run();
  auto& tail = engine->log().tail();
  const auto selection = tail.select({"channels/heart-rate"});
  const auto bell = std::make_shared<Bell>();
  ASSERT_TRUE(!tail.park(selection, 0, bell) || bell->rings.take());
  EXPECT_EQ(tail.read(selection, 0)->events.at(0)->parse().type(), "heartRate");
}

TEST(Engine, TellsNothingByItselfOtherwise) {
  const TempDir dir;
  const auto engine = *Engine::open(settings_in(dir));
  engine->run();
  EXPECT_EQ(parse_cursor(publish(*engine))->sequence, 1);
}

TEST(Engine, NamesAFilesRootThatIsNotThere) {
  const TempDir dir;
  auto settings = settings_in(dir);
  settings.files_root = dir / "missing";
  const auto engine = Engine::open(settings);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().reason, Reason::cannot_start);
}

}  // namespace
}  // namespace taskwire::engine

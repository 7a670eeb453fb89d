#include "engine/engine.h"

#include <gtest/gtest.h>

#include "engine/own_types.h"
#include "engine/support/bell.h"
#include "engine/support/small_disk.h"
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
  const auto list = (*engine)->workers().list_types();
  for (const auto& type : list.types()) names += type.type() + " ";
  EXPECT_EQ(names, "attempts checksum countdown external simulate ");
  std::string own;
  for (const auto name : kOwnTypes) own += std::string(name) + " ";
  EXPECT_EQ(names, own) << "no command may take one of them";
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

/// Asks for the task until its attempt is another, or it has ended.
bool is_settled(Engine& engine, const std::string& id) {
  v1::GetTaskRequest request;
  request.set_user_id("alice");
  request.set_task_id(id);
  Inbox<Result<v1::GetTaskResponse>> answers;
  engine.tasks().get(request, [&](Result<v1::GetTaskResponse> answer) { answers.put(std::move(answer)); });
  const auto answer = answers.take();
  return answer && *answer && (*answer)->task().state() == v1::TASK_STATE_FAILED;
}

TEST(Engine, ServesReadsFromAStartOnAFullDiskOnAndRunsWhenThereIsRoom) {
  SmallDisk disk;
  if (!disk.lack().empty()) GTEST_SKIP() << "it takes root to mount a disk: " << disk.lack();
  Engine::Settings settings;
  settings.store.data_dir = disk / "data";
  settings.files_root = disk / "";
  {
    const auto store = *SqliteStore::open(settings.store, kMachineClock);
    ASSERT_TRUE(store->commit([](Transaction& transaction) {
      for (const auto state : {v1::TASK_STATE_RUNNING, v1::TASK_STATE_QUEUED}) {
        v1::Task task;
        task.set_task_id(state == v1::TASK_STATE_RUNNING ? "aaaaaaaaaaaa" : "bbbbbbbbbbbb");
        task.set_user_id("alice");
        task.set_type("gone");
        task.set_attempt(1);
        task.set_state(state);
        transaction.put_task(task);
      }
    }));
  }
  disk.fill();
  auto opened = Engine::open(settings);
  ASSERT_TRUE(opened) << opened.error().message;
  auto& engine = **opened;
  Inbox<StoreHealth::State> states;
  engine.health().listen([&](StoreHealth::State state) { states.put(state); });
  engine.run();
  EXPECT_EQ(states.take(), (StoreHealth::State{.takes_writes = false, .reads = true, .runs_tasks = false}));
  EXPECT_FALSE(is_settled(engine, "aaaaaaaaaaaa"));
  EXPECT_FALSE(is_settled(engine, "bbbbbbbbbbbb")) << "nothing runs";
  v1::PublishRequest request;
  request.set_topic("channels/x");
  Inbox<Result<v1::PublishResponse>> published;
  engine.publisher().publish(request, [&](Result<v1::PublishResponse> answer) { published.put(std::move(answer)); });
  EXPECT_EQ(published.take()->error().reason, Reason::store_failed);
  disk.free();
  for (auto state = states.take(); state && *state != StoreHealth::State{};) state = states.take();
  EXPECT_TRUE(is_settled(engine, "aaaaaaaaaaaa"));
  EXPECT_TRUE(comes_true([&] { return is_settled(engine, "bbbbbbbbbbbb"); })) << "it runs, and its type is not known";
  EXPECT_EQ(parse_cursor(publish(engine))->epoch, engine.log().epoch());
  engine.health().listen({});
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

// A shard in want of memory: allocations of one size fail.
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "net/support.h"

namespace {

std::atomic<std::size_t> failing_size = 0;  // 0: none

void* take(std::size_t size) noexcept {
  return size > 0 && size == failing_size ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* const taken = take(size)) return taken;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return take(size);
}
// GCC 12 takes what these free for taken by another operator new, once it has put them in line.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void operator delete(void* taken) noexcept {
  std::free(taken);
}
void operator delete(void* taken, std::size_t) noexcept {
  std::free(taken);
}
void operator delete(void* taken, const std::nothrow_t&) noexcept {
  std::free(taken);
}

#pragma GCC diagnostic pop

namespace taskwire::edge {
namespace {

using ShardFault = ShardWithStreams;

TEST_F(ShardFault, InTakingAnUpdateInMakesTheHubBeginAnewAndHoldsNothingUp) {
  constexpr std::size_t kSize = 54'321;
  start();
  const auto client = open();
  client->read();
  std::atomic<int> taken = 0;
  const auto post = [&](const UpdatePtr& made) { shard->post(made, [&] { ++taken; }); };
  post(update(1, 10));
  EXPECT_TRUE(test::eventually([&] { return client->messages == 10; }));
  auto large = std::make_shared<Event>(*make_event(published("e", 12, "channels/y"), WithId::yes));
  large->topic = std::string(kSize - 1, 'y');
  auto faulty = std::make_shared<Update>(*update(11, 11));
  faulty->events.push_back(large);
  faulty->through = 15;
  failing_size = kSize;
  post(faulty);
  EXPECT_TRUE(test::eventually([&] { return taken == 2; })) << "the upstream goes on";
  failing_size = 0;
  EXPECT_EQ(on_shard([&] { return shard->hub().log().head(); }), 15);
  EXPECT_FALSE(on_shard([&] { return shard->hub().covers({"e", 14}); })) << "it does not claim what it lacks";
  post(update(16, 20));
  EXPECT_TRUE(test::eventually([&] { return taken == 3; }));
  EXPECT_EQ(on_shard([&] { return shard->hub().log().size(); }), 5U);
  EXPECT_FALSE(client->has_ended);
}

}  // namespace
}  // namespace taskwire::edge

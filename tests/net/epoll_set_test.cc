#include "net/epoll_set.h"

#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace taskwire::edge {
namespace {

/// One end of a pair of sockets that waits in a set; the other is written to.
class Waiting : public EpollSet::Waiter {
 public:
  explicit Waiting(EpollSet& set) : set_(set) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
  }
  virtual ~Waiting() { close(); }
  void add() { set_.add(ends_[0], *this); }
  void want_to_write() { set_.want_to_write(ends_[0], *this); }
  void say(std::size_t bytes = 1) const {
    EXPECT_EQ(write(ends_[1], std::string(bytes, 'x').data(), bytes), static_cast<ssize_t>(bytes));
  }
  void leave() { ::close(std::exchange(ends_[1], -1)); }
  /// Until it takes no more.
  void fill() const {
    const std::string bytes(4096, 'x');
    while (write(ends_[0], bytes.data(), bytes.size()) > 0) {
    }
  }
  void drain() const {
    std::array<char, 65536> bytes;
    while (read(ends_[1], bytes.data(), bytes.size()) > 0) {
    }
  }
  void close() {
    set_.forget(*this);
    for (auto& end : ends_) {
      if (end >= 0) ::close(std::exchange(end, -1));
    }
  }
  void on_ready(std::uint32_t events) override {
    ++times;
    told |= events;
    if (then) then();
  }

  int times = 0;
  std::uint32_t told = 0;
  std::function<void()> then;

 private:
  EpollSet& set_;
  std::array<int, 2> ends_{};
};

class EpollSetTest : public testing::Test {
 protected:
  EpollSetTest() { set.go_on(); }
  void run() {
    io.restart();
    while (io.poll() > 0) {
    }
  }

  boost::asio::io_context io;
  EpollSet set{io};
};

TEST_F(EpollSetTest, TellsWhatWasThereAndWhatComesOnceEach) {
  Waiting one(set);
  one.say();
  one.add();
  run();
  EXPECT_EQ(one.times, 1);
  run();
  EXPECT_EQ(one.times, 1) << "though nobody read it";
  one.say();
  run();
  EXPECT_EQ(one.times, 2);
  EXPECT_EQ(one.told & (EPOLLOUT | EPOLLRDHUP), 0U);
  one.leave();
  run();
  EXPECT_NE(one.told & EPOLLRDHUP, 0U);
}

TEST_F(EpollSetTest, TellsEachTimeThatASocketTakesBytesAgain) {
  Waiting one(set);
  one.add();
  for (int round = 1; round <= 3; ++round) {
    one.told = 0;
    one.fill();
    one.want_to_write();
    run();
    EXPECT_EQ(one.told & EPOLLOUT, 0U);
    one.drain();
    run();
    EXPECT_NE(one.told & EPOLLOUT, 0U) << round;
  }
  one.told = 0;
  one.want_to_write();
  run();
  EXPECT_NE(one.told & EPOLLOUT, 0U) << "also where it does already";
}

TEST_F(EpollSetTest, TellsMoreThanOneLookHasRoomFor) {
  std::vector<std::unique_ptr<Waiting>> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(std::make_unique<Waiting>(set));
    many.back()->add();
    many.back()->say();
  }
  run();
  for (const auto& one : many) EXPECT_EQ(one->times, 1);
}

TEST_F(EpollSetTest, TellsNothingToWhoWasForgottenInTheSameLook) {
  auto a = std::make_unique<Waiting>(set), b = std::make_unique<Waiting>(set);
  int told = 0;
  a->then = [&] { ++told, b.reset(); };
  b->then = [&] { ++told, a.reset(); };
  a->add();
  b->add();
  a->say();
  b->say();
  run();
  EXPECT_EQ(told, 1);
}

TEST_F(EpollSetTest, TellsTheOthersWhereOneMeetsAFault) {
  Waiting a(set), b(set);
  a.then = b.then = [] { throw std::runtime_error("a fault of the test"); };
  for (auto* const one : {&a, &b}) {
    one->add();
    one->say();
  }
  run();
  EXPECT_EQ(a.times + b.times, 2);
  a.say();
  run();
  EXPECT_EQ(a.times, 2) << "and goes on";
}

}  // namespace
}  // namespace taskwire::edge

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

/// So much to say that any pipe is full at once.
const std::vector<std::string> kTalkative = {"TASKWIRE_LOG_LEVEL=debug", "GRPC_VERBOSITY=debug", "GRPC_TRACE=http,api"};
constexpr std::chrono::seconds kStop(10);

std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

/// A named pipe, which is read only where the test does it.
class Fifo {
 public:
  Fifo() {
    EXPECT_EQ(mkfifo(path().c_str(), 0600), 0);
    fd_ = open(path().c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  }
  ~Fifo() { leave(); }

  [[nodiscard]] std::string path() const { return folder_.path() / "log"; }
  [[nodiscard]] bool is_full() const {
    pollfd room{fd_, POLLOUT, 0};
    return poll(&room, 1, 0) == 0;
  }
  /// Reads until `text` comes; whether it does.
  bool read_until(const std::string& text) {
    std::string all;
    return eventually([&] {
      char buffer[65'536];
      const auto got = read(fd_, buffer, sizeof buffer);
      if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
      return all.find(text) != std::string::npos;
    });
  }
  /// Closes it: who writes has no reader any more.
  void leave() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  TemporaryFolder folder_;
  int fd_ = -1;
};

/// Both services, started by a shell that does `redirect` first.
struct Redirected {
  explicit Redirected(const std::string& redirect, const std::vector<std::string>& environment = {})
      : engine(
            command(redirect, {"taskwire-engine", "--listen", local(engine_port), "--data-dir", data.path() / "data"}),
            environment),
        edge(command(redirect,
                     {"taskwire-edge", "--listen", local(port), "--engine", local(engine_port), "--shards", "2"}),
             environment) {
    EXPECT_TRUE(eventually([this] { return listens(port) && get(port, "/readyz").status == 200; }))
        << engine.output() << edge.output();
  }

  static std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
  static std::vector<std::string> command(const std::string& redirect, std::vector<std::string> argv) {
    argv[0] = program_path(argv[0]);
    argv.insert(argv.begin(), {"sh", "-c", redirect + R"(; exec "$0" "$@")"});
    return argv;
  }
  static bool listens(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connects = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connects;
  }

  /// Publishes so many events, and reads each on a stream.
  void work(int count) const {
    Stream stream(port, "/stream/news");
    ASSERT_TRUE(stream.wait_for_id());
    for (int i = 0; i < count; ++i) ASSERT_EQ(post(port, "/publish/news", {{"n", i}}).status, 202);
    for (int i = 0; i < count; ++i) {
      const auto event = stream.next();
      ASSERT_TRUE(event);
      ASSERT_EQ(event->data, R"({"n":)" + std::to_string(i) + "}");
    }
    EXPECT_EQ(get(port, "/healthz").status, 200);
  }
  void stop() {
    for (auto* const service : {&edge, &engine}) {
      service->signal(SIGTERM);
      EXPECT_EQ(service->wait(within(kStop)), 0);
    }
  }

  TemporaryFolder data;
  std::uint16_t engine_port = free_port();
  std::uint16_t port = free_port();
  Process engine;
  Process edge;
};

TEST(Log, KeepsNobodyWaitingForItsReader) {
  Fifo log;
  Redirected services("exec 2>" + log.path(), kTalkative);
  ASSERT_TRUE(eventually([&] { return log.is_full(); }));
  services.work(100);
  EXPECT_TRUE(log.is_full());
  services.stop();
}

TEST(Log, TellsHowManyLinesWereDropped) {
  Fifo log;
  Redirected services("exec 2>" + log.path(), kTalkative);
  services.work(400);
  EXPECT_TRUE(log.read_until(" lines were dropped here"));
  services.stop();
}

TEST(Log, IsSurvivedWhenItsReaderGoes) {
  Fifo log;
  Redirected services("exec 2>" + log.path(), kTalkative);
  log.leave();
  services.work(20);
  services.stop();
}

TEST(Log, DoesWithoutStandardDescriptors) {
  for (const auto* const redirect : {"exec 2>&-", "exec 0<&- 1>&- 2>&-"}) {
    Redirected services(redirect, kTalkative);
    services.work(20);
    services.stop();
  }
}

TEST(Hangup, StopsInOrder) {
  Redirected services("true");
  for (auto* const service : {&services.edge, &services.engine}) {
    service->signal(SIGHUP);
    service->signal(SIGHUP);  // the end of a terminal sends two
    EXPECT_EQ(service->wait(within(kStop)), 0) << service->output();
    EXPECT_NE(service->output().find("stopping"), std::string::npos) << service->output();
  }
}

TEST(Hangup, IsIgnoredWhereItWasBefore) {
  Redirected services("trap '' HUP");
  services.edge.signal(SIGHUP);
  services.engine.signal(SIGHUP);
  services.work(20);
  services.stop();
  EXPECT_NE(services.engine.output().find("stopping"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::test

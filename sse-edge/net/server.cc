#include "net/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <future>
#include <random>
#include <spdlog/spdlog.h>
#include <thread>
#include <utility>

#include "process/descriptors.h"

namespace taskwire::edge {
namespace {

// Descriptors that are for no admitted connection: those of the process and of gRPC, those of each shard, and guests.
constexpr std::size_t kOwnDescriptors = 48;
constexpr std::size_t kDescriptorsPerShard = 8;
constexpr std::size_t kMostGuests = 1000;
constexpr std::size_t kMostOutputs = 2000;                       // calls for output of tasks that wait
constexpr std::size_t kHeldBytes = std::size_t{64} << 20;        // of requests and answers of all connections
constexpr std::size_t kHeldBytesOfShard = std::size_t{6} << 20;  // at least: two of the largest bodies

constexpr std::chrono::milliseconds kLookAtCommands{250};
constexpr std::chrono::milliseconds kLastRequests{1000};
constexpr std::chrono::milliseconds kLookAtConnections{10};

unsigned shard_count(const Config& config) {
  return config.shards > 0 ? config.shards : std::max(1U, std::thread::hardware_concurrency());
}

/// How many connections without a place may be there, on all shards.
std::size_t guest_count(std::size_t descriptors) {
  return std::clamp<std::size_t>(descriptors / 8, 2, kMostGuests);
}

RequestGuard::Settings guard_settings(const Config& config) {
  RequestGuard::Settings settings{config.allowed_hosts, config.cors_origins};
  if (const auto address = parse_address(config.listen)) {
    const bool is_v6 = address->host.find(':') != std::string::npos;
    settings.hosts.push_back(is_v6 ? "[" + address->host + "]" : address->host);
  }
  return settings;
}

/// How many connections there may be: a few descriptors are left for all that is no connection.
Admission::Limits admission_limits(const Config& config) {
  const std::size_t most = raise_descriptor_limit();
  const std::size_t reserve = kOwnDescriptors + kDescriptorsPerShard * shard_count(config) + guest_count(most);
  const std::size_t room = most > reserve ? most - reserve : 1;
  if (config.max_connections > room) {
    spdlog::warn("serves at most {} connections, not {}: the system lets this process open {} files (ulimit -n)", room,
                 config.max_connections, most);
  }
  return {std::min(config.max_connections, room), config.max_connections_per_address, config.max_connections_per_user};
}

}  // namespace

Server::Server(Config config)
    : config_(std::move(config)),
      guard_(guard_settings(config_)),
      files_(config_.web_root),
      channel_(config_.engine),
      engine_(channel_, config_.max_engine_calls),
      commands_(channel_, engine_),
      claims_(channel_, config_.max_claims),
      outputs_(channel_, kMostOutputs),
      pages_(engine_),
      admission_(admission_limits(config_)),
      proxies_(config_.trusted_proxies,
               config_.reads_forwarded ? TrustedProxies::Field::forwarded : TrustedProxies::Field::x_forwarded_for),
      request_rate_(config_.max_request_rate_per_address),
      stream_rate_(config_.max_stream_rate_per_address) {
  const unsigned count = shard_count(config_);
  const std::size_t guests = std::max<std::size_t>(guest_count(raise_descriptor_limit()) / count, 1);
  for (unsigned i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(config_, pages_, engine_));
    budgets_.push_back(std::make_unique<ConnectionBudgets>(std::max(kHeldBytes / count, kHeldBytesOfShard), guests));
  }
  auto random = [generator = std::mt19937_64(std::random_device{}()),
                 part = std::uniform_real_distribution<double>()]() mutable { return part(generator); };
  upstream_ = std::make_unique<Upstream>(
      shards_.front()->io(), channel_,
      Upstream::Settings{static_cast<std::int64_t>(config_.hub_events), std::move(random)},
      [this](const UpdatePtr& update, std::function<void()> taken) { publish(update, std::move(taken)); });
  services_ = std::make_unique<Services>(Services{config_, guard_, files_, engine_, commands_, claims_, give_backs_,
                                                  outputs_, aside_, scrapes_, *upstream_, admission_, proxies_,
                                                  request_rate_, stream_rate_, attendance_, shards_, budgets_});
}

// NOLINTNEXTLINE(bugprone-exception-escape): nobody could go on without the stop
Server::~Server() {
  stop();
}

tl::expected<std::vector<boost::asio::ip::tcp::endpoint>, std::string> Server::start(
    const std::vector<int>& inherited) {
  listeners_ = std::make_unique<Listeners>(*services_);
  is_inherited_ = !inherited.empty();
  auto endpoints = is_inherited_ ? listeners_->adopt(inherited, config_.insecure_no_auth)
                                 : listeners_->listen(config_.listen, config_.reuse_port);
  if (!endpoints) return tl::unexpected(endpoints.error());
  if (files_.is_empty())
    spdlog::warn("no dashboard in {}; it is served after a build of it", config_.web_root.string());
  is_running_ = true;
  listeners_->start();
  boost::asio::post(shards_.front()->io(), [this] { upstream_->start(); });
  next_look_.emplace(shards_.front()->io());
  watch_commands();
  for (const auto& shard : shards_) shard->run();
  return endpoints;
}

void Server::drain() {
  // Of a socket that others have, too, or will have, the next takes what comes.
  if (is_inherited_) listeners_->stop();
  if (config_.drain > std::chrono::milliseconds(0)) {
    spdlog::info("draining for {} ms at most", config_.drain.count());
    std::vector<std::promise<void>> drained(shards_.size());
    for (std::size_t i = 0; i < shards_.size(); ++i)
      shards_[i]->drain(config_.drain, [&done = drained[i]] { done.set_value(); });
    for (auto& shard : drained) shard.get_future().wait();
  }
  if (!is_inherited_) return;
  for (const auto& shard : shards_) {  // each has taken in whom it had accepted
    std::promise<void> turn;
    boost::asio::post(shard->io(), [&turn] { turn.set_value(); });
    turn.get_future().wait();
  }
  // Who was accepted just before the socket was left to others has yet to be answered; idle connections do not end.
  const auto until = std::chrono::steady_clock::now() + kLastRequests;
  while (admission_.count() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(kLookAtConnections);
}

void Server::stop() {
  if (!std::exchange(is_running_, false)) return;
  listeners_->stop();
  std::promise<void> upstream_stopped;
  boost::asio::post(shards_.front()->io(), [&] { upstream_->stop([&] { upstream_stopped.set_value(); }); });
  upstream_stopped.get_future().wait();
  for (const auto& shard : shards_) {
    std::promise<void> ended;
    shard->end_streams([&] { ended.set_value(); });
    ended.get_future().wait();
  }
  attendance_.stop();
  aside_.join();
  outputs_.shutdown();
  claims_.shutdown();  // each is answered, now that the shards say that the edge stops
  commands_.shutdown();
  engine_.shutdown();
  for (const auto& shard : shards_) shard->stop();
  next_look_.reset();
}

void Server::watch_commands() {
  next_look_->expires_after(kLookAtCommands);
  next_look_->async_wait([this](boost::system::error_code error) {
    if (error) return;
    watch_commands();
    commands_.expire(CommandLane::Clock::now());
  });
}

void Server::publish(const UpdatePtr& update, std::function<void()> taken) {
  auto waiting = std::make_shared<std::atomic<std::size_t>>(shards_.size());
  auto shared = std::make_shared<std::function<void()>>(std::move(taken));
  for (const auto& shard : shards_) {
    shard->post(update, [waiting, shared] {
      if (waiting->fetch_sub(1) == 1) (*shared)();
    });
  }
}

}  // namespace taskwire::edge

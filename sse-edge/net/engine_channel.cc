#include "net/engine_channel.h"

#include <arpa/inet.h>
#include <array>
#include <grpcpp/create_channel.h>

#include "process/options.h"

namespace taskwire::edge {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kLeastPause(2);
// Longer than any call but the Watch and Execute, which have ended by then.
constexpr std::chrono::seconds kKept(10);

bool is_name(const std::string& address) {
  const auto parsed = parse_address(address);
  if (!parsed) return true;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const auto is_address_of = [&](int family) { return inet_pton(family, parsed->host.c_str(), bytes.data()) == 1; };
  return !is_address_of(AF_INET) && !is_address_of(AF_INET6);
}

constexpr int kMostAnswerBytes = 16 << 20;  // the largest result, of small numbers, as protobuf has it

grpc::ChannelArguments channel_arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostAnswerBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1000);
  arguments.SetInt(GRPC_ARG_DNS_ARES_QUERY_TIMEOUT_MS, 5000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

std::shared_ptr<grpc::Channel> connect(const std::string& address, const grpc::ChannelArguments& arguments) {
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::shared_ptr<const EngineChannel::Way> make_way(const std::string& address) {
  auto channel = connect(address, channel_arguments());
  return std::make_shared<const EngineChannel::Way>(
      EngineChannel::Way{channel, v1::TaskService::NewStub(channel), v1::EventService::NewStub(channel),
                         v1::WorkerService::NewStub(channel), v1::CommandService::NewStub(channel)});
}

}  // namespace

EngineChannel::EngineChannel(std::string address)
    : address_(std::move(address)), is_name_(is_name(address_)), way_(make_way(address_)), made_(steady_clock::now()) {}

std::shared_ptr<const EngineChannel::Way> EngineChannel::now() const {
  const std::scoped_lock lock(mutex_);
  return way_;
}

std::shared_ptr<grpc::Channel> EngineChannel::connect_apart() const {
  auto arguments = channel_arguments();
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // it would keep a third more of each call
  return connect(address_, arguments);
}

void EngineChannel::look_again() {
  const auto now = steady_clock::now();
  const std::scoped_lock lock(mutex_);
  std::erase_if(retired_, [&](const Retired& retired) { return now - retired.since > kKept; });
  if (!is_name_ || now - made_ < kLeastPause || way_->channel->GetState(false) == GRPC_CHANNEL_READY) return;
  retired_.push_back({std::move(way_), now});
  way_ = make_way(address_);
  made_ = now;
}

}  // namespace taskwire::edge

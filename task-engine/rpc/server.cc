#include "rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <spdlog/spdlog.h>

#include "base/thread_pool.h"
#include "gate/gate.h"
#include "grpc/health/v1/health.pb.h"
#include "rpc/command_service.h"
#include "rpc/event_service.h"
#include "rpc/raw_message.h"
#include "rpc/task_service.h"
#include "rpc/worker_service.h"

namespace taskwire::rpc {
namespace {

constexpr int kMostMetadataBytes = 16 << 10;
constexpr int kMostThreads = 64;                      // for reflection, whose calls take one each
constexpr std::size_t kSpareStreams = 1000;           // for health, reflection, and requests on their way
constexpr std::chrono::milliseconds kLastWords{500};  // to reach the clients after the last call

class GrpcServer final : public Server {
 public:
  GrpcServer(const Settings& settings, engine::Engine& engine)
      : settings_(settings),
        engine_(engine),
        limits_(settings.calls),
        writes_(settings.pending_bytes),
        tasks_(engine, limits_, writes_),
        events_(engine, limits_, writes_),
        workers_(engine, limits_, writes_),
        commands_(engine, limits_, writes_) {}

  engine::Result<void> listen(const std::string& address) {
    auto gate = gate::Gate::open(address, gate_settings());
    if (!gate) return tl::make_unexpected(gate.error());
    gate_ = std::move(*gate);
    if (gate_->most_connections() < settings_.connections) {
      spdlog::warn("at most {} connections, not {}: {} descriptors allow no more; raise ulimit -n",
                   gate_->most_connections(), settings_.connections, settings_.descriptors);
    }
    build();
    if (!server_)
      return engine::refuse(Reason::cannot_start, "gRPC does not start; look at the log with --log-level debug");
    auto* const health = server_->GetHealthCheckService();
    // What is written down can be read and followed while the store takes no writes.
    engine_.health().listen([health](engine::StoreHealth::State store) {
      health->SetServingStatus("taskwire.v1.TaskService", store.takes_writes && store.runs_tasks);
      health->SetServingStatus("taskwire.v1.EventService", store.reads);
      health->SetServingStatus("", store.takes_writes && store.reads && store.runs_tasks);
    });
    gate_->start([acceptor = acceptor_.get()](engine::Fd connection) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
      parameters.fd = connection.release();
      acceptor->HandleNewConnection(&parameters);
    });
    return {};
  }

  ~GrpcServer() override { engine_.health().listen({}); }
  [[nodiscard]] const std::vector<Address>& addresses() const override { return gate_->addresses(); }
  [[nodiscard]] const CallLimits& limits() const override { return limits_; }

  void shut_down(std::chrono::milliseconds patience) override {
    gate_->stop_listening();
    server_->GetHealthCheckService()->Shutdown();
    engine_.watchers().shut_down();
    commands_.shut_down();
    engine_.let_go();
    server_->Shutdown(std::chrono::system_clock::now() + patience);
    gate_->stop(kLastWords);
  }

 private:
  [[nodiscard]] gate::Gate::Settings gate_settings() {
    gate::Gate::Settings gate;
    gate.limits.connections = settings_.connections;
    gate.limits.streams_of_one = settings_.calls_per_connection;
    const auto& calls = settings_.calls;
    gate.limits.streams = calls.calls + calls.watches + calls.claims + calls.outputs + calls.groups + kSpareStreams;
    gate.descriptors = settings_.descriptors;
    gate.user_timeout = settings_.keepalive_time + settings_.keepalive_timeout;  // a shorter one ends who is stopped
    // glibc keeps what calls leave behind between what lives on.
    gate.on_many_ended = [this] { housekeeping_.post([] { malloc_trim(0); }); };
    return gate;
  }

  void build() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckRequest>();  // gRPC has the service without
                                                                                      // its description
    grpc::ServerBuilder builder;
    // By default peers that ping an idle connection would be cut off.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    // A caller whose machine is gone says no goodbye, whether it has calls or not.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(settings_.keepalive_time.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(settings_.keepalive_timeout.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(settings_.calls_per_connection));
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
    grpc::ResourceQuota quota;
    quota.SetMaxThreads(kMostThreads);
    builder.SetResourceQuota(quota);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMostMessageBytes));
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, grpc::InsecureServerCredentials());
    builder.RegisterService(&tasks_);
    builder.RegisterService(&events_);
    builder.RegisterService(&workers_);
    builder.RegisterService(&commands_);
    server_ = builder.BuildAndStart();
  }

  const Settings settings_;
  engine::Engine& engine_;
  engine::ThreadPool housekeeping_{1};
  CallLimits limits_;
  PendingWrites writes_;
  TaskService tasks_;
  EventService events_;
  WorkerService workers_;
  CommandService commands_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<gate::Gate> gate_;  // ends first
};

}  // namespace

engine::Result<std::unique_ptr<Server>> Server::listen(const std::string& address, const Settings& settings,
                                                       engine::Engine& engine) {
  auto server = std::make_unique<GrpcServer>(settings, engine);
  if (auto listening = server->listen(address); !listening) return tl::make_unexpected(listening.error());
  return server;
}

}  // namespace taskwire::rpc

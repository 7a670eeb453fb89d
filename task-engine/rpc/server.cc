#include "rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "grpc/health/v1/health.pb.h"
#include "rpc/event_service.h"
#include "rpc/task_service.h"

namespace taskwire::rpc {
namespace {

constexpr int kMostMessageBytes = 16 << 20;

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(engine::Engine& engine) : engine_(engine), tasks_(engine), events_(engine) {}

  bool listen(const std::string& address) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckRequest>();  // gRPC has the service without
                                                                                      // its description
    grpc::ServerBuilder builder;
    // By default a second engine would share the port in silence, and peers that ping an idle connection be cut off.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    // A caller whose machine is gone says no goodbye.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    // So that a batch beyond its limit is refused by us, who say what to do, and not by gRPC.
    builder.SetMaxReceiveMessageSize(kMostMessageBytes);
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&tasks_);
    builder.RegisterService(&events_);
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) return false;
    auto* const health = server_->GetHealthCheckService();
    health->SetServingStatus("taskwire.v1.EventService", true);
    // What is written down can be read and followed whatever becomes of the store.
    engine_.health().listen(
        [health](bool takes_writes) { health->SetServingStatus("taskwire.v1.TaskService", takes_writes); });
    return true;
  }

  ~GrpcServer() override { engine_.health().listen({}); }
  [[nodiscard]] int port() const override { return port_; }

  void shut_down(std::chrono::milliseconds patience) override {
    server_->GetHealthCheckService()->Shutdown();
    engine_.watchers().shut_down();
    server_->Shutdown(std::chrono::system_clock::now() + patience);
  }

 private:
  engine::Engine& engine_;
  TaskService tasks_;
  EventService events_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

engine::Result<std::unique_ptr<Server>> Server::listen(const std::string& address, engine::Engine& engine) {
  auto server = std::make_unique<GrpcServer>(engine);
  if (!server->listen(address)) {
    return engine::refuse(Reason::cannot_start,
                          "cannot listen on " + address + "; is the port in use? choose another with --listen");
  }
  return server;
}

}  // namespace taskwire::rpc

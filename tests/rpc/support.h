#pragma once

#include <algorithm>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/support/temp_dir.h"
#include "engine/support/wait.h"
#include "resume/cursor.h"
#include "rpc/server.h"
#include "taskwire/v1/command_service.grpc.pb.h"
#include "taskwire/v1/event_service.grpc.pb.h"
#include "taskwire/v1/task_service.grpc.pb.h"

namespace taskwire::rpc {

using engine::kDeadline;

/// A client's context that gives up in time.
struct Context : grpc::ClientContext {
  explicit Context(std::chrono::milliseconds patience = kDeadline) {
    set_deadline(std::chrono::system_clock::now() + patience);
  }
};

/// An engine with its server on a free port, and a client.
class ServerTest : public testing::Test {
 protected:
  ServerTest() { start(); }
  ~ServerTest() override { stop(); }

  void start() {
    engine::Engine::Settings settings;
    settings.store.data_dir = dir / "data";
    settings.files_root = dir.path();
    settings.log = limits;
    settings.runner = runner;
    settings.scheduler = scheduler;
    settings.reads = reads;
    server_settings.connections = std::min<std::size_t>(server_settings.connections, 100);  // descriptors allow
    engine = *engine::Engine::open(settings);
    server = *Server::listen("127.0.0.1:0", server_settings, *engine);
    engine->run();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server->port()),
                                        grpc::InsecureChannelCredentials(), arguments);
    tasks = v1::TaskService::NewStub(channel);
    events = v1::EventService::NewStub(channel);
    commands = v1::CommandService::NewStub(channel);
  }
  void stop() {
    if (!server) return;
    server->shut_down(std::chrono::seconds(5));
    server.reset();
    engine.reset();
  }

  /// Calls a method; its answer goes into `response`.
  template <class Stub, class Request, class Response>
  grpc::Status call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    Context context;
    return (stub.*method)(&context, request, response);
  }

  std::string publish(const std::string& topic, const std::string& data = "x") {
    v1::PublishRequest request;
    request.set_topic(topic);
    request.set_data(data);
    v1::PublishResponse response;
    Context context;
    EXPECT_TRUE(events->Publish(&context, request, &response).ok());
    return response.cursor();
  }
  std::string start_task(const std::string& user, const std::string& type) {
    v1::StartTaskRequest request;
    request.set_user_id(user);
    request.set_type(type);
    v1::StartTaskResponse response;
    Context context;
    EXPECT_TRUE(tasks->StartTask(&context, request, &response).ok());
    return response.task().task_id();
  }

  /// Runs a task with one step and no pause to its end; its id.
  std::string run_task(const std::string& user, const std::string& type) {
    v1::StartTaskRequest request;
    request.set_user_id(user);
    request.set_type(type);
    auto& params = *request.mutable_params()->mutable_fields();
    params[type == "countdown" ? "from" : "count"].set_number_value(1);
    params["intervalMs"].set_number_value(0);
    v1::StartTaskResponse response;
    EXPECT_TRUE(call(*tasks, &v1::TaskService::Stub::StartTask, request, &response).ok());
    const auto& id = response.task().task_id();
    EXPECT_TRUE(reaches(user, id, v1::TASK_STATE_SUCCEEDED));
    return id;
  }

  /// Cancels a task and waits until it has ended.
  void end_task(const std::string& user, const std::string& id) {
    v1::CancelTaskRequest cancel;
    cancel.set_user_id(user);
    cancel.set_task_id(id);
    v1::CancelTaskResponse cancelled;
    EXPECT_TRUE(call(*tasks, &v1::TaskService::Stub::CancelTask, cancel, &cancelled).ok());
    EXPECT_TRUE(reaches(user, id, v1::TASK_STATE_CANCELLED));
  }

  /// Waits until a task is in a state.
  bool reaches(const std::string& user, const std::string& id, v1::TaskState state) {
    v1::GetTaskRequest get;
    get.set_user_id(user);
    get.set_task_id(id);
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    v1::GetTaskResponse got;
    do {
      if (!call(*tasks, &v1::TaskService::Stub::GetTask, get, &got).ok()) return false;
    } while (got.task().state() != state && std::chrono::steady_clock::now() < deadline);
    return got.task().state() == state;
  }

  /// What retention will do: forgets events of a topic.
  void trim(const std::string& topic, Sequence through) {
    engine::Inbox<bool> done;
    engine->log().write<bool>(
        engine::EventLog::Writer::engine, 0,
        [&](engine::Transaction& transaction) -> engine::Result<bool> {
          transaction.trim(topic, through, through, SIZE_MAX);
          return true;
        },
        [&](const engine::Result<bool>& trimmed) { done.put(trimmed.has_value()); });
    EXPECT_EQ(done.take(), true);
  }

  engine::TempDir dir;
  engine::EventLog::Limits limits;        ///< For the next start.
  engine::Runner::Settings runner;        ///< For the next start.
  engine::Scheduler::Settings scheduler;  ///< For the next start.
  engine::StoreReads::Limits reads;       ///< For the next start.
  Server::Settings server_settings;       ///< For the next start.
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<Server> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::TaskService::Stub> tasks;
  std::unique_ptr<v1::EventService::Stub> events;
  std::unique_ptr<v1::CommandService::Stub> commands;
};

/// `CODE REASON`, as a test names a status; `OK`.
inline std::string shown(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const auto& message = status.error_message();
  const auto reason = message.substr(0, message.find(':'));
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT " + reason;
    case grpc::StatusCode::NOT_FOUND:
      return "NOT_FOUND " + reason;
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED " + reason;
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "FAILED_PRECONDITION " + reason;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED " + reason;
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE " + reason;
    default:
      return std::to_string(status.error_code()) + " " + message;
  }
}

}  // namespace taskwire::rpc

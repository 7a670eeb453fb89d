#pragma once

#include <functional>
#include <grpcpp/grpcpp.h>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/deadline.h"
#include "taskwire/v1/command_service.grpc.pb.h"
#include "taskwire/v1/task_service.grpc.pb.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::edge {

/// An engine that does as the test says: answers at once, refuses, or lets claims wait. Thread-safe.
class FakeEngine {
 public:
  FakeEngine() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&tasks_);
    builder.RegisterService(&work_);
    builder.RegisterService(&commands_);
    server_ = builder.BuildAndStart();
  }
  ~FakeEngine() { stop(); }
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  /// Ends all calls.
  void stop() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Refuses every call from now on, with the status that the engine has for `REASON: text`.
  void refuse(grpc::StatusCode code, std::string message) {
    const std::scoped_lock lock(mutex_);
    refusal_ = grpc::Status(code, std::move(message));
  }
  /// Answers calls again from now on.
  void accept() {
    const std::scoped_lock lock(mutex_);
    refusal_ = grpc::Status::OK;
  }
  /// What was asked last of that kind.
  template <class Request>
  Request last() {
    const std::scoped_lock lock(mutex_);
    return std::get<Request>(last_);
  }

  /// Claims wait from now on, until answer_claims, or their caller cancels them.
  void let_claims_wait() {
    const std::scoped_lock lock(mutex_);
    do_claims_wait_ = true;
  }
  /// Ends those that wait without an answer.
  void fail_claims(grpc::StatusCode code) {
    for (auto* const one : take_waiting()) one->Finish(grpc::Status(code, ""));
  }
  void answer_claims() {
    for (auto* const one : take_waiting()) {
      fill(*one->response, one->lease);
      one->Finish(grpc::Status::OK);
    }
  }
  [[nodiscard]] std::size_t waiting_claims() {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
  }
  [[nodiscard]] std::size_t cancelled_claims() {
    const std::scoped_lock lock(mutex_);
    return cancelled_;
  }
  /// How claims that waited have named the first lease that they are given.
  [[nodiscard]] std::set<std::string> named_leases() {
    const std::scoped_lock lock(mutex_);
    return named_;
  }
  [[nodiscard]] static std::string first_lease(const v1::ClaimRequest& request) {
    return request.lease_prefix().empty() ? "00112233445566778899aabbccddeeff" : request.lease_prefix() + "0000";
  }
  /// The leases that were given back.
  [[nodiscard]] std::set<std::string> given_back() {
    const std::scoped_lock lock(mutex_);
    return given_back_;
  }
  /// How many connections claims have come by.
  [[nodiscard]] std::size_t connections_of_claims() {
    const std::scoped_lock lock(mutex_);
    return peers_.size();
  }
  /// How long the last claim would have waited for an answer.
  [[nodiscard]] std::chrono::system_clock::duration last_patience() {
    const std::scoped_lock lock(mutex_);
    return last_patience_;
  }

  /// The groups of publications that came by Execute, each as their topics. Other commands are answered as their own
  /// RPC would be.
  [[nodiscard]] std::vector<std::vector<std::string>> groups() {
    const std::scoped_lock lock(mutex_);
    return groups_;
  }
  /// Whether what is answered is all that there is to say of a group.
  enum class Then { takes_next, says_more };
  /// How many commands came in groups.
  [[nodiscard]] std::size_t grouped() {
    const std::scoped_lock lock(mutex_);
    return grouped_;
  }
  /// Answers the group that waits; waits for one.
  void answer_group(const v1::ExecuteResponse& response, Then then = Then::takes_next) {
    executing([&](Executing& call) { call.answer(response, then); });
  }
  /// Ends the call of the group that waits; waits for one.
  void end_group(const grpc::Status& status) {
    executing([&](Executing& call) { call.Finish(status); });
  }

  static void fill(v1::ClaimResponse& response, const std::string& lease) {
    auto& assignment = *response.add_assignments();
    fill(*assignment.mutable_lease());
    assignment.mutable_lease()->set_lease(lease);
    fill(*assignment.mutable_task());
  }
  static void fill(v1::StartTaskResponse& response, const v1::StartTaskRequest& request) {
    fill(*response.mutable_task());
    if (request.claim()) fill(*response.mutable_lease());
  }
  static void fill(v1::ReportResponse& response) {
    fill(*response.mutable_lease());
    response.set_cancel_requested(true);
  }
  static void fill(v1::Lease& lease) {
    lease.set_lease("00112233445566778899aabbccddeeff");
    lease.set_lease_ms(30000);
    lease.mutable_expire_time()->set_seconds(1767349845);
  }
  static void fill(v1::Task& task) {
    task.set_task_id("k3v7qm2xw5ta");
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_RUNNING);
    task.set_worker("host-1");
  }

 private:
  struct Waiting : grpc::ServerUnaryReactor {
    Waiting(FakeEngine& of, std::string named, v1::ClaimResponse* to)
        : engine(of), lease(std::move(named)), response(to) {}
    void OnCancel() override {
      {
        const std::scoped_lock lock(engine.mutex_);
        if (engine.waiting_.erase(this) == 0) return;
        ++engine.cancelled_;
      }
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }
    FakeEngine& engine;
    const std::string lease;
    v1::ClaimResponse* response;
  };

  struct Executing : grpc::ServerBidiReactor<v1::ExecuteRequest, v1::ExecuteResponse> {
    explicit Executing(FakeEngine& of) : engine(of) { StartRead(&request); }
    void answer(const v1::ExecuteResponse& with, Then after = Then::takes_next) {
      response = with;
      then = after;
      StartWrite(&response);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      const std::scoped_lock lock(engine.mutex_);
      std::vector<std::string> topics;
      v1::ExecuteResponse outcomes;
      for (const auto& command : request.commands()) {
        if (command.has_publish()) topics.push_back(command.publish().topic());
        if (command.has_publish_batch()) topics.push_back(command.publish_batch().events(0).topic());
        engine.carry_out(command, *outcomes.add_outcomes());
      }
      if (topics.empty()) return answer(outcomes);
      engine.groups_.push_back(std::move(topics));
      wait_for_answer();
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      if (then == Then::takes_next) return StartRead(&request);
      const std::scoped_lock lock(engine.mutex_);
      wait_for_answer();
    }
    /// Within the lock.
    void wait_for_answer() {
      if (is_cancelled) return Finish(grpc::Status::CANCELLED);
      is_waiting = true;
      engine.executing_ = this;
    }
    void OnCancel() override {
      const std::scoped_lock lock(engine.mutex_);
      is_cancelled = true;
      if (engine.executing_ == this) engine.executing_ = nullptr;  // another may be there by now
      if (std::exchange(is_waiting, false)) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }
    FakeEngine& engine;
    v1::ExecuteRequest request;
    v1::ExecuteResponse response;
    Then then = Then::takes_next;
    bool is_cancelled = false;
    bool is_waiting = false;  // for its answer
  };

  template <class Then>
  void executing(Then then) {
    Executing* call = nullptr;
    test::eventually([&] {
      const std::scoped_lock lock(mutex_);
      call = std::exchange(executing_, nullptr);
      if (call != nullptr) call->is_waiting = false;
      return call != nullptr;
    });
    if (call != nullptr) then(*call);
  }

  std::unordered_set<Waiting*> take_waiting() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(waiting_, {});
  }

  /// Within the lock.
  void carry_out(const v1::Command& command, v1::CommandOutcome& outcome) {
    ++grouped_;
    if (command.has_start_task()) std::get<v1::StartTaskRequest>(last_) = command.start_task();
    if (command.has_cancel_task()) std::get<v1::CancelTaskRequest>(last_) = command.cancel_task();
    if (command.has_report()) std::get<v1::ReportRequest>(last_) = command.report();
    if (!refusal_.ok()) {
      outcome.set_code(refusal_.error_code());
      outcome.set_message(refusal_.error_message());
    } else if (command.has_start_task()) {
      fill(*outcome.mutable_start_task(), command.start_task());
    } else if (command.has_cancel_task()) {
      fill(*outcome.mutable_cancel_task()->mutable_task());
    } else if (command.has_report()) {
      fill(*outcome.mutable_report());
    }
  }

  template <class Request, class Response, class Fill>
  grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                   Fill fill_in) {
    auto* const reactor = context->DefaultReactor();
    const std::scoped_lock lock(mutex_);
    std::get<Request>(last_) = *request;
    if (refusal_.ok()) fill_in(*response);
    reactor->Finish(refusal_);
    return reactor;
  }

  grpc::ServerUnaryReactor* claim(grpc::CallbackServerContext* context, const v1::ClaimRequest* request,
                                  v1::ClaimResponse* response) {
    {
      const std::scoped_lock lock(mutex_);
      peers_.insert(context->peer());
      last_patience_ = context->deadline() - std::chrono::system_clock::now();
      if (do_claims_wait_) {
        std::get<v1::ClaimRequest>(last_) = *request;
        named_.insert(first_lease(*request));
        return *waiting_.insert(new Waiting(*this, first_lease(*request), response)).first;  // NOLINT: deletes itself
      }
    }
    return answer(context, request, response, [&](v1::ClaimResponse& to) { fill(to, first_lease(*request)); });
  }

  struct Tasks : v1::TaskService::CallbackService {
    explicit Tasks(FakeEngine& of) : engine(of) {}
    grpc::ServerUnaryReactor* StartTask(grpc::CallbackServerContext* context, const v1::StartTaskRequest* request,
                                        v1::StartTaskResponse* response) override {
      return engine.answer(context, request, response, [&](v1::StartTaskResponse& to) { fill(to, *request); });
    }
    grpc::ServerUnaryReactor* RetryTask(grpc::CallbackServerContext* context, const v1::RetryTaskRequest* request,
                                        v1::RetryTaskResponse* response) override {
      return engine.answer(context, request, response, [&](v1::RetryTaskResponse& to) {
        fill(*to.mutable_task());
        if (request->claim()) fill(*to.mutable_lease());
      });
    }
    grpc::ServerUnaryReactor* ListTaskTypes(grpc::CallbackServerContext* context,
                                            const v1::ListTaskTypesRequest* request,
                                            v1::ListTaskTypesResponse* response) override {
      return engine.answer(context, request, response, [](v1::ListTaskTypesResponse& to) {
        to.add_types()->set_type("resize");
        to.mutable_types(0)->set_workers(3);
        to.mutable_types(0)->set_waiting(2);
      });
    }
    FakeEngine& engine;
  };

  struct Work : v1::WorkerService::CallbackService {
    explicit Work(FakeEngine& of) : engine(of) {}
    grpc::ServerUnaryReactor* RegisterType(grpc::CallbackServerContext* context, const v1::RegisterTypeRequest* request,
                                           v1::RegisterTypeResponse* response) override {
      return engine.answer(context, request, response, [&](v1::RegisterTypeResponse& to) {
        to.mutable_type()->set_type(request->type());
        to.mutable_type()->set_description(request->description());
        to.mutable_type()->set_workers(0);
      });
    }
    grpc::ServerUnaryReactor* DeleteType(grpc::CallbackServerContext* context, const v1::DeleteTypeRequest* request,
                                         v1::DeleteTypeResponse* response) override {
      return engine.answer(context, request, response, [](v1::DeleteTypeResponse&) {});
    }
    grpc::ServerUnaryReactor* Claim(grpc::CallbackServerContext* context, const v1::ClaimRequest* request,
                                    v1::ClaimResponse* response) override {
      return engine.claim(context, request, response);
    }
    grpc::ServerUnaryReactor* Report(grpc::CallbackServerContext* context, const v1::ReportRequest* request,
                                     v1::ReportResponse* response) override {
      return engine.answer(context, request, response, [](v1::ReportResponse& to) { fill(to); });
    }
    grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const v1::FinishRequest* request,
                                     v1::FinishResponse* response) override {
      return engine.answer(context, request, response, [](v1::FinishResponse& to) {
        fill(*to.mutable_task());
        to.mutable_task()->set_state(v1::TASK_STATE_SUCCEEDED);
      });
    }
    grpc::ServerUnaryReactor* GiveBack(grpc::CallbackServerContext* context, const v1::GiveBackRequest* request,
                                       v1::GiveBackResponse* response) override {
      return engine.answer(context, request, response, [&](v1::GiveBackResponse&) {
        engine.given_back_.insert(request->leases().begin(), request->leases().end());
      });
    }
    FakeEngine& engine;
  };

  struct Commands : v1::CommandService::CallbackService {
    explicit Commands(FakeEngine& of) : engine(of) {}
    grpc::ServerBidiReactor<v1::ExecuteRequest, v1::ExecuteResponse>* Execute(
        grpc::CallbackServerContext* /*context*/) override {
      return new Executing(engine);  // deletes itself
    }
    FakeEngine& engine;
  };

  std::mutex mutex_;
  grpc::Status refusal_;
  std::tuple<v1::StartTaskRequest, v1::RetryTaskRequest, v1::ListTaskTypesRequest, v1::RegisterTypeRequest,
             v1::DeleteTypeRequest, v1::CancelTaskRequest, v1::ClaimRequest, v1::ReportRequest, v1::FinishRequest,
             v1::GiveBackRequest>
      last_;
  bool do_claims_wait_ = false;
  std::unordered_set<Waiting*> waiting_;
  std::size_t cancelled_ = 0;
  std::vector<std::vector<std::string>> groups_;
  Executing* executing_ = nullptr;
  std::size_t grouped_ = 0;
  std::set<std::string> named_;
  std::set<std::string> given_back_;
  std::set<std::string> peers_;
  std::chrono::system_clock::duration last_patience_{};
  Tasks tasks_{*this};
  Work work_{*this};
  Commands commands_{*this};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace taskwire::edge

#include "rpc/worker_service.h"

#include <atomic>
#include <memory>

namespace taskwire::rpc {
namespace {

constexpr std::size_t kMostTypeBytes = std::size_t{1} << 20;  // 64 KiB of JSON can be several times as much
constexpr std::size_t kMostFinishBytes = std::size_t{3} << 20;

/// Whether a caller has gone, for those who may ask after its call has ended. Thread-safe.
class Departure {
 public:
  void note() { *has_gone_ = true; }
  [[nodiscard]] std::function<bool()> asked() const {
    return [has_gone = has_gone_] { return has_gone->load(); };
  }

 private:
  const std::shared_ptr<std::atomic<bool>> has_gone_ = std::make_shared<std::atomic<bool>>(false);
};

/// A Claim: waits with its headers answered, so that it counts among those that the engine answers, and is taken out
/// when its caller goes.
class ClaimCall final : public UnaryCall {
 public:
  ClaimCall(const Means& means, grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
            engine::Workers& workers)
      : UnaryCall(means, context, response, means.limits.enter_claim()),
        context_(context),
        workers_(workers),
        id_(workers.next_claim()) {}

  void begin(const v1::ClaimRequest& request) {
    has_key_ = !request.request_id().empty();
    if (request.wait_ms() > 0) StartSendInitialMetadata();
    workers_.claim(id_, request, departure_.asked(), [this](engine::Result<v1::ClaimResponse> claimed) {
      if (!claimed) return refuse(claimed.error());
      claimed_ = *claimed;
      answer(to_bytes(*claimed));
    });
  }

  void OnCancel() override {
    departure_.note();
    workers_.withdraw(id_);
  }
  void OnDone() override {
    if (!has_key_ && context_.IsCancelled()) workers_.give_back(claimed_);
    UnaryCall::OnDone();
  }

 private:
  grpc::CallbackServerContext& context_;
  engine::Workers& workers_;
  const std::uint64_t id_;
  Departure departure_;
  bool has_key_ = false;
  v1::ClaimResponse claimed_;
};

/// A ReadOutput: as a Claim, waits with its headers answered.
class OutputCall final : public UnaryCall {
 public:
  OutputCall(const Means& means, grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
             engine::OutputReads& reads)
      : UnaryCall(means, context, response, means.limits.enter_output()), reads_(reads), id_(reads.next()) {}

  void begin(const v1::ReadOutputRequest& request) {
    if (request.wait_ms() > 0) StartSendInitialMetadata();
    reads_.read(id_, request, departure_.asked(), [this](engine::Result<v1::ReadOutputResponse> read) {
      read ? answer(to_bytes(*read)) : refuse(read.error());
    });
  }

  void OnCancel() override {
    departure_.note();
    reads_.withdraw(id_);
  }

 private:
  engine::OutputReads& reads_;
  const engine::OutputReads::Id id_;
  Departure departure_;
};

}  // namespace

grpc::ServerUnaryReactor* WorkerService::RegisterType(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer) {
  return answer_call<v1::RegisterTypeRequest, v1::RegisterTypeResponse>(
      context, bytes, answer, means(),
      [this](const v1::RegisterTypeRequest& request, auto done) {
        engine_.workers().register_type(request, std::move(done));
      },
      {.most_bytes = kMostTypeBytes});
}

grpc::ServerUnaryReactor* WorkerService::DeleteType(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                    grpc::ByteBuffer* answer) {
  return answer_call<v1::DeleteTypeRequest, v1::DeleteTypeResponse>(
      context, bytes, answer, means(), [this](const v1::DeleteTypeRequest& request, auto done) {
        engine_.workers().delete_type(request, std::move(done));
      });
}

grpc::ServerUnaryReactor* WorkerService::Claim(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                               grpc::ByteBuffer* answer) {
  auto* const call = new ClaimCall(means(), *context, *answer, engine_.workers());  // deletes itself
  v1::ClaimRequest request;
  const auto parsed = parse_message(*bytes, request, kMostRequestBytes);
  if (!call->place()) {
    call->refuse(call->place().error());
  } else if (!parsed) {
    call->refuse(parsed.error());
  } else {
    call->begin(request);
  }
  return call;
}

grpc::ServerUnaryReactor* WorkerService::Report(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* answer) {
  return answer_call<v1::ReportRequest, v1::ReportResponse>(
      context, bytes, answer, means(),
      [this](const v1::ReportRequest& request, auto done) { engine_.workers().report(request, std::move(done)); },
      {.most_bytes = kMostReportBytes});
}

grpc::ServerUnaryReactor* WorkerService::Finish(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* answer) {
  return answer_call<v1::FinishRequest, v1::FinishResponse>(
      context, bytes, answer, means(),
      [this](const v1::FinishRequest& request, auto done) { engine_.workers().finish(request, std::move(done)); },
      {.answers = Answers::large, .most_bytes = kMostFinishBytes});
}

grpc::ServerUnaryReactor* WorkerService::GiveBack(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                  grpc::ByteBuffer* answer) {
  return answer_call<v1::GiveBackRequest, v1::GiveBackResponse>(
      context, bytes, answer, means(),
      [this](const v1::GiveBackRequest& request, auto done) { engine_.workers().give_back(request, std::move(done)); });
}

grpc::ServerUnaryReactor* WorkerService::ReadOutput(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                    grpc::ByteBuffer* answer) {
  auto* const call = new OutputCall(means(), *context, *answer, engine_.output());  // deletes itself
  v1::ReadOutputRequest request;
  const auto parsed = parse_message(*bytes, request, kMostRequestBytes);
  if (!call->place()) {
    call->refuse(call->place().error());
  } else if (!parsed) {
    call->refuse(parsed.error());
  } else if (!writes_.has_room()) {
    call->refuse(no_room());
  } else {
    call->begin(request);
  }
  return call;
}

}  // namespace taskwire::rpc

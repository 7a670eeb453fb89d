#include "rpc/event_service.h"

#include "rpc/watch_reactor.h"

namespace taskwire::rpc {

grpc::ServerUnaryReactor* EventService::Publish(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* answer) {
  return answer_call<v1::PublishRequest, v1::PublishResponse>(
      context, bytes, answer, means(),
      [this](const v1::PublishRequest& request, auto done) { engine_.publisher().publish(request, std::move(done)); });
}

grpc::ServerUnaryReactor* EventService::PublishBatch(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer) {
  return answer_call<v1::PublishBatchRequest, engine::PublishBatchAnswer>(
      context, bytes, answer, means(),
      [this](const v1::PublishBatchRequest& request, auto done) {
        engine_.publisher().publish_batch(request, std::move(done));
      },
      {.most_bytes = kMostMessageBytes, .is_frequent = true});
}

grpc::ServerUnaryReactor* EventService::ReadEvents(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                   grpc::ByteBuffer* answer) {
  return answer_call<v1::ReadEventsRequest, engine::ReadEventsAnswer>(
      context, bytes, answer, means(),
      [this, context](const v1::ReadEventsRequest& request, auto done) {
        engine_.read_events(request, std::move(done), gone(context));
      },
      {.answers = Answers::large});
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* EventService::Watch(grpc::CallbackServerContext* context,
                                                                const grpc::ByteBuffer* bytes) {
  return new WatchReactor({engine_.watchers(), limits_, writes_}, *context, *bytes);
}

}  // namespace taskwire::rpc

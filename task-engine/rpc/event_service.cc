#include "rpc/event_service.h"

#include "rpc/status.h"
#include "rpc/watch_reactor.h"

namespace taskwire::rpc {

grpc::ServerUnaryReactor* EventService::Publish(grpc::CallbackServerContext* context, const v1::PublishRequest* request,
                                                v1::PublishResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.publisher().publish(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* EventService::PublishBatch(grpc::CallbackServerContext* context,
                                                     const v1::PublishBatchRequest* request,
                                                     v1::PublishBatchResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.publisher().publish_batch(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* EventService::ReadEvents(grpc::CallbackServerContext* context,
                                                   const v1::ReadEventsRequest* request,
                                                   v1::ReadEventsResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.read_events(*request, answer_to(reactor, response), gone(context));
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchResponse>* EventService::Watch(grpc::CallbackServerContext*,
                                                                 const v1::WatchRequest* request) {
  return new WatchReactor(engine_.watchers(), *request);
}

}  // namespace taskwire::rpc

#include "net/watch_call.h"

#include <utility>

namespace taskwire::edge {

void WatchCall::start(v1::EventService::Stub& stub, const v1::WatchRequest& request) {
  self_ = shared_from_this();
  request_ = request;
  stub.async()->Watch(&context_, &request_, this);
  AddHold();  // reads are started outside of reactions
  StartRead(&response_);
  StartCall();
}

void WatchCall::OnReadDone(bool ok) {
  if (ok) {
    handlers_.on_message(response_);
  } else {
    RemoveHold();
  }
}

void WatchCall::OnDone(const grpc::Status& status) {
  const auto on_end = std::move(handlers_.on_end);
  on_end(std::move(self_), status);
}

}  // namespace taskwire::edge

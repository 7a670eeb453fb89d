#include "rpc/watch_reactor.h"

#include "rpc/status.h"

namespace taskwire::rpc {
namespace {

const engine::Error kGone{Reason::cancelled, "the caller has gone"};

}  // namespace

WatchReactor::WatchReactor(engine::Watchers& watchers, const v1::WatchRequest& request) {
  auto watcher = watchers.open(request, *this);
  if (!watcher) {
    Finish(to_status(watcher.error()));
    return;
  }
  watcher_ = std::move(*watcher);
  watcher_->start();
}

void WatchReactor::OnWriteDone(bool ok) {
  if (!ok) watcher_->stop(kGone);
  watcher_->sent();
}

void WatchReactor::OnCancel() {
  if (watcher_) watcher_->stop(kGone);
}

void WatchReactor::OnDone() {
  delete this;  // gRPC's own way: nobody else owns a reactor
}

void WatchReactor::send(v1::WatchResponse message) {
  message_ = std::move(message);
  StartWrite(&message_);
}

void WatchReactor::finish(const engine::Error& error) {
  Finish(to_status(error));
}

}  // namespace taskwire::rpc

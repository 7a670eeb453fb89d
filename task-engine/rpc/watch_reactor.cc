#include "rpc/watch_reactor.h"

#include <utility>

#include "rpc/raw_message.h"
#include "rpc/status.h"

namespace taskwire::rpc {
namespace {

const engine::Error kGone{Reason::cancelled, "the caller has gone"};
const engine::Error kNotTaken{
    Reason::too_many_watches,
    "the caller does not take what it watches, and the engine holds as much for callers as it may; read on, or watch "
    "less, and watch again"};

}  // namespace

WatchReactor::WatchReactor(const Means& means, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request)
    : context_(context), writes_(means.writes), place_(means.limits.enter_watch()) {
  v1::WatchRequest message;
  const auto parsed = place_ ? parse_message(request, message) : tl::make_unexpected(place_.error());
  auto watcher = parsed ? means.watchers.open(message, *this) : tl::make_unexpected(parsed.error());
  if (!watcher) {
    Finish(to_status(watcher.error()));
    return;
  }
  watcher_ = std::move(*watcher);
  watcher_->start();
}

void WatchReactor::OnWriteDone(bool ok) {
  writes_.end(write_);
  message_.Clear();
  if (!ok) watcher_->stop(kGone);
  watcher_->sent();
}

void WatchReactor::OnCancel() {
  if (watcher_) watcher_->stop(kGone);
}

void WatchReactor::OnDone() {
  delete this;  // gRPC's own way: nobody else owns a reactor
}

void WatchReactor::send(engine::WatchMessage message) {
  message_ = own_bytes(std::move(message.bytes));
  write_ = writes_.begin(*this, message_.Length());
  StartWrite(&message_);
}

void WatchReactor::cut() {
  cut_call(context_, kNotTaken);
}

void WatchReactor::finish(const engine::Error& error) {
  Finish(to_status(error));
}

}  // namespace taskwire::rpc

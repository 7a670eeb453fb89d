#pragma once

#include <memory>

#include "rpc/support.h"

namespace taskwire::rpc {

/// A Watch that a test reads message by message.
class Watch {
 public:
  Watch(v1::EventService::Stub& stub, const v1::WatchRequest& request) : reader_(stub.Watch(&context_, request)) {}
  ~Watch() {
    context_.TryCancel();
    for (v1::WatchResponse message; reader_->Read(&message);) {
    }
    if (!is_finished_) (void)reader_->Finish();
  }
  /// The next message that is no progress; empty at the end.
  v1::WatchResponse next() {
    v1::WatchResponse message;
    do {
      if (!reader_->Read(&message)) return {};
    } while (message.has_progress());
    return message;
  }
  grpc::Status finish() {
    is_finished_ = true;
    return reader_->Finish();
  }

 private:
  Context context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
  bool is_finished_ = false;
};

}  // namespace taskwire::rpc

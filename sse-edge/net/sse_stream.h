#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "hub/pump.h"
#include "net/admission.h"
#include "net/socket_sink.h"
#include "net/streams.h"

namespace taskwire::edge {

class Shard;

/// One open event stream on its shard: a pump, its sink, and the place of its connection. Confined to its shard's
/// thread.
class SseStream final : public Pump::Outside, public std::enable_shared_from_this<SseStream> {
 public:
  /// `is_task_known`: as Pump.
  SseStream(Shard& shard, boost::asio::ip::tcp::socket socket, Lease lease, StreamRequest request, bool is_task_known);

  /// Writes `head` and the first block, and goes on by itself until the client goes or the stream ends.
  void start(std::string head);

  /// Does `what` for this stream; a fault in it is counted, and closes the stream.
  template <class What>
  void guard(What&& what) noexcept {
    try {
      what();
    } catch (...) {
      on_fault(std::current_exception());
    }
  }
  [[nodiscard]] Pump& pump() { return pump_; }
  [[nodiscard]] SocketSink& sink() { return sink_; }

  void ask_for_page(const v1::ReadEventsRequest& request) override;
  void ask_for_task(const v1::GetTaskRequest& request) override;
  void ask_again_later() override;
  void want_turn() override;
  void on_fault(const std::exception_ptr& fault) noexcept override;
  void on_closed(CloseReason reason, std::vector<Presence> people) override;
  /// The turn that was wanted has come.
  void take_turn();

 private:
  Shard& shard_;
  Lease lease_;
  SocketSink sink_;
  Pump pump_;
  Streams::Number number_ = 0;
  bool wants_turn_ = false;
  std::unique_ptr<boost::asio::steady_timer> again_;
};

}  // namespace taskwire::edge

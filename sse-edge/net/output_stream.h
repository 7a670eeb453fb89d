#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "hub/sink.h"
#include "net/admission.h"
#include "net/outputs.h"
#include "net/shard.h"
#include "net/socket_sink.h"

namespace taskwire::edge {

/// One open stream of what a task prints: asks for a page when the last was taken, and waits at the engine where there
/// is nothing new. Lives on by itself until the client goes or the stream ends. Confined to its shard's thread.
class OutputStream final : public Sink::Writer, public std::enable_shared_from_this<OutputStream> {
 public:
  /// `request` says where it starts.
  OutputStream(Shard& shard, Outputs& outputs, boost::asio::ip::tcp::socket socket, bool is_chunked, Lease lease,
               v1::ReadOutputRequest request);
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// Writes `head` and the first block.
  void start(std::string head);

  void on_writable() override;
  void on_closed(CloseReason reason) override;

 private:
  using Clock = std::chrono::steady_clock;

  /// Does `what` for this stream; a fault in it is counted, and closes the stream.
  template <class What>
  void guard(What&& what) noexcept;
  void send(const FramePtr& frame);
  void go_on();
  void ask();
  void take(const Result<OutputPagePtr>& page);
  void try_again(const Problem& problem);
  void tell_engine_state(EngineState state);
  void wait();
  void look();
  void end();
  void send_id(const std::string& id);
  [[nodiscard]] std::string beginning(const OutputPage& page) const;
  void beat();

  Shard& shard_;
  Outputs& outputs_;
  Lease lease_;
  SocketSink sink_;
  v1::ReadOutputRequest request_;
  std::unique_ptr<Outputs::Wait> asking_;
  boost::asio::steady_timer timer_;
  Shard::Waits::iterator wait_;
  Clock::time_point last_sent_;
  std::optional<Clock::time_point> ask_again_at_;
  std::optional<Clock::time_point> trouble_since_;
  EngineState::Is told_ = EngineState::Is::up;
  bool is_open_ = true;
  bool is_ending_ = false;
  bool is_announced_ = false;
};

}  // namespace taskwire::edge

#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/session.h"
#include "net/admission.h"
#include "net/shard.h"

namespace taskwire::edge {

/// One open event stream: writes what its Session is owed as fast as the socket takes it, and holds nothing else back
/// than what the socket did not take of the last write. Confined to its shard's thread.
class SseStream : public Hub::Subscriber, public std::enable_shared_from_this<SseStream> {
 public:
  /// `is_task_known`: a stream of one task needs no look whether the task is there and goes on.
  SseStream(Shard& shard, boost::asio::ip::tcp::socket socket, Lease lease, StreamRequest request, bool is_task_known);

  /// Writes `head` and the first block, and goes on by itself until the client goes or the stream ends.
  void start(std::string head);
  /// Ends the stream in order: what is under way, an id, the last chunk.
  void end();
  /// Cuts the connection.
  void close();

  void on_news() override;
  /// Nothing was written for a heartbeat's time.
  void beat(std::chrono::steady_clock::time_point now);
  [[nodiscard]] std::chrono::steady_clock::time_point last_write() const { return last_write_; }
  /// When the socket last took a byte.
  [[nodiscard]] std::chrono::system_clock::time_point last_progress() const;
  /// The people whose tasks or messages it carries, as connected once.
  [[nodiscard]] std::vector<Presence> people(std::chrono::system_clock::time_point last_seen_at) const;

 private:
  enum class State { open, ending, closing, closed };

  /// Bytes that the socket did not take yet, and who keeps them.
  struct Rest {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };

  void pump();
  void read_hub();
  void ask_for_page();
  void ask_for_task();
  void on_page(const PagePtr& page);
  void on_task(const Result<v1::GetTaskResponse>& answer);
  void try_again_later();
  [[nodiscard]] bool wait_for_engine();

  /// Sends frames in order, after what the socket did not take yet.
  void send(std::span<const FramePtr> frames, std::span<const EventPtr* const> events = {});
  /// Bytes that the socket took; nothing where the connection is gone, and closed then.
  std::optional<std::size_t> write_some(std::span<const struct iovec> parts);
  void flush();
  void wait_until_writable();
  void watch_for_end();
  void finish();

  Shard& shard_;
  boost::asio::ip::tcp::socket socket_;
  Lease lease_;
  Session session_;
  const bool is_chunked_;
  bool is_task_known_;
  bool is_asking_ = false;
  State state_ = State::open;
  Shard::Streams::iterator place_;
  const std::chrono::system_clock::time_point connected_at_;
  std::chrono::steady_clock::time_point last_write_;  // or the last beat
  std::chrono::steady_clock::time_point last_progress_;
  std::vector<Rest> rest_;
  std::unique_ptr<boost::asio::steady_timer> again_;
};

}  // namespace taskwire::edge

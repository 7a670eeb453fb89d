#include "net/sse_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "http/proto_time.h"

namespace taskwire::edge {
namespace {

using std::chrono::steady_clock;
constexpr std::size_t kFramesAtOnce = 64;
constexpr std::size_t kMaxParts = 512;
constexpr std::chrono::seconds kAskAgain(1);

}  // namespace

SseStream::SseStream(Shard& shard, boost::asio::ip::tcp::socket socket, Lease lease, StreamRequest request,
                     bool is_task_known)
    : shard_(shard),
      socket_(std::move(socket)),
      lease_(std::move(lease)),
      session_(std::move(request), shard.config().max_lag, shard.hub()),
      is_chunked_(!session_.request().is_http_1_0),
      is_task_known_(is_task_known || session_.request().task_id.empty()),
      connected_at_(std::chrono::system_clock::now()),
      last_write_(steady_clock::now()),
      last_progress_(last_write_) {}

void SseStream::start(std::string head) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  place_ = shard_.add(shared_from_this());
  shard_.hub().subscribe(*this, session_.request().topics);
  std::string first;
  append_comment(first, "taskwire");
  append_block(first, {.retry_ms = static_cast<int>(shard_.random_retry().count())});
  if (const auto& user = session_.request().greeted_user; !user.empty())
    append_block(first, {.data = "User '" + user + "' connected"});
  auto bytes = std::make_shared<const std::string>(std::move(head) + std::string(Frame(first).bytes(is_chunked_)));
  rest_.push_back({bytes, *bytes});
  watch_for_end();
  flush();
}

void SseStream::on_news() {
  session_.on_visit(shard_.hub(), *this);
  pump();
}

void SseStream::pump() {
  if (state_ != State::open || !rest_.empty() || is_asking_) return;
  if (!is_task_known_) return ask_for_task();
  switch (session_.next(shard_.hub())) {
    case Session::Need::hub:
      return read_hub();
    case Session::Need::news:
      return shard_.hub().subscribe_to_changes(*this);
    case Session::Need::page:
      return ask_for_page();
    case Session::Need::over:
      return end();
  }
}

void SseStream::read_hub() {
  // Kept between reads, so that a delivery allocates nothing.
  static thread_local std::vector<FramePtr> before;
  static thread_local std::vector<const EventPtr*> events;
  before.clear();
  events.clear();
  Hub& hub = shard_.hub();
  hub.unsubscribe_from_changes(*this);
  const bool has_more = session_.read(hub, kFramesAtOnce, before, events);
  send(before, events);
  if (state_ != State::open || !rest_.empty()) return;
  if (has_more || session_.next(hub) == Session::Need::over) {
    boost::asio::post(shard_.io(), [weak = weak_from_this()] {
      if (const auto self = std::static_pointer_cast<SseStream>(weak.lock())) self->pump();
    });
  }
}

bool SseStream::wait_for_engine() {
  if (shard_.is_engine_reachable()) return false;
  shard_.hub().subscribe_to_changes(*this);
  return true;
}

void SseStream::ask_for_page() {
  if (wait_for_engine()) return;
  is_asking_ = true;
  shard_.pages().request(session_.page_request(), shard_.io().get_executor(),
                         [weak = weak_from_this()](const PagePtr& page) {
                           if (const auto self = weak.lock()) self->on_page(page);
                         });
}

void SseStream::on_page(const PagePtr& page) {
  is_asking_ = false;
  if (state_ != State::open) return;
  if (!page) return try_again_later();
  std::vector<FramePtr> frames;
  session_.take(*page, shard_.hub(), frames);
  send(frames);
  pump();
}

void SseStream::ask_for_task() {
  if (wait_for_engine()) return;
  is_asking_ = true;
  shard_.engine().get_task(task_request(session_.request()), shard_.io().get_executor(),
                           [weak = weak_from_this()](const Result<v1::GetTaskResponse>& answer) {
                             if (const auto self = weak.lock()) self->on_task(answer);
                           });
}

void SseStream::on_task(const Result<v1::GetTaskResponse>& answer) {
  is_asking_ = false;
  if (state_ != State::open) return;
  if (!answer && answer.error().reason != Reason::task_not_found) return try_again_later();
  is_task_known_ = true;
  if (!answer || is_over(answer->task(), session_.request().start)) return end();
  pump();
}

void SseStream::try_again_later() {
  if (!again_) again_ = std::make_unique<boost::asio::steady_timer>(shard_.io());
  again_->expires_after(kAskAgain);
  again_->async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->pump();
  });
}

void SseStream::send(std::span<const FramePtr> frames, std::span<const EventPtr* const> events) {
  const Projection projection = session_.request().projection;
  if (!rest_.empty()) {  // a heartbeat that the socket did not take yet
    for (const auto& frame : frames) rest_.push_back({frame, frame->bytes(is_chunked_)});
    for (const auto* event : events) rest_.push_back({*event, (*event)->frame(projection).bytes(is_chunked_)});
    return;
  }
  std::array<iovec, kMaxParts> parts;
  std::size_t count = 0;
  const auto add = [&](std::string_view bytes) {
    if (count < kMaxParts)
      parts[count++] = {const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT: writev takes no const
  };
  for (const auto& frame : frames) add(frame->bytes(is_chunked_));
  for (const auto* event : events) add((*event)->frame(projection).bytes(is_chunked_));
  if (count == 0) return;
  const auto written = write_some({parts.data(), count});
  if (!written) return;
  std::size_t taken = *written;
  const auto keep = [&](const auto& owner, std::string_view bytes) {
    const auto skip = std::min(taken, bytes.size());
    taken -= skip;
    if (skip < bytes.size()) rest_.push_back({owner, bytes.substr(skip)});
  };
  for (const auto& frame : frames) keep(frame, frame->bytes(is_chunked_));
  for (const auto* event : events) keep(*event, (*event)->frame(projection).bytes(is_chunked_));
  if (!rest_.empty()) wait_until_writable();
}

std::optional<std::size_t> SseStream::write_some(std::span<const iovec> parts) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // NOLINT: sendmsg takes no const
  message.msg_iovlen = parts.size();
  ssize_t written = 0;
  do {
    written = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (written < 0 && errno == EINTR);
  if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
    close();
    return std::nullopt;
  }
  if (written > 0) {
    last_write_ = last_progress_ = steady_clock::now();
    shard_.touch(place_);
  }
  return static_cast<std::size_t>(std::max<ssize_t>(written, 0));
}

void SseStream::flush() {
  while (!rest_.empty()) {
    std::array<iovec, kFramesAtOnce> parts;
    const std::size_t count = std::min(rest_.size(), parts.size());
    for (std::size_t i = 0; i < count; ++i) {
      parts[i] = {const_cast<char*>(rest_[i].bytes.data()), rest_[i].bytes.size()};  // NOLINT: as above
    }
    const auto written = write_some({parts.data(), count});
    if (!written) return;
    if (*written == 0) return wait_until_writable();
    std::size_t taken = *written;
    std::size_t done = 0;
    while (done < count && taken >= rest_[done].bytes.size()) taken -= rest_[done++].bytes.size();
    if (done < count) rest_[done].bytes.remove_prefix(taken);
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(done));
  }
  rest_.shrink_to_fit();
  if (state_ == State::ending) return finish();
  if (state_ == State::closing) return close();
  pump();
}

void SseStream::wait_until_writable() {
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](boost::system::error_code error) {
                       if (self->state_ == State::closed) return;
                       if (error) return self->close();
                       self->flush();
                     });
}

void SseStream::watch_for_end() {
  socket_.async_wait(
      boost::asio::ip::tcp::socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
        if (self->state_ == State::closed) return;
        std::array<char, 1024> unwanted;
        const auto got =
            error ? 0 : ::recv(self->socket_.native_handle(), unwanted.data(), unwanted.size(), MSG_DONTWAIT);
        const bool is_there = got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
        if (!is_there) return self->close();
        self->watch_for_end();
      });
}

void SseStream::beat(steady_clock::time_point now) {
  last_write_ = now;
  if (state_ != State::open) return close();
  if (!rest_.empty()) {
    if (now - last_progress_ > shard_.config().stall_timeout) close();
    return;
  }
  const Hub& hub = shard_.hub();
  const bool waits_for_engine = !is_task_known_ || session_.next(hub) == Session::Need::page;
  const auto id = waits_for_engine ? std::nullopt : session_.complete(hub, *this);
  const FramePtr frame =
      session_.request().greeted_user.empty()
          ? heartbeat_frame(id, time_text(std::chrono::system_clock::now()), shard_.config().heartbeat.count())
          : person_heartbeat_frame(id);
  send({&frame, 1});
}

std::chrono::system_clock::time_point SseStream::last_progress() const {
  const auto since =
      std::chrono::duration_cast<std::chrono::system_clock::duration>(steady_clock::now() - last_progress_);
  return std::chrono::system_clock::now() - since;
}

std::vector<Presence> SseStream::people(std::chrono::system_clock::time_point last_seen_at) const {
  auto id = session_.complete(shard_.hub(), *this);
  if (!id) id = parse_cursor(session_.request().start.cursor);
  std::vector<Presence> people;
  for (const auto user : people_of(session_.request().topics))
    people.push_back({std::string(user), 1, connected_at_, last_seen_at, id});
  return people;
}

void SseStream::end() {
  if (state_ != State::open) return;
  state_ = State::ending;
  if (rest_.empty()) finish();
}

void SseStream::finish() {
  state_ = State::closing;
  std::string last;
  if (const auto complete = session_.complete(shard_.hub(), *this)) last = id_frame(*complete)->bytes(is_chunked_);
  if (is_chunked_) last += kLastChunk;
  auto bytes = std::make_shared<const std::string>(std::move(last));
  if (!bytes->empty()) rest_.push_back({bytes, *bytes});
  flush();
}

void SseStream::close() {
  if (std::exchange(state_, State::closed) == State::closed) return;
  shard_.depart(people(std::chrono::system_clock::now()));
  shard_.hub().unsubscribe(*this);
  if (again_) again_->cancel();
  rest_.clear();
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  shard_.remove(place_);
}

}  // namespace taskwire::edge

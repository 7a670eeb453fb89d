#include "net/sse_stream.h"

#include <utility>

#include "net/fault.h"
#include "net/shard.h"

namespace taskwire::edge {
namespace {

constexpr std::chrono::seconds kAskAgain(1);

}  // namespace

SseStream::SseStream(Shard& shard, boost::asio::ip::tcp::socket socket, Lease lease, StreamRequest request,
                     bool is_task_known)
    : shard_(shard),
      lease_(std::move(lease)),
      sink_(shard.sink_means(), std::move(socket), !request.is_http_1_0),
      pump_(*this, sink_, shard.pump_means(), std::move(request), is_task_known) {}

void SseStream::start(std::string head) {
  number_ = shard_.streams().add(shared_from_this());
  shard_.metrics().opened.add();
  guard([&] {
    sink_.start(pump_, std::move(head));
    pump_.start(shard_.random_retry());
  });
}

void SseStream::ask_for_page(const v1::ReadEventsRequest& request) {
  shard_.pages().request(request, shard_.io().get_executor(), weak_from_this(),
                         [weak = weak_from_this()](const Result<PagePtr>& page) {
                           if (const auto self = weak.lock()) self->guard([&] { self->pump_.take_page(page); });
                         });
}

void SseStream::ask_for_task(const v1::GetTaskRequest& request) {
  shard_.engine().get_task(request, shard_.io().get_executor(),
                           [weak = weak_from_this()](const Result<v1::GetTaskResponse>& answer) {
                             if (const auto self = weak.lock()) self->guard([&] { self->pump_.take_task(answer); });
                           });
}

void SseStream::ask_again_later() {
  if (!again_) again_ = std::make_unique<boost::asio::steady_timer>(shard_.io());
  again_->expires_after(kAskAgain);
  again_->async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->guard([&] { self->want_turn(); });
  });
}

void SseStream::want_turn() {
  if (wants_turn_) return;
  shard_.add_turn(*this);
  wants_turn_ = true;
}

void SseStream::take_turn() {
  wants_turn_ = false;
  guard([this] { pump_.go_on(); });
}

void SseStream::on_fault(const std::exception_ptr& fault) noexcept {
  note_fault(fault);
  try {
    sink_.close(CloseReason::broken);
  } catch (...) {
    note_fault(std::current_exception());
  }
}

void SseStream::on_closed(CloseReason reason, std::vector<Presence> people) {
  if (again_) again_->cancel();
  shard_.depart(reason, std::move(people));
  shard_.remove(number_);
}

}  // namespace taskwire::edge

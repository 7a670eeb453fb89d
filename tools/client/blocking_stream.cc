#include "client/blocking_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace taskwire::client {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using Take = std::function<bool(std::string_view)>;

constexpr seconds kConnect(10);
constexpr seconds kSilence(60);

boost::asio::awaitable<void> follow(HttpStream& stream, const Url& edge, const std::string& path, const std::string& id,
                                    const Take& take, tl::expected<StreamEnd, std::string>& end) {
  auto head = co_await stream.open(edge, path, id, steady_clock::now() + kConnect);
  if (!head) {
    end = tl::unexpected(head.error());
    co_return;
  }
  end->head = *head;
  if (!head->is_event_stream()) {
    end->body = co_await stream.read_rest(steady_clock::now() + kConnect);
    co_return;
  }
  for (;;) {
    const auto piece = co_await stream.read_some(steady_clock::now() + kSilence);
    if (!piece) end->broke = piece.error();
    if (!piece || piece->empty() || !take(*piece)) co_return;
  }
}

}  // namespace

tl::expected<StreamEnd, std::string> read_stream(const Url& edge, const std::string& token, const std::string& path,
                                                 const std::string& last_event_id, const Take& take) {
  boost::asio::io_context io(1);
  HttpStream stream(io.get_executor(), token);
  tl::expected<StreamEnd, std::string> end;
  const auto whole = edge.path + path;
  boost::asio::co_spawn(io, follow(stream, edge, whole, last_event_id, take, end), [](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
  io.run();
  return end;
}

}  // namespace taskwire::client

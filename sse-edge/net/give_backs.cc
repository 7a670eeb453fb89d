#include "net/give_backs.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "net/fault.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

bool may_pass(const Problem& problem) {
  return problem.status() >= 500 || problem.status() == 429;
}

}  // namespace

void GiveBacks::give_back(const asio::any_io_executor& executor, v1::GiveBackRequest leases,
                          std::chrono::milliseconds lasting) {
  const bool may_repeat = ++trying_ <= kMost;
  asio::co_spawn(executor, try_long(std::move(leases), lasting, may_repeat), [this](const std::exception_ptr& error) {
    --trying_;
    note_fault(error);
  });
}

asio::awaitable<void> GiveBacks::try_long(v1::GiveBackRequest leases, std::chrono::milliseconds lasting,
                                          bool may_repeat) {
  std::optional<steady_clock::time_point> over;  // not known while no engine is there: leases begin anew with it
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    const auto given = co_await engine_.give_back(leases);
    if (given || !may_pass(given.error())) co_return;
    const auto now = steady_clock::now();
    if (!over && given.error().reason != Reason::engine_unavailable) over = now + lasting;
    if (!may_repeat || (over && now + pause >= *over)) co_return;
    timer.expires_after(pause);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace taskwire::edge

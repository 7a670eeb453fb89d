#include "net/presence_api.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "net/attendance.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Listed = Result<Attendance::Text>;

asio::awaitable<Listed> ask(Attendance& attendance) {
  auto initiate = [&attendance](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    attendance.ask(asio::get_associated_executor(*shared),
                   [shared](Listed listed) { std::move (*shared)(std::move(listed)); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Listed)>(initiate, asio::use_awaitable);
}

}  // namespace

asio::awaitable<HttpResponse> list_sessions(const ApiCall& call) {
  const auto text = co_await ask(call.services.attendance);
  if (!text) co_return problem_response(text.error());
  auto response = json_response(200, {});
  response.shared_body = *text;
  response.is_body_of_answers = true;
  co_return response;
}

}  // namespace taskwire::edge

#include "client/words.h"

#include <algorithm>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>

namespace taskwire::client {

std::string in_words(const boost::system::error_code& error) {
  namespace beast = boost::beast;
  if (error == beast::error::timeout) return "no answer in time";
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message)
    return "the connection was closed";
  return error.message();
}

std::chrono::milliseconds seconds_of(std::string_view text) {
  constexpr int kMost = 3600;
  int count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || stop != text.data() + text.size()) return {};
  return std::chrono::seconds(std::clamp(count, 0, kMost));
}

}  // namespace taskwire::client

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire::scrape {

/// The text to answer with.
using Collect = std::function<std::string()>;

inline constexpr std::size_t kMostRequestBytes = std::size_t{8} << 10;

/// The whole HTTP/1.1 answer to `request`, as far as that has come, after which the connection ends; nothing while its
/// header is not whole. Only `GET` and `HEAD` of `/metrics` are answered with what there is to tell: another path by
/// 404, another method by 405, what is no request by 400, a header of more than kMostRequestBytes by 431. To HEAD goes
/// no body.
[[nodiscard]] std::optional<std::string> scrape_answer(std::string_view request, const Collect& collect);

}  // namespace taskwire::scrape

#include "bench/http_response.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <strings.h>
#include <utility>

namespace taskwire::bench {
namespace {

constexpr std::size_t kMaxHead = 65'536;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool is_same_word(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || stop == text.data()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view HttpResponse::next(std::string_view& bytes) {
  if (state_ == State::head) take_head(bytes);
  if (state_ == State::body) return take(bytes);
  return {};
}

void HttpResponse::end() {
  if (state_ == State::done) return;
  state_ = state_ == State::body && framing_ == Framing::to_the_end ? State::done : State::broken;
}

void HttpResponse::restart() {
  state_ = State::head;
  status_ = 0;
  keeps_alive_ = true;
  text_.clear();
}

void HttpResponse::take_head(std::string_view& bytes) {
  const auto before = text_.size();
  text_ += bytes;
  const auto end = text_.find(kHeadEnd, before < kHeadEnd.size() ? 0 : before - kHeadEnd.size() + 1);
  if (end == std::string::npos) {
    bytes = {};
    if (text_.size() > kMaxHead) state_ = State::broken;
    return;
  }
  bytes.remove_prefix(end + kHeadEnd.size() - before);
  text_.resize(end);
  read_head();
  text_.clear();
}

void HttpResponse::read_head() {
  std::string_view rest = text_;
  auto line = rest.substr(0, rest.find("\r\n"));
  const auto status = line.starts_with("HTTP/1.") && line.size() >= 12 ? number(line.substr(9, 3), 10) : std::nullopt;
  if (!status) {
    state_ = State::broken;
    return;
  }
  status_ = static_cast<int>(*status);
  keeps_alive_ = !line.starts_with("HTTP/1.0");
  framing_ = Framing::to_the_end;
  left_ = 0;
  while (rest.size() > line.size()) {
    rest.remove_prefix(line.size() + 2);
    line = rest.substr(0, rest.find("\r\n"));
    const auto colon = std::min(line.find(':'), line.size() - (line.empty() ? 0 : 1));
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(std::min(colon + 1, line.size())));
    if (is_same_word(name, "transfer-encoding") && is_same_word(value, "chunked")) {
      framing_ = Framing::chunked;
      chunk_ = Chunk::size;
    } else if (is_same_word(name, "content-length") && framing_ != Framing::chunked) {
      framing_ = Framing::length;
      left_ = number(value, 10).value_or(0);
    } else if (is_same_word(name, "connection")) {
      keeps_alive_ = !is_same_word(value, "close");
    }
  }
  const bool has_no_body = status_ == 204 || status_ == 304;
  state_ = has_no_body || (framing_ == Framing::length && left_ == 0) ? State::done : State::body;
}

std::string_view HttpResponse::take(std::string_view& bytes) {
  if (framing_ == Framing::to_the_end) return std::exchange(bytes, {});
  while (framing_ == Framing::chunked && chunk_ != Chunk::data && state_ == State::body) {
    if (!take_line(bytes)) return {};
  }
  if (state_ != State::body) return {};
  const auto piece = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
  bytes.remove_prefix(piece.size());
  left_ -= piece.size();
  if (left_ == 0) {
    if (framing_ == Framing::length) state_ = State::done;
    chunk_ = Chunk::after_data;
  }
  return piece;
}

bool HttpResponse::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) {
    text_ += bytes;
    bytes = {};
    if (text_.size() > kMaxHead) state_ = State::broken;
    return false;
  }
  const auto line = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  if (text_.empty()) {
    take_chunk_line(trimmed(line));
  } else {
    text_ += line;
    take_chunk_line(trimmed(text_));
    text_.clear();
  }
  return true;
}

void HttpResponse::take_chunk_line(std::string_view line) {
  if (chunk_ == Chunk::after_data) {
    chunk_ = Chunk::size;
    if (!line.empty()) state_ = State::broken;
  } else if (chunk_ == Chunk::size) {
    const auto size = number(line, 16);
    if (!size) {
      state_ = State::broken;
      return;
    }
    left_ = *size;
    chunk_ = left_ == 0 ? Chunk::trailer : Chunk::data;
  } else if (line.empty()) {
    state_ = State::done;
  }
}

}  // namespace taskwire::bench

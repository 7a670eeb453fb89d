#include "http/request_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/body_framing.h"
#include "http/request_syntax.h"
#include "http/split.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kChunkLineBytes = 18;  // sixteen digits and the line end, which are no extension
constexpr std::size_t kBegin = 64;           // of a request line, at which it is looked at before it is whole

/// Fields that mean one thing, so that two of them are refused: which one counts would be a guess.
constexpr std::array<std::string_view, 3> kOnce = {"Content-Type", "Origin", "Sec-Fetch-Site"};

}  // namespace

std::size_t RequestParser::put(std::string_view bytes) {
  const auto size = bytes.size();
  while (!problem_ && !bytes.empty()) {
    if (state_ == State::header_read || state_ == State::complete) break;
    if (state_ == State::body || state_ == State::chunk_data) {
      take_data(bytes);
    } else if (take_line(bytes)) {
      on_line();
      line_.clear();
    }
  }
  if (state_ == State::header_read || state_ == State::complete) line_.shrink_to_fit();  // which may have been long
  return size - bytes.size();
}

/// Whether `line_` is whole now.
bool RequestParser::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const auto part = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
  const std::size_t unpaid = state_ == State::chunk_line || state_ == State::chunk_end ? kChunkLineBytes : 0;
  if (line_.size() + part.size() > left_of_header_ + unpaid) {
    fail(Reason::header_too_large,
         std::string(is_header_read_ ? "The request's chunk extensions and trailers are" : "The request's header is") +
             " larger than " + std::to_string(most_header_bytes_) + " bytes. Send less.");
    return false;
  }
  line_ += part;
  bytes.remove_prefix(part.size());
  if (end == std::string_view::npos) {
    // What speaks another protocol is told so before its line ends, if it ever does.
    const auto begin = std::string_view(line_).substr(0, kBegin);  // however it was cut
    if (state_ == State::request_line && line_.size() - part.size() < kBegin && !may_begin_request(begin))
      fail_malformed("This is not a valid HTTP/1.1 request.");
    return false;
  }
  if (!line_.ends_with("\r\n")) {
    fail_malformed("A line of an HTTP/1.1 request ends with CR and LF.");
    return false;
  }
  left_of_header_ -= line_.size() - std::min(line_.size(), unpaid);
  line_.resize(line_.size() - 2);
  return true;
}

void RequestParser::take_data(std::string_view& bytes) {
  const auto part = bytes.substr(0, std::min<std::uint64_t>(left_of_part_, bytes.size()));
  request_.body += part;
  bytes.remove_prefix(part.size());
  left_of_part_ -= part.size();
  if (left_of_part_ == 0) state_ = is_chunked_ ? State::chunk_end : State::complete;
}

void RequestParser::on_line() {
  switch (state_) {
    case State::request_line:
      return on_request_line();
    case State::fields:
      return line_.empty() ? on_header_end() : on_field();
    case State::chunk_line:
      return on_chunk_line();
    case State::chunk_end:
      if (!line_.empty()) return fail_malformed("A chunk of the body is longer than it says.");
      state_ = State::chunk_line;
      return;
    case State::trailers:
      if (line_.empty()) {
        state_ = State::complete;
      } else if (!parse_field_line(line_)) {
        fail_malformed("A trailer of the body is no field. Write name: value.");
      }
      return;
    case State::header_read:
    case State::body:
    case State::chunk_data:
    case State::complete:
      return;  // no lines there
  }
}

void RequestParser::on_request_line() {
  if (line_.empty()) {
    if (++empty_lines_ > kMostEmptyLines) fail_malformed("Too many empty lines come before the HTTP/1.1 request.");
    return;
  }
  const auto parts = parse_request_line(line_);
  if (!parts) return fail_malformed("This is not a valid HTTP/1.1 request.");
  request_.method = parts->method;
  request_.target = parts->target;
  request_.is_http_1_0 = parts->is_http_1_0;
  state_ = State::fields;
}

void RequestParser::on_field() {
  const auto field = parse_field_line(line_);
  if (!field) return fail_malformed("A header of this HTTP/1.1 request is no field. Write name: value, on one line.");
  if (request_.headers.size() == kMostFields) {
    return fail(Reason::header_too_large,
                "The request has more than " + std::to_string(kMostFields) + " fields. Send less.");
  }
  const auto is_it = [&](std::string_view name) { return equals_ignoring_case(name, field->name); };
  if (std::any_of(kOnce.begin(), kOnce.end(), is_it) && request_.header(field->name))
    return fail_malformed("A request has one " + std::string(field->name) + " header.");
  request_.headers.emplace_back(field->name, field->value);
}

void RequestParser::on_header_end() {
  const auto framing = body_framing(request_);
  if (!framing) return fail(framing.error().reason, framing.error().detail);
  is_header_read_ = true;
  is_chunked_ = framing->is_chunked;
  left_of_part_ = framing->length;
  header_bytes_ = most_header_bytes_ - std::exchange(left_of_header_, most_header_bytes_);
  state_ = is_chunked_ || left_of_part_ > 0 ? State::header_read : State::complete;
  if (request_.is_http_1_0) return;  // it knows no expectations (RFC 9110, 10.1.1)
  const auto expectations = request_.list("Expect");
  for (std::string_view rest = expectations; !rest.empty();) {
    if (!equals_ignoring_case(trim(take_part(rest, ',')), "100-continue"))
      return fail(Reason::unsupported_expectation, "Of the expectations only 100-continue is known.");
    expects_continue_ = !is_complete();
  }
}

void RequestParser::read_body(std::uint64_t most) {
  if (problem_ || state_ != State::header_read) return;
  most_body_bytes_ = left_of_body_ = most;
  if (left_of_part_ > most) return fail_too_large();
  state_ = is_chunked_ ? State::chunk_line : State::body;
}

void RequestParser::on_chunk_line() {
  const auto size = parse_chunk_size(line_);
  if (!size) return fail_malformed("The body is not chunked as it says.");
  if (*size > left_of_body_) return fail_too_large();
  left_of_body_ -= *size;
  left_of_part_ = *size;
  state_ = *size > 0 ? State::chunk_data : State::trailers;
}

std::size_t RequestParser::held() const {
  const auto of_header = is_header_read_ ? header_bytes_ : most_header_bytes_ - left_of_header_;
  return of_header + request_.headers.capacity() * sizeof(std::pair<std::string, std::string>) + line_.capacity() +
         request_.body.capacity();
}

HttpRequest RequestParser::take_request() {
  std::string().swap(line_);
  return std::move(request_);
}

bool RequestParser::keeps_alive() const {
  const auto connection = request_.list("Connection");
  if (has_token(connection, "close")) return false;
  return !request_.is_http_1_0 || has_token(connection, "keep-alive");
}

void RequestParser::fail_too_large() {
  fail(Reason::body_too_large,
       "The request's body is larger than " + std::to_string(most_body_bytes_) + " bytes. Send less at a time.");
}

void RequestParser::fail(Reason reason, std::string detail) {
  problem_ = Problem{reason, std::move(detail)};
}

}  // namespace taskwire::edge

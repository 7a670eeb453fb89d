#include "program/output_queue.h"

#include <algorithm>
#include <array>
#include <utility>

#include "text/utf8.h"

namespace taskwire {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;  // what lies together is dropped together
constexpr std::size_t kFrame = 64;                     // of a piece in JSON, without its text

/// Of each byte in a string of JSON, at most: the first bytes of the line ends that are escaped beyond ASCII begin
/// other characters as well.
constexpr auto kJsonSizes = [] {
  std::array<std::uint8_t, 256> sizes{};
  for (std::size_t byte = 0; byte < sizes.size(); ++byte) sizes[byte] = byte < ' ' ? 6 : 1;
  for (const unsigned char c : {'"', '\\', '\n', '\r', '\t'}) sizes[c] = 2;
  sizes[0xC2] = 5;
  sizes[0xE2] = 4;
  return sizes;
}();

/// As much of `text`, whole characters, as takes at most `most` bytes in JSON.
std::size_t fitting(std::string_view text, std::size_t most) {
  std::size_t size = 0;
  std::size_t i = 0;
  for (const std::size_t step : {1024, 1}) {
    while (i < text.size()) {
      const auto more = json_size(text.substr(i, step));
      if (size + more > most) break;
      size += more;
      i = std::min(text.size(), i + step);
    }
  }
  while (i > 0 && i < text.size() && is_utf8_continuation(text[i])) --i;
  return i;
}

}  // namespace

std::size_t json_size(std::string_view text) {
  std::size_t size = 0;
  for (const unsigned char c : text) size += kJsonSizes[c];
  return size;
}

void OutputQueue::append(std::deque<Text>& to, std::size_t& size, std::string text, bool is_error) {
  size += text.size();
  if (!to.empty() && to.back().is_error == is_error && to.back().text.size() + text.size() <= kChunk) {
    to.back().text += text;
  } else {
    to.push_back({is_error, std::move(text)});
  }
}

void OutputQueue::add(std::string text, bool is_error) {
  if (is_closed_ || text.empty()) return;
  if (newest_.empty() && left_out_ == 0 && first_size_ + text.size() <= kFirst)
    return append(first_, first_size_, std::move(text), is_error);
  append(newest_, newest_size_, std::move(text), is_error);
  while (newest_size_ > kNewest) {
    newest_size_ -= newest_.front().text.size();
    left_out_ += newest_.front().text.size();
    newest_.pop_front();
  }
}

void OutputQueue::leave_out(std::uint64_t bytes) {
  if (is_closed_ || bytes == 0) return;
  left_out_ += bytes;
  for (const auto& text : newest_) left_out_ += text.text.size();
  newest_.clear();
  newest_size_ = 0;
}

void OutputQueue::leave_out_all() {
  if (is_closed_) return;
  if (!sent_.empty()) offset_ = sent_.front().offset;
  for (const auto& piece : sent_) left_out_ += piece.text.size();
  left_out_ += first_size_ + newest_size_;
  sent_.clear();
  first_.clear();
  newest_.clear();
  first_size_ = newest_size_ = 0;
}

std::vector<OutputPiece> OutputQueue::next(std::size_t most) {
  if (sent_.empty()) move_next(most);
  std::vector<OutputPiece> pieces;
  for (const auto& piece : sent_) {
    if (most <= kFrame) break;
    const auto size = fitting(piece.text, most - kFrame);
    if (size == 0) break;
    pieces.push_back({piece.offset, piece.is_error, piece.text.substr(0, size)});
    most -= std::min(most, kFrame + json_size(pieces.back().text));
    if (size < piece.text.size()) break;
  }
  return pieces;
}

void OutputQueue::move_next(std::size_t most) {
  while (sent_.size() < kMostPieces) {
    if (first_.empty() && left_out_ > 0) {
      const auto told = "\n[taskwire: " + std::to_string(left_out_) + " bytes of output left out]\n";
      left_out_ = 0;
      append(first_, first_size_, told, false);
    }
    if (first_.empty()) {
      std::swap(first_, newest_);
      std::swap(first_size_, newest_size_);
    }
    if (first_.empty() || most <= kFrame) return;
    auto& front = first_.front();
    const auto size = fitting(front.text, most - kFrame);
    if (size == 0) return;
    OutputPiece piece{offset_, front.is_error, front.text.substr(0, size)};
    most -= std::min(most, kFrame + json_size(piece.text));
    offset_ += size;
    first_size_ -= size;
    if (size == front.text.size()) {
      first_.pop_front();
    } else {
      front.text.erase(0, size);
    }
    sent_.push_back(std::move(piece));
  }
}

void OutputQueue::taken(std::uint64_t offset) {
  const auto begin = sent_.empty() ? offset_ : sent_.front().offset;
  if (offset < begin || offset > offset_) {  // another log than the one that was written to: go on where it is
    std::uint64_t next = offset;
    if (offset > offset_) sent_.clear();
    for (auto& piece : sent_) {
      piece.offset = next;
      next += piece.text.size();
    }
    offset_ = next;
    return;
  }
  while (!sent_.empty() && sent_.front().offset + sent_.front().text.size() <= offset) sent_.erase(sent_.begin());
  if (!sent_.empty() && sent_.front().offset < offset) {
    sent_.front().text.erase(0, offset - sent_.front().offset);
    sent_.front().offset = offset;
  }
}

void OutputQueue::close() {
  is_closed_ = true;
  sent_.clear();
  first_.clear();
  newest_.clear();
  first_size_ = newest_size_ = 0;
  left_out_ = 0;
}

}  // namespace taskwire

#include "program/output_queue.h"

#include <algorithm>
#include <utility>

#include "text/json_writer.h"
#include "text/utf8.h"

namespace taskwire {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;  // what lies together is dropped together
constexpr std::size_t kFrame = 64;                     // of a piece in JSON, without its text

/// How much of a text, and what that takes in JSON.
struct Part {
  std::size_t size = 0;
  std::size_t in_json = 0;
};

/// As much of `text`, whole characters, as takes at most `most` bytes in JSON.
Part fitting(std::string_view text, std::size_t most) {
  Part part;
  for (const auto step : {std::size_t{1024}, std::size_t{1}}) {
    while (part.size < text.size()) {
      const auto more = json_size(text.substr(part.size, step));
      if (part.in_json + more > most) break;
      part.in_json += more;
      part.size = std::min(text.size(), part.size + step);
    }
  }
  while (part.size > 0 && part.size < text.size() && is_utf8_continuation(text[part.size])) --part.size;
  return part;
}

}  // namespace

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
  offset_ = begin();
  for (const auto& sent : sent_) left_out_ += sent.piece.text.size();
  left_out_ += first_size_ + newest_size_;
  sent_.clear();
  first_.clear();
  newest_.clear();
  sent_size_ = first_size_ = newest_size_ = 0;
}

std::vector<OutputPiece> OutputQueue::next(std::size_t most) {
  return next(most, begin());
}

std::vector<OutputPiece> OutputQueue::next(std::size_t most, std::uint64_t offset) {
  if (offset == offset_) move_next(most);
  std::vector<OutputPiece> pieces;
  for (const auto& [piece, in_json] : sent_) {
    const auto known = std::min<std::uint64_t>(offset - std::min(offset, piece.offset), piece.text.size());
    if (known == piece.text.size()) continue;
    if (most <= kFrame || pieces.size() == kMostPieces) break;
    const auto text = std::string_view(piece.text).substr(known);
    const bool is_whole = known == 0 && kFrame + in_json <= most;
    const auto part = is_whole ? Part{text.size(), in_json} : fitting(text, most - kFrame);
    if (part.size == 0) break;
    pieces.push_back({piece.offset + known, piece.is_error, std::string(text.substr(0, part.size))});
    most -= kFrame + part.in_json;
    if (part.size < text.size()) break;
  }
  return pieces;
}

void OutputQueue::move_next(std::size_t most) {
  for (std::size_t count = 0; count < kMostPieces; ++count) {
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
    const auto part = fitting(front.text, most - kFrame);
    if (part.size == 0) return;
    most -= kFrame + part.in_json;
    Sent sent{{offset_, front.is_error, {}}, part.in_json};
    offset_ += part.size;
    sent_size_ += part.size;
    first_size_ -= part.size;
    if (part.size == front.text.size()) {
      sent.piece.text = std::move(front.text);
      first_.pop_front();
    } else {
      sent.piece.text = front.text.substr(0, part.size);
      front.text.erase(0, part.size);
    }
    sent_.push_back(std::move(sent));
  }
}

void OutputQueue::taken(std::uint64_t offset) {
  if (offset < begin() || offset > offset_) {  // another log than the one that was written to: go on where it is
    if (offset > offset_) {
      sent_.clear();
      sent_size_ = 0;
    }
    std::uint64_t next = offset;
    for (auto& [piece, in_json] : sent_) {
      piece.offset = next;
      next += piece.text.size();
    }
    offset_ = next;
    return;
  }
  sent_size_ = offset_ - offset;
  while (!sent_.empty() && sent_.front().piece.offset + sent_.front().piece.text.size() <= offset) sent_.pop_front();
  if (!sent_.empty() && sent_.front().piece.offset < offset) {
    auto& [piece, in_json] = sent_.front();
    piece.text.erase(0, offset - piece.offset);
    piece.offset = offset;
    in_json = json_size(piece.text);
  }
}

void OutputQueue::close() {
  is_closed_ = true;
  sent_.clear();
  first_.clear();
  newest_.clear();
  sent_size_ = first_size_ = newest_size_ = 0;
  left_out_ = 0;
}

}  // namespace taskwire

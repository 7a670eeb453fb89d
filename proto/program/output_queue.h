#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace taskwire {

/// A piece of what a program printed, as a report has it.
struct OutputPiece {
  std::uint64_t offset = 0;  ///< In bytes of all text that is reported, both streams together.
  bool is_error = false;     ///< Of standard error.
  std::string text;          ///< UTF-8.

  friend bool operator==(const OutputPiece&, const OutputPiece&) = default;
};

/// What a program printed and the server has not yet. Bounded: of what waits the first kFirst bytes and the newest
/// kNewest are kept, and a line between them says what was left out. Not thread-safe.
class OutputQueue {
 public:
  static constexpr std::size_t kFirst = std::size_t{1} << 20;
  static constexpr std::size_t kNewest = std::size_t{4} << 20;
  static constexpr std::size_t kMostPieces = 256;

  void add(std::string text, bool is_error);
  /// `bytes` more were printed, and are not here.
  void leave_out(std::uint64_t bytes);

  /// All that waits is left out, and a line says so in its place: there is no time for it.
  void leave_out_all();

  /// The next pieces, as many as take at most `most` bytes in JSON; the same again, or the first of them, until `taken`
  /// is called. Empty when nothing waits.
  [[nodiscard]] std::vector<OutputPiece> next(std::size_t most);
  /// The same of what comes after `offset`, where pieces up to there are under way.
  [[nodiscard]] std::vector<OutputPiece> next(std::size_t most, std::uint64_t offset);
  /// The server has all before `offset`: an answer's `outputNext`. What it lacks and is here no more is passed over.
  void taken(std::uint64_t offset);
  /// Where what the server has not begins.
  [[nodiscard]] std::uint64_t begin() const { return sent_.empty() ? offset_ : sent_.front().piece.offset; }
  /// How many bytes that is.
  [[nodiscard]] std::size_t waiting() const { return sent_size_ + first_size_ + newest_size_; }
  /// Nobody takes output: what waits and what comes is dropped.
  void close();

  [[nodiscard]] bool is_empty() const { return sent_.empty() && first_.empty() && newest_.empty() && left_out_ == 0; }

 private:
  struct Text {
    bool is_error;
    std::string text;
  };

  struct Sent {
    OutputPiece piece;
    std::size_t in_json;  // what its text takes there
  };

  static void append(std::deque<Text>& to, std::size_t& size, std::string text, bool is_error);
  void move_next(std::size_t most);

  std::deque<Sent> sent_;
  std::size_t sent_size_ = 0;
  std::uint64_t offset_ = 0;  // after what is in sent_
  std::deque<Text> first_, newest_;
  std::size_t first_size_ = 0, newest_size_ = 0;
  std::uint64_t left_out_ = 0;  // between first_ and newest_
  bool is_closed_ = false;
};

}  // namespace taskwire

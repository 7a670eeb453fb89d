#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "view/json.h"
#include "view/message.h"

namespace taskwire::view {

/// What a task prints, as its stream tells it: the newest of it, in blocks that are drawn one by one. Not thread-safe.
class Output {
 public:
  enum class Kind {
    out,   ///< Of the standard output, or of no stream that is known.
    err,   ///< Of the standard error.
    note,  ///< Said by the page, not by the task.
  };

  struct Block {
    std::uint64_t number = 0;  ///< Each is one more than that of the block before it.
    Kind kind = Kind::out;
    std::string text;           ///< Without control characters. Only that of the last block grows.
    std::int64_t left_out = 0;  ///< So many bytes are not kept by the server, as the note says.
  };

  /// So many bytes of text are kept; each block counts `kBlockCost` more.
  static constexpr std::size_t kMost = std::size_t{256} << 10;
  static constexpr std::size_t kBlockSize = std::size_t{8} << 10;  ///< A block of more grows no more.
  static constexpr std::size_t kBlockCost = 64;
  static constexpr std::size_t kMostOfLine = std::size_t{16} << 10;

  /// Takes an event of the stream: `output`, `line`, `skipped`, `attempt`, `reset` or `end`; any other changes nothing,
  /// nor does one that came before or is malformed.
  void received(const StreamEvent& event);
  /// The stream was cut, so that it says anew which lines are unfinished.
  void cut();
  /// More may come after all.
  void go_on() { has_ended_ = false; }

  /// The oldest first.
  [[nodiscard]] const std::deque<Block>& blocks() const { return blocks_; }
  /// The line that `out` or `err` has not ended yet; empty: none.
  [[nodiscard]] const std::string& unfinished(Kind kind) const { return unfinished_[kind == Kind::err ? 1 : 0]; }
  /// So many bytes of text stood above, and are kept no more.
  [[nodiscard]] std::int64_t above() const { return above_; }
  /// So many bytes the server had left out there, as notes said that are kept no more.
  [[nodiscard]] std::int64_t left_out_above() const { return left_out_above_; }
  /// Nothing was printed.
  [[nodiscard]] bool is_empty() const { return blocks_.empty() && unfinished_[0].empty() && unfinished_[1].empty(); }
  [[nodiscard]] bool has_ended() const { return has_ended_; }
  /// Of the last place; nothing where none is known.
  [[nodiscard]] std::optional<std::int64_t> attempt() const;
  /// Says whether there is something to draw, by changing.
  [[nodiscard]] int revision() const { return revision_; }

 private:
  /// Where in the output something stands.
  struct Place {
    std::string attempt;  // with its epoch
    std::int64_t bytes = 0;
  };

  [[nodiscard]] static std::optional<Place> place_of(std::string_view id);
  /// Whether an event with this id is given for the first time; then its place is the last.
  [[nodiscard]] bool admit(std::string_view id);
  void take_text(const Json& said);
  void take_skipped(const Json& said);
  void take_attempt(const Json& said, std::string_view id);
  void append(Kind kind, std::string_view text);
  void note(std::string text, std::int64_t left_out = 0);
  void add_block(Kind kind, std::string text, std::int64_t left_out = 0);
  void trim();

  std::deque<Block> blocks_;
  std::array<std::string, 2> unfinished_;
  std::optional<Place> last_;
  std::uint64_t number_ = 0;
  std::size_t size_ = 0;
  std::int64_t above_ = 0;
  std::int64_t left_out_above_ = 0;
  std::int64_t attempt_ = 1;
  int revision_ = 0;
  bool has_ended_ = false;
};

/// Printed text without what steers a terminal; of line ends only LF stays.
[[nodiscard]] std::string plain(std::string_view printed);

}  // namespace taskwire::view

#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace taskwire {

/// A control sequence (ECMA-48, 5.4), `ESC [ … final`.
struct ControlSequence {
  static constexpr std::size_t kMaxParameter = 99'999;

  /// The parameter at `index`; `otherwise` where it is absent or 0.
  [[nodiscard]] std::size_t parameter(std::size_t index, std::size_t otherwise) const;

  char final = 0;
  bool is_private = false;                ///< Its parameters began with `?`, `<`, `=` or `>`.
  std::array<std::size_t, 4> parameters;  ///< At most kMaxParameter each; what follows the fourth is dropped.
};

/// Takes apart what is written to a terminal: text, controls, sequences (ECMA-48, and OSC as xterm has it).
///
/// It makes no difference where the bytes are cut. Bytes that are no UTF-8 become U+FFFD, one for each maximal part, as
/// browsers do it. DEL, C1 controls, device control strings and the like are dropped. A string that has not ended at
/// the end of its line ends there, so that a stray byte hides one line at most. Its memory is bounded. Not thread-safe.
class TerminalParser {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// A run of printable ASCII and tabs, or one character beyond ASCII.
    virtual void print(std::string_view text) = 0;
    /// A C0 control other than tab.
    virtual void control(char code) = 0;
    /// An escape sequence without intermediate bytes, `ESC final`.
    virtual void escape(char final) = 0;
    virtual void sequence(const ControlSequence& sequence) = 0;
    /// What stood between `ESC ]` and BEL or `ESC \`; one longer than kMaxCommand is dropped.
    virtual void command(std::string_view text) = 0;
  };

  static constexpr std::size_t kMaxCommand = 256;

  void feed(std::string_view bytes, Handler& handler);
  /// No more will come: a character that is not whole becomes U+FFFD, a sequence is forgotten.
  void finish(Handler& handler);

  /// Whether it is in the middle of nothing.
  [[nodiscard]] bool is_between() const { return state_ == State::ground && character_size_ == 0; }

 private:
  friend struct TerminalState;
  enum class State {
    ground,
    escape,
    intermediate,
    sequence,
    bad_sequence,
    command,
    command_escape,
    string,
    string_escape
  };

  void take(char c, Handler& handler);
  void take_text(char c, Handler& handler);
  void take_escape(char c, Handler& handler);
  void take_sequence(char c, Handler& handler);
  void take_string(char c, Handler& handler);
  void begin_sequence();
  void break_character(Handler& handler);

  State state_ = State::ground;
  std::array<char, 4> character_ = {};
  std::size_t character_size_ = 0;
  ControlSequence sequence_ = {};
  std::size_t parameter_ = 0;
  std::string command_;
};

/// How many bytes at the beginning of `bytes` are printable ASCII or tabs.
[[nodiscard]] std::size_t printable_run(std::string_view bytes);

}  // namespace taskwire

#pragma once

#include <CLI/CLI.hpp>
#include <cassert>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace taskwire {

/// The values that a flag takes, both ends with them.
template <class T>
struct Between {
  T least;
  T most;
};

/// The command line of a taskwire service. Every flag is also an environment variable (`--max-lag` is
/// `TASKWIRE_MAX_LAG`); flag before environment before default. `--help`, `--version`, `--print-config`, `--log-level`
/// and `--insecure-no-auth` are there without saying. Not thread-safe.
class Options {
 public:
  Options(std::string program, std::string description);

  /// A flag that takes a text or a path; `value` holds its default, must outlive `parse`, and is shown by `--help`.
  /// Numbers have add_number: read here, one that is too large would become another.
  template <class T>
  requires(!std::is_arithmetic_v<T>) CLI::Option* add(const std::string& flag, T& value, const std::string& help) {
    return named(app_.add_option(flag, value, help)->capture_default_str()->take_last(), flag);
  }
  /// A flag that may come several times, or once with commas.
  CLI::Option* add_list(const std::string& flag, std::vector<std::string>& values, const std::string& help);
  /// A flag that is on or off: `--flag`, `--flag=false`.
  CLI::Option* add_switch(const std::string& flag, bool& value, const std::string& help);
  /// A flag that takes a whole number, in digits. Any other, and one that is not in `range`, is refused. Every number
  /// of `range` must be one that a T can hold.
  template <std::integral T>
  CLI::Option* add_number(const std::string& flag, T& value, Between<std::int64_t> range, const std::string& help) {
    assert(std::in_range<T>(range.least) && std::in_range<T>(range.most));
    return add_number(flag, static_cast<std::int64_t>(value), range, help,
                      [&value](std::int64_t number) { value = static_cast<T>(number); });
  }
  /// A flag that takes a time, such as `15s`; a number alone counts in `bare_unit`. One that is not in `range` is
  /// refused.
  CLI::Option* add_duration(const std::string& flag, std::chrono::milliseconds& value,
                            std::chrono::milliseconds bare_unit, Between<std::chrono::milliseconds> range,
                            const std::string& help);
  /// `--listen`: an address `host:port`, port 0 for any free one. Refused where it is not loopback, unless
  /// `--insecure-no-auth`.
  CLI::Option* add_listen(std::string& value);
  /// Another address to listen on, with the same rules; empty: nowhere.
  CLI::Option* add_listen(const std::string& flag, std::string& value, const std::string& help);

  /// A word behind the program's name that has it do something else; `chosen` is called in `parse`. The flags hold for
  /// it too, before and behind it.
  CLI::App* add_command(const std::string& name, const std::string& help, std::function<void()> chosen);

  /// What must hold of the values besides: `find_mistake` is asked when all of them have been read, in the order of the
  /// calls, and answers what is wrong, with the flag's name, and how to mend it; nothing where all is well. So a
  /// program refuses with `--print-config` what it refuses to start with.
  void add_check(std::function<std::optional<std::string>()> find_mistake);

  /// Reads the command line and the environment and sets the log's level. Answers an exit status where the program
  /// should end at once: 0 after `--help` and the like, 2 after a mistake, which was explained on standard error.
  [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);
  /// After parse: whether other machines may reach what it listens on.
  [[nodiscard]] bool insecure_no_auth() const { return insecure_no_auth_; }

 private:
  CLI::Option* named(CLI::Option* option, const std::string& flag);
  CLI::Option* add_number(const std::string& flag, std::int64_t value, Between<std::int64_t> range,
                          const std::string& help, std::function<void(std::int64_t)> set);
  struct Listen {
    std::string flag;
    const std::string* value;
    bool may_be_empty;
  };
  [[nodiscard]] std::optional<std::string> find_mistake() const;
  [[nodiscard]] std::optional<std::string> mistake_in(const Listen& listen) const;
  [[nodiscard]] int refuse(const std::string& mistake) const;

  CLI::App app_;
  std::vector<std::function<std::optional<std::string>()>> checks_;
  std::string log_level_ = "info";
  bool insecure_no_auth_ = false;
  bool print_config_ = false;
  std::vector<Listen> listens_;
};

/// `host` and `port` of `host:port` or `[host]:port`.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

/// The address that `text` spells, or nothing where it spells none.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// `host:port`, an IPv6 host in brackets.
[[nodiscard]] std::string to_string(const Address& address);

/// Whether only this machine reaches `host`: `localhost`, 127.0.0.0/8, `::1`.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace taskwire

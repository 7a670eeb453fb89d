#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskwire {

/// The command line of a taskwire service. Every flag is also an environment variable (`--max-lag` is
/// `TASKWIRE_MAX_LAG`); flag before environment before default. `--help`, `--version`, `--print-config`, `--log-level`
/// and `--insecure-no-auth` are there without saying. Not thread-safe.
class Options {
 public:
  Options(std::string program, std::string description);

  /// A flag that takes a value; `value` holds its default, must outlive `parse`, and is shown by `--help`.
  template <class T>
  CLI::Option* add(const std::string& flag, T& value, const std::string& help) {
    return named(app_.add_option(flag, value, help)->capture_default_str()->take_last(), flag);
  }
  /// A flag that may come several times, or once with commas.
  CLI::Option* add_list(const std::string& flag, std::vector<std::string>& values, const std::string& help);
  /// A flag that is on or off: `--flag`, `--flag=false`.
  CLI::Option* add_switch(const std::string& flag, bool& value, const std::string& help);
  /// A flag that takes a time, such as `15s`; a number alone counts in `bare_unit`.
  CLI::Option* add_duration(const std::string& flag, std::chrono::milliseconds& value,
                            std::chrono::milliseconds bare_unit, const std::string& help);
  /// `--listen`: an address `host:port`, port 0 for any free one. Refused where it is not loopback, unless
  /// `--insecure-no-auth`.
  CLI::Option* add_listen(std::string& value);

  /// Reads the command line and the environment and sets up the log. Answers an exit status where the program should
  /// end at once: 0 after `--help` and the like, 2 after a mistake, which was explained on standard error.
  [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);

 private:
  CLI::Option* named(CLI::Option* option, const std::string& flag);

  CLI::App app_;
  std::string log_level_ = "info";
  bool insecure_no_auth_ = false;
  bool print_config_ = false;
  std::string* listen_ = nullptr;
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

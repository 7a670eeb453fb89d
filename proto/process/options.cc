#include "process/options.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <iostream>
#include <spdlog/spdlog.h>

#include "process/duration.h"

#ifndef TASKWIRE_VERSION
#error "TASKWIRE_VERSION comes from the build"
#endif

namespace taskwire {
namespace {

constexpr int kUsageError = 2;

std::string environment_name(const std::string& flag) {
  std::string name = "TASKWIRE_" + flag.substr(2);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

}  // namespace

Options::Options(std::string program, std::string description) : app_(std::move(description), std::move(program)) {
  app_.set_version_flag("--version", TASKWIRE_VERSION);
  app_.add_flag("--print-config", print_config_, "Print the settings in force and exit")->configurable(false);
  add("--log-level", log_level_, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  add_switch("--insecure-no-auth", insecure_no_auth_, "Allow --listen on an address that other machines reach");
}

CLI::Option* Options::named(CLI::Option* option, const std::string& flag) {
  return option->envname(environment_name(flag));
}

CLI::Option* Options::add_list(const std::string& flag, std::vector<std::string>& values, const std::string& help) {
  return named(app_.add_option(flag, values, help)->delimiter(',')->allow_extra_args(false), flag);
}

CLI::Option* Options::add_switch(const std::string& flag, bool& value, const std::string& help) {
  return named(app_.add_flag(flag, value, help)->default_str(value ? "true" : "false")->take_last(), flag);
}

CLI::Option* Options::add_number(const std::string& flag, std::int64_t value, Between<std::int64_t> range,
                                 const std::string& help, std::function<void(std::int64_t)> set) {
  const auto span = std::to_string(range.least) + " to " + std::to_string(range.most);
  const auto read = [flag, range, span, set = std::move(set)](const std::string& text) {
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::invalid_argument || stop != end)
      throw CLI::ValidationError(flag, "'" + text + "' is no whole number; write one from " + span);
    if (error != std::errc() || number < range.least || number > range.most)
      throw CLI::ValidationError(flag, text + " is out of bounds; write a number from " + span);
    set(number);
  };
  return named(app_.add_option_function<std::string>(flag, read, help + " (" + span + ")")
                   ->default_str(std::to_string(value))
                   ->type_name("NUMBER")
                   ->take_last(),
               flag);
}

CLI::Option* Options::add_duration(const std::string& flag, std::chrono::milliseconds& value,
                                   std::chrono::milliseconds bare_unit, Between<std::chrono::milliseconds> range,
                                   const std::string& help) {
  const auto span = format_duration(range.least) + " to " + format_duration(range.most);
  const auto read = [flag, &value, bare_unit, range, span](const std::string& text) {
    const auto duration = parse_duration(text, bare_unit);
    if (!duration)
      throw CLI::ValidationError(flag, "'" + text + "' is no time; write a number and ms, s, m, h or d, like 15s");
    if (*duration < range.least || *duration > range.most)
      throw CLI::ValidationError(flag, text + " is out of bounds; write a time from " + span);
    value = *duration;
  };
  return named(app_.add_option_function<std::string>(flag, read, help + " (" + span + ")")
                   ->default_str(format_duration(value))
                   ->type_name("TIME")
                   ->take_last(),
               flag);
}

void Options::add_check(std::function<std::optional<std::string>()> find_mistake) {
  checks_.push_back(std::move(find_mistake));
}

CLI::Option* Options::add_listen(std::string& value) {
  listens_.push_back({"--listen", &value, false});
  return add("--listen", value, "Address and port to listen on; port 0 takes a free one");
}

CLI::Option* Options::add_listen(const std::string& flag, std::string& value, const std::string& help) {
  listens_.push_back({flag, &value, true});
  return add(flag, value, help);
}

CLI::App* Options::add_command(const std::string& name, const std::string& help, std::function<void()> chosen) {
  auto* const command = app_.add_subcommand(name, help)->fallthrough();
  command->final_callback(std::move(chosen));
  return command;
}

std::optional<int> Options::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_.exit(error);
    return refuse(error.what());
  }
  if (const auto mistake = find_mistake()) return refuse(*mistake);
  if (print_config_) {
    std::cout << app_.config_to_str(true);
    return 0;
  }
  spdlog::set_level(spdlog::level::from_str(log_level_));
  return std::nullopt;
}

std::optional<std::string> Options::find_mistake() const {
  for (const auto& listen : listens_) {
    if (auto mistake = mistake_in(listen)) return mistake;
  }
  for (const auto& check : checks_) {
    if (auto mistake = check()) return mistake;
  }
  return std::nullopt;
}

std::optional<std::string> Options::mistake_in(const Listen& listen) const {
  if (listen.may_be_empty && listen.value->empty()) return std::nullopt;
  const auto address = parse_address(*listen.value);
  if (!address) return listen.flag + ": '" + *listen.value + "' is no address; write host:port, like 127.0.0.1:8080";
  if (is_loopback(address->host) || insecure_no_auth_) return std::nullopt;
  return listen.flag + ": " + address->host +
         " can be reached from other machines, and there is no authentication yet; use 127.0.0.1, or add "
         "--insecure-no-auth to allow it";
}

int Options::refuse(const std::string& mistake) const {
  std::cerr << app_.get_name() << ": " << mistake << " (see --help)\n";
  return kUsageError;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto digits = text.substr(colon + 1);
  Address address{std::string(host)};
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (host.empty() || error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return address;
}

std::string to_string(const Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return text == "localhost" || text == "::1";
}

}  // namespace taskwire

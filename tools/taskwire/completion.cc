#include "taskwire/completion.h"

#include "progress/profile.h"
#include "taskwire/asking.h"
#include "taskwire/commands.h"
#include "taskwire/exit_status.h"
#include "taskwire/note.h"

namespace taskwire::cli {
namespace {

constexpr std::string_view kBash = R"sh(_taskwire() {
  local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} i
  if [ "$word" = = ]; then
    word=
  elif [ "$last" = = ]; then
    last=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "@COMMANDS@" -- "$word"))
    return
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [ "${COMP_WORDS[i]}" = -- ]; then
      COMPREPLY=($(compgen -c -f -- "$word"))
      return
    fi
  done
  if [ "$last" = --progress ]; then
    COMPREPLY=($(compgen -W "@PROFILES@" -- "$word"))
    return
  fi
  local program=${COMP_WORDS[0]/#\~/$HOME}
  type -P "$program" >/dev/null || program=taskwire
  COMPREPLY=($(compgen -W "$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null | grep -oE -e '--[a-z-]+' | sort -u)" -- "$word"))
}
complete -F _taskwire taskwire
)sh";

constexpr std::string_view kZsh = R"sh(#compdef taskwire
autoload -Uz bashcompinit && bashcompinit
)sh";

constexpr std::string_view kFish = R"sh(complete -c taskwire -f -n __fish_use_subcommand -a "@COMMANDS@"
complete -c taskwire -f -n "not __fish_use_subcommand" -a "(set -l words (commandline -opc); \$words[1] \$words[2] --help 2>/dev/null | string match -ar -- '--[a-z-]+')"
)sh";

std::string filled(std::string_view script) {
  std::string text(script);
  std::string names;
  for (const auto& command : commands()) names.append(names.empty() ? "" : " ").append(command.name);
  std::string profiles;
  for (const auto name : progress::profile_names()) profiles.append(profiles.empty() ? "" : " ").append(name);
  const auto fill = [&](std::string_view mark, const std::string& value) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.replace(at, mark.size(), value);
  };
  fill("@COMMANDS@", names);
  fill("@PROFILES@", profiles);
  text.pop_back();
  return text;
}

}  // namespace

int completion(const std::vector<std::string>& words) {
  const auto shell = words.size() == 1 ? words[0] : std::string();
  if (shell == "--help" || shell == "-h") {
    print(
        std::string("Usage: taskwire completion bash|zsh|fish\n\nPrints a script for the shell, as in: "
                    "source <(taskwire completion bash)"));
    return kOk;
  }
  if (shell == "bash") {
    print(filled(kBash));
  } else if (shell == "zsh") {
    print(filled(std::string(kZsh) + std::string(kBash)));
  } else if (shell == "fish") {
    print(filled(kFish));
  } else {
    return mistake("completion", "name one shell: bash, zsh or fish");
  }
  return kOk;
}

}  // namespace taskwire::cli

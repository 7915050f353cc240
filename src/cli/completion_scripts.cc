#include "cli/completion_scripts.h"

#include <array>

namespace isle::cli {
namespace {

// bash divides words at ":" and "=", too, so the line is divided anew, and of an answer only what
// is behind the last of them is handed over. Without an answer bash offers files.
constexpr const char* kBash =
    R"script(# isle completion bash: . <(isle completion bash), or in a file of /etc/bash_completion.d
_isle() {
  local line=${COMP_LINE:0:COMP_POINT} words word prefix
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=("")
  word=${words[${#words[@]}-1]}
  prefix=${word%"${word##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    COMPREPLY+=("${word#"$prefix"}")
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  case ${COMPREPLY[0]-} in *[=:,]) compopt -o nospace 2>/dev/null ;; esac
}
complete -o default -o bashdefault -F _isle isle
)script";

constexpr const char* kZsh = R"script(#compdef isle
# isle completion zsh: into a file _isle of a directory in $fpath
_isle() {
  local -a names about
  local word text
  while IFS=$'\t' read -r word text; do
    names+=("$word")
    about+=("$word${text:+  -- $text}")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#names} )); then
    compadd -l -d about -- "${names[@]}"
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _isle ]]; then
  _isle "$@"
else
  compdef _isle isle
fi
)script";

constexpr const char* kFish =
    R"script(# isle completion fish: isle completion fish | source, or in a file of ~/.config/fish/completions
function __isle_complete
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    set -l answer ($words[1] __complete $words[2..] "$begun" 2>/dev/null)
    if test (count $answer) -gt 0
        printf '%s\n' $answer
    else
        __fish_complete_path "$begun"
    end
end
complete -c isle -f -a '(__isle_complete)'
)script";

constexpr std::array kScripts = {CompletionScript{"bash", kBash},
                                 CompletionScript{"fish", kFish},
                                 CompletionScript{"zsh", kZsh}};

}  // namespace

std::span<const CompletionScript> completion_scripts() { return kScripts; }

}  // namespace isle::cli

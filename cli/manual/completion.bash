# shellcheck shell=bash
# Completions of verger for bash; the program computes them: verger complete-words.

_verger() {
  # bash splits words at = and : too. Joins again what no blank separates, up to the cursor.
  local rest=${COMP_LINE:0:COMP_POINT} blanks at
  local -a words=()
  for ((at = 0; at <= COMP_CWORD; ++at)); do
    blanks=${rest%%[![:blank:]]*}
    rest=${rest#"$blanks"}
    if ((at == 0)) || [[ -n $blanks ]]; then words+=(""); fi
    if ((at == COMP_CWORD)); then
      words[-1]+=$rest
    else
      words[-1]+=${COMP_WORDS[at]}
      rest=${rest#"${COMP_WORDS[at]}"}
    fi
  done

  local -a lines=()
  mapfile -t lines < <("${words[0]/#\~\//$HOME/}" complete-words "${words[@]:1}" 2>/dev/null)

  # What bash replaces begins behind the last character that it splits at.
  local word=${words[-1]} split=${COMP_WORDBREAKS//[^=:]/} before=""
  if [[ -n $split ]]; then before=${word%"${word##*["$split"]}"}; fi
  local line
  COMPREPLY=()
  for line in "${lines[@]:1}"; do
    line=${line%%$'\t'*}
    COMPREPLY+=("${line#"$before"}")
  done
  case ${lines[0]-} in # where no word fits, bash adds the names on the disk
    files) compopt -o default ;;
    folders) compopt -o dirnames -o filenames ;;
  esac
}

complete -F _verger verger

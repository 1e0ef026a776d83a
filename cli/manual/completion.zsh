#compdef verger
# Completions of verger for zsh; the program computes them: verger complete-words.

_verger() {
  local program="${(Q)words[1]}" line word help
  local -a lines described
  lines=("${(@f)$("${program/#\~\//$HOME/}" complete-words "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    word="${line%%$'\t'*}"
    help="${line#*$'\t'}"
    described+=("${word//:/\\:}${help:+:$help}")
  done
  local none=1
  if (( $#described )); then _describe -t values value described && none=0; fi
  if [[ $lines[1] == (files|folders) && $PREFIX == --*=* ]]; then compset -P '--*='; fi
  case $lines[1] in
    files) _files && none=0 ;;
    folders) _files -/ && none=0 ;;
  esac
  return none
}

if [[ $funcstack[1] == _verger ]]; then
  _verger "$@" # the file was loaded from fpath as the function
else
  compdef _verger verger # source <(verger completion zsh)
fi

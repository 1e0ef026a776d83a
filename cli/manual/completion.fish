# Completions of verger for fish; the program computes them: verger complete-words.

function __verger_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    set -l lines ($program complete-words $words "$word" 2>/dev/null)
    set -l names $lines[1]
    set -e lines[1]
    for line in $lines
        echo $line
    end

    set -l before (string match -r -- '^--[^=]*=' "$word")
    set -l value (string replace -r -- '^--[^=]*=' '' "$word")
    switch "$names"
        case files
            for name in (__fish_complete_path "$value")
                echo "$before$name"
            end
        case folders
            for name in (__fish_complete_directories "$value")
                echo "$before$name"
            end
    end
end

complete -c verger -f -a '(__verger_complete)'

// The completion scripts as read-only data, each ended by a zero.
    .macro script symbol, file
    .global \symbol
    .hidden \symbol
\symbol:
    .incbin "\file"
    .byte 0
    .endm

    .section .rodata
    script verger_completion_bash, completion.bash
    script verger_completion_zsh, completion.zsh
    script verger_completion_fish, completion.fish
    .section .note.GNU-stack, "", @progbits

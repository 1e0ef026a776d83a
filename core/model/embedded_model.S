// The model files as read-only data: no compiler has to parse 49 MB of numbers.
    .macro embed symbol, file
    .balign 64
    .global \symbol
    .global \symbol\()_end
    .hidden \symbol
    .hidden \symbol\()_end
\symbol:
    .incbin "\file"
\symbol\()_end:
    .byte 0
    .endm

    .section .rodata
    embed verger_efficientnet_lite0, VERGER_EFFICIENTNET_LITE0
    embed verger_efficientnet_lite1, VERGER_EFFICIENTNET_LITE1
    embed verger_efficientnet_lite2, VERGER_EFFICIENTNET_LITE2
    embed verger_calibration_lite0, VERGER_CALIBRATION_LITE0
    embed verger_calibration_lite1, VERGER_CALIBRATION_LITE1
    embed verger_calibration_lite2, VERGER_CALIBRATION_LITE2
    .section .note.GNU-stack, "", @progbits

// The model file as read-only data: no compiler has to parse 13 MB of numbers.
    .section .rodata
    .balign 64
    .global verger_embedded_model
    .global verger_embedded_model_end
    .hidden verger_embedded_model
    .hidden verger_embedded_model_end
verger_embedded_model:
    .incbin VERGER_EMBEDDED_FILE
verger_embedded_model_end:
    .byte 0
    .global verger_embedded_calibration
    .global verger_embedded_calibration_end
    .hidden verger_embedded_calibration
    .hidden verger_embedded_calibration_end
verger_embedded_calibration:
    .incbin VERGER_EMBEDDED_CALIBRATION
verger_embedded_calibration_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits

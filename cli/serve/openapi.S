// The OpenAPI document as read-only data.
    .section .rodata
    .balign 16
    .global verger_openapi
    .hidden verger_openapi
verger_openapi:
    .incbin VERGER_OPENAPI
    .global verger_openapi_end
    .hidden verger_openapi_end
verger_openapi_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits

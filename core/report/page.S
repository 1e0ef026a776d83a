// The page's sources as read-only data, script after script: one script in the end.
    .macro begin symbol
    .balign 16
    .global \symbol
    .hidden \symbol
\symbol:
    .endm
    .macro end symbol
    .global \symbol
    .hidden \symbol
\symbol:
    .byte 0
    .endm

    .section .rodata
    begin verger_report_html
    .incbin VERGER_REPORT_HTML
    end verger_report_html_end
    begin verger_report_style
    .incbin VERGER_REPORT_STYLE
    end verger_report_style_end
    begin verger_report_script
    .incbin VERGER_REPORT_SCRIPT
    end verger_report_script_end
    .section .note.GNU-stack, "", @progbits

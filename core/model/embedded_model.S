// Networks and calibrations as read-only data: no compiler has to parse 49 MB of numbers.
// Each in a section of its own, by which tools/check_sbom.py lists what a library carries. A network
// that it does not carry has no file: VERGER_EMBEDDED_NETWORKS in CMakeLists.txt.
    .macro embed symbol, name, file
    .global \symbol
    .global \symbol\()_size
    .hidden \symbol
    .hidden \symbol\()_size
    .ifnb \file
    .section .verger.carried.\name, "a", @progbits
    .balign 64
\symbol:
    .incbin "\file"
    .else
\symbol:
    .endif
.Lend\@:
    .section .rodata
    .balign 8
\symbol\()_size:
    .quad .Lend\@ - \symbol
    .endm

    .section .rodata
    embed verger_efficientnet_lite0, efficientnet-lite0.onnx, VERGER_EFFICIENTNET_LITE0
    embed verger_efficientnet_lite1, efficientnet-lite1.onnx, VERGER_EFFICIENTNET_LITE1
    embed verger_efficientnet_lite2, efficientnet-lite2.onnx, VERGER_EFFICIENTNET_LITE2
    embed verger_calibration_lite0, efficientnet-lite0.calibration, VERGER_CALIBRATION_LITE0
    embed verger_calibration_lite1, efficientnet-lite1.calibration, VERGER_CALIBRATION_LITE1
    embed verger_calibration_lite2, efficientnet-lite2.calibration, VERGER_CALIBRATION_LITE2
    .section .note.GNU-stack, "", @progbits

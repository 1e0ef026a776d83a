/* verger_text.h: text for people. Part of verger.h, whose rules hold. */
#ifndef VERGER_TEXT_H_
#define VERGER_TEXT_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Returns `raw` as printable UTF-8, as in rows and messages: control characters, invalid UTF-8, and
 * characters that change the direction of text or break a line become \xNN, byte by byte. */
VERGER_EXPORT verger_status verger_printable(verger_text raw, verger_bytes* text,
                                             verger_error* error);

/* The columns that `text` takes on a terminal: 2 for a wide character (CJK, emoji), 0 for a
 * combining one, at most 2 for a grapheme cluster. Requires: no control characters, which
 * verger_printable replaces. */
VERGER_EXPORT verger_status verger_display_width(verger_text text, int32_t* columns,
                                                 verger_error* error);

/* 94765736 -> "94,765,736". */
VERGER_EXPORT verger_status verger_with_commas(uint64_t number, verger_bytes* text,
                                               verger_error* error);

/* 1, "photo", "photos" -> "1 photo"; 1014 -> "1,014 photos". Requires: count >= 0. */
VERGER_EXPORT verger_status verger_pluralize(int64_t count, verger_text one, verger_text many,
                                             verger_bytes* text, verger_error* error);

/* In decimal units, as disks are sold: 94765736 -> "94.8 MB". */
VERGER_EXPORT verger_status verger_human_bytes(double bytes, verger_bytes* text,
                                               verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_TEXT_H_ */

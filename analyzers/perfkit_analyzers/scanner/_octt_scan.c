/* The plain lines of an OCTT text log, read without a step of Python per line.
 *
 * `scan` does what the loop of `OcttTextReader._read_block` does, for the plain lines at the start of a block, and says
 * where the first line begins that is not plain. That line is then read by the Python loop, which stays the fallback and
 * the measure of what is right. So a line may be refused here for any reason; an accepted line must give what the Python
 * loop gives. docs/decisions/0004-compiled-scanner.md
 *
 * Bounds: `scan` takes blocks only whose last byte is a newline. No rule below accepts a newline inside a line: every
 * loop over bytes stops at one, every comparison byte by byte fails at one, so none can pass the end of the block.
 * Wherever several bytes are looked at without testing each (`look_at`, `words_end`, stamps), the distance to the end of
 * the block is tested before. Python keeps a NUL behind the bytes of a block; only `is_joint` may look at it.
 *
 * The encoding is not checked here: blocks are valid UTF-8 when they come in (`blocks.clean`), and what becomes text is
 * decoded strictly by Python.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define HAVE_SSE2 1
#if defined(_MSC_VER)
#include <intrin.h>
#endif
#endif

typedef const unsigned char *text;

enum {
    MAX_NESTING = 60,       /* of a payload; must stay below the 64 bits of `objects` in object_end */
    TAG_WIDTH = 10,         /* columns after the stamp that tell the kind of a line */
    TIME_WIDTH = 14,        /* "[12:24:30:763]" */
    DATE_WIDTH = 11,        /* "2026-03-01T" in front of the hour */
    CACHED_ACTIONS = 256,   /* a power of two */
    WINDOW = 64,            /* bytes looked at together: as many as `window` has bits */
    ESCAPE = 0x1b,          /* begins the colour codes of a terminal */
    MAX_CACHED_ACTION = 64, /* bytes; the longest of OCPP 1.6 has 29 */
};

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_DAY INT64_C(86400000000000)
#define MAX_CLOCK_NS (INT64_C(3) << 60) /* in the year 2079; the difference of two such times fits */
#define LAST_YEAR 2078

/* Python values that messages are made of. */
enum { PLAIN_MESSAGE, DIRECTION_IN, DIRECTION_OUT, CALL, CALL_RESULT, PLAIN_RISE, ISO_TIME, VALUES };
static const struct {
    const char *module, *name, *member;
} sources[VALUES] = {
    [PLAIN_MESSAGE] = {"perfkit_analyzers.ocpp_message", "plain_message", NULL},
    [DIRECTION_IN] = {"perfkit_analyzers.ocpp_message", "Direction", "IN"},
    [DIRECTION_OUT] = {"perfkit_analyzers.ocpp_message", "Direction", "OUT"},
    [CALL] = {"perfkit_analyzers.ocpp_message", "MessageType", "CALL"},
    [CALL_RESULT] = {"perfkit_analyzers.ocpp_message", "MessageType", "CALLRESULT"},
    [PLAIN_RISE] = {"perfkit_analyzers.logtext.clock", "PLAIN_RISE_NS", NULL},
    [ISO_TIME] = {"perfkit_analyzers.dut_clock", "iso_time_ns", NULL},
};

typedef struct {
    PyObject *values[VALUES];
    long long plain_rise_ns;
    PyObject *actions[CACHED_ACTIONS];
} module_state;

typedef struct {
    text start;
    text end;
} span;

/* A frame whose whole text was found to be JSON. */
typedef struct {
    bool is_call;
    span message_id;
    span action;
    span payload;
} frame;

/* The clock of the lines: as `OcttTextReader._plain_state` gives it, and what was computed last. */
typedef struct {
    long long width;
    long long base_ns;
    long long last_ns;
    long long day_end_ns;
    text last_line;  /* of this block, with the stamp last_ns, or NULL */
    text known_date; /* DATE_WIDTH bytes whose midnight is known_day_ns, or NULL */
    int64_t known_day_ns;
    PyObject *last_stamp; /* last_ns as Python's int, or NULL while nobody needed it */
} line_clock;

/* -- JSON (RFC 8259) ---------------------------------------------------------------------------------------------- */

static inline text after_blanks(text at) {
    if (*at > ' ') return at; /* nearly always */
    while (*at == ' ' || *at == '\t' || *at == '\r') at++;
    return at;
}

static inline bool is_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

static inline bool is_hex(unsigned char byte) {
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* A run is what a string holds up to a quote, a backslash or a control character. The ends of all runs among WINDOW
 * bytes are found together: the way from one string to the next is then a shift and a count of zero bits. With a load
 * and comparisons at the place of each string, the processor waits for one string before it can begin with the next. */
typedef struct {
    text start;    /* of the bytes that were looked at, or NULL at first */
    uint64_t ends; /* the lowest bit stands for the byte at `start` */
    text wide_end; /* from positions before this one on, WINDOW bytes lie within the block */
} window;

#ifdef HAVE_SSE2
static inline int lowest_bit(uint64_t mask) {
#if defined(_MSC_VER)
    unsigned long index;
    _BitScanForward64(&index, mask);
    return (int)index;
#else
    return __builtin_ctzll(mask);
#endif
}

/* Which of the 16 bytes at `at` end a run. */
static inline uint64_t ends_of_16(text at) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    /* with quote and blank swapped, one comparison finds control characters and quotes: all up to 0x20 */
    const __m128i swapped = _mm_xor_si128(bytes, _mm_set1_epi8('"' ^ ' '));
    const __m128i is_low = _mm_cmpeq_epi8(_mm_min_epu8(swapped, _mm_set1_epi8(' ')), swapped);
    const __m128i is_backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return (unsigned int)_mm_movemask_epi8(_mm_or_si128(is_low, is_backslash));
}

/* `at` must be before `wide_end`. */
static inline void look_at(window *seen, text at) {
    seen->start = at;
    seen->ends = ends_of_16(at) | ends_of_16(at + 16) << 16 | ends_of_16(at + 32) << 32 | ends_of_16(at + 48) << 48;
}
#endif

/* The first quote, backslash or control character from `at` on; the newline at the end of the block is one. */
static inline text run_end(text at, window *seen) {
#ifdef HAVE_SSE2
    for (;;) {
        const uintptr_t offset = (uintptr_t)at - (uintptr_t)seen->start;
        if (offset < WINDOW) {
            const uint64_t ends = seen->ends >> offset;
            if (ends) return at + lowest_bit(ends);
            at = seen->start + WINDOW;
        }
        if (at >= seen->wide_end) break;
        look_at(seen, at);
    }
#else
    (void)seen;
#endif
    while (*at != '"' && *at != '\\' && *at >= 0x20) at++;
    return at;
}

/* Behind the escape sequence at `at`; NULL for none, and for surrogates, whose pairing is left to Python. */
static text escape_end(text at) {
    switch (at[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        return at + 2;
    case 'u':
        if (!is_hex(at[2]) || !is_hex(at[3]) || !is_hex(at[4]) || !is_hex(at[5])) return NULL;
        return (at[2] | 0x20) == 'd' && at[3] >= '8' ? NULL : at + 6;
    default:
        return NULL;
    }
}

/* Behind the closing quote of a string whose first run ends at `at`, or NULL. */
static inline text string_end(text at, window *seen) {
    for (;;) {
        if (*at == '"') return at + 1;
        if (*at != '\\' || (at = escape_end(at)) == NULL) return NULL;
        at = run_end(at, seen);
    }
}

/* Whether the three bytes `joint` stand at `at`, of which the first is a quote. Where it is the last byte before the
 * newline at the end of the block, the third is the NUL behind the block. */
static inline bool is_joint(text at, const char joint[3]) {
    return at[0] == '"' && memcmp(at + 1, joint + 1, 2) == 0;
}

/* From the first byte of a string that is a member's value past members of the commonest shape, `value","name":"`:
 * the end of the first run of the last such value. Long payloads consist of these; `object_end` reads the others. */
static inline text last_string(text at, window *seen) {
    for (;;) {
        const text value = run_end(at, seen);
        if (!is_joint(value, "\",\"")) return value;
        const text name = run_end(value + 3, seen);
        if (!is_joint(name, "\":\"")) return value;
        at = name + 3;
    }
}

static inline text digits_end(text at) {
    while (is_digit(*at)) at++;
    return at;
}

/* Behind the number at `at`, or NULL. */
static text number_end(text at) {
    if (*at == '-') at++;
    if (!is_digit(*at)) return NULL;
    at = *at == '0' ? at + 1 : digits_end(at);
    if (*at == '.') {
        if (!is_digit(at[1])) return NULL;
        at = digits_end(at + 1);
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '+' || *at == '-') at++;
        if (!is_digit(*at)) return NULL;
        at = digits_end(at);
    }
    return at;
}

/* Behind the fixed text `word` at `at`, or NULL. */
static inline text word_end(text at, const char *word) {
    for (; *word; word++, at++)
        if (*at != (unsigned char)*word) return NULL;
    return at;
}

/* Behind the number, true, false or null at `at`, or NULL. */
static inline text word_or_number_end(text at) {
    switch (*at) {
    case 't': return word_end(at, "true");
    case 'f': return word_end(at, "false");
    case 'n': return word_end(at, "null");
    default: return number_end(at);
    }
}

/* Behind the quoted name and the colon at `at`, at the value, or NULL. */
static inline text name_end(text at, window *seen) {
    if (*at != '"' || (at = string_end(run_end(at + 1, seen), seen)) == NULL) return NULL;
    if (*at != ':' && *(at = after_blanks(at)) != ':') return NULL;
    return after_blanks(at + 1);
}

/* Behind the object that opens at `at`, every byte of which was looked at; NULL if it is malformed or too deep. */
static text object_end(text at, window *seen) {
    uint64_t objects = 0; /* one bit per open bracket, the innermost lowest: 1 for an object, 0 for an array */
    int depth = 0;
    for (;;) { /* `at` is where a value must begin */
        if (*at == '"') {
            at = objects & 1 ? last_string(at + 1, seen) : run_end(at + 1, seen);
            if ((at = string_end(at, seen)) == NULL) return NULL;
            at = after_blanks(at);
        } else if (*at == '{' || *at == '[') {
            const bool is_object = *at == '{';
            if (++depth > MAX_NESTING) return NULL;
            objects = objects << 1 | is_object;
            at = after_blanks(at + 1);
            if (*at != (is_object ? '}' : ']')) {
                if (is_object && (at = name_end(at, seen)) == NULL) return NULL;
                continue;
            }
        } else {
            if ((at = word_or_number_end(at)) == NULL) return NULL;
            at = after_blanks(at);
        }
        while (*at == (objects & 1 ? '}' : ']')) { /* a value is complete: close what closes behind it */
            objects >>= 1;
            if (--depth == 0) return at + 1;
            at = after_blanks(at + 1);
        }
        if (*at != ',') return NULL;
        at = after_blanks(at + 1);
        if (objects & 1 && (at = name_end(at, seen)) == NULL) return NULL;
    }
}

/* -- OCPP-J frames ------------------------------------------------------------------------------------------------ */

/* Behind the comma that follows the element ending at `at`, at the next element, or NULL. */
static inline text next_element(text at) {
    at = after_blanks(at);
    return *at == ',' ? after_blanks(at + 1) : NULL;
}

/* Read a string that is not empty and has no escapes; what follows its comma, or NULL. */
static inline text read_name(text at, window *seen, span *name) {
    if (*at != '"') return NULL;
    name->start = at + 1;
    name->end = run_end(at + 1, seen);
    if (*name->end != '"' || name->end == name->start) return NULL;
    return next_element(name->end + 1);
}

/* Read `[2, id, action, {...}]` or `[3, id, {...}]` up to the newline; behind that newline, or NULL. */
static inline text read_frame(text at, window *seen, frame *found) {
    at = after_blanks(at);
    if (*at != '[') return NULL;
    at = after_blanks(at + 1);
    if (*at != '2' && *at != '3') return NULL;
    found->is_call = *at == '2';
    if ((at = next_element(at + 1)) == NULL) return NULL;
    if ((at = read_name(at, seen, &found->message_id)) == NULL) return NULL;
    if (found->is_call && (at = read_name(at, seen, &found->action)) == NULL) return NULL;
    if (*at != '{') return NULL;
    found->payload.start = at;
    if ((at = object_end(at, seen)) == NULL) return NULL;
    found->payload.end = at;
    return at[0] == ']' && at[1] == '\n' ? at + 2 : NULL;
}

/* -- Time stamps -------------------------------------------------------------------------------------------------- */

/* The number in `count` digits, or -1. */
static inline int digits(text at, int count) {
    int value = 0;
    for (; count > 0; count--, at++) {
        if (!is_digit(*at)) return -1;
        value = value * 10 + (*at - '0');
    }
    return value;
}

/* Midnight of the date `2026-03-01T` in nanoseconds since 1970, or -1. Years outside 1970 to LAST_YEAR: -1. */
static int64_t midnight_ns(text at) {
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
    if (at[4] != '-' || at[7] != '-' || (at[10] != 'T' && at[10] != ' ')) return -1;
    if (year < 1970 || year > LAST_YEAR || month < 1 || month > 12) return -1;
    const bool is_leap = year % 4 == 0; /* true for every year in range */
    if (day < 1 || day > month_days[month - 1] + (is_leap && month == 2)) return -1;
    int days = (year - 1970) * 365 + (year - 1969) / 4 + day - 1;
    for (int before = 1; before < month; before++) days += month_days[before - 1] + (is_leap && before == 2);
    return days * NS_PER_DAY;
}

/* Seconds since midnight in `12:24:30`, whose third separator is the caller's business, or -1. */
static inline int seconds_of_day(text at) {
    const int hour = digits(at, 2), minute = digits(at + 3, 2), second = digits(at + 6, 2);
    if (at[2] != ':' || at[5] != ':') return -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    return (hour * 60 + minute) * 60 + second;
}

/* Nanoseconds of the time of day in `12:24:30:763]`, or -1. */
static inline int64_t time_of_day_ns(text at) {
    const int seconds = seconds_of_day(at), millisecond = digits(at + 9, 3);
    const bool well_formed = at[12] == ']' && (at[8] == ':' || at[8] == '.' || at[8] == ',');
    if (!well_formed || seconds < 0 || millisecond < 0) return -1;
    return (int64_t)seconds * 1000 * NS_PER_MS + millisecond * NS_PER_MS;
}

/* The stamp at the start of a line of at least `width` bytes; false where it is malformed. */
static inline bool read_stamp(text line, line_clock *clock, int64_t *stamp_ns) {
    if (*line != '[') return false;
    int64_t day_ns = clock->base_ns;
    line++;
    if (clock->width != TIME_WIDTH) {
        if (clock->known_date == NULL || memcmp(line, clock->known_date, DATE_WIDTH) != 0) {
            clock->known_day_ns = midnight_ns(line);
            clock->known_date = clock->known_day_ns < 0 ? NULL : line;
            if (clock->known_date == NULL) return false;
        }
        day_ns += clock->known_day_ns;
        line += DATE_WIDTH;
    }
    const int64_t time_ns = time_of_day_ns(line);
    *stamp_ns = day_ns + time_ns;
    return time_ns >= 0;
}

/* Whether the line begins with the stamp of the line before, as more than half of them do. */
static inline bool repeats_stamp(text line, const line_clock *clock) {
    const text before = clock->last_line;
    if (before == NULL || memcmp(line, before, TIME_WIDTH) != 0) return false;
    return clock->width == TIME_WIDTH || memcmp(line + TIME_WIDTH, before + TIME_WIDTH, DATE_WIDTH) == 0;
}

/* Read the stamp of a line of at least `width` bytes; false where the Python loop would not take it for plain. */
static inline bool plain_stamp(text line, line_clock *clock, int64_t plain_rise_ns, int64_t *stamp_ns) {
    *stamp_ns = clock->last_ns;
    if (repeats_stamp(line, clock)) return true;
    if (!read_stamp(line, clock, stamp_ns)) return false;
    return *stamp_ns >= clock->last_ns && *stamp_ns - clock->last_ns < plain_rise_ns && *stamp_ns < clock->day_end_ns;
}

/* The line was taken. */
static inline void set_last(line_clock *clock, text line, int64_t stamp_ns) {
    clock->last_line = line;
    if (stamp_ns == clock->last_ns) return;
    clock->last_ns = stamp_ns;
    Py_CLEAR(clock->last_stamp);
}

/* -- Narration ---------------------------------------------------------------------------------------------------- */

/* Behind the fixed text `words` at `at`, or NULL; many bytes are compared at once, so the block must be long enough. */
static inline text words_end(text at, text end, const char *words) {
    const size_t size = strlen(words);
    return (size_t)(end - at) >= size && memcmp(at, words, size) == 0 ? at + size : NULL;
}

/* Behind a line ` [REQUEST]` or ` [RESPONSE]`, or NULL. */
static inline text marker_end(text tag, text end) {
    const text at = words_end(tag, end, " [REQUEST]\n");
    return at != NULL ? at : words_end(tag, end, " [RESPONSE]\n");
}

/* Behind a line ` [info]  Waiting for response message ...` without a colon (`_plain_info` in octt_text), or NULL. */
static inline text info_end(text tag, text end) {
    text at = words_end(tag, end, " [info] ");
    if (at == NULL) return NULL;
    if (*at == ' ') at++;
    at = *at == 'W' ? words_end(at, end, "Waiting for re") : words_end(at, end, "Received re");
    if (at == NULL) return NULL;
    at = *at == 'q' ? words_end(at, end, "quest ") : words_end(at, end, "sponse ");
    if (at == NULL) return NULL;
    const text newline = memchr(at, '\n', (size_t)(end - at));
    return memchr(at, ':', (size_t)(newline - at)) == NULL ? newline + 1 : NULL;
}

/* -- Python values ------------------------------------------------------------------------------------------------ */

static inline PyObject *decoded(span name) {
    return PyUnicode_DecodeUTF8((const char *)name.start, name.end - name.start, NULL);
}

/* The text of an action, shared between messages. */
static PyObject *action_text(module_state *state, span name) {
    const Py_ssize_t size = name.end - name.start;
    if (size > MAX_CACHED_ACTION) return decoded(name);
    const unsigned int mixed = (unsigned int)size * 31u + name.start[0] * 7u + name.start[size / 2] * 131u +
                               name.start[size - 1] * 17u;
    PyObject **slot = &state->actions[mixed % CACHED_ACTIONS];
    if (*slot != NULL && PyUnicode_GET_LENGTH(*slot) == size &&
        memcmp(PyUnicode_1BYTE_DATA(*slot), name.start, (size_t)size) == 0) {
        Py_INCREF(*slot);
        return *slot;
    }
    PyObject *action = decoded(name);
    if (action != NULL && PyUnicode_IS_COMPACT_ASCII(action)) {
        PyUnicode_InternInPlace(&action); /* so that it is the very text that tables have as key */
        Py_INCREF(action);
        PyObject *displaced = *slot;
        *slot = action;
        Py_XDECREF(displaced);
    }
    return action;
}

static inline PyObject *copied(span payload) {
    return PyBytes_FromStringAndSize((const char *)payload.start, payload.end - payload.start);
}

static PyObject *stamp_object(line_clock *clock) {
    if (clock->last_stamp == NULL) clock->last_stamp = PyLong_FromLongLong(clock->last_ns);
    Py_XINCREF(clock->last_stamp);
    return clock->last_stamp;
}

/* What `plain_message` takes, in its order. */
enum { LINE, STAMP, DIRECTION, TYPE, MESSAGE_ID, ACTION, PAYLOAD, ANSWERED, FIELDS };

/* What is being made: the events, and a CALL that is kept back because its answer may follow at once. */
typedef struct {
    PyObject *events;
    PyObject *brief; /* actions whose answers are told in brief, or NULL for none */
    PyObject *held[FIELDS];
    span held_id;
    bool is_holding;
} output;

static void drop(PyObject *fields[FIELDS]) {
    for (int index = 0; index < FIELDS; index++) Py_CLEAR(fields[index]);
}

/* The fields of a frame, new references; false with a Python error set. */
static bool fill(module_state *state, PyObject *fields[FIELDS], const frame *found, Py_ssize_t number,
                 PyObject *direction, line_clock *clock) {
    const bool done =
        (fields[MESSAGE_ID] = decoded(found->message_id)) != NULL &&
        (fields[ACTION] = found->is_call ? action_text(state, found->action) : Py_NewRef(Py_None)) != NULL &&
        (fields[PAYLOAD] = copied(found->payload)) != NULL &&
        (fields[LINE] = PyLong_FromSsize_t(number)) != NULL && (fields[STAMP] = stamp_object(clock)) != NULL;
    if (!done) {
        drop(fields);
        return false;
    }
    fields[DIRECTION] = Py_NewRef(direction);
    fields[TYPE] = Py_NewRef(state->values[found->is_call ? CALL : CALL_RESULT]);
    return true;
}

/* Append the message of the fields, which are dropped; false with a Python error set. */
static bool append(module_state *state, output *out, PyObject *fields[FIELDS]) {
    if (fields[ANSWERED] == NULL) fields[ANSWERED] = Py_NewRef(Py_None);
    PyObject *const message = PyObject_Vectorcall(state->values[PLAIN_MESSAGE], fields, FIELDS, NULL);
    drop(fields);
    if (message == NULL) return false;
    const bool done = PyList_Append(out->events, message) == 0;
    Py_DECREF(message);
    return done;
}

/* Append what was kept back, if anything was; false with a Python error set. */
static bool release(module_state *state, output *out) {
    if (!out->is_holding) return true;
    out->is_holding = false;
    return append(state, out, out->held);
}

static inline bool answers_held(const output *out, const frame *found, bool is_in) {
    const Py_ssize_t size = found->message_id.end - found->message_id.start;
    return out->is_holding && !found->is_call && !is_in && size == out->held_id.end - out->held_id.start &&
           memcmp(found->message_id.start, out->held_id.start, (size_t)size) == 0;
}

/* Take in a frame: append its message, or keep it back, or tell the one that is kept back when it was answered.
 * False with a Python error set; then nothing was taken in but what was kept back. */
static bool take_frame(module_state *state, output *out, const frame *found, Py_ssize_t number, bool is_in,
                       line_clock *clock) {
    if (answers_held(out, found, is_in)) {
        out->held[ANSWERED] = stamp_object(clock);
        return out->held[ANSWERED] != NULL && release(state, out);
    }
    PyObject *fields[FIELDS] = {NULL};
    PyObject *const direction = state->values[is_in ? DIRECTION_IN : DIRECTION_OUT];
    if (!release(state, out) || !fill(state, fields, found, number, direction, clock)) return false;
    if (out->brief != NULL && found->is_call && is_in) {
        const int is_brief = PySet_Contains(out->brief, fields[ACTION]);
        if (is_brief > 0) {
            memcpy(out->held, fields, sizeof fields);
            out->held_id = found->message_id;
            out->is_holding = true;
            return true;
        }
        if (is_brief < 0) {
            drop(fields);
            return false;
        }
    }
    return append(state, out, fields);
}

/* -- The block ---------------------------------------------------------------------------------------------------- */

typedef struct {
    Py_ssize_t messages;
    Py_ssize_t narration;
} line_counts;

/* Read the plain lines from `line` on, the first of which has the number `number` + 1; where they end, or NULL. */
static text scan_lines(module_state *state, output *out, text line, text end, Py_ssize_t number, line_clock *clock,
                       line_counts *counts) {
    window seen = {NULL, 0, end - line > WINDOW ? end - WINDOW : line};
    frame found = {0};
    while (end - line > clock->width + TAG_WIDTH) {
        const text tag = line + clock->width;
        int64_t stamp_ns;
        if (!plain_stamp(line, clock, state->plain_rise_ns, &stamp_ns)) break;
        text next;
        if (memcmp(tag, " [msg-", 6) == 0) {
            const bool is_in = memcmp(tag + 6, "in] ", 4) == 0;
            if (!is_in && memcmp(tag + 6, "out]", 4) != 0) break;
            next = read_frame(tag + TAG_WIDTH, &seen, &found);
            if (next == NULL) break;
            set_last(clock, line, stamp_ns);
            if (!take_frame(state, out, &found, ++number, is_in, clock)) {
                if (!PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return NULL;
                PyErr_Clear(); /* a name that is no UTF-8 is Python's business, as the rest of its line */
                break;
            }
            counts->messages++;
        } else {
            next = marker_end(tag, end);
            if (next == NULL) next = info_end(tag, end);
            if (next == NULL) break;
            set_last(clock, line, stamp_ns);
            number++;
            counts->narration++;
        }
        line = next;
    }
    return line;
}

/* Take the clock from Python's tuple; false where this scanner cannot compute with it. */
static bool take_clock(PyObject *values[4], line_clock *clock) {
    long long *const fields[] = {&clock->width, &clock->base_ns, &clock->last_ns, &clock->day_end_ns};
    for (int index = 0; index < 4; index++) {
        int overflow;
        *fields[index] = PyLong_AsLongLongAndOverflow(values[index], &overflow);
        if (overflow || *fields[index] > MAX_CLOCK_NS || *fields[index] < -MAX_CLOCK_NS) return false;
    }
    return clock->width == TIME_WIDTH || (clock->width == TIME_WIDTH + DATE_WIDTH && clock->base_ns == 0);
}

/* The signature and its meaning: _octt_scan.pyi */
static PyObject *scan(PyObject *module, PyObject *args) {
    module_state *state = PyModule_GetState(module);
    PyObject *data, *values[4];
    Py_ssize_t start, number;
    output out = {0};
    if (!PyArg_ParseTuple(args, "Snn(O!O!O!O!)O!|O!", &data, &start, &number, &PyLong_Type, &values[0], &PyLong_Type,
                          &values[1], &PyLong_Type, &values[2], &PyLong_Type, &values[3], &PyList_Type, &out.events,
                          &PyFrozenSet_Type, &out.brief))
        return NULL;
    const text block = (text)PyBytes_AS_STRING(data);
    const text end = block + PyBytes_GET_SIZE(data);
    line_clock clock = {0};
    line_counts counts = {0, 0};
    if (start < 0 || start >= end - block || end[-1] != '\n' || !take_clock(values, &clock))
        return Py_BuildValue("nnnO", start, counts.messages, counts.narration, values[2]);
    const text line = scan_lines(state, &out, block + start, end, number, &clock, &counts);
    const bool released = line != NULL && release(state, &out);
    drop(out.held);
    Py_XDECREF(clock.last_stamp);
    if (!released) return NULL;
    return Py_BuildValue("nnnL", (Py_ssize_t)(line - block), counts.messages, counts.narration, clock.last_ns);
}

/* -- Bytes of a block --------------------------------------------------------------------------------------------- */

/* Whether all bytes from `at` on are ASCII, none of them from form feed to escape: so no carriage return, and no colour
 * of a terminal. Without an exit before the end, and with no more than a sum of bits and a minimum, so that compilers
 * make it look at many bytes at a time. */
static bool only_plain_bytes(text at, text end) {
    unsigned char bits = 0, lowest = UCHAR_MAX; /* of the bytes counted from form feed on; those before it come last */
    for (; at < end; at++) {
        const unsigned char counted = (unsigned char)(*at - '\f');
        bits |= *at;
        lowest = counted < lowest ? counted : lowest;
    }
    return bits < 0x80 && lowest > ESCAPE - '\f';
}

static PyObject *is_plain(PyObject *module, PyObject *data) {
    (void)module;
    if (!PyBytes_Check(data)) return PyErr_Format(PyExc_TypeError, "expected bytes, not %.100s", Py_TYPE(data)->tp_name);
    const text block = (text)PyBytes_AS_STRING(data);
    return PyBool_FromLong(only_plain_bytes(block, block + PyBytes_GET_SIZE(data)));
}

/* -- Times in payloads -------------------------------------------------------------------------------------------- */

/* Nanoseconds since 1970 of `2026-03-09T21:40:06.425Z`, of which the milliseconds and the Z may be missing; -1 for all
 * else. Behind the `size` bytes stands a NUL. */
static int64_t common_time_ns(text at, Py_ssize_t size) {
    if (size < DATE_WIDTH + 8) return -1;
    const int64_t day_ns = midnight_ns(at);
    const int seconds = seconds_of_day(at + DATE_WIDTH);
    if (day_ns < 0 || seconds < 0) return -1;
    text rest = at + DATE_WIDTH + 8;
    int millisecond = 0;
    if (*rest == '.') {
        millisecond = digits(rest + 1, 3);
        if (millisecond < 0) return -1;
        rest += 4;
    }
    if (*rest == 'Z') rest++;
    if (rest != at + size) return -1;
    return day_ns + (int64_t)seconds * 1000 * NS_PER_MS + millisecond * NS_PER_MS;
}

/* The signature and its meaning: _octt_scan.pyi */
static PyObject *payload_time_ns(PyObject *module, PyObject *time) {
    if (time == Py_None) Py_RETURN_NONE;
    if (!PyUnicode_Check(time)) return PyErr_Format(PyExc_TypeError, "expected str, not %.100s", Py_TYPE(time)->tp_name);
    const Py_ssize_t size = PyUnicode_GET_LENGTH(time);
    if (size == 0) Py_RETURN_NONE;
    if (PyUnicode_IS_COMPACT_ASCII(time)) {
        const int64_t time_ns = common_time_ns(PyUnicode_1BYTE_DATA(time), size);
        if (time_ns >= 0) return PyLong_FromLongLong(time_ns);
    }
    const module_state *state = PyModule_GetState(module);
    return PyObject_CallOneArg(state->values[ISO_TIME], time);
}

/* -- The module --------------------------------------------------------------------------------------------------- */

static int module_exec(PyObject *module) {
    module_state *state = PyModule_GetState(module);
    for (int index = 0; index < VALUES; index++) {
        PyObject *from = PyImport_ImportModule(sources[index].module);
        PyObject *value = from ? PyObject_GetAttrString(from, sources[index].name) : NULL;
        Py_XDECREF(from);
        if (value != NULL && sources[index].member != NULL)
            Py_SETREF(value, PyObject_GetAttrString(value, sources[index].member));
        if (value == NULL) return -1;
        state->values[index] = value;
    }
    state->plain_rise_ns = PyLong_AsLongLong(state->values[PLAIN_RISE]);
    return PyErr_Occurred() ? -1 : 0;
}

static int module_clear(PyObject *module) {
    module_state *state = PyModule_GetState(module);
    for (int index = 0; index < VALUES; index++) Py_CLEAR(state->values[index]);
    for (int index = 0; index < CACHED_ACTIONS; index++) Py_CLEAR(state->actions[index]);
    return 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    const module_state *state = PyModule_GetState(module);
    for (int index = 0; index < VALUES; index++) Py_VISIT(state->values[index]);
    return 0;
}

static void module_free(void *module) { module_clear(module); }

static PyMethodDef methods[] = {
    {"scan", scan, METH_VARARGS, "scan(data, start, number, clock, events, brief=frozenset(), /)\n--\n\n"},
    {"is_plain", is_plain, METH_O, "is_plain(data, /)\n--\n\n"},
    {"payload_time_ns", payload_time_ns, METH_O, "payload_time_ns(text, /)\n--\n\n"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_octt_scan",
    .m_doc = "Reads the plain lines of an OCTT text log.",
    .m_size = sizeof(module_state),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__octt_scan(void) { return PyModuleDef_Init(&definition); }

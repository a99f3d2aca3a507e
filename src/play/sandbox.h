/* sandbox.h: a Lua state that cannot reach out, hang, or eat the memory.
 *
 * ALLOWED  A table of names; text chunks only; `pairs` and `next` in a fixed
 *          order; a stable `table.sort`; patterns that count their steps. No
 *          clock, no random, no coroutine, no load, no metatables, hence no
 *          finalizers; pcall cannot swallow a fatal stop.
 * LIMITS   Instructions (with what C does on the script's behalf), bytes, and
 *          the processor time of one turn; out of any, the state is dead. No
 *          text is longer than a sixteenth of the bytes, so that no single
 *          instruction takes long.
 * WATCH    While a script computes, its owner is asked every few milliseconds
 *          whether it is to go on: Ctrl-C, a stop by somebody else.
 * ERRORS   ERR_INPUT, "FILE:LINE: what"; a stop by a limit says which limit.
 * SOURCE   The attacks and what stops each: tests/play/sandbox.c.
 */
#ifndef PLAY_SANDBOX_H
#define PLAY_SANDBOX_H

#include "base/err.h"
#include "base/json.h"

#include <lua.h>

struct sandbox_limits { int64_t instructions, memory_bytes, computing_ms; }; /* 0: the defaults */

struct sandbox;

struct sandbox *sandbox_open(const struct sandbox_limits *limits);
void sandbox_close(struct sandbox *s);
lua_State *sandbox_lua(struct sandbox *s);
struct sandbox *sandbox_of(lua_State *L); /* from any of its coroutines */

/* Compiles text; pushes the function, whose globals are the allowed names and
 * what the caller has set with sandbox_set(). A chunk's own globals are its
 * own; an unknown one is refused with the nearest known name. */
bool sandbox_load(struct sandbox *s, const char *chunk, const char *text, size_t length,
                  struct err *e);
/* What it allows: the names of a library ("string"), or, NULL, of all chunks; then NULL.
 * Sorted; none: there is no such library. */
const char *const *sandbox_names(struct sandbox *s, const char *library, struct arena *keep);
/* Pops a value and makes it a global of all chunks. */
void sandbox_set(struct sandbox *s, const char *name);
/* A protected call on the main state, as lua_pcall, within the limits. */
bool sandbox_call(struct sandbox *s, int arguments, int results, struct err *e);

/* Coroutines belong to the caller's loop, never to a script. The function and
 * its arguments are pushed on `co` (lua_xmove). */
enum sandbox_turn { SANDBOX_RETURNED, SANDBOX_YIELDED, SANDBOX_RAISED };
lua_State *sandbox_thread(struct sandbox *s);
void sandbox_drop(struct sandbox *s, lua_State *co);
enum sandbox_turn sandbox_resume(struct sandbox *s, lua_State *co, int arguments, int *results,
                                 struct err *e);
/* The whole budget again, for a state that serves for hours: one task, one budget. */
void sandbox_refill(struct sandbox *s);
/* Processor time that each call or turn may take from now on. */
void sandbox_within(struct sandbox *s, int64_t cpu_ms);
/* From now on: true ends the script where it is; the state is dead then. */
void sandbox_watch(struct sandbox *s, bool (*stop)(void *context), void *context);
bool sandbox_stopped(const struct sandbox *s); /* it was that which ended it */
/* Is the state dead (a limit was reached)? Then no chunk runs in it again. */
bool sandbox_dead(const struct sandbox *s);

/* Counts `steps` of work done in C against the budget; raises when it is spent. */
void sandbox_charge(lua_State *L, size_t steps);

/* An empty table behind a lock: reading an unknown name from it raises "no
 * 'NAME.x'", writing raises. Pops a table, pushes the locked one. */
void sandbox_lock_table(lua_State *L, const char *name);

/* JSON to Lua: objects and arrays become tables; null becomes nil; integers
 * stay integers. May raise a Lua memory error: call it inside sandbox_call
 * or before anything is owned. */
void sandbox_push_json(lua_State *L, struct json value);
/* Lua to canonical JSON (keys in byte order, integers without a point; a
 * table with 1..n is an array, an empty one {}). Functions, cycles and NaN
 * are refused in words. Does not raise. */
bool sandbox_to_json(lua_State *L, int index, struct text *out, struct err *e);

/* The `string` functions that match patterns, with steps counted. */
int pattern_find(lua_State *L);
int pattern_match(lua_State *L);
int pattern_gmatch(lua_State *L);
int pattern_gsub(lua_State *L);

/* Its `string` and `utf8`, into the table on top (sandbox_text.c). */
void sandbox_open_texts(lua_State *L);
/* (function) -> function, with globals of its own before the allowed names (sandbox_lib.c). */
int sandbox_give_globals(lua_State *L);
/* Pushes the table of allowed names (sandbox_lib.c); called once. */
void sandbox_open_library(lua_State *L);
/* Its `next`, `pairs` and `table`, into the table on top (sandbox_table.c). */
void sandbox_open_tables(lua_State *L);
/* A value in words, without an address, as tostring() gives them. */
void sandbox_push_words(lua_State *L, int index);
/* The chosen functions (NULL at the end) of a standard library into the table on top. */
void sandbox_take(lua_State *L, lua_CFunction open, const char *library, const char *const *name);
/* Bytes that the script may still take. */
int64_t sandbox_room(lua_State *L);
/* A protected call ended with LUA_ERRMEM or LUA_ERRERR: the state is dead, and says where. */
void sandbox_out_of_memory(lua_State *L, int status);
/* Marks the state dead: `why` is a constant. */
void sandbox_kill(lua_State *L, const char *why);

#endif

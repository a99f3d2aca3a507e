/* sandbox.h: a Lua state that cannot reach out, hang, or eat the memory.
 *
 * ALLOWED  A table of names; text chunks only; `pairs` and `next` in a fixed
 *          order; no clock, no random, no coroutine, no load, no finalizers;
 *          pcall cannot swallow a fatal stop.
 * LIMITS   Instructions and bytes; out of either, the state is dead.
 * ERRORS   ERR_INPUT, "FILE:LINE: what"; a stop by a limit says which limit.
 * SOURCE   The attacks and what stops each: FACTS "The Lua sandbox", and
 *          tests/play/sandbox.c.
 */
#ifndef PLAY_SANDBOX_H
#define PLAY_SANDBOX_H

#include "base/err.h"
#include "base/json.h"

#include <lua.h>

struct sandbox_limits { int64_t instructions, memory_bytes; }; /* 0: the defaults */

struct sandbox;

struct sandbox *sandbox_open(const struct sandbox_limits *limits);
void sandbox_close(struct sandbox *s);
lua_State *sandbox_lua(struct sandbox *s);

/* Compiles text; pushes the function, whose globals are the allowed names and
 * what the caller has set with sandbox_set(). */
bool sandbox_load(struct sandbox *s, const char *chunk, const char *text, size_t length,
                  struct err *e);
/* Pops a value and makes it a global of all chunks. */
void sandbox_set(struct sandbox *s, const char *name);
/* A protected call on the main state, as lua_pcall, within the limits. */
bool sandbox_call(struct sandbox *s, int arguments, int results, struct err *e);

/* JSON to Lua: objects and arrays become tables; null becomes nil; integers
 * stay integers. May raise a Lua memory error: call it inside sandbox_call
 * or before anything is owned. */
void sandbox_push_json(lua_State *L, struct json value);
/* Lua to canonical JSON (keys in byte order, integers without a point; a
 * table with 1..n is an array, an empty one {}). Functions, cycles and NaN
 * are refused in words. Does not raise. */
bool sandbox_to_json(lua_State *L, int index, struct text *out, struct err *e);

#endif

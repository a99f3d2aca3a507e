/* output.h: what an action's programs write, on its way to people and to disk.
 *
 * It comes without its secrets (plugin_jobs.c sees to that) and goes line by
 * line to the audience, as "C3 | text", and as it stands into the store's
 * output NAME: the first 1 MiB as it comes, the last 1 MiB at the end, between
 * them a line that says how much was left out. Behind the first 1 MiB nothing
 * more is shown. A disk that is full is said once; the action goes on.
 * NAMES    "C3" of a change, "R3-2.1" of the read with key 2/1 in run R3.
 * MEMORY   Its own, given back by output_close(); 1 MiB and a little at most.
 */
#ifndef PLAY_OUTPUT_H
#define PLAY_OUTPUT_H

#include "base/json.h"
#include "record/store.h"

struct output;

struct output_place {
    struct store *store;
    const char *incident, *name;
    /* A line for people, without newline; `context` is the caller's. */
    void (*say)(void *context, const char *line);
    void *context;
};

/* Of a read; a change's is the change's own. */
const char *output_name(const char *run, const char *key, struct arena *keep);

struct output *output_open(const struct output_place *place);
void output_add(struct output *o, const char *bytes, size_t length);
/* Shows whole lines and writes what came; `last`: the rest of the line, too. */
void output_flush(struct output *o, bool last);
/* Ends it; "output" with length, sha256 (of what the store keeps) and the last
 * 20 lines, where anything came. `to` NULL: nobody wants to know. */
void output_end(struct output *o, struct json_out *to);
void output_close(struct output *o); /* NULL is fine */

#endif

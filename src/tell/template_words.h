/* template_words.h: what a template may say, beside plain Lua. */
#ifndef TELL_TEMPLATE_WORDS_H
#define TELL_TEMPLATE_WORDS_H

#include "play/sandbox.h"
#include "tell/template.h"

enum { MOST_GAPS = 64, MOST_BYTES = 96 << 20, MOST_TEXT = 4 << 20 };

struct rendering_state {
    struct sandbox *sandbox;
    const struct template_source *source;
    struct json data;
    struct tongue tongue;
    const char *const *names;
    struct arena *keep;
    struct text out;
    const char *start;          /* of `keep`: what a rendering takes is bounded */
    char at[192];               /* the tag that is being worked on */
    char where[96];             /* where it stands: "spm.md:12: " */
    int depth;
    struct err partial_error;
    struct gap gap[MOST_GAPS];
    size_t gaps;
};

/* Of a C function that has it as its first upvalue. Raises when the rendering
 * has taken more memory than any document needs. */
struct rendering_state *rendering_of(lua_State *L);

/* Makes every word a global of the sandbox. */
void template_words_set(struct rendering_state *r);

#endif

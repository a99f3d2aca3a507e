/* err.h: a failure on its way to the edge.
 *
 *   where it happens    return err_input(e, "%s:%d: unknown key '%s'", ...);
 *   on the way up       return err_while(e, "reading the journal");
 *   at the edge         err_print(&e, stderr); return err_status(&e);
 *
 * The text grows outwards: "reading the journal: cannot open 'j': No such
 * file or directory". Every function here answers false, so a failing caller
 * is one line. On success the struct is left alone. Nothing below main()
 * prints an error. A wrong call by us is an assert; wrong input by them an err.
 *
 * STATUS   err_status() is the exit status of the program (DESIGN.md, 9):
 *          0 done, 1 failed or found something, 2 usage, 3 bad input,
 *          4 waiting for a person, 5 machine or network, 6 busy, 130 stopped.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdio.h>

enum err_kind {
    ERR_NONE,
    ERR_FAILED,  /* 1: it ran and failed, or found something */
    ERR_USAGE,   /* 2: the command line is wrong */
    ERR_INPUT,   /* 3: a file or its contents are wrong: say file and line */
    ERR_WAITING, /* 4: a person has to answer first */
    ERR_SYSTEM,  /* 5: the machine or the network */
    ERR_BUSY,    /* 6: somebody else holds it: say who */
    ERR_STOPPED, /* 130: Ctrl-C; resumable */
};

struct err {
    enum err_kind kind; /* chooses the exit status, and nothing else does */
    char text[1536];    /* one line, no full stop, cut when too long */
    char hint[512];     /* what to type next; "" when there is nothing to say */
};

#define ERR_FORMAT __attribute__((format(printf, 2, 3)))

bool err_failed(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_usage(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_input(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_waiting(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_system(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_busy(struct err *e, const char *format, ...) ERR_FORMAT;
bool err_stopped(struct err *e, const char *format, ...) ERR_FORMAT;

/* ERR_SYSTEM with ": " and the words of errno behind the text. */
bool err_errno(struct err *e, const char *format, ...) ERR_FORMAT;

/* Puts "FORMAT: " before the text; the kind stays. */
bool err_while(struct err *e, const char *format, ...) ERR_FORMAT;

/* What to type next, said before the failure or after it; the first hint
 * given stays. */
bool err_hint(struct err *e, const char *format, ...) ERR_FORMAT;

/* "tocsin: TEXT", then "  HINT" on a line of its own; control characters in
 * either never reach the stream raw. */
void err_print(const struct err *e, FILE *out);
int err_status(const struct err *e);

#endif

/* module.h: parts of the program that are opened only when they are needed,
 * because their libraries cost more time than all the rest: tocsin-NAME.so. */
#ifndef WORLD_MODULE_H
#define WORLD_MODULE_H

#include "base/err.h"

/* The handle, for dlsym(); NULL with a hint where it belongs. Looked for beside
 * the program and upwards from it, in BIN/../lib/tocsin, in PREFIX/lib/tocsin. */
void *module_open(const char *name, struct err *e);

#endif

/* oracle.h: jansson as the judge of our own reader, under names of its own
 * (both sides call their enumerators JSON_OBJECT and so on). */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL JANSSON_REAL
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#define json_type jansson_type
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef json_type

/* Does jansson take these bytes as one JSON value? */
static inline bool oracle_takes(const char *bytes, size_t length)
{
    json_error_t why;
    json_t *value = json_loadb(bytes, length,
                               JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    json_decref(value);
    return value != NULL;
}

#endif

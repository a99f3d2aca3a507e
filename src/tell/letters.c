/* letters.c: see letters.h. */
#include "tell/letters.h"

#include "base/text.h"

/* Signs among the letters below U+2000: first, last. */
static const uint16_t sign[][2] = {
    { 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 }, { 0xbb, 0xbf }, { 0xd7, 0xd7 }, { 0xf7, 0xf7 },
    { 0x2b0, 0x2ff }, /* letters that are written as apostrophes and accents */
    { 0x37e, 0x37e }, { 0x387, 0x387 }, { 0x55a, 0x55f }, { 0x589, 0x58a }, { 0x5be, 0x5be },
    { 0x5c0, 0x5c0 }, { 0x5c3, 0x5c3 }, { 0x5f3, 0x5f4 }, { 0x60c, 0x60d }, { 0x61b, 0x61f },
    { 0x66a, 0x66d }, { 0x6d4, 0x6d4 }, { 0x964, 0x965 }, { 0x1680, 0x1680 },
};

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
        if (c >= sign[i][0] && c <= sign[i][1])
            return false;
    return c < 0x2000;
}

bool letter_at(const char *c)
{
    uint32_t code;
    return text_decode(&code, c) && is_letter(code);
}

bool letter_before(const char *text, const char *c)
{
    if (c == text)
        return false;
    const char *start = c - 1;
    while (start > text && c - start < 4 && ((unsigned char)*start & 0xc0) == 0x80)
        start--;
    return letter_at(start);
}

/* Without case and accent. */
static uint32_t plain(uint32_t c)
{
    /* U+00C0 to U+017F: the letter under the accent, a dot where there is none */
    static const char under[] =
        "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllll."
        ".llnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz.";
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    if (c >= 0xc0 && c < 0x180 && under[c - 0xc0] != '.')
        return (unsigned char)under[c - 0xc0];
    if (c == 0xc6 || c == 0xd0 || c == 0xde || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40f)
        return c + 0x50;
    return c == 0x132 || c == 0x14a || c == 0x152 ? c + 1 : c;
}

size_t letter_read(uint32_t *letter, const char *c)
{
    uint32_t mark;
    size_t length = text_decode(letter, c), more = 0;
    *letter = plain(*letter);
    while (length && (more = text_decode(&mark, c + length)) && mark >= 0x300 && mark <= 0x36f)
        length += more;
    return length;
}

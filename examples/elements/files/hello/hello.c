#include <stdio.h>
#include <stdlib.h>

#include <greeting.h>

/* Greets everyone in greeting.h, then prints the colophon. */
int main(void)
{
    for (size_t i = 0; i < sizeof recipients / sizeof recipients[0]; i++)
        printf("%s, %s!\n", GREETING, recipients[i]);

    FILE *colophon = fopen(COLOPHON, "r");
    if (colophon == NULL) {
        perror(COLOPHON);
        return EXIT_FAILURE;
    }
    for (int c = getc(colophon); c != EOF; c = getc(colophon))
        putchar(c);
    fclose(colophon);
    return EXIT_SUCCESS;
}

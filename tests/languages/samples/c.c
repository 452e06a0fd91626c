// Reads orders.
#include <stdio.h>
#include "order.h"

#define LIMIT 10 /* orders a page */
#define SQUARE(x) ((x) * (x))

typedef struct order {
    double price;
    char mark;
} order_t;

enum kind { PAID, OPEN };

union value {
    int whole;
    float part;
};

static const char *name = "main";

static double total(const order_t *order, double rate) {
    if (rate > 0) {
        return order->price * rate;
    }
    return order->mark == 'x' ? 0 : SQUARE(rate);
}

char *load(const char *path) {
    printf("%s\n", path);
    return NULL;
}

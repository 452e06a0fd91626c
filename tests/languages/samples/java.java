// Reads orders.
package store;

import java.util.List;
import static java.util.Map.entry;

/** One order. */
public class Order implements Priced {
    private static final int LIMIT = 10; /* orders a page */
    private char mark = 'x';

    public Order() {
        this.mark = 'y';
    }

    public double total(double rate) {
        if (rate > 0) {
            return rate;
        }
        Runnable each = () -> {
            System.out.println("none");
        };
        return 0;
    }
}

interface Priced {
    double total(double rate);
}

enum Kind {
    PAID,
    OPEN;

    String text() {
        return """
            kind
            """;
    }
}

record Point(int x, int y) {
    int sum() {
        return x + y;
    }
}

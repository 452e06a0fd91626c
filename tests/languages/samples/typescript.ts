// Reads orders.
import { readFileSync } from "node:fs";
import path = require("path");

const LIMIT: number = 10; /* orders a page */

type Rate = number | null;

enum Kind {
  Paid,
  Open,
}

interface Priced {
  price: number;
}

namespace Store {
  export const name = 'main';
}

export abstract class Order implements Priced {
  price = 0;

  total(rate: Rate): string {
    if (rate) {
      return String(this.price * rate);
    }
    return `${this.price} of ${path.sep}`;
  }
}

export function load(file: string): Priced[] {
  const parse = (line: string): Priced => {
    return { price: Number(line) };
  };
  return readFileSync(file, "utf8").split("\n").map(parse);
}

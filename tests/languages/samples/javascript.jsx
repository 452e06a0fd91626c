// Reads orders.
import fs from "node:fs";
const path = require("path");

const LIMIT = 10; /* orders a page */

export class Order {
  #price = 0;

  total(rate) {
    if (rate > 0) {
      return this.#price * rate;
    }
    return `${this.#price} of ${path.sep}`;
  }
}

export async function load(file) {
  const parse = (line) => {
    return new Order(Number(line));
  };
  return fs.readFileSync(file, 'utf8').split("\n").map(parse);
}

function View({ order }) {
  return <p title="total">Total: {order.total(2)}</p>;
}

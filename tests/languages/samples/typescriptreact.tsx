// Shows an order.
import React from "react";

/* What is shown. */
interface Props {
  total: number;
}

export class Boundary extends React.Component<Props> {
  render(): React.ReactNode {
    return <p title="boundary">{`total ${this.props.total}`}</p>;
  }
}

export function View({ total }: Props) {
  const format = (value: number) => {
    return value.toFixed(2);
  };
  return <b className='total'>{format(total)}</b>;
}

/** Steps that a script printed, in order. */
export function stepsIn(output: Buffer): number[] {
  return [...output.toString("latin1").matchAll(/step (\d+)(?=[ \n])/g)].map(([, step]) => Number(step));
}

/** Digest of the final weights, as a script prints it. */
export const weightsIn = (output: Buffer): string | undefined =>
  /^weights ([0-9a-f]{64})$/m.exec(output.toString("latin1"))?.[1];

/** Bytes of what a script printed that its log lacks. Lines are looked for in their order, since other threads print between them. */
export function bytesNotIn(printed: Buffer, log: Buffer): number {
  let [at, lost] = [0, 0];
  for (let from = 0; from < printed.length; ) {
    const end = printed.indexOf(10, from);
    const line = printed.subarray(from, end === -1 ? printed.length : end + 1);
    const found = log.indexOf(line, at);
    if (found === -1) lost += line.length;
    else at = found + line.length;
    from += line.length;
  }
  return lost;
}

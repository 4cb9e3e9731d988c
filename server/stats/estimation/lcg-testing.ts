/** Creates the generator of the golden data: x ← 48271·x mod (2³¹ − 1), twenty values discarded. */
export function goldenDraws(seed: number): () => number {
  let state = seed;
  const next = () => {
    state = (48271 * state) % 2147483647;
    return state / 2147483647;
  };
  for (let discarded = 0; discarded < 20; discarded += 1) next();
  return next;
}

/** Generates the 2,000 rows of "cbpe/lcg21": calibrated scores p with labels y. */
export function goldenRows(): { p: number[]; y: number[] } {
  const u = goldenDraws(21);
  const rows: { p: number[]; y: number[] } = { p: [], y: [] };
  for (let row = 0; row < 2000; row += 1) {
    const a = u();
    const p = a * a * (3 - 2 * a);
    rows.p.push(p);
    rows.y.push(u() < p ? 1 : 0);
  }
  return rows;
}

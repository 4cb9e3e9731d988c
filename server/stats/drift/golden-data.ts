/** Parameters that generate one side of a golden dataset (golden-drift.json, generator). */
export interface GoldenSide {
  kind: "normal" | "floor10normal" | "category" | "zero_inflated_exponential";
  seed: number;
  n: number;
  mu?: number;
  sd?: number;
  p0?: number;
  levels?: [string, number][];
}

/** Creates the generator of the golden vectors: x ← 48271 x mod 2147483647, the first 20 numbers discarded. */
function goldenUniform(seed: number): () => number {
  let x = seed;
  const next = () => {
    x = (48271 * x) % 2147483647;
    return x / 2147483647;
  };
  for (let draw = 0; draw < 20; draw += 1) next();
  return next;
}

function normals(side: GoldenSide): number[] {
  const uniform = goldenUniform(side.seed);
  const [mean, deviation] = [side.mu ?? 0, side.sd ?? 1];
  const values: number[] = [];
  while (values.length < side.n) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values.push(mean + deviation * radius * Math.cos(angle), mean + deviation * radius * Math.sin(angle));
  }
  return values.slice(0, side.n);
}

/** Generates the values of a numeric golden dataset. */
export function goldenNumbers(side: GoldenSide): number[] {
  if (side.kind === "normal") return normals(side);
  if (side.kind === "floor10normal") return normals(side).map((value) => Math.floor(10 * value));
  const uniform = goldenUniform(side.seed);
  return Array.from({ length: side.n }, () => {
    const [a, b] = [uniform(), uniform()];
    return a < (side.p0 ?? 0) ? 0 : -Math.log(b);
  });
}

/** Levels of a categorical golden dataset. */
export function goldenLevels(side: GoldenSide): string[] {
  const uniform = goldenUniform(side.seed);
  const levels = side.levels ?? [];
  return Array.from({ length: side.n }, () => {
    const u = uniform();
    let sum = 0;
    for (const [level, share] of levels) {
      sum += share;
      if (u < sum) return level;
    }
    return levels.at(-1)?.[0] ?? "";
  });
}

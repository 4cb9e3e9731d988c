/** Sizes of moves, in standard deviations, that the mixture is sensitive to; either way. */
const sizes = [0.25, 0.5, 1] as const;
/** Evidence beyond so many times the threshold says nothing more, and would take as long to decay. */
const maxEvidence = 100;

/** What a detector has after the last value. */
export interface Detected {
  /** Evidence of a change: at most 1 is added a step on average without one. */
  evidence: number;
  isAlarm: boolean;
  /** Index of the value with which the move that has the most evidence began. */
  since: number;
}

/**
 * Looks for a lasting move of a series, of unknown size and start, by an e-detector (Shin, Ramdas and Rinaldo 2023, "E-detectors: a
 * nonparametric framework for sequential change detection", Shiryaev–Roberts form): M(t) = (M(t − 1) + 1) · exp(λ (z − κ) − λ²/2), averaged
 * over λ of both signs and over channels. Without a change the mean of M(t) is at most t, so that the average run to a false alarm is at
 * least the threshold, however the moves begin.
 * @param channels standardised values of each channel over the same steps: sub-Gaussian with scale 1 around a mean within ±κ
 * @param options.allowance κ @param options.threshold the average number of steps to a false alarm, at least
 */
export function eDetector(
  channels: readonly (readonly number[])[],
  { allowance, threshold }: { allowance: number; threshold: number },
): Detected {
  const mixture = channels.flatMap((values) =>
    sizes.flatMap((size) => [1, -1].map((sign) => ({ values, size, sign, evidence: 0, sum: 0, since: 0 }))),
  );
  const steps = channels[0]?.length ?? 0;
  for (let step = 0; step < steps; step += 1) {
    for (const each of mixture) {
      const gain = each.size * (each.sign * (each.values[step] as number) - allowance) - each.size ** 2 / 2;
      each.evidence = Math.min((each.evidence + 1) * Math.exp(gain), maxEvidence * threshold * mixture.length);
      if (each.sum <= 0) each.since = step;
      each.sum = Math.max(0, each.sum + gain);
    }
  }
  const evidence = mixture.reduce((sum, each) => sum + each.evidence, 0) / Math.max(1, mixture.length);
  const strongest = mixture.reduce(
    (a, b) => (b.evidence > a.evidence ? b : a),
    mixture[0] ?? { since: 0, evidence: 0 },
  );
  return { evidence, isAlarm: evidence >= threshold, since: strongest.since };
}

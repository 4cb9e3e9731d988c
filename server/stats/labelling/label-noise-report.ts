import type { ProportionInterval } from "../proportion.ts";
import { type ClassProbabilities, largestClass } from "./class-probabilities.ts";
import { type ConfidentJoint, confidentJoint, wrongShare } from "./confident-joint.ts";
import { rowsByScore, wrongLabels } from "./label-noise.ts";
import { labelQuality } from "./label-quality.ts";
import { type ClassPair, classPairs, type NoiseResampling, wrongShareInterval } from "./noise-share.ts";

/** A row whose label looks wrong. */
interface DoubtfulLabel {
  row: number;
  given: number;
  /** The most probable class. */
  likely: number;
  /** Probability of the given class; the lower the more doubtful. */
  score: number;
  /** Probability of the likely class. */
  probability: number;
}

/** What confident learning says about labels. */
export interface LabelNoise {
  rows: number;
  /** Estimated share of wrong labels; null without rows. */
  share: number | null;
  interval: ProportionInterval | null;
  /** Classes that are mixed up, the most frequent pair first. */
  pairs: ClassPair[];
  joint: ConfidentJoint;
  /** Number of doubtful labels, of which `list` has the first. */
  doubtful: number;
  list: DoubtfulLabel[];
}

/**
 * Lists labels that look wrong, the most doubtful first, with the share that is (docs/spec/labelling.md section 8). Takes and returns what can be
 * handed to a worker thread: 100,000 rows of 10 classes take too long for a thread that answers requests.
 * @param probabilities of rows that the model was not trained on
 * @param most how long the list may be
 * @throws ArgumentError for labels or probabilities that are none
 */
export function labelNoise(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
  { most = 1000, ...resampling }: NoiseResampling & { most?: number } = {},
): LabelNoise {
  const joint = confidentJoint(labels, probabilities);
  const scores = labelQuality(labels, probabilities);
  const ranked = rowsByScore(wrongLabels(labels, probabilities, joint), scores);
  const { values, classes } = probabilities;
  return {
    rows: scores.length,
    share: scores.length > 0 ? wrongShare(joint) : null,
    interval: wrongShareInterval(labels, probabilities, resampling),
    pairs: classPairs(joint),
    joint,
    doubtful: ranked.length,
    list: Array.from(ranked.subarray(0, most), (row) => {
      const likely = largestClass(values, classes, row * classes);
      return {
        row,
        given: labels[row] as number,
        likely,
        score: scores[row] as number,
        probability: values[row * classes + likely] as number,
      };
    }),
  };
}

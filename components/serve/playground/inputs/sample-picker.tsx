"use client";

import type { Values } from "#components/serve/tensors/elements.ts";
import { TensorImage } from "#components/serve/tensors/tensor-image.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import type { Recorded } from "../results/truth-bar.tsx";
import type { ImageFieldSpec } from "./image-field.tsx";
import classes from "./sample-picker.module.css";

/** Request that production served, available to run again. */
export interface Sample {
  id: string;
  at: string;
  /** Prediction at that time. */
  prediction: string;
  values: Values;
  recorded: Recorded;
}

interface SamplePickerProps {
  samples: Sample[];
  /** The input that is a picture; without one, samples are rows of words. */
  field?: ImageFieldSpec | undefined;
  onChoose: (sample: Sample) => void;
}

/** Renders recent requests of the endpoint, newest first. */
export function SamplePicker({ samples, field, onChoose }: SamplePickerProps) {
  return (
    <ul className={classes.list} data-pictures={field ? true : undefined} aria-label="Recent requests">
      {samples.map((sample) => {
        const value = field && sample.values[field.name];
        return (
          <li key={sample.id}>
            <button className={classes.sample} type="button" onClick={() => onChoose(sample)}>
              {field && value && <TensorImage value={value} spec={field.image} size={44} alt="" />}
              <span className={classes.words}>
                <span className="lw-truncate">{sample.prediction}</span>
                <span className="lw-caption lw-quiet">
                  <ClockTime at={sample.at} seconds />
                </span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

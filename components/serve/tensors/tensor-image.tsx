"use client";

import { useEffect, useRef } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import { toPixels } from "#components/serve/tensors/image-tensor.ts";
import classes from "./tensor-image.module.css";

interface TensorImageProps {
  value: InputValue;
  spec: ImageSpec;
  /** Longer side in CSS pixels. */
  size: number;
  /** Alternative text for screen readers; empty if adjacent text describes the image. */
  alt: string;
}

/** Renders an image tensor as the model receives it, pixel by pixel. */
export function TensorImage({ value, spec, size, alt }: TensorImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = size / Math.max(spec.width, spec.height);
  useEffect(() => {
    const { data, width, height } = toPixels(value, spec);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  }, [value, spec]);
  return (
    <canvas
      className={classes.image}
      ref={canvas}
      width={spec.width}
      height={spec.height}
      style={{ width: spec.width * scale, height: spec.height * scale }}
      {...(alt ? { role: "img", "aria-label": alt } : { "aria-hidden": true })}
    />
  );
}

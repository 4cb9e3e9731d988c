type Colour = readonly [number, number, number];

/** Colour ramps from low to high, for contributions in favour of the prediction and against it. */
const forPrediction: readonly Colour[] = [
  [42, 15, 84],
  [135, 33, 107],
  [224, 85, 54],
  [252, 225, 79],
];
const againstPrediction: readonly Colour[] = [
  [0, 40, 60],
  [0, 92, 110],
  [40, 160, 170],
  [160, 240, 240],
];

/** Below this share of the largest value the picture alone is seen. */
const least = 0.08;

/**
 * Returns the colour and opacity (0 to 255) of a value over an image, on a scale from −`most` to `most`: low values are nearly invisible.
 */
export function heatColour(value: number, most: number): [number, number, number, number] {
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) : 0;
  if (share < least) return [0, 0, 0, 0];
  const [red, green, blue] = mix(value > 0 ? forPrediction : againstPrediction, share);
  return [red, green, blue, Math.round(255 * (0.35 + 0.5 * share))];
}

/** Returns a ramp as a CSS gradient, for its legend. */
export function rampOf(sign: "for" | "against"): string {
  const stops = (sign === "for" ? forPrediction : againstPrediction).map((colour) => `rgb(${colour.join(" ")})`);
  return `linear-gradient(90deg, ${(sign === "for" ? stops : stops.toReversed()).join(", ")})`;
}

function mix(stops: readonly Colour[], share: number): Colour {
  const at = share * (stops.length - 1);
  const [low, high] = [stops[Math.floor(at)], stops[Math.ceil(at)]] as [Colour, Colour];
  const part = at - Math.floor(at);
  return low.map((value, channel) =>
    Math.round(value + part * ((high[channel] as number) - value)),
  ) as unknown as Colour;
}

const factors: Record<string, number> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Reads a quantity of Kubernetes: "500m", "16Gi", "1e3". Undefined for what is none. */
export function readQuantity(text: string): number | undefined {
  const [, number = "", suffix = ""] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]{0,2})$/.exec(text) ?? [];
  const factor = factors[suffix];
  const value = Number(number || Number.NaN);
  return factor === undefined || Number.isNaN(value) ? undefined : value * factor;
}

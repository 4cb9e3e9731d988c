/** Features of the two measured views: doubles named f00, f01, … */
export const widths = [10, 50] as const;

export function featureNames(width: number): string[] {
  return Array.from({ length: width }, (_, index) => `f${String(index).padStart(2, "0")}`);
}

/** Value of a feature of an entity; the same in every server. */
export function featureValue(entity: number, index: number): number {
  return entity * 0.37 + index + 0.125;
}

/** Bodies of look-ups of random entities, sent in turns. Always the same ones. */
export function lookUpBodies(rows: number, width: number, entities: number): Buffer[] {
  let seed = 20_261_130;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % entities;
  };
  const features = featureNames(width).map((name) => `v${width}:${name}`);
  return Array.from({ length: 64 }, () => {
    const driver_id = Array.from({ length: rows }, random);
    return Buffer.from(JSON.stringify({ features, entities: { driver_id }, full_feature_names: false }));
  });
}

/** Columns of a write of rows that are newer than all before. */
export function columnsOf(rows: number, width: number, at: Date): Record<string, unknown[]> {
  const ids = Array.from({ length: rows }, (_, entity) => entity);
  const time = at.toISOString().slice(0, -1);
  const columns: Record<string, unknown[]> = {
    driver_id: ids,
    event_timestamp: ids.map(() => time),
    created: ids.map(() => time),
  };
  for (const [index, name] of featureNames(width).entries())
    columns[name] = ids.map((entity) => featureValue(entity, index));
  return columns;
}

export const arms = ["stable", "canary", "shadow"] as const;
export type Arm = (typeof arms)[number];

/** Seconds that one row of counters covers. */
export const windowSeconds = 10;

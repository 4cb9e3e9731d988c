import { z } from "zod";

/** How the share of a fault rises, and how long a gateway goes on with a fault that is not renewed. */
export const faultTimes = {
  /** Parts of the share, each for `stepSeconds`, before all of it is reached. */
  steps: [0.25, 0.5],
  stepSeconds: 60,
  leaseSeconds: 30,
} as const;

const FeatureName = z.string().min(1).max(200);

/** Longest that a fault may delay one response, and how far the delay may vary. */
const maxDelayMs = 5_000;

/**
 * A fault that a game day makes. The first five affect single requests in the gateway, by share or header; the others affect a process, an
 * engine, a job or a channel as a whole.
 */
export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("latency"),
    delayMs: z.int().min(1).max(maxDelayMs),
    /** The delay varies evenly by this much in both directions. */
    jitterMs: z.int().min(0).max(maxDelayMs).default(0),
  }),
  z.strictObject({ kind: z.literal("errors"), status: z.union([z.literal(503), z.literal(429)]).default(503) }),
  z.strictObject({
    kind: z.literal("dropped-feature"),
    feature: FeatureName,
    /** Whether the input is absent from the request, or present without a value. */
    as: z.enum(["missing", "null"]).default("missing"),
  }),
  z.strictObject({
    kind: z.literal("shifted-input"),
    feature: FeatureName,
    change: z.union([
      /** A number x becomes scale × x + offset. */
      z.strictObject({ scale: z.number(), offset: z.number() }),
      /** Two levels of a text input trade places. */
      z.strictObject({ swap: z.tuple([z.string().max(200), z.string().max(200)]) }),
    ]),
  }),
  z.strictObject({
    kind: z.literal("stale-feature"),
    /** Feature view whose rows appear older than they are. */
    view: FeatureName,
    ageSeconds: z
      .int()
      .min(1)
      .max(30 * 86_400),
  }),
  /** Ends one worker of the served version. */
  z.strictObject({ kind: z.literal("model-worker-lost") }),
  /** The engine elsewhere that runs the version is treated as unreachable. */
  z.strictObject({ kind: z.literal("engine-away") }),
  /** Unloads the served version from memory once; the next request loads it again. */
  z.strictObject({ kind: z.literal("cold-model") }),
  /** Gateways serve without Postgres. */
  z.strictObject({ kind: z.literal("postgres-away") }),
  /** One gateway process is killed. */
  z.strictObject({ kind: z.literal("gateway-lost") }),
  /** The worker process is killed. */
  z.strictObject({ kind: z.literal("worker-lost") }),
  z.strictObject({
    kind: z.literal("job-preempted"),
    job: z.string().min(1).max(100),
    /** Whether the newest checkpoint cannot be read either. */
    tearsCheckpoint: z.boolean().default(false),
  }),
  /** A notification channel refuses every message. */
  z.strictObject({ kind: z.literal("channel-dead"), channelId: z.uuid() }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultKind = Fault["kind"];

/** Faults that affect single requests of an endpoint, and so have a share or a header. */
export const requestFaults = ["latency", "errors", "dropped-feature", "shifted-input", "stale-feature"] as const;

/** Faults that touch every workspace of the installation: only an administrator may plan them. */
export const installationFaults = ["postgres-away", "gateway-lost", "worker-lost"] as const;

/** Header of a request that asks to be affected, with the id of the game day; and of a response that was, with its name: GD-7. */
export const gameDayHeader = "x-leeway-game-day";

/** Bounds of what others may send: one place, so that a reader can see that each length, depth, count and time has one. */
export const limits = {
  /** Time from opening a connection, or from the end of the previous request, until a request's head must be complete. */
  headMs: 20_000,
  /** Interval at which connections are checked against these times. */
  checkMs: 5_000,
  /** A body must bring this many bytes per second, */
  bodyBytesPerSecond: 500,
  /** unless it was slower for less than this time. Radio links pause for seconds, and a browser may wait for its user's disk. */
  slowBodyMs: 30_000,

  /** Text of a number: Python writes a double in at most 25 characters, and decimals in some more. */
  numeralLength: 400,

  /** Regular expression that a user wrote. */
  patternLength: 1_000,
  /** Part of a value that such a pattern is matched against, so that one value of megabytes does not hold up the others. */
  matchedLength: 1_000,

  /** Arrays and objects around a value of JSON. Recursion over JSON overflows the stack from some thousands on. */
  jsonDepth: 100,
  /** Characters of a YAML file: one of this size is parsed in a fraction of a second. */
  yamlLength: 2 ** 18,
  yamlDepth: 50,
  /** An alias can double what an earlier one stands for, so that few of them can fill the memory. */
  yamlAliases: 10,

  /** Networks whose failed sign-ins to unknown accounts are counted separately; all others are counted together. */
  signInEpisodes: 200,
  /** Networks remembered of a token, */
  tokenNetworks: 50,
  /** and entries in the audit log about new ones per token and day. */
  tokenNetworkEntries: 10,
} as const;

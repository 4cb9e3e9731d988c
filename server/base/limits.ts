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

  /** Part of a User-Agent header that is stored with a session; those of browsers are shorter. */
  userAgentLength: 512,
  /** Bytes that a run of a model may return, of all outputs together. A batch that returns more is run request by request. */
  outputBytes: 2 ** 28,

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

  /** Invitations of a workspace that are neither accepted, declined nor revoked. */
  openInvitations: 100,
  /** Mails with invitations that a workspace may send per hour. */
  invitationMailsPerHour: 60,
  /** Mails with invitations that one address may get per hour, from all workspaces together. */
  invitationMailsPerAddressAndHour: 5,
  /** Compressed part of a table in a backup. */
  backupPartBytes: 2 ** 24,
  /** Header or manifest of a backup. */
  backupManifestBytes: 2 ** 26,
  /** Files in a backup between two lists of their digests. */
  backupListLines: 10_000,
  /** What SECRETS_KEY_COMMAND may print, and for how long it may run. A key management service replies within a second. */
  keyLength: 1_000,
  keyCommandMs: 15_000,
} as const;

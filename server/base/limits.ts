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

  /** Times in requests. */
  firstInstant: "1970-01-01T00:00:00Z",
  lastInstant: "2100-01-01T00:00:00Z",

  /** Text of a number: Python writes a double in at most 25 characters, and decimals in some more. */
  numeralLength: 400,

  /** Part of a User-Agent header that is stored with a session; those of browsers are shorter. */
  userAgentLength: 512,
  /** Bytes that a run of a model may return, of all outputs together. A batch that returns more is run request by request. */
  outputBytes: 2 ** 28,
  /**
   * Maximum lengths of fields of the REST API that have no smaller one of their own: a name or id, which is as long as one in a path can be;
   * a text, which leaves room for the longest text that MLflow stores (100,000 characters, each of up to two units); a list or a record; the
   * values of a tensor.
   */
  nameLength: 5_000,
  textLength: 2 ** 18,
  listLength: 10_000,
  tensorLength: 2 ** 26,
  /** A file in a field, as base64. What MAX_REQUEST_BYTES allows is usually less. */
  fileTextLength: 2 ** 28,
  /** A list in a call of MLflow's clients, which log up to 1,000 items but search by any number of ids. */
  callListLength: 100_000,

  /** Params of one run, and tags of one run; MLflow limits only those of one call. */
  runEntries: 10_000,
  /** Bytes of the values of all params of a run, and of all tags. */
  runEntryBytes: 8 * 2 ** 20,
  /** Bytes of the runs on one page of a search, unless a single run has more. Such a page takes a fraction of a second to write. */
  searchPageBytes: 8 * 2 ** 20,

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

  /** Path of a file in a zip, its folders, and all paths together. Each folder of a path is held in memory with its own path. */
  zipPathLength: 1_024,
  zipPathDepth: 64,
  zipPathsLength: 2 ** 26,

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
  /** Networks whose failed sign-ins to unknown accounts are counted separately; all others are counted together. */
  signInEpisodes: 200,
  /** Networks remembered of a token, */
  tokenNetworks: 50,
  /** and entries in the audit log about new ones per token and day. */
  tokenNetworkEntries: 10,
} as const;

/** Serves historical features over Arrow Flight, as the web role does. Arguments: folder of scratch files. Prints its port. */
import { openDatabase } from "#db/client.ts";
import { startFeastServer } from "#server/http/feast/feast-server.ts";
import { historicalReads } from "#server/http/feast/flight/historical-reads.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";

const { DATABASE_URL = "", ARTIFACT_DIR = "" } = process.env;
const { db } = openDatabase(DATABASE_URL, { max: 4, name: "leeway-joins" });
const artifacts = await openLocalStore(ARTIFACT_DIR);
const server = await startFeastServer({
  db,
  config: { feastPort: 0, host: "127.0.0.1", trustProxy: false, maxConnectionsPerAddress: undefined },
  reads: historicalReads({ artifacts, scratch: process.argv[2] ?? "", network: { allowsPrivate: false } }),
});
console.log(server.port);
